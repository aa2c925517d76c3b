#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/rng.h"
#include "bench/tasks/crossed_qualities.h"
#include "bench/tasks/task_run.h"
#include "core/table_part.h"
#include "predictor/adapt.h"
#include "predictor/folds.h"
#include "predictor/metrics.h"

namespace ooe::tasks {
namespace {

// What one expert's predictions lose on the questions `rows`: mean log loss.
double loss_of(const Dataset& data, const Rows& rows, const predictor::Model& model,
               const std::string& expert) {
  const std::size_t at = model.card().column_of(expert).value();
  const std::size_t j = column(data, expert);
  predictor::Scratch scratch;
  std::vector<Prediction> predictions(model.card().experts.size());
  double sum = 0.0;
  for (const std::size_t row : rows) {
    model.predict(data.texts[row], scratch, predictions);
    sum += predictor::log_loss(double{data.outcomes.score[data.outcomes.at(row, j)]},
                               predictions[at].quality);
  }
  return sum / static_cast<double>(rows.size());
}

// What each count of outcomes won of one expert's gain, before the division.
struct ColdStart {
  double by_mean = 0.0;  // log loss of its own full mean for every question: share 0
  double by_all = 0.0;   // of a model trained with all its outcomes: share 1
  std::vector<double> by_count;
};

double share_of_gain(std::span<const ColdStart> experts, std::size_t c) {
  double won = 0.0;
  double all = 0.0;
  for (const ColdStart& expert : experts) {
    won += expert.by_mean - expert.by_count[c];
    all += expert.by_mean - expert.by_all;
  }
  return won / all;
}

}  // namespace

void cold_start_task(TaskRun& run, const Dataset& data, const std::set<std::string>& core_ids,
                     const std::vector<std::string>& core_experts) {
  constexpr std::size_t kGroups = 4;
  constexpr std::uint64_t kSeeds = 4;
  const std::vector<std::size_t> counts = {20, 50, 100, 300};
  const auto [seen, unseen] = predictor::split_at_fold(data, 1, kFolds, 0);
  const Dataset training = subset_rows(data, seen);
  Rows judged;
  for (const std::size_t row : unseen) {
    if (core_ids.contains(data.questions[row].id)) judged.push_back(row);
  }
  const predictor::TrainOptions options{.held_out_queries_max = 16'384, .rivals = false};
  const auto full = predictor::train(training, options);
  if (!full) die(full.error().message);
  std::vector<ColdStart> experts;
  for (std::size_t group = 0; group < kGroups; ++group) {
    std::set<std::size_t> fresh;
    for (std::size_t e = group; e < core_experts.size(); e += kGroups) {
      fresh.insert(column(data, core_experts[e]));
    }
    Rows others;
    for (std::size_t k = 0; k < data.outcomes.n_experts(); ++k) {
      if (!fresh.contains(k)) others.push_back(k);
    }
    const auto without = predictor::train(subset_columns(training, others), options);
    if (!without) die(without.error().message);
    for (const std::size_t j : fresh) {
      const std::string& expert = data.outcomes.experts[j];
      Rows measured;
      double sum = 0.0;
      double count = 0.0;
      for (std::size_t i = 0; i < seen.size(); ++i) {
        const float score = training.outcomes.score[training.outcomes.at(i, j)];
        if (std::isnan(score)) continue;
        sum += double{score};
        count += 1.0;
        if (core_ids.contains(training.questions[i].id)) measured.push_back(i);
      }
      ColdStart cold{.by_mean = 0.0,
                     .by_all = loss_of(data, judged, *full, expert),
                     .by_count = std::vector<double>(counts.size(), 0.0)};
      for (const std::size_t row : judged) {
        const double score{data.outcomes.score[data.outcomes.at(row, j)]};
        cold.by_mean +=
            predictor::log_loss(score, sum / count) / static_cast<double>(judged.size());
      }
      for (std::size_t c = 0; c < counts.size(); ++c) {
        for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
          Rng rng(seed);
          Rows order = measured;
          rng.shuffle(std::span(order));
          order.resize(std::min(order.size(), counts[c]));
          const auto adapted =
              predictor::adapt(*without, subset_rows(subset_columns(training, {j}), order));
          if (!adapted) die(adapted.error().message);
          cold.by_count[c] += loss_of(data, judged, *adapted, expert) / double{kSeeds};
        }
      }
      experts.push_back(std::move(cold));
    }
  }
  for (std::size_t c = 0; c < counts.size(); ++c) {
    Rng rng(1);
    std::vector<double> shares;
    for (std::size_t draw = 0; draw < 1'000; ++draw) {
      std::vector<ColdStart> sample;
      for (std::size_t e = 0; e < experts.size(); ++e) {
        sample.push_back(experts[rng.below(experts.size())]);
      }
      shares.push_back(share_of_gain(sample, c));
    }
    std::ranges::sort(shares);
    const double share = share_of_gain(experts, c);
    const double floor = counts[c] == 20 ? 0.80 : counts[c] == 100 ? 0.91 : 0.0;
    if (share < floor) run.table.count_miss();
    fmt::print(
        "T6 {} new experts, {} random outcomes: share of the gain {:.3f} [{:.3f}, {:.3f}]{}\n",
        experts.size(), counts[c], share, shares[25], shares[974],
        floor == 0.0 ? "" : fmt::format("  floor {} {}", floor, share >= floor ? "met" : "MISSED"));
  }
}

}  // namespace ooe::tasks
