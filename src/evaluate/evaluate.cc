#include "evaluate/evaluate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/check.h"
#include "base/nan.h"
#include "evaluate/costs.h"
#include "evaluate/regret.h"
#include "evaluate/replay.h"
#include "predictor/choice.h"
#include "predictor/metrics.h"
#include "predictor/token_model.h"

namespace ooe::evaluate {
namespace {

double mean(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return values.empty() ? kNaN : sum / static_cast<double>(values.size());
}

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

PredictionQuality prediction_quality(std::span<const double> scores,
                                     std::span<const double> qualities,
                                     std::span<const std::uint32_t> fold) {
  return {predictor::log_loss(scores, qualities), predictor::brier(scores, qualities),
          predictor::auc(scores, qualities, fold), predictor::calibration_error(scores, qualities)};
}

std::vector<ReliabilityBin> reliability(std::span<const double> scores,
                                        std::span<const double> qualities) {
  std::vector<ReliabilityBin> bins(predictor::kCalibrationBins);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double place = std::clamp(qualities[i], 0.0, 1.0) * static_cast<double>(bins.size());
    ReliabilityBin& bin = bins[std::min(static_cast<std::size_t>(place), bins.size() - 1)];
    bin.quality += qualities[i];
    bin.score += scores[i];
    ++bin.n;
  }
  std::erase_if(bins, [](const ReliabilityBin& bin) { return bin.n == 0; });
  for (ReliabilityBin& bin : bins) {
    bin.quality /= static_cast<double>(bin.n);
    bin.score /= static_cast<double>(bin.n);
  }
  return bins;
}

// Fills what does not depend on routing: every expert alone, and how good the predictions are.
void judge_experts(const Dataset& data, const Replay& replay, std::span<const std::uint32_t> fold,
                   Evaluation& evaluation) {
  const std::vector<double> usd_per_1k = costs_alone(replay.outcomes, replay.cost_usd);
  std::vector<double> all_p;
  std::vector<double> all_s;
  for (std::size_t expert = 0; expert < replay.m(); ++expert) {
    std::vector<double> p;
    std::vector<double> s;
    std::vector<std::uint32_t> f;  // empty without folds
    for (std::size_t query = 0; query < replay.outcomes.n_queries(); ++query) {
      const std::size_t cell = replay.outcomes.at(query, expert);
      if (std::isnan(replay.outcomes.score[cell])) continue;
      p.push_back(replay.predictions[cell].quality);
      s.push_back(replay.outcomes.score[cell]);
      if (!fold.empty()) f.push_back(fold[query]);
    }
    evaluation.experts.push_back({replay.experts[expert].name, s.size(), mean(s),
                                  usd_per_1k[expert], prediction_quality(s, p, f),
                                  split_accuracies(data, expert)});
    all_p.insert(all_p.end(), p.begin(), p.end());
    all_s.insert(all_s.end(), s.begin(), s.end());
  }
  evaluation.prediction = prediction_quality(all_s, all_p, {});
  // Pooled, it would mostly say that some experts are better than others.
  std::vector<double> aucs;
  for (const SingleExpert& expert : evaluation.experts) {
    if (!std::isnan(expert.prediction.auc)) aucs.push_back(expert.prediction.auc);
  }
  evaluation.prediction.auc = mean(aucs);
  evaluation.reliability = reliability(all_s, all_p);
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

// The scores of each expert on the evaluated rows.
std::vector<std::vector<double>> measured_scores(const Replay& replay) {
  std::vector<std::vector<double>> scores(replay.m());
  for (std::size_t expert = 0; expert < replay.m(); ++expert) {
    for (std::size_t row = 0; row < replay.n(); ++row) {
      if (replay.measured(row, expert)) scores[expert].push_back(replay.score(row, expert));
    }
  }
  return scores;
}

// Fills in the best single expert, and who would be it, had it been measured on more.
void choose_best_single(const Replay& replay, Evaluation& evaluation) {
  const std::vector<double> usd_per_1k = costs_alone(replay.outcomes, replay.cost_usd);
  const std::vector<std::vector<double>> scores = measured_scores(replay);
  std::size_t most = 0;
  std::vector<double> accuracy;  // NaN when never measured
  for (const auto& of_expert : scores) {
    most = std::max(most, of_expert.size());
    accuracy.push_back(mean(of_expert));
  }
  ExpertId& best = evaluation.best_single;
  for (std::size_t expert = 0; expert < replay.m(); ++expert) {
    if (!predictor::is_comparable(scores[expert].size(), most)) continue;
    const double highest = best.value < 0 ? -1.0 : accuracy[best.index()];
    if (accuracy[expert] > highest ||
        (accuracy[expert] == highest && costs_less(usd_per_1k[expert], usd_per_1k[best.index()]))) {
      best = {static_cast<std::int32_t>(expert)};
    }
  }
  evaluation.best_single_n = scores[best.index()].size();
  for (std::size_t expert = 0; expert < replay.m(); ++expert) {
    if (predictor::is_comparable(scores[expert].size(), most)) continue;
    if (accuracy[expert] > accuracy[best.index()]) {
      evaluation.not_counted.push_back(
          {{static_cast<std::int32_t>(expert)}, scores[expert].size(), most, accuracy[expert]});
    }
  }
}

// Figures of every row, a column each, so that all intervals come from the same resamples.
class Columns {
 public:
  Columns(const Replay& replay, ExpertId best) : replay_(replay) {
    const std::vector<ExpertId> always(replay.n(), best);
    best_scores_ = scores_of(replay, always);
    oracle_.assign(replay.n(), 0.0);
    for (std::size_t row = 0; row < replay.n(); ++row) {
      for (std::size_t expert = 0; expert < replay.m(); ++expert) {
        if (!replay.measured(row, expert)) continue;
        oracle_[row] = std::max(oracle_[row], replay.score(row, expert));
      }
    }
  }

  void add(Interval* target, std::vector<double> column) {
    targets_.push_back(target);
    columns_.push_back(std::move(column));
  }

  void add_single(ExpertId expert, Interval* accuracy, Interval* usd_per_1k) {
    const std::vector<ExpertId> always(replay_.n(), expert);
    add(accuracy, scores_of(replay_, always));
    add(usd_per_1k, costs_of(replay_, always));
  }

  void add_pool(Interval* random_mix, Interval* oracle) {
    std::vector<double> mix(replay_.n(), 0.0);
    for (std::size_t row = 0; row < replay_.n(); ++row) {
      std::vector<double> scores;
      for (const float score : replay_.outcomes.row(replay_.rows.queries[row])) {
        if (!std::isnan(score)) scores.push_back(score);
      }
      mix[row] = mean(scores);
    }
    add(random_mix, std::move(mix));
    add(oracle, oracle_);
  }

  void add_routed(Routed& routed) {
    const std::vector<ExpertId> asked = route(replay_, routed.quality_per_usd);
    routed.share.assign(replay_.m(), 0.0);
    for (const ExpertId expert : asked) {
      routed.share[expert.index()] += 1.0 / static_cast<double>(replay_.n());
    }
    std::vector<double> scores = scores_of(replay_, asked);
    add(&routed.gain, difference(scores, best_scores_));
    add(&routed.to_oracle, difference(oracle_, scores));
    add(&routed.accuracy, std::move(scores));
    add(&routed.usd_per_1k, costs_of(replay_, asked));
    Shortfall parts = shortfall(replay_, asked, routed.quality_per_usd);
    add(&routed.recall_failure, std::move(parts.recall));
    add(&routed.prediction_loss, std::move(parts.prediction));
    add(&routed.policy_loss, std::move(parts.policy));
  }

  void fill(const BootstrapOptions& options) const {
    const std::vector<Interval> intervals = bootstrap(columns_, options);
    for (std::size_t i = 0; i < intervals.size(); ++i) *targets_[i] = intervals[i];
  }

 private:
  const Replay& replay_;
  std::vector<double> best_scores_;  // NaN where the best single expert was not measured
  std::vector<double> oracle_;
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

Result<void> check_rivals(const Dataset& data, std::span<const Rival> rivals) {
  for (const Rival& rival : rivals) {
    OOE_CHECK(rival.quality.size() == data.outcomes.score.size(), "a prediction of every cell");
    const auto bad =
        std::ranges::find_if(rival.quality, [](float quality) { return !std::isfinite(quality); });
    if (bad == rival.quality.end()) continue;
    const auto cell = static_cast<std::size_t>(bad - rival.quality.begin());
    const std::size_t m = data.outcomes.n_experts();
    return fail(ErrorCode::invalid_argument,
                "'{}' predicts no finite number for '{}' on question '{}'; leave it out",
                rival.name, data.outcomes.experts[cell % m], data.outcomes.question_ids[cell / m]);
  }
  return {};
}

std::vector<Rival> all_rivals(const Dataset& data, const EvaluateOptions& options) {
  std::vector<Rival> rivals = options.rivals;
  if (options.fold.empty()) return rivals;
  std::vector<float> by_subject = subject_means(data, options.fold);
  if (!by_subject.empty()) rivals.push_back({std::string(kTrueSubject), std::move(by_subject)});
  return rivals;
}

}  // namespace

Result<Evaluation> evaluate(const Dataset& data, std::span<const Prediction> predictions,
                            const EvaluateOptions& options) {
  if (auto checked = check_input(data, predictions); !checked) return fail(checked.error());
  if (auto checked = check_rivals(data, options.rivals); !checked) return fail(checked.error());
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
  if (data.outcomes.cost_usd.empty() && data.outcomes.output_tokens.empty()) {
    evaluation.assumed_output_tokens = predictor::kOutputTokensDefault;
  }
  judge_experts(data, replay, options.fold, evaluation);
  evaluation.unpriced = experts_of_unknown_cost(replay);
  choose_best_single(replay, evaluation);

  if (evaluation.unpriced.empty()) {
    if (const auto same = multiplier_at_cost_of(replay, evaluation.best_single)) {
      evaluation.at_best_single_cost.emplace().quality_per_usd = *same;
    }
    for (const double multiplier :
         frontier_multipliers(replay, std::max<std::size_t>(options.frontier_points, 2))) {
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

  const std::vector<Rival> rivals = all_rivals(data, options);
  const bool priced = evaluation.unpriced.empty();
  evaluation.methods = compare_methods(replay, rivals, evaluation.best_single, options.fold, priced,
                                       options.bootstrap);
  if (replay.m() > 1) {
    evaluation.deferral = deferral(replay, rivals, options.strong.value_or(evaluation.best_single),
                                   options.fold, priced, options.bootstrap);
  }
  return evaluation;
}

}  // namespace ooe::evaluate
