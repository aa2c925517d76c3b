#include "dedicated/learning_curve.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/table_part.h"
#include "evaluate/deferral_curve.h"
#include "predictor/folds.h"

namespace ooe::dedicated {
namespace {

constexpr std::size_t kQuarters = 4;
constexpr double kBeyond = 1.5;

// Out-of-fold predictions when only so many quarters of the other folds are learnt from.
Result<predictor::CrossPredictions> predict_from(const Dataset& data, std::size_t quarters,
                                                 std::size_t folds,
                                                 const predictor::TrainOptions& options,
                                                 std::size_t& n_questions) {
  const std::size_t m = data.outcomes.n_experts();
  predictor::CrossPredictions crossed;
  crossed.fold.resize(data.outcomes.n_queries());
  crossed.prediction.resize(data.outcomes.score.size());
  predictor::Scratch scratch;
  n_questions = 0;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    const auto [seen, unseen] = predictor::split_at_fold(data, options.seed, folds, fold);
    std::vector<std::size_t> part;
    for (const std::size_t row : seen) {
      const auto quarter = predictor::fold_of(data.query_ids[row],
                                              predictor::inner_seed(options.seed, 20), kQuarters);
      if (quarter < quarters) part.push_back(row);
    }
    n_questions += part.size() / folds;
    predictor::TrainOptions of_fold = options;
    of_fold.rivals = false;
    of_fold.seed = predictor::inner_seed(options.seed, 6 + fold);  // as cross_predict()
    const auto model = predictor::train(subset_rows(data, part), of_fold);
    if (!model) return fail(model.error());
    for (const std::size_t row : unseen) {
      crossed.fold[row] = static_cast<std::uint32_t>(fold);
      model->predict(data.texts[row], scratch, std::span(crossed.prediction).subspan(row * m, m));
    }
  }
  return crossed;
}

// Least squares of y on ln(share): [value at share 1, slope].
std::array<double, 2> line_of(std::span<const double> shares, std::span<const double> y) {
  const auto n = static_cast<double>(shares.size());
  double x_mean = 0.0;
  double y_mean = 0.0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    x_mean += std::log(shares[i]) / n;
    y_mean += y[i] / n;
  }
  double xx = 0.0;
  double xy = 0.0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double x = std::log(shares[i]) - x_mean;
    xx += x * x;
    xy += x * (y[i] - y_mean);
  }
  const double slope = xy / xx;
  return {y_mean - slope * x_mean, slope};
}

}  // namespace

Result<LearningCurve> learning_curve(const Dataset& data, const Pair& pair,
                                     const evaluate::TwoSides& all, double quality,
                                     std::size_t folds, const predictor::TrainOptions& options,
                                     const evaluate::BootstrapOptions& bootstrap,
                                     const predictor::Progress& progress) {
  LearningCurve curve;
  curve.quality = quality;
  std::vector<evaluate::RankedSides> ranked;
  std::vector<double> shares;
  for (std::size_t quarters = 1; quarters <= kQuarters; ++quarters) {
    if (progress) progress("learning curve", quarters - 1, kQuarters);
    LearningPoint& point = curve.points.emplace_back();
    point.share = static_cast<double>(quarters) / double{kQuarters};
    shares.push_back(point.share);
    if (quarters == kQuarters) {
      point.n_questions = data.questions.size() - data.questions.size() / folds;
      ranked.push_back(evaluate::rank(all));
      continue;
    }
    const auto crossed = predict_from(data, quarters, folds, options, point.n_questions);
    if (!crossed) return fail(crossed.error());
    ranked.push_back(evaluate::rank(pair_sides(data, pair, crossed->prediction, crossed->fold)));
  }
  const evaluate::Statistic statistic = [&](std::span<const double> times) {
    std::vector<double> figures;
    for (const evaluate::RankedSides& of_share : ranked) {
      const evaluate::TwoSides sample = evaluate::drawn(of_share, times);
      figures.push_back(evaluate::weak_share_or_none(evaluate::deferral_curve(sample), quality));
    }
    const auto [at_all, slope] = line_of(shares, figures);
    figures.push_back(std::clamp(at_all + slope * std::log(kBeyond), 0.0, 1.0));
    figures.push_back(slope * std::log(2.0));
    return figures;
  };
  const auto intervals = evaluate::bootstrap(pair.rows.size(), statistic, bootstrap);
  for (std::size_t i = 0; i < kQuarters; ++i) curve.points[i].ownership = intervals[i];
  curve.extrapolated = {.share = kBeyond,
                        .n_questions = static_cast<std::size_t>(
                            kBeyond * static_cast<double>(curve.points.back().n_questions)),
                        .ownership = intervals[kQuarters]};
  curve.per_doubling = intervals[kQuarters + 1];
  for (std::size_t i = 0; i < kQuarters; ++i) {
    if (!std::isnan(evaluate::weak_share_at(evaluate::deferral_curve(ranked[i].rows), quality))) {
      continue;
    }
    // Not on these questions: there is no line to read then.
    curve.points[i].ownership = evaluate::kNoInterval;
    curve.extrapolated.ownership = evaluate::kNoInterval;
    curve.per_doubling = evaluate::kNoInterval;
  }
  return curve;
}

}  // namespace ooe::dedicated
