#include "cli/selfplay_desk.h"

#include <algorithm>
#include <set>

#include "dataset/dataset.h"
#include "interview/budget.h"
#include "selfplay/exam.h"
#include "selfplay/writer.h"

namespace ooe::cli {
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

selfplay::AnswerUsage usage_of(const Outcome& outcome, std::optional<Usd> cost) {
  selfplay::AnswerUsage usage;
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

Result<SelfplayDesk> SelfplayDesk::open(const Tools& tools) {
  SelfplayDesk desk(tools);
  auto questions = tools.store.questions();
  if (!questions) return fail(questions.error());
  desk.questions_ = std::move(*questions);
  if (auto read = desk.read_outcomes(); !read) return fail(read.error());
  return desk;
}

Result<void> SelfplayDesk::read_outcomes() {
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

selfplay::Answered SelfplayDesk::answered(const Question& question, const Record& record) {
  const bool written = question.id.starts_with(selfplay::kWrittenPrefix);
  if (!record.judged) {
    return {.score = *record.exact,
            .basis = written ? selfplay::Basis::agreed : selfplay::Basis::exact,
            .usage = record.usage};
  }
  selfplay::Answered answer{
      .score = *record.judged, .basis = selfplay::Basis::judged, .usage = record.usage};
  if (record.exact && !written) answer.right = *record.exact >= 0.5;
  return answer;
}

selfplay::Known SelfplayDesk::known_before(const selfplay::Journal& journal) const {
  const selfplay::HeldOut held_out(journal.exam);
  std::set<std::pair<std::string_view, std::size_t>> of_rounds;
  for (const selfplay::Round& round : journal.rounds) {
    for (const selfplay::Call& call : round.calls) {
      of_rounds.emplace(round.questions[call.question].id, call.expert);
    }
  }
  selfplay::Known known{.experts = {}};
  for (const Expert& expert : tools_.experts) known.experts.push_back(expert.name);
  for (const Question& question : questions_) {
    if (held_out.contains(question)) continue;
    for (std::size_t j = 0; j < known.experts.size(); ++j) {
      const auto found = records_.find({question.id, known.experts[j]});
      if (found == records_.end() || of_rounds.contains({question.id, j})) continue;
      selfplay::take_in(answered(question, found->second), question, j, known);
    }
  }
  return known;
}

std::vector<double> SelfplayDesk::usd_per_call() const {
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

Result<Usd> SelfplayDesk::spent(std::span<const Question> exam) const {
  std::set<std::string_view> held_out;
  for (const Question& question : exam) held_out.insert(question.id);
  return tools_.journal.spent_on([&](const store::AnswerKey&, std::string_view id) {
    return id.starts_with(selfplay::kIdPrefix) || held_out.contains(id);
  });
}

std::int64_t SelfplayDesk::exam_answers(std::span<const Question> exam) const {
  std::int64_t count = 0;
  for (const Question& question : exam) {
    for (const Expert& expert : tools_.experts) {
      const auto found = records_.find({question.id, expert.name});
      if (found != records_.end() && found->second.exact) ++count;
    }
  }
  return count;
}

const std::string* SelfplayDesk::given_up(const std::string& expert) const {
  const auto found = given_up_.find(expert);
  return found == given_up_.end() ? nullptr : &found->second;
}

std::vector<selfplay::Failure> SelfplayDesk::take_down(
    std::span<const interview::ExpertProgress> experts) {
  std::vector<selfplay::Failure> failures;
  for (const interview::ExpertProgress& one : experts) {
    selfplay::Failure failure{.expert = one.expert, .questions = one.failed, .why = one.trouble};
    if (one.given_up) {
      given_up_.insert_or_assign(one.expert, "given up: " + one.trouble);
      failure.questions = std::max(one.failed, one.total - one.on_record - one.done);
      failure.why = given_up_[one.expert];
    }
    if (failure.questions > 0 || one.given_up) failures.push_back(std::move(failure));
  }
  return failures;
}

std::vector<std::size_t> SelfplayDesk::strongest_first(std::span<const Question> exam) const {
  const selfplay::HeldOut of_exam(exam);
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

std::vector<std::optional<selfplay::Answered>> SelfplayDesk::recall(
    std::span<const Question> questions, std::span<const selfplay::Call> calls) const {
  std::vector<std::optional<selfplay::Answered>> answers;
  for (const selfplay::Call& call : calls) {
    const Question& question = questions[call.question];
    const auto found = records_.find({question.id, tools_.experts[call.expert].name});
    answers.push_back(found == records_.end() ? std::nullopt
                                              : std::optional(answered(question, found->second)));
  }
  return answers;
}

Result<void> SelfplayDesk::put_to(const Expert& expert, std::span<const Question> questions,
                                  bool open, Usd budget, const interview::OnProgress& on_progress,
                                  selfplay::Asked& asked) {
  if (questions.empty() || asked.stopped || asked.out_of_budget) return {};
  if (const std::string* why = given_up(expert.name)) {
    const selfplay::Failure failure{.expert = expert.name,
                                    .questions = static_cast<std::int64_t>(questions.size()),
                                    .why = *why};
    selfplay::add_failures(std::span(&failure, 1), asked.failures);
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
    selfplay::add_failures(take_down(summary->asked.experts), asked.failures);
  }
  asked.spent += summary->asked.spent;
  asked.stopped = summary->asked.stopped;
  asked.out_of_budget = summary->asked.out_of_budget;
  if (summary->judged) {
    asked.spent += summary->judged->spent;
    asked.stopped = asked.stopped || summary->judged->stopped;
    asked.out_of_budget = asked.out_of_budget || summary->judged->out_of_budget;
    if (summary->judged->failed > 0 && !asked.stopped) {
      const selfplay::Failure failure{.expert = tools_.judge->name,
                                      .questions = summary->judged->failed,
                                      .why = "as the judge"};
      selfplay::add_failures(std::span(&failure, 1), asked.failures);
    }
  }
  return {};
}

Result<selfplay::Asked> SelfplayDesk::ask(std::span<const Question> questions,
                                          std::span<const selfplay::Call> calls, Usd budget,
                                          const interview::OnProgress& on_progress) {
  selfplay::Asked asked;
  for (const selfplay::Call& call : calls) {
    asked.on_record.push_back(
        records_.contains({questions[call.question].id, tools_.experts[call.expert].name}));
  }
  for (std::size_t j = 0; j < tools_.experts.size(); ++j) {
    const Expert& expert = tools_.experts[j];
    std::vector<Question> exact;
    std::vector<Question> open;
    for (const selfplay::Call& call : calls) {
      const Question& question = questions[call.question];
      if (call.expert != j || records_.contains({question.id, expert.name})) continue;
      (selfplay::is_open(question) ? open : exact).push_back(question);
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

}  // namespace ooe::cli
