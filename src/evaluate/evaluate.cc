#include "evaluate/evaluate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <utility>

#include "base/check.h"
#include "core/query.h"
#include "evaluate/costs.h"
#include "evaluate/rows.h"
#include "policy/calibrate.h"
#include "policy/decide.h"
#include "predictor/metrics.h"

namespace ooe::evaluate {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double mean(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return values.empty() ? kNaN : sum / static_cast<double>(values.size());
}

// The table as everything below reads it.
struct Replay {
  const OutcomeMatrix& outcomes;
  std::vector<Expert> experts;
  std::vector<Prediction> predictions;  // with expected costs
  std::vector<float> cost_usd;          // what the answers really cost
  Rows rows;
  std::vector<Query> queries;  // [rows]: what decide() has to know of each

  [[nodiscard]] bool measured(std::size_t row, std::size_t expert) const {
    return !std::isnan(outcomes.row(rows.queries[row])[expert]);
  }
  [[nodiscard]] std::size_t cell(std::size_t row, std::size_t expert) const {
    return outcomes.at(rows.queries[row], expert);
  }
  [[nodiscard]] std::size_t n() const { return rows.queries.size(); }
  [[nodiscard]] std::size_t m() const { return experts.size(); }
};

Replay make_replay(const Dataset& data, std::span<const Prediction> predictions) {
  Replay replay{data.outcomes, experts_of(data), {}, {}, evaluated_rows(data.outcomes), {}};
  replay.predictions = with_costs(data, replay.experts, predictions);
  replay.cost_usd = realised_costs(data, replay.experts, replay.predictions);
  for (const std::size_t query : replay.rows.queries) {
    replay.queries.emplace_back().prompt_tokens = estimate_tokens(data.texts[query]);
  }
  return replay;
}

PredictionQuality prediction_quality(std::span<const double> p, std::span<const double> s) {
  return {predictor::log_loss(s, p), predictor::brier(s, p), predictor::auc(s, p),
          predictor::calibration_error(s, p)};
}

// Fills what does not depend on routing: every expert alone, and how good the predictions are.
std::vector<SplitAccuracy> split_accuracies(const Dataset& data, std::size_t expert) {
  if (data.questions.size() != data.outcomes.n_queries()) return {};  // a table without labels
  std::map<std::string, std::vector<double>> scores;
  for (std::size_t row = 0; row < data.outcomes.n_queries(); ++row) {
    const float score = data.outcomes.row(row)[expert];
    if (!std::isnan(score)) scores[data.questions[row].split].push_back(score);
  }
  std::vector<SplitAccuracy> splits;
  splits.reserve(scores.size());
  for (const auto& [split, of_split] : scores) {
    splits.push_back({split, of_split.size(), mean(of_split)});
  }
  return splits;
}

void judge_experts(const Dataset& data, const Replay& replay, Evaluation& evaluation) {
  std::vector<double> all_p;
  std::vector<double> all_s;
  std::vector<double> aucs;
  for (std::size_t expert = 0; expert < replay.m(); ++expert) {
    std::vector<double> p;
    std::vector<double> s;
    std::vector<double> usd;
    for (std::size_t query = 0; query < replay.outcomes.n_queries(); ++query) {
      const std::size_t cell = replay.outcomes.at(query, expert);
      if (std::isnan(replay.outcomes.score[cell])) continue;
      p.push_back(replay.predictions[cell].quality);
      s.push_back(replay.outcomes.score[cell]);
      usd.push_back(1e3 * replay.cost_usd[cell]);
    }
    const PredictionQuality quality = prediction_quality(p, s);
    evaluation.experts.push_back({replay.experts[expert].name, s.size(), mean(s), mean(usd),
                                  quality, split_accuracies(data, expert)});
    if (!std::isnan(quality.auc)) aucs.push_back(quality.auc);
    all_p.insert(all_p.end(), p.begin(), p.end());
    all_s.insert(all_s.end(), s.begin(), s.end());
  }
  evaluation.prediction = prediction_quality(all_p, all_s);
  // Pooled, it would mostly say that some experts are better than others.
  evaluation.prediction.auc = mean(aucs);
}

std::vector<std::string> experts_of_unknown_cost(const Replay& replay) {
  std::vector<std::string> names;
  for (std::size_t expert = 0; expert < replay.m(); ++expert) {
    for (std::size_t row = 0; row < replay.n(); ++row) {
      if (!replay.measured(row, expert)) continue;
      const std::size_t cell = replay.cell(row, expert);
      if (replay.predictions[cell].cost && !std::isnan(replay.cost_usd[cell])) continue;
      names.push_back(replay.experts[expert].name);
      break;
    }
  }
  return names;
}

ExpertId best_single(const Replay& replay) {
  ExpertId best;
  double best_accuracy = 0.0;
  bool best_is_common = false;
  for (std::size_t expert = 0; expert < replay.m(); ++expert) {
    std::vector<double> scores;
    for (std::size_t row = 0; row < replay.n(); ++row) {
      if (replay.measured(row, expert)) {
        scores.push_back(replay.outcomes.score[replay.cell(row, expert)]);
      }
    }
    if (scores.empty()) continue;
    const bool common = 2 * scores.size() >= replay.n();
    const double accuracy = mean(scores);
    if (best.value < 0 || std::pair(common, accuracy) > std::pair(best_is_common, best_accuracy)) {
      best = {static_cast<std::int32_t>(expert)};
      best_accuracy = accuracy;
      best_is_common = common;
    }
  }
  return best;
}

// Whom decide() asks on each row. Experts that were not measured there are out of reach, which is
// what `healthy` means.
std::vector<ExpertId> route(const Replay& replay, double quality_per_usd) {
  std::vector<ExpertId> asked;
  asked.reserve(replay.n());
  const auto reachable = std::make_unique<bool[]>(replay.m());
  for (std::size_t row = 0; row < replay.n(); ++row) {
    for (std::size_t i = 0; i < replay.m(); ++i) reachable[i] = replay.measured(row, i);
    const auto predictions = std::span(replay.predictions).subspan(replay.cell(row, 0), replay.m());
    const Decision decision =
        policy::decide(predictions, replay.experts, replay.queries[row], {quality_per_usd},
                       {.plan_size_max = 1, .healthy = {reachable.get(), replay.m()}});
    OOE_CHECK(!decision.plan.empty(), "every evaluated row has a candidate with a known cost");
    asked.push_back(decision.plan.front());
  }
  return asked;
}

// What calibrate() reads: the predictions of the evaluated rows.
struct Sample {
  std::vector<float> quality;
  std::vector<float> cost_usd;
  std::size_t n = 0;
  [[nodiscard]] policy::CalibrationSample view() const { return {quality, cost_usd, n}; }
};

Sample calibration_sample(const Replay& replay) {
  Sample sample;
  sample.n = replay.n();
  for (std::size_t row = 0; row < replay.n(); ++row) {
    for (std::size_t expert = 0; expert < replay.m(); ++expert) {
      const Prediction& prediction = replay.predictions[replay.cell(row, expert)];
      const bool candidate = replay.measured(row, expert);
      sample.quality.push_back(candidate ? static_cast<float>(prediction.quality) : kNotMeasured);
      sample.cost_usd.push_back(prediction.cost ? static_cast<float>(to_double(*prediction.cost))
                                                : kNotMeasured);
    }
  }
  return sample;
}

// The multiplier whose predicted cost stays within `usd` a query, if any.
std::optional<double> multiplier_for(const Replay& replay, const Sample& sample, double usd) {
  // A nano-USD of grace: the budget that is exactly the cheapest must not fail by rounding.
  const Usd budget = usd_from_double(std::min(1e3 * usd + 2e-9, 1e9));
  const Goal goal{MaximiseQuality{budget}, std::nullopt, std::nullopt};
  const auto calibrated = policy::calibrate(goal, replay.experts, sample.view());
  if (!calibrated) return std::nullopt;
  return calibrated->tradeoff.quality_per_usd;
}

std::optional<double> multiplier_at_cost_of(const Replay& replay, const Sample& sample,
                                            ExpertId expert) {
  std::vector<double> usd;
  for (std::size_t row = 0; row < replay.n(); ++row) {
    if (!replay.measured(row, expert.index())) continue;
    usd.push_back(sample.cost_usd[row * replay.m() + expert.index()]);
  }
  return multiplier_for(replay, sample, mean(usd));
}

// Multipliers from always-the-cheapest to money-does-not-count, at budgets evenly spread over the
// logarithm of cost (over cost itself when something is free).
std::vector<double> frontier_multipliers(const Replay& replay, const Sample& sample,
                                         std::size_t points) {
  const Goal best{MaximiseQuality{}, std::nullopt, std::nullopt};
  const auto dearest = policy::calibrate(best, replay.experts, sample.view());
  if (!dearest) return {};
  double cheapest = 0.0;
  for (std::size_t row = 0; row < replay.n(); ++row) {
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t expert = 0; expert < replay.m(); ++expert) {
      if (replay.measured(row, expert)) {
        least = std::min(least, sample.cost_usd[row * replay.m() + expert]);
      }
    }
    cheapest += least / static_cast<double>(replay.n());
  }
  std::vector<double> multipliers;
  for (std::size_t point = 0; point + 1 < points; ++point) {
    const double part = static_cast<double>(point) / static_cast<double>(points - 1);
    const double budget = cheapest > 0.0 ? cheapest * std::pow(dearest->cost_usd / cheapest, part)
                                         : dearest->cost_usd * part;
    const auto multiplier = multiplier_for(replay, sample, budget);
    if (!multiplier || *multiplier == 0.0) continue;
    if (multipliers.empty() || multipliers.back() != *multiplier) {
      multipliers.push_back(*multiplier);
    }
  }
  multipliers.push_back(0.0);
  return multipliers;
}

