#include "interview/adaptive.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "predictor/placement.h"

namespace ooe::interview {
namespace {

constexpr double kTwoSided95 = 1.96;

// The outcomes on record on an examination's questions, several of one pair as their mean.
// Shape: rows are tasks.
OutcomeMatrix outcomes_on_record(const std::vector<Outcome>& outcomes,
                                 const Examination& examination) {
  std::unordered_map<std::string_view, std::size_t> row_of;
  OutcomeMatrix matrix;
  for (const AskTask& task : examination.tasks) {
    row_of.emplace(task.question->id, matrix.question_ids.size());
    matrix.question_ids.push_back(task.question->id);
  }
  struct Sum {
    double score = 0.0;
    double count = 0.0;
  };
  std::map<std::string_view, std::vector<Sum>> by_expert;
  for (const Outcome& outcome : outcomes) {
    const auto row = row_of.find(outcome.question_id);
    if (row == row_of.end()) continue;
    std::vector<Sum>& column = by_expert[outcome.expert];
    column.resize(matrix.question_ids.size());
    column[row->second].score += double{outcome.score};
    column[row->second].count += 1.0;
  }
  for (const auto& [expert, column] : by_expert) matrix.experts.emplace_back(expert);
  for (std::size_t i = 0; i < matrix.n_queries(); ++i) {
    for (const auto& [expert, column] : by_expert) {
      matrix.score.push_back(column[i].count == 0.0
                                 ? kNotMeasured
                                 : static_cast<float>(column[i].score / column[i].count));
    }
  }
  return matrix;
}

// [tasks] The expert's mean score on each task that it has answered on record: the very prompt, for
// an answer to another style, or with other parameters, says how hard a question is but is not one
// to this examination. A text that was not kept counts as `graded`, [tasks], what is on record of
// the question.
Result<std::vector<std::optional<double>>> answered_scores(store::InterviewJournal& journal,
                                                           const std::string& expert,
                                                           const Examination& examination,
                                                           const std::vector<float>& graded) {
  constexpr std::string_view kNobody;  // a grader of this name has graded nothing
  constexpr std::size_t kPage = 500;
  const auto wanted = [&](const store::AnswerKey& key) {
    return examination.task_of(key).has_value();
  };
  std::vector<double> sum(examination.tasks.size());
  std::vector<double> count(examination.tasks.size());
  for (std::int64_t after = 0;;) {
    const auto page = journal.ungraded(expert, kNobody, 0, after, kPage, wanted);
    if (!page) return fail(page.error());
    if (page->empty()) break;
    for (const store::UngradedAnswer& answer : *page) {
      after = answer.seq;
      const std::size_t task = *examination.task_of(answer.key);
      const float score = answer.kept ? grade(examination.graders[task],
                                              *examination.tasks[task].question, answer.text)
                                            .score
                                      : graded[task];
      if (std::isnan(score)) continue;
      sum[task] += double{score};
      count[task] += 1.0;
    }
  }
  std::vector<std::optional<double>> scores(examination.tasks.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (count[i] > 0.0) scores[i] = sum[i] / count[i];
  }
  return scores;
}

OutcomeMatrix without(const OutcomeMatrix& all, std::optional<std::size_t> column) {
  if (!column) return all;
  OutcomeMatrix part;
  part.question_ids = all.question_ids;
  part.experts = all.experts;
  part.experts.erase(part.experts.begin() + static_cast<std::ptrdiff_t>(*column));
  for (std::size_t i = 0; i < all.n_queries(); ++i) {
    for (std::size_t j = 0; j < all.n_experts(); ++j) {
      if (j != *column) part.score.push_back(all.score[all.at(i, j)]);
    }
  }
  return part;
}

// What is known of the expert before it is asked here: the other experts' outcomes, and its own
// answers on record.
Result<predictor::Placement> placement_of(const Expert& expert, const OutcomeMatrix& on_record,
                                          store::InterviewJournal& journal,
                                          const Examination& examination, std::uint64_t seed) {
  const auto found = std::ranges::find(on_record.experts, expert.name);
  std::optional<std::size_t> column;
  if (found != on_record.experts.end()) {
    column = static_cast<std::size_t>(found - on_record.experts.begin());
  }
  predictor::Placement placement(without(on_record, column), {.seed = seed});
  std::vector<float> graded(on_record.n_queries(), kNotMeasured);
  for (std::size_t i = 0; column && i < graded.size(); ++i) {
    graded[i] = on_record.score[on_record.at(i, *column)];
  }
  const auto answered = answered_scores(journal, expert.name, examination, graded);
  if (!answered) return fail(answered.error());
  for (std::size_t i = 0; i < answered->size(); ++i) {
    if ((*answered)[i]) placement.answer(i, *(*answered)[i]);
  }
  return placement;
}

// What happened in one more batch.
void add(const ExpertProgress& batch, ExpertProgress& all) {
  all.done += batch.done;
  all.failed += batch.failed;
  all.errors += batch.errors;
  all.unread += batch.unread;
  all.estimated += batch.estimated;
  all.score_sum += batch.score_sum;
  all.spent += batch.spent;
  all.unsettled += batch.unsettled;
  all.in_flight = batch.in_flight;
  all.concurrency = batch.concurrency;
  all.given_up = batch.given_up;
  if (!batch.trouble.empty()) all.trouble = batch.trouble;
}

// How many answers it will take in all, for a bar: the variance falls as one over their number.
std::int64_t answers_expected(const predictor::Placement& placement, double precision,
                              std::size_t questions) {
  const double wide = kTwoSided95 * placement.quality().sd / precision;
  const double expected = static_cast<double>(placement.answered()) * std::max(1.0, wide * wide);
  return static_cast<std::int64_t>(std::min(expected, static_cast<double>(questions)));
}

}  // namespace

Result<AdaptiveSummary> ask_adaptively(const AskTools& tools, store::Store& store,
                                       std::span<const Expert> experts,
                                       const Examination& examination, std::int64_t max_tokens,
                                       const AskOptions& ask_options,
                                       const AdaptiveOptions& options, const AskHooks& hooks) {
  const auto outcomes = store.outcomes();
  if (!outcomes) return fail(outcomes.error());
  const OutcomeMatrix on_record = outcomes_on_record(*outcomes, examination);
  AdaptiveSummary summary;
  for (const Expert& expert : experts) {
    auto known = placement_of(expert, on_record, tools.journal, examination, ask_options.seed);
    if (!known) return fail(known.error());
    predictor::Placement& placement = *known;
    ExpertProgress progress;
    progress.expert = expert.name;
    progress.on_record = static_cast<std::int64_t>(placement.answered());
    const auto reached = [&] { return kTwoSided95 * placement.quality().sd <= options.precision; };
    bool going = !summary.asked.stopped && !summary.asked.out_of_budget;
    while (going && !reached()) {
      const std::vector<std::size_t> rows =
          placement.choose(std::max(options.batch_min, placement.answered() / 4));
      if (rows.empty()) break;
      std::vector<AskTask> batch;
      for (const std::size_t row : rows) batch.push_back(examination.tasks[row]);
      std::vector<std::optional<float>> scores(rows.size());
      const AskHooks of_batch{.render = [&](std::size_t task) { return hooks.render(rows[task]); },
                              .grade =
                                  [&](std::size_t task, std::string_view text) {
                                    auto grade = hooks.grade(rows[task], text);
                                    if (grade) scores[task] = grade->score;
                                    return grade;
                                  },
                              .in_scope = hooks.in_scope};
      AskTools of_expert = tools;
      of_expert.on_progress = [&](const ExpertProgress& now) {
        ExpertProgress all = progress;
        add(now, all);
        all.total =
            std::max(all.on_record + all.done + all.failed,
                     answers_expected(placement, options.precision, examination.tasks.size()));
        if (tools.on_progress) tools.on_progress(all);
      };
      const auto asked =
          ask(of_expert, std::span(&expert, 1), batch, max_tokens, ask_options, of_batch);
      if (!asked) return fail(asked.error());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (scores[i]) placement.answer(rows[i], double{*scores[i]});
      }
      add(asked->experts.front(), progress);
      summary.asked.spent += asked->spent;
      summary.asked.stopped |= asked->stopped;
      summary.asked.out_of_budget |= asked->out_of_budget;
      going = !asked->stopped && !asked->out_of_budget && !progress.given_up;
    }
    progress.total = progress.on_record + progress.done + progress.failed;
    const auto quality = placement.quality();
    summary.placed.push_back({.expert = expert.name,
                              .quality = quality.mean,
                              .half_width = kTwoSided95 * quality.sd,
                              .answered = placement.answered(),
                              .questions = examination.tasks.size(),
                              .others = placement.known(),
                              .reached = reached()});
    summary.asked.experts.push_back(std::move(progress));
  }
  return summary;
}

}  // namespace ooe::interview
