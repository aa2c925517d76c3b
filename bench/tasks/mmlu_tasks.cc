#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "bench/tasks/crossed_qualities.h"
#include "bench/tasks/customary_logistic.h"
#include "bench/tasks/task_run.h"
#include "evaluate/deferral_curve.h"
#include "predictor/metrics.h"

namespace ooe::tasks {
namespace {

const std::string kCustomary = "customary logistic";

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

void mmlu_tasks(TaskRun& run, const Dataset& data, const Rows& core,
                const std::vector<std::string>& core_experts) {
  Qualities qualities = cross_predicted(data, {.seed = run.seed, .rivals = !run.quick});
  Rows core_columns;
  for (const std::string& expert : core_experts) core_columns.push_back(column(data, expert));
  // It predicts core experts only.
  qualities[kCustomary] = customary_logistic(data, core, core_columns, run.seed, kFolds);
  const std::vector<std::string> methods = names_of(qualities);
  const OutcomeMatrix& outcomes = data.outcomes;
  const auto score = [&](std::size_t row, std::size_t j) {
    return outcomes.score[outcomes.at(row, j)];
  };

  const std::size_t mixtral = column(data, "mistralai/Mixtral-8x7B-Instruct-v0.1");
  const std::size_t strong = column(data, "gpt-4-1106-preview");
  Rows pair_rows;
  for (std::size_t i = 0; i < outcomes.n_queries(); ++i) {
    if (!std::isnan(score(i, mixtral)) && !std::isnan(score(i, strong))) pair_rows.push_back(i);
  }
  const auto pair_curve = [&](const std::string& method, const Rows& places) {
    return curve_of(data, qualities.at(method), pair_rows, places, {mixtral}, strong);
  };
  run.table.print("T1 RouteLLM pair: APGR", {0.685, 0.71}, methods, pair_rows.size(),
                  [&](const auto& f, const Rows& r) { return evaluate::apgr(pair_curve(f, r)); });
  run.table.print(
      "T1 CPT50", {0.27, 0.245, true}, methods, pair_rows.size(),
      [&](const auto& f, const Rows& r) { return evaluate::cpt(pair_curve(f, r), 0.5); });
  run.table.print(
      "T1 CPT80", {0.58, 0.54, true}, methods, pair_rows.size(),
      [&](const auto& f, const Rows& r) { return evaluate::cpt(pair_curve(f, r), 0.8); });

  Rows pool;  // A: the open experts, two columns of core next to each other and all between
  const auto first = std::ranges::find(core_experts, "mistralai/Mistral-7B-v0.1");
  const auto last = std::ranges::find(core_experts, "mistralai/Mixtral-8x7B-Instruct-v0.1");
  for (auto at = first; at <= last; ++at) pool.push_back(column(data, *at));
  const auto best_single = [&](const Rows& places) {
    double best = 0.0;
    for (const std::size_t j : pool) {
      double sum = 0.0;
      for (const std::size_t place : places) sum += double{score(core[place], j)};
      best = std::max(best, sum / static_cast<double>(places.size()));
    }
    return best;
  };
  const auto chosen = [&](const std::string& method, std::size_t row) {
    return *std::ranges::max_element(
        pool, {}, [&](std::size_t j) { return qualities.at(method)[outcomes.at(row, j)]; });
  };
  run.table.print("T2 pool of 11: routed - best single (points)", {-0.3, 0.7}, methods, core.size(),
                  [&](const auto& f, const Rows& places) {
                    double sum = 0.0;
                    for (const std::size_t p : places)
                      sum += double{score(core[p], chosen(f, core[p]))};
                    return 100.0 * (sum / static_cast<double>(places.size()) - best_single(places));
                  });
  run.table.print("T2 difference R2 in pool A", {0.0, 0.004}, methods, core.size(),
                  [&](const auto& f, const Rows& places) {
                    const std::vector<float>& quality = qualities.at(f);
                    const auto k = static_cast<double>(pool.size());
                    std::vector<double> mean(pool.size(), 0.0);
                    for (std::size_t a = 0; a < pool.size(); ++a) {
                      for (const std::size_t p : places) {
                        mean[a] +=
                            double{score(core[p], pool[a])} / static_cast<double>(places.size());
                      }
                    }
                    const double mean_all = mean_of(mean);
                    double left = 0.0;
                    double all = 0.0;
                    for (const std::size_t p : places) {
                      double y_mean = 0.0;
                      double q_mean = 0.0;
                      for (const std::size_t j : pool) {
                        y_mean += double{score(core[p], j)} / k;
                        q_mean += double{quality[outcomes.at(core[p], j)]} / k;
                      }
                      for (std::size_t a = 0; a < pool.size(); ++a) {
                        const double y = double{score(core[p], pool[a])} - y_mean;
                        const double q = double{quality[outcomes.at(core[p], pool[a])]} - q_mean;
                        left += (y - q) * (y - q);
                        all += std::pow(y - (mean[a] - mean_all), 2);
                      }
                    }
                    return 1.0 - left / all;
                  });
  const auto core_cells = [&](const std::string& method, const Rows& places) {
    std::pair<std::vector<double>, std::vector<double>> cells;
    for (const std::size_t p : places) {
      for (const std::string& expert : core_experts) {
        const std::size_t cell = outcomes.at(core[p], column(data, expert));
        cells.first.push_back(double{outcomes.score[cell]});
        cells.second.push_back(double{qualities.at(method)[cell]});
      }
    }
    return cells;
  };
  run.table.print("T2 log loss, 22 experts", {0.522, 0.515, true}, methods, core.size(),
                  [&](const auto& f, const Rows& places) {
                    const auto cells = core_cells(f, places);
                    return predictor::log_loss(cells.first, cells.second);
                  });

  Rows pool_b = pool;
  pool_b.push_back(column(data, "helm:meta/llama-3-70b"));
  pool_b.push_back(column(data, "helm:mistralai/mixtral-8x22b"));
  const std::size_t older = column(data, "helm:openai/gpt-4-0613");
  const auto pool_curve = [&](const std::string& method, const Rows& places, std::size_t expert) {
    return curve_of(data, qualities.at(method), core, places, pool_b, expert);
  };
  run.table.print("T3 v 1106: 50% open - GPT-4 (points)", {1.0, 1.7}, methods, core.size(),
                  [&](const auto& f, const Rows& r) {
                    const auto curve = pool_curve(f, r, strong);
                    return 100.0 * (evaluate::accuracy_at(curve, 0.5) - curve.strong());
                  });
  run.table.print("T3 v 1106: open share at parity", {0.85, 0.95}, methods, core.size(),
                  [&](const auto& f, const Rows& r) {
                    const auto curve = pool_curve(f, r, strong);
                    return evaluate::weak_share_at(curve, curve.strong());
                  });
  run.table.print("T3 v 0613: open share at -1 point", {0.60, 0.77}, methods, core.size(),
                  [&](const auto& f, const Rows& r) {
                    const auto curve = pool_curve(f, r, older);
                    return evaluate::weak_share_at(curve, curve.strong() - 0.01);
                  });
  const auto mean_over_shares_minus = [&](const std::string& baseline) {
    return [&, baseline](const std::string& method, const Rows& r) {
      return 100.0 * (mean_of(pool_curve(method, r, older).accuracy) -
                      mean_of(pool_curve(baseline, r, older).accuracy));
    };
  };
  run.table.print("T3 v 0613: mean over shares - logistic (points)", {1.6, 2.4}, methods,
                  core.size(), mean_over_shares_minus(kCustomary));
  if (!run.quick) {
    run.table.print("  - the logistic of ooe train (points)", {0.0, 1.6}, methods, core.size(),
                    mean_over_shares_minus("logistic"));
  }
  for (const std::string& method : methods) {  // what the means over shares are made of
    const auto curve = pool_curve(method, everything(core.size()), older);
    fmt::print("  {}: {:.4f}, {:.4f}, {:.4f} right at 25, 50, 75% open\n", method,
               evaluate::accuracy_at(curve, 0.25), evaluate::accuracy_at(curve, 0.5),
               evaluate::accuracy_at(curve, 0.75));
  }
  run.table.print("T7 ECE, 22 experts", {0.02, 0.015, true}, methods, core.size(),
                  [&](const auto& f, const Rows& places) {
                    const auto cells = core_cells(f, places);
                    return predictor::calibration_error(cells.first, cells.second);
                  });
  run.table.print("T7 over-promise at the argmax (points)", {1.5, 0.5, true}, methods, core.size(),
                  [&](const auto& f, const Rows& places) {
                    double sum = 0.0;
                    for (const std::size_t p : places) {
                      const std::size_t j = chosen(f, core[p]);
                      sum += double{qualities.at(f)[outcomes.at(core[p], j)]} -
                             double{score(core[p], j)};
                    }
                    return 100.0 * sum / static_cast<double>(places.size());
                  });
}

}  // namespace ooe::tasks