// Figures of every row, a column each, so that all intervals come from the same resamples.
class Columns {
 public:
  explicit Columns(const Replay& replay, ExpertId best)
      : replay_(replay), best_scores_(scores_of(best)) {}

  void add(Interval* target, std::vector<double> column) {
    targets_.push_back(target);
    columns_.push_back(std::move(column));
  }

  void add_single(ExpertId expert, Interval* accuracy, Interval* usd_per_1k) {
    const std::vector<ExpertId> always(replay_.n(), expert);
    add(accuracy, scores_of(expert));
    add(usd_per_1k, costs_of(always));
  }

  void add_pool(Interval* random_mix, Interval* oracle) {
    std::vector<double> mix(replay_.n(), 0.0);
    std::vector<double> best(replay_.n(), 0.0);
    for (std::size_t row = 0; row < replay_.n(); ++row) {
      std::vector<double> scores;
      for (const float score : replay_.outcomes.row(replay_.rows.queries[row])) {
        if (!std::isnan(score)) scores.push_back(score);
      }
      mix[row] = mean(scores);
      best[row] = *std::ranges::max_element(scores);
    }
    add(random_mix, std::move(mix));
    add(oracle, std::move(best));
  }

  void add_routed(Routed& routed) {
    const std::vector<ExpertId> asked = route(replay_, routed.quality_per_usd);
    routed.share.assign(replay_.m(), 0.0);
    std::vector<double> scores;
    std::vector<double> gains;
    for (std::size_t row = 0; row < replay_.n(); ++row) {
      routed.share[asked[row].index()] += 1.0 / static_cast<double>(replay_.n());
      scores.push_back(replay_.outcomes.score[replay_.cell(row, asked[row].index())]);
      gains.push_back(scores.back() - best_scores_[row]);
    }
    add(&routed.accuracy, std::move(scores));
    add(&routed.gain, std::move(gains));
    add(&routed.usd_per_1k, costs_of(asked));
  }

