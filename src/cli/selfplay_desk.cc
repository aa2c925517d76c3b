#include "cli/selfplay_desk.h"

#include <algorithm>
#include <set>

#include "interview/budget.h"

namespace ooe::cli {
namespace {

// Of an answer of an expert nobody has asked yet.
constexpr std::int64_t kInputTokensTypical = 120;
constexpr std::int64_t kOutputTokensTypical = 250;

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
    record.cost = outcome.cost.value_or(Usd{});
  }
  return {};
}

selfplay::Answered SelfplayDesk::answered(const Record& record) {
  if (!record.judged) return {.score = *record.exact};
  selfplay::Answered answer{.score = *record.judged, .judged = true};
  if (record.exact) answer.right = *record.exact >= 0.5;
  return answer;
}

selfplay::Known SelfplayDesk::known(std::span<const Question> exam) const {
  std::set<std::string_view> held_out;
  for (const Question& question : exam) held_out.insert(question.id);
  selfplay::Known known{.experts = {}};
  for (const Expert& expert : tools_.experts) known.experts.push_back(expert.name);
  for (const Question& question : questions_) {
    if (held_out.contains(question.id)) continue;
    std::optional<std::size_t> place;  // only of what was asked
    for (std::size_t j = 0; j < known.experts.size(); ++j) {
      const auto found = records_.find({question.id, known.experts[j]});
      if (found == records_.end()) continue;
      if (!place) {
        place = known.questions.size();
        known.questions.push_back(question);
      }
      const selfplay::Answered answer = answered(found->second);
      if (answer.right) known.judge.observe(answer.score, *answer.right);
      known.readings.push_back({.question = *place,
                                .expert = j,
                                .score = answer.right ? (*answer.right ? 1.0 : 0.0) : answer.score,
                                .judged = answer.judged && !answer.right});
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
      if (key.second != expert.name) continue;
      sum += to_double(record.cost);
      count += 1.0;
    }
    usd.push_back(count > 0.0 ? sum / count
                              : to_double(interview::cost_max_of(
                                    kInputTokensTypical, kOutputTokensTypical, expert.prices)));
  }
  return usd;
}

Usd SelfplayDesk::spent() const {
  Usd sum;
  for (const auto& [key, record] : records_) {
    if (key.first.starts_with(selfplay::kIdPrefix)) sum += record.cost;
  }
  return sum;
}

Result<selfplay::Asked> SelfplayDesk::ask(std::span<const Question> questions,
                                          std::span<const selfplay::Call> calls, Usd budget,
                                          const interview::OnProgress& on_progress) {
  selfplay::Asked asked;
  for (std::size_t j = 0; j < tools_.experts.size(); ++j) {
    const Expert& expert = tools_.experts[j];
    std::vector<Question> missing;
    for (const selfplay::Call& call : calls) {
      const Question& question = questions[call.question];
      if (call.expert == j && !records_.contains({question.id, expert.name})) {
        missing.push_back(question);
      }
    }
    if (missing.empty() || asked.stopped || asked.out_of_budget) continue;
    interview::InterviewOptions options;
    options.ask.budget = budget - asked.spent;
    const auto summary = interview::run_interview(
        tools_.loop, tools_.client, tools_.store, tools_.journal, tools_.clock,
        std::span(&expert, 1), missing, options, tools_.stop, on_progress);
    if (!summary) return fail(summary.error());
    asked.spent += summary->asked.spent;
    asked.stopped = summary->asked.stopped;
    asked.out_of_budget = summary->asked.out_of_budget;
  }
  if (auto read = read_outcomes(); !read) return fail(read.error());
  for (const selfplay::Call& call : calls) {
    const auto found =
        records_.find({questions[call.question].id, tools_.experts[call.expert].name});
    asked.answers.push_back(found == records_.end() ? std::nullopt
                                                    : std::optional(answered(found->second)));
  }
  return asked;
}

}  // namespace ooe::cli
