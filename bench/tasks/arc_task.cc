#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "bench/tasks/crossed_qualities.h"
#include "bench/tasks/task_run.h"
#include "evaluate/aiq.h"
#include "predictor/folds.h"

namespace ooe::tasks {
namespace {

// Points of the cost-quality plane that a method reaches by trading quality for money.
std::vector<evaluate::CostQuality> points_of(const Dataset& data, const std::vector<float>& quality,
                                             const std::vector<double>& cost, const Rows& places) {
  const std::size_t m = data.outcomes.n_experts();
  std::vector<evaluate::CostQuality> points;
  for (int step = 0; step <= 60; ++step) {
    const double lambda = step == 0 ? 0.0 : std::pow(10.0, -1.0 + 5.5 * (step - 1) / 59.0);
    evaluate::CostQuality point;
    for (const std::size_t row : places) {
      std::size_t best = 0;
      for (std::size_t j = 1; j < m; ++j) {
        const auto utility = [&](std::size_t e) {
          return double{quality[row * m + e]} - lambda * cost[row * m + e];
        };
        if (utility(j) > utility(best)) best = j;
      }
      point.cost +=
          double{data.outcomes.cost_usd[row * m + best]} / static_cast<double>(places.size());
      point.quality +=
          double{data.outcomes.score[row * m + best]} / static_cast<double>(places.size());
    }
    points.push_back(point);
  }
  return points;
}

}  // namespace

void arc_task(TaskRun& run, const predictor::Model& mmlu) {
  const Dataset data = load(run.folder, "routerbench_arc", {.usage = true, .last_block = true});
  const std::size_t m = data.outcomes.n_experts();
  const std::size_t n = data.outcomes.n_queries();
  predictor::TrainOptions with_prior{.rivals = false, .prior = &mmlu};
  Qualities qualities = cross_predicted(data);
  qualities["without prior"] = std::move(qualities[kOurs]);
  qualities[kOurs] = std::move(cross_predicted(data, with_prior)[kOurs]);
  // Costs that are known beforehand: each expert's mean on the other folds.
  std::vector<double> cost(n * m);
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    const auto [seen, unseen] = predictor::split_at_fold(data, 1, kFolds, fold);
    for (std::size_t j = 0; j < m; ++j) {
      double sum = 0.0;
      for (const std::size_t row : seen) sum += double{data.outcomes.cost_usd[row * m + j]};
      for (const std::size_t row : unseen)
        cost[row * m + j] = sum / static_cast<double>(seen.size());
    }
  }
  const std::size_t strong = column(data, "gpt-4-1106-preview");
  const auto singles = [&](const Rows& places) {
    std::vector<evaluate::CostQuality> points(m);
    for (const std::size_t row : places) {
      for (std::size_t j = 0; j < m; ++j) {
        points[j].cost +=
            double{data.outcomes.cost_usd[row * m + j]} / static_cast<double>(places.size());
        points[j].quality +=
            double{data.outcomes.score[row * m + j]} / static_cast<double>(places.size());
      }
    }
    return points;
  };
  const auto hull = [&](const std::string& method, const Rows& places) {
    std::vector<evaluate::CostQuality> all = singles(places);
    if (method == "zero router") return evaluate::quality_hull(std::move(all));
    const auto cheapest = *std::ranges::min_element(all, {}, &evaluate::CostQuality::cost);
    auto points = points_of(data, qualities.at(method), cost, places);
    points.push_back(cheapest);
    return evaluate::quality_hull(std::move(points));
  };
  std::vector<std::string> methods = names_of(qualities);
  methods.push_back("zero router");
  const auto aiq = [&](const std::string& f, const Rows& places) {
    const auto points = singles(places);
    const auto [low, high] = std::ranges::minmax(points, {}, &evaluate::CostQuality::cost);
    return evaluate::aiq(hull(f, places), low.cost, high.cost);
  };
  const auto saved = [&](const std::string& f, const Rows& places) {
    const auto point = singles(places)[strong];
    return evaluate::cost_saved(hull(f, places), point.quality - 0.01, point.cost);
  };
  run.table.print("T5 ARC with the MMLU model: AIQ", {0.925, 0.929}, methods, n, aiq);
  run.table.print("T5 cost saved at GPT-4 -1 point", {0.25, 0.35}, methods, n, saved);
  qualities[kOurs] = qualities["without prior"];
  run.table.print("T5 ARC alone: AIQ", {0.9245, 0.929}, {}, n, aiq);
  run.table.print("T5 ARC alone: cost saved at GPT-4 -1 point", {0.24, 0.35}, {}, n, saved);
}

}  // namespace ooe::tasks