  void fill(const BootstrapOptions& options) const {
    const std::vector<Interval> intervals = bootstrap(columns_, options);
    for (std::size_t i = 0; i < intervals.size(); ++i) *targets_[i] = intervals[i];
  }

 private:
  [[nodiscard]] std::vector<double> scores_of(ExpertId expert) const {
    std::vector<double> scores;
    for (std::size_t row = 0; row < replay_.n(); ++row) {
      scores.push_back(replay_.outcomes.score[replay_.cell(row, expert.index())]);
    }
    return scores;
  }

  [[nodiscard]] std::vector<double> costs_of(const std::vector<ExpertId>& asked) const {
    std::vector<double> usd_per_1k;
    for (std::size_t row = 0; row < replay_.n(); ++row) {
      const bool measured = replay_.measured(row, asked[row].index());
      const float usd = replay_.cost_usd[replay_.cell(row, asked[row].index())];
      usd_per_1k.push_back(measured ? 1e3 * usd : kNaN);
    }
    return usd_per_1k;
  }

  const Replay& replay_;
  std::vector<double> best_scores_;
  std::vector<Interval*> targets_;
  std::vector<std::vector<double>> columns_;
};

Result<void> check_input(const Dataset& data, std::span<const Prediction> predictions) {
  OOE_CHECK(predictions.size() == data.outcomes.score.size(), "a prediction of every cell");
  OOE_CHECK(data.texts.size() == data.outcomes.n_queries(), "a text of every query");
  for (std::size_t cell = 0; cell < predictions.size(); ++cell) {
    const Prediction& prediction = predictions[cell];
    if (std::isfinite(prediction.quality) && std::isfinite(prediction.output_tokens) &&
        prediction.output_tokens >= 0.0) {
      continue;
    }
    const std::size_t m = data.outcomes.n_experts();
    return fail(ErrorCode::invalid_argument,
                "the prediction for '{}' on question '{}' is not a finite number; train again",
                data.outcomes.experts[cell % m], data.outcomes.question_ids[cell / m]);
  }
  return {};
}

}  // namespace

