#include "selfplay/desk.h"

#include <algorithm>
#include <set>

#include "dataset/dataset.h"
#include "interview/budget.h"
#include "selfplay/exam.h"
#include "selfplay/writer.h"

namespace ooe::selfplay {
namespace {

// Of an answer of an expert nobody has asked yet.
constexpr std::int64_t kInputTokensTypical = 120;
constexpr std::int64_t kOutputTokensTypical = 250;

// An answer that nobody was billed for, as one that was imported, has its tokens at today's price.
std::optional<Usd> cost_of_answer(const Outcome& outcome, std::span<const Expert> experts) {
  if (outcome.cost) return outcome.cost;
  const auto expert = std::ranges::find(experts, outcome.expert, &Expert::name);
  const bool counted =
      dataset::input_tokens_are_known(outcome) && dataset::output_tokens_are_known(outcome);
  if (!counted || expert == experts.end() || !expert->prices) return std::nullopt;
  return cost_of(outcome.tokens, *expert->prices);
}

AnswerUsage usage_of(const Outcome& outcome, std::optional<Usd> cost) {
  AnswerUsage usage;
  if (dataset::input_tokens_are_known(outcome)) {
    usage.input_tokens = static_cast<double>(outcome.tokens.input);
  }
  if (dataset::output_tokens_are_known(outcome)) {
    usage.output_tokens = static_cast<double>(outcome.tokens.output);
  }
  if (cost) usage.cost_usd = to_double(*cost);
  return usage;
}

}  // namespace

Result<Desk> Desk::open(const Tools& tools) {
  Desk desk(tools);
  auto questions = tools.store.questions();
  if (!questions) return fail(questions.error());
  desk.questions_ = std::move(*questions);
  if (auto read = desk.read_outcomes(); !read) return fail(read.error());
  return desk;
}

Result<void> Desk::read_outcomes() {
  const auto outcomes = tools_.store.outcomes();
  if (!outcomes) return fail(outcomes.error());
  records_.clear();
  for (const Outcome& outcome : *outcomes) {
    Record& record = records_[{outcome.question_id, outcome.expert}];
    const bool judged = outcome.grader.starts_with("judge:");
    (judged ? record.judged : record.exact) = double{outcome.score};
    record.cost = cost_of_answer(outcome, tools_.experts);
    record.usage = usage_of(outcome, record.cost);
  }
  return {};
}

Answered Desk::answered(const Question& question, const Record& record) {
  const bool written = question.id.starts_with(kWrittenPrefix);
  if (!record.judged) {
    return {.score = *record.exact,
            .basis = written ? Basis::agreed : Basis::exact,
            .usage = record.usage};
  }
  Answered answer{.score = *record.judged, .basis = Basis::judged, .usage = record.usage};
  if (record.exact && !written) answer.right = *record.exact >= 0.5;
  return answer;
}

Known Desk::known_before(const Journal& journal) const {
  const HeldOut held_out(journal.exam);
  std::set<std::pair<std::string_view, std::size_t>> of_rounds;
  for (const Round& round : journal.rounds) {
    for (const Call& call : round.calls) {
      of_rounds.emplace(round.questions[call.question].id, call.expert);
    }
  }
  Known known{.experts = {}};
  for (const Expert& expert : tools_.experts) known.experts.push_back(expert.name);
  for (const Question& question : questions_) {
    if (held_out.contains(question)) continue;
    for (std::size_t j = 0; j < known.experts.size(); ++j) {
      const auto found = records_.find({question.id, known.experts[j]});
      if (found == records_.end() || of_rounds.contains({question.id, j})) continue;
      take_in(answered(question, found->second), question, j, known);
    }
  }
  return known;
}

std::vector<double> Desk::usd_per_call() const {
  std::vector<double> usd;
  for (const Expert& expert : tools_.experts) {
    double sum = 0.0;
    double count = 0.0;
    for (const auto& [key, record] : records_) {
      if (key.second != expert.name || !record.cost) continue;
      sum += to_double(*record.cost);
      count += 1.0;
    }
    usd.push_back(count > 0.0 ? sum / count
                              : to_double(interview::cost_max_of(
                                    kInputTokensTypical, kOutputTokensTypical, expert.prices)));
  }
  return usd;
}

Result<Usd> Desk::spent(std::span<const Question> exam) const {
  std::set<std::string_view> held_out;
  for (const Question& question : exam) held_out.insert(question.id);
  return tools_.journal.spent_on([&](const store::AnswerKey&, std::string_view id) {
    return id.starts_with(kIdPrefix) || held_out.contains(id);
  });
}

std::int64_t Desk::exam_answers(std::span<const Question> exam) const {
  std::int64_t count = 0;
  for (const Question& question : exam) {
    for (const Expert& expert : tools_.experts) {
      const auto found = records_.find({question.id, expert.name});
      if (found != records_.end() && found->second.exact) ++count;
    }
  }
  return count;
}

const std::string* Desk::given_up(const std::string& expert) const {
  const auto found = given_up_.find(expert);
  return found == given_up_.end() ? nullptr : &found->second;
}

std::vector<Failure> Desk::take_down(std::span<const interview::ExpertProgress> experts) {
  std::vector<Failure> failures;
  for (const interview::ExpertProgress& one : experts) {
    Failure failure{.expert = one.expert, .questions = one.failed, .why = one.trouble};
    if (one.given_up) {
      given_up_.insert_or_assign(one.expert, "given up: " + one.trouble);
      failure.questions = std::max(one.failed, one.total - one.on_record - one.done);
      failure.why = given_up_[one.expert];
    }
    if (failure.questions > 0 || one.given_up) failures.push_back(std::move(failure));
  }
  return failures;
}

std::vector<std::size_t> Desk::strongest_first(std::span<const Question> exam) const {
  const HeldOut of_exam(exam);
  std::set<std::string_view> held_out;
  for (const Question& question : exam) held_out.insert(question.id);
  for (const Question& question : questions_) {
    if (of_exam.contains(question)) held_out.insert(question.id);
  }
  std::vector<std::pair<double, std::size_t>> weakness;  // less is stronger, ties to the lower
  for (std::size_t j = 0; j < tools_.experts.size(); ++j) {
    double sum = 0.5;  // one answer more, half right: nobody is the strongest by a single one
    double count = 1.0;
    for (const auto& [key, record] : records_) {
      if (key.second != tools_.experts[j].name || !record.exact) continue;
      if (held_out.contains(key.first)) continue;
      sum += *record.exact;
      count += 1.0;
    }
    weakness.emplace_back(-sum / count, j);
  }
  std::ranges::sort(weakness);
  std::vector<std::size_t> experts;
  for (const auto& [weak, j] : weakness) experts.push_back(j);
  return experts;
}

std::vector<std::optional<Answered>> Desk::recall(std::span<const Question> questions,
                                                  std::span<const Call> calls) const {
  std::vector<std::optional<Answered>> answers;
  for (const Call& call : calls) {
    const Question& question = questions[call.question];
    const auto found = records_.find({question.id, tools_.experts[call.expert].name});
    answers.push_back(found == records_.end() ? std::nullopt
                                              : std::optional(answered(question, found->second)));
  }
  return answers;
}

Result<void> Desk::put_to(const Expert& expert, std::span<const Question> questions, bool open,
                          Usd budget, const interview::OnProgress& on_progress, Asked& asked) {
  if (questions.empty() || asked.stopped || asked.out_of_budget) return {};
  if (const std::string* why = given_up(expert.name)) {
    const Failure failure{.expert = expert.name,
                          .questions = static_cast<std::int64_t>(questions.size()),
                          .why = *why};
    add_failures(std::span(&failure, 1), asked.failures);
    return {};
  }
  interview::InterviewOptions options;
  options.ask.budget = budget - asked.spent;
  if (open) {
    options.grader = interview::GraderKind::judge;
    options.judge = tools_.judge;
    // An interview counts against its budget what its judge has ever said of these questions.
    const std::string judging = interview::judge_parameters_hash(options.judging);
    std::set<std::string_view> ids;
    for (const Question& question : questions) ids.insert(question.id);
    const auto judged =
        tools_.journal.spent_on([&](const store::AnswerKey& key, std::string_view question_id) {
          return key.expert == tools_.judge->name && key.parameters_hash == judging &&
                 ids.contains(question_id);
        });
    if (!judged) return fail(judged.error());
    *options.ask.budget += *judged;
  }
  const auto summary = interview::run_interview(ask_tools(on_progress), tools_.store,
                                                std::span(&expert, 1), questions, options);
  if (!summary) return fail(summary.error());
  if (!summary->asked.stopped) {
    add_failures(take_down(summary->asked.experts), asked.failures);
  }
  asked.spent += summary->asked.spent;
  asked.stopped = summary->asked.stopped;
  asked.out_of_budget = summary->asked.out_of_budget;
  if (summary->judged) {
    asked.spent += summary->judged->spent;
    asked.stopped = asked.stopped || summary->judged->stopped;
    asked.out_of_budget = asked.out_of_budget || summary->judged->out_of_budget;
    if (summary->judged->failed > 0 && !asked.stopped) {
      const Failure failure{.expert = tools_.judge->name,
                            .questions = summary->judged->failed,
                            .why = "as the judge"};
      add_failures(std::span(&failure, 1), asked.failures);
    }
  }
  return {};
}

Result<Asked> Desk::ask(std::span<const Question> questions, std::span<const Call> calls,
                        Usd budget, const interview::OnProgress& on_progress) {
  Asked asked;
  for (const Call& call : calls) {
    asked.on_record.push_back(
        records_.contains({questions[call.question].id, tools_.experts[call.expert].name}));
  }
  for (std::size_t j = 0; j < tools_.experts.size(); ++j) {
    const Expert& expert = tools_.experts[j];
    std::vector<Question> exact;
    std::vector<Question> open;
    for (const Call& call : calls) {
      const Question& question = questions[call.question];
      if (call.expert != j || records_.contains({question.id, expert.name})) continue;
      (is_open(question) ? open : exact).push_back(question);
    }
    if (!tools_.judge) open.clear();
    for (const bool judged : {false, true}) {
      const auto done = put_to(expert, judged ? open : exact, judged, budget, on_progress, asked);
      if (!done) return fail(done.error());
    }
  }
  if (auto read = read_outcomes(); !read) return fail(read.error());
  asked.answers = recall(questions, calls);
  return asked;
}

Result<void> count_unfinished(const Desk& desk, Journal& journal) {
  const auto spent = desk.spent(journal.exam);
  if (!spent) return fail(spent.error());
  const std::int64_t exam_answers = desk.exam_answers(journal.exam);
  if (journal.rounds.empty()) {
    journal.before = *spent;
    journal.exam_before = exam_answers;
  }
  if (journal.rounds.empty() || journal.rounds.back().finished) return {};
  Round& round = journal.rounds.back();
  const Usd earlier = journal.before + journal.spent() - round.spent;
  round.spent = std::max(round.spent, *spent - earlier);
  if (journal.exam_before < 0) return {};  // begun by a program that did not count
  std::int64_t asked = exam_answers - journal.exam_before + round.exam_asked;
  for (const Round& one : journal.rounds) asked -= one.exam_asked;
  round.exam_asked = std::max(round.exam_asked, asked);
  return {};
}

}  // namespace ooe::selfplay
