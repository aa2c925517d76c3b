// What the predictor is worth on real outcomes: T1 to T8 of docs/predictor.md, each figure with its
// bootstrap interval, the floor and the aim it is held to, and every baseline beside it, on the
// same folds. Everything comes from train(), cross_predict() and adapt() with default options.
//
//   predictor_tasks DATA [T1 T4 T5 T6 T8] [seed=N] [quick]     DATA: the folder of outcome files;
//   T1: also T2, T3 and T7, whose folds N draws; quick: those without the baselines of `ooe train`
//   predictor_tasks DATA draws=5      T1, T2, T3 and T7, quick, for N = 1 to 5, and the means
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/rng.h"
#include "bench/tasks/customary_logistic.h"
#include "bench/tasks/figure_table.h"
#include "bench/tasks/task_data.h"
#include "dataset/dataset.h"
#include "evaluate/aiq.h"
#include "evaluate/deferral_curve.h"
#include "predictor/adapt.h"
#include "predictor/folds.h"
#include "predictor/metrics.h"
#include "predictor/train.h"

namespace {

using namespace ooe;
using namespace ooe::tasks;
using Qualities = std::map<std::string, std::vector<float>>;  // by method, [n, m]

constexpr std::size_t kFolds = 5;
const std::string kCustomary = "customary logistic";

std::string g_folder;
FigureTable g_table;
bool g_quick = false;
std::uint64_t g_seed = predictor::TrainOptions{}.seed;  // of T1 to T3 and T7

Qualities cross_predicted(const Dataset& data, const predictor::TrainOptions& options = {}) {
  auto crossed = predictor::cross_predict(data, kFolds, options);
  if (!crossed) die(crossed.error().message);
  Qualities qualities;
  std::vector<float>& ours = qualities[kOurs];
  for (const Prediction& p : crossed->prediction) ours.push_back(static_cast<float>(p.quality));
  for (predictor::Rival& rival : crossed->rivals) qualities[rival.name] = std::move(rival.quality);
  return qualities;
}

std::vector<std::string> names_of(const Qualities& qualities) {
  std::vector<std::string> names;
  for (const auto& [name, quality] : qualities) names.push_back(name);
  return names;
}

// The curve of a weak pool against a strong expert on some of `rows`.
evaluate::DeferralCurve curve_of(const Dataset& data, const std::vector<float>& quality,
                                 const Rows& rows, const Rows& places, const Rows& pool,
                                 std::size_t strong) {
  const OutcomeMatrix& outcomes = data.outcomes;
  std::vector<double> gain;
  std::vector<float> weak_score;
  std::vector<float> strong_score;
  for (const std::size_t place : places) {
    const std::size_t row = rows[place];
    const std::size_t best = *std::ranges::max_element(
        pool, {}, [&](std::size_t j) { return quality[outcomes.at(row, j)]; });
    gain.push_back(double{quality[outcomes.at(row, best)]} -
                   double{quality[outcomes.at(row, strong)]});
    weak_score.push_back(outcomes.score[outcomes.at(row, best)]);
    strong_score.push_back(outcomes.score[outcomes.at(row, strong)]);
  }
  return evaluate::deferral_curve(gain, weak_score, strong_score);
}

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// T1, T2, T3, T7.
void mmlu_tasks(const Dataset& data, const Rows& core,
                const std::vector<std::string>& core_experts) {
  Qualities qualities = cross_predicted(data, {.seed = g_seed, .rivals = !g_quick});
  Rows core_columns;
  for (const std::string& expert : core_experts) core_columns.push_back(column(data, expert));
  // It predicts core experts only.
  qualities[kCustomary] = customary_logistic(data, core, core_columns, g_seed, kFolds);
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
  g_table.print("T1 RouteLLM pair: APGR", {0.685, 0.71}, methods, pair_rows.size(),
                [&](const auto& f, const Rows& r) { return evaluate::apgr(pair_curve(f, r)); });
  g_table.print("T1 CPT50", {0.27, 0.245, true}, methods, pair_rows.size(),
                [&](const auto& f, const Rows& r) { return evaluate::cpt(pair_curve(f, r), 0.5); });
  g_table.print("T1 CPT80", {0.58, 0.54, true}, methods, pair_rows.size(),
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
  g_table.print("T2 pool of 11: routed - best single (points)", {-0.3, 0.7}, methods, core.size(),
                [&](const auto& f, const Rows& places) {
                  double sum = 0.0;
                  for (const std::size_t p : places)
                    sum += double{score(core[p], chosen(f, core[p]))};
                  return 100.0 * (sum / static_cast<double>(places.size()) - best_single(places));
                });
  g_table.print("T2 difference R2 in pool A", {0.0, 0.004}, methods, core.size(),
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
  g_table.print("T2 log loss, 22 experts", {0.522, 0.515, true}, methods, core.size(),
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
  g_table.print("T3 v 1106: 50% open - GPT-4 (points)", {1.0, 1.7}, methods, core.size(),
                [&](const auto& f, const Rows& r) {
                  const auto curve = pool_curve(f, r, strong);
                  return 100.0 * (evaluate::accuracy_at(curve, 0.5) - curve.strong());
                });
  g_table.print("T3 v 1106: open share at parity", {0.85, 0.95}, methods, core.size(),
                [&](const auto& f, const Rows& r) {
                  const auto curve = pool_curve(f, r, strong);
                  return evaluate::weak_share_at(curve, curve.strong());
                });
  g_table.print("T3 v 0613: open share at -1 point", {0.60, 0.77}, methods, core.size(),
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
  g_table.print("T3 v 0613: mean over shares - logistic (points)", {1.6, 2.4}, methods, core.size(),
                mean_over_shares_minus(kCustomary));
  if (!g_quick) {
    g_table.print("  - the logistic of ooe train (points)", {0.0, 1.6}, methods, core.size(),
                  mean_over_shares_minus("logistic"));
  }
  for (const std::string& method : methods) {  // what the means over shares are made of
    const auto curve = pool_curve(method, everything(core.size()), older);
    fmt::print("  {}: {:.4f}, {:.4f}, {:.4f} right at 25, 50, 75% open\n", method,
               evaluate::accuracy_at(curve, 0.25), evaluate::accuracy_at(curve, 0.5),
               evaluate::accuracy_at(curve, 0.75));
  }
  g_table.print("T7 ECE, 22 experts", {0.02, 0.015, true}, methods, core.size(),
                [&](const auto& f, const Rows& places) {
                  const auto cells = core_cells(f, places);
                  return predictor::calibration_error(cells.first, cells.second);
                });
  g_table.print("T7 over-promise at the argmax (points)", {1.5, 0.5, true}, methods, core.size(),
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

void gsm8k_task() {
  const Dataset data = load(g_folder, "gsm8k");
  Qualities qualities = cross_predicted(data);
  const std::size_t own = column(data, "meta-math/MetaMath-Mistral-7B");
  const std::size_t strong = column(data, "gpt-4(MoT greedy CoT)");
  Rows rows;
  for (std::size_t i = 0; i < data.questions.size(); ++i) {
    if (data.questions[i].split == "test") rows.push_back(i);
  }
  // Length alone: the shorter the question, the rather the own expert.
  std::vector<float>& length = qualities["length alone"];
  length.assign(data.outcomes.score.size(), 0.0F);
  for (std::size_t i = 0; i < data.texts.size(); ++i) {
    length[data.outcomes.at(i, own)] = -static_cast<float>(data.texts[i].size());
  }
  const std::vector<std::string> methods = names_of(qualities);
  const auto curve = [&](const std::string& method, const Rows& places) {
    return curve_of(data, qualities.at(method), rows, places, {own}, strong);
  };
  g_table.print(
      "T4 GSM8K: own share at 84.77%", {0.63, 0.66}, methods, rows.size(),
      [&](const auto& f, const Rows& r) { return evaluate::weak_share_at(curve(f, r), 0.8477); });
  g_table.print(
      "T4 accuracy at 50% own", {0.875, 0.885}, methods, rows.size(),
      [&](const auto& f, const Rows& r) { return evaluate::accuracy_at(curve(f, r), 0.5); });
}

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

void arc_task(const predictor::Model& mmlu) {
  const Dataset data = load(g_folder, "routerbench_arc", {.usage = true, .last_block = true});
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
  g_table.print("T5 ARC with the MMLU model: AIQ", {0.925, 0.929}, methods, n, aiq);
  g_table.print("T5 cost saved at GPT-4 -1 point", {0.25, 0.35}, methods, n, saved);
  qualities[kOurs] = qualities["without prior"];
  g_table.print("T5 ARC alone: AIQ", {0.9245, 0.929}, {}, n, aiq);
  g_table.print("T5 ARC alone: cost saved at GPT-4 -1 point", {0.24, 0.35}, {}, n, saved);
}

// T8: trained on MMLU, routed elsewhere, against the best single expert known from training.
void transfer_task(const Dataset& mmlu_data, const predictor::Model& mmlu) {
  for (const char* name :
       {"routerdc_arc_challenge", "routerdc_arc_easy", "routerdc_math_prealgebra"}) {
    const Dataset data = load(g_folder, name);
    const std::size_t m = data.outcomes.n_experts();
    Rows known;  // columns of the model
    std::vector<double> level;
    for (const std::string& expert : data.outcomes.experts) {
      known.push_back(column(mmlu_data, expert));
      double sum = 0.0;
      double count = 0.0;
      for (std::size_t i = 0; i < mmlu_data.outcomes.n_queries(); ++i) {
        const float score = mmlu_data.outcomes.score[mmlu_data.outcomes.at(i, known.back())];
        if (std::isnan(score)) continue;
        sum += double{score};
        count += 1.0;
      }
      level.push_back(sum / count);
    }
    const auto best = static_cast<std::size_t>(std::ranges::max_element(level) - level.begin());
    const auto routed_with = [&](const predictor::Model& model) {
      predictor::Scratch scratch;
      std::vector<Prediction> predictions(model.card().experts.size());
      Rows choice;
      for (const std::string& text : data.texts) {
        model.predict(text, scratch, predictions);
        std::size_t top = 0;
        for (std::size_t j = 1; j < m; ++j) {
          if (predictions[known[j]].quality > predictions[known[top]].quality) top = j;
        }
        choice.push_back(top);
      }
      return choice;
    };
    const Rows choice = routed_with(mmlu);
    g_table.print(fmt::format("T8 {}: routed - best known (points)", name), {0.0, 0.5}, {},
                  choice.size(), [&](const auto&, const Rows& places) {
                    double sum = 0.0;
                    for (const std::size_t p : places) {
                      sum += double{data.outcomes.score[p * m + choice[p]]} -
                             double{data.outcomes.score[p * m + best]};
                    }
                    return 100.0 * sum / static_cast<double>(places.size());
                  });
    // After 200 outcomes of the target: against the best single expert of the rest, with hindsight.
    double gain = 0.0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      Rng rng(seed);
      Rows order = everything(data.texts.size());
      rng.shuffle(std::span(order));
      const Rows first(order.begin(), order.begin() + 200);
      const auto adapted = predictor::adapt(mmlu, predictor::subset(data, first));
      if (!adapted) die(adapted.error().message);
      const Rows after = routed_with(*adapted);
      std::vector<double> single(m, 0.0);
      double routed = 0.0;
      for (std::size_t k = 200; k < order.size(); ++k) {
        for (std::size_t j = 0; j < m; ++j)
          single[j] += double{data.outcomes.score[order[k] * m + j]};
        routed += double{data.outcomes.score[order[k] * m + after[order[k]]]};
      }
      gain += 100.0 * (routed - *std::ranges::max_element(single)) /
              static_cast<double>(order.size() - 200) / 5.0;
    }
    fmt::print("   after 200 outcomes there, minus the best on the target: {:+.2f} points\n", gain);
  }
}

// What one expert's predictions lose on the questions `rows`: mean log loss.
double loss_of(const Dataset& data, const Rows& rows, const predictor::Model& model,
               const std::string& expert) {
  const auto& names = model.card().experts;
  const auto at = static_cast<std::size_t>(std::ranges::find(names, expert) - names.begin());
  const std::size_t j = column(data, expert);
  predictor::Scratch scratch;
  std::vector<Prediction> predictions(names.size());
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

// T6: experts are new, a quarter of them at a time, to a model trained without them on four folds;
// then some of their outcomes, chosen at random, teach it; judged on the fifth.
void cold_start_task(const Dataset& data, const std::set<std::string>& core_ids,
                     const std::vector<std::string>& core_experts) {
  constexpr std::size_t kGroups = 4;
  constexpr std::uint64_t kSeeds = 4;
  const std::vector<std::size_t> counts = {20, 50, 100, 300};
  const auto [seen, unseen] = predictor::split_at_fold(data, 1, kFolds, 0);
  const Dataset training = predictor::subset(data, seen);
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
    const auto without = predictor::train(with_columns(training, others), options);
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
              predictor::adapt(*without, predictor::subset(with_columns(training, {j}), order));
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
    if (share < floor) g_table.count_miss();
    fmt::print(
        "T6 {} new experts, {} random outcomes: share of the gain {:.3f} [{:.3f}, {:.3f}]{}\n",
        experts.size(), counts[c], share, shares[25], shares[974],
        floor == 0.0 ? "" : fmt::format("  floor {} {}", floor, share >= floor ? "met" : "MISSED"));
  }
}

const std::set<std::string> kTasks = {"T1", "T4", "T5", "T6", "T8"};

// At least 1: a bench of nothing would find that every floor is met.
std::uint64_t number_of(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) {
    die("a number from 1 on is needed, not '" + text + "'");
  }
  return number;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) die("give the folder of outcome data");
  g_folder = argv[1];
  std::set<std::string> tasks;
  std::uint64_t draws = 1;
  for (int i = 2; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("seed=")) {
      g_seed = number_of(word.substr(5));
    } else if (word.starts_with("draws=")) {
      draws = number_of(word.substr(6));
      g_quick = true;
      tasks = {"T1"};
    } else if (word == "quick") {
      g_quick = true;
    } else if (kTasks.contains(word)) {
      tasks.insert(word);
    } else {
      die("no such task or option: " + word);
    }
  }
  const auto wanted = [&](const char* task) { return tasks.empty() || tasks.contains(task); };
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    fmt::print("   ({:.0f} s)\n",
               std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    std::fflush(stdout);
  };
  const Dataset mmlu = load(g_folder, "mmlu");
  Rows test;
  for (std::size_t i = 0; i < mmlu.questions.size(); ++i) {
    if (mmlu.questions[i].split == "test") test.push_back(i);
  }
  const Dataset mmlu_test = predictor::subset(mmlu, test);
  auto core = dataset::load_dataset({.questions = g_folder + "/mmlu.questions.jsonl.gz",
                                     .outcomes = g_folder + "/mmlu_core.tsv.gz"});
  if (!core) die(core.error().message);
  const std::set<std::string> core_ids(core->data.outcomes.question_ids.begin(),
                                       core->data.outcomes.question_ids.end());
  Rows core_rows;
  for (std::size_t i = 0; i < mmlu_test.questions.size(); ++i) {
    if (core_ids.contains(mmlu_test.questions[i].id)) core_rows.push_back(i);
  }
  if (wanted("T4")) gsm8k_task();
  elapsed();
  if (wanted("T5") || wanted("T8")) {
    const auto model = predictor::train(mmlu, {.rivals = false});
    if (!model) die(model.error().message);
    if (wanted("T5")) arc_task(*model);
    elapsed();
    if (wanted("T8")) transfer_task(mmlu, *model);
    elapsed();
  }
  for (std::uint64_t draw = 1; draw <= draws && wanted("T1"); ++draw) {
    if (draws > 1) {
      g_seed = draw;
      fmt::print("draw {} of {}\n", draw, draws);
    }
    mmlu_tasks(mmlu_test, core_rows, core->data.outcomes.experts);
  }
  if (draws > 1) {
    fmt::print("means of {} draws\n", draws);
    g_table.print_means();
  }
  elapsed();
  if (wanted("T6")) cold_start_task(mmlu_test, core_ids, core->data.outcomes.experts);
  elapsed();
  fmt::print("{}\n", g_table.missed() == 0 ? "every floor is met"
                                           : fmt::format("{} floors are missed", g_table.missed()));
  return g_table.missed() == 0 ? 0 : 1;
}