Result<Evaluation> evaluate(const Dataset& data, std::span<const Prediction> predictions,
                            const EvaluateOptions& options) {
  if (auto checked = check_input(data, predictions); !checked) return fail(checked.error());
  const Replay replay = make_replay(data, predictions);
  if (replay.n() == 0) {
    return fail(ErrorCode::invalid_argument,
                "none of the {} questions has two measured experts to choose between; "
                "nothing to evaluate",
                data.outcomes.n_queries());
  }

  Evaluation evaluation;
  evaluation.n_questions = data.outcomes.n_queries();
  evaluation.n_evaluated = replay.n();
  evaluation.complete_rows = replay.rows.complete;
  judge_experts(data, replay, evaluation);
  evaluation.unpriced = experts_of_unknown_cost(replay);
  evaluation.best_single = best_single(replay);
  for (std::size_t row = 0; row < replay.n(); ++row) {
    if (replay.measured(row, evaluation.best_single.index())) ++evaluation.best_single_n;
  }

  if (evaluation.unpriced.empty()) {
    const Sample sample = calibration_sample(replay);
    if (const auto same = multiplier_at_cost_of(replay, sample, evaluation.best_single)) {
      evaluation.at_best_single_cost.emplace().quality_per_usd = *same;
    }
    for (const double multiplier :
         frontier_multipliers(replay, sample, std::max<std::size_t>(options.frontier_points, 2))) {
      evaluation.frontier.emplace_back().quality_per_usd = multiplier;
    }
  }

  Columns columns(replay, evaluation.best_single);
  columns.add_pool(&evaluation.random_mix, &evaluation.oracle);
  columns.add_single(evaluation.best_single, &evaluation.best_single_accuracy,
                     &evaluation.best_single_usd_per_1k);
  columns.add_routed(evaluation.at_best_quality);
  if (evaluation.at_best_single_cost) columns.add_routed(*evaluation.at_best_single_cost);
  for (Routed& routed : evaluation.frontier) columns.add_routed(routed);
  columns.fill(options.bootstrap);
  return evaluation;
}

}  // namespace ooe::evaluate
