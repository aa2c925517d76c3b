#include "interview/adaptive.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/table_part.h"
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

OutcomeMatrix without(const OutcomeMatrix& all, const std::string& expert) {
  std::vector<std::size_t> others;
  for (std::size_t j = 0; j < all.n_experts(); ++j) {
    if (all.experts[j] != expert) others.push_back(j);
  }
  return subset_columns(all, others);
}

// An expert among the others, and which of its answers it was placed by.
struct Place {
  predictor::Placement placement;
  std::vector<bool> told;  // [tasks]

  void tell(std::size_t task, double score) {
    if (told[task]) return;
    told[task] = true;
    placement.answer(task, score);
  }
};

// Tells the placement the expert's answers on record that it has not heard of; `outcomes` are those
// on record. Returns how many.
Result<std::int64_t> tell_on_record(const Expert& expert, const OutcomeMatrix& outcomes,
                                    store::InterviewJournal& journal,
                                    const Examination& examination, Place& place) {
  const auto column = outcomes.column_of(expert.name);
  std::vector<float> graded(outcomes.n_queries(), kNotMeasured);
  for (std::size_t i = 0; column && i < graded.size(); ++i) {
    graded[i] = outcomes.score[outcomes.at(i, *column)];
  }
  const auto answered = answered_scores(journal, expert.name, examination, graded);
  if (!answered) return fail(answered.error());
  const std::size_t before = place.placement.answered();
  for (std::size_t i = 0; i < answered->size(); ++i) {
    if ((*answered)[i]) place.tell(i, *(*answered)[i]);
  }
  return static_cast<std::int64_t>(place.placement.answered() - before);
}

// As above, of what another process has had answered in the meantime.
Result<std::int64_t> tell_news(const Expert& expert, store::Store& store,
                               store::InterviewJournal& journal, const Examination& examination,
                               Place& place) {
  const auto outcomes = store.outcomes();
  if (!outcomes) return fail(outcomes.error());
  return tell_on_record(expert, outcomes_on_record(*outcomes, examination), journal, examination,
                        place);
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
    Place place{predictor::Placement(without(on_record, expert.name), {.seed = ask_options.seed}),
                std::vector<bool>(examination.tasks.size(), false)};
    const auto known = tell_on_record(expert, on_record, tools.journal, examination, place);
    if (!known) return fail(known.error());
    predictor::Placement& placement = place.placement;
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
        if (scores[i]) place.tell(rows[i], double{*scores[i]});
      }
      add(asked->experts.front(), progress);
      // Nobody had answered these when they were chosen.
      if (asked->experts.front().on_record > 0) {
        const auto news = tell_news(expert, store, tools.journal, examination, place);
        if (!news) return fail(news.error());
        progress.on_record += *news;
      }
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
