#include "evaluate/deferral.h"

#include <cmath>

#include "base/check.h"
#include "base/nan.h"
#include "evaluate/two_sides.h"

namespace ooe::evaluate {
namespace {

// Rows of a replay on which the strong expert and another were measured.
std::vector<std::size_t> rows_with_both(const Replay& replay, ExpertId strong) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < replay.n(); ++row) {
    bool other = false;
    for (std::size_t expert = 0; expert < replay.m(); ++expert) {
      other = other || (expert != strong.index() && replay.measured(row, expert));
    }
    if (other && replay.measured(row, strong.index())) rows.push_back(row);
  }
  return rows;
}

// What one method says of every such row: the other expert is the one it would ask among them.
TwoSides sides_of(const Replay& replay, std::span<const std::size_t> rows, ExpertId strong) {
  TwoSides sides;
  for (const std::size_t row : rows) {
    const auto quality = [&](std::size_t expert) {
      return replay.predictions[replay.cell(row, expert)].quality;
    };
    std::size_t best = replay.m();
    for (std::size_t expert = 0; expert < replay.m(); ++expert) {
      if (expert == strong.index() || !replay.measured(row, expert)) continue;
      if (best == replay.m() || quality(expert) > quality(best)) best = expert;
    }
    sides.gain.push_back(quality(best) - quality(strong.index()));
    sides.weak_score.push_back(static_cast<float>(replay.score(row, best)));
    sides.strong_score.push_back(static_cast<float>(replay.score(row, strong.index())));
    sides.weak_usd.push_back(replay.cost_usd[replay.cell(row, best)]);
    sides.strong_usd.push_back(replay.cost_usd[replay.cell(row, strong.index())]);
  }
  return sides;
}

// The part of the strong expert's bill that is saved when the others answer this share.
double saved_at(const TwoSides& sample, double share) {
  if (std::isnan(share)) return kNaN;
  const double strong = usd_at(sample, 0.0);
  return strong > 0.0 ? 1.0 - usd_at(sample, share) / strong : kNaN;
}

// In the order fill() reads them.
std::vector<double> curve_figures(const TwoSides& sample) {
  const DeferralCurve curve = deferral_curve(sample);
  const double parity = weak_share_at(curve, curve.strong());
  const double minus_point = weak_share_at(curve, curve.strong() - kOnePoint);
  return {apgr(curve),
          cpt(curve, 0.5),
          cpt(curve, 0.8),
          curve.weak(),
          accuracy_at(curve, 0.25),
          accuracy_at(curve, 0.5),
          accuracy_at(curve, 0.75),
          parity,
          minus_point,
          saved_at(sample, parity),
          saved_at(sample, minus_point),
          mean_over_shares(curve)};
}

constexpr std::size_t kFigures = 12;

void fill(DeferralFigures& method, std::span<const Interval> intervals, bool priced) {
  method.apgr = intervals[0];
  method.cpt50 = intervals[1];
  method.cpt80 = intervals[2];
  method.others_accuracy = intervals[3];
  method.accuracy_25 = intervals[4];
  method.accuracy_50 = intervals[5];
  method.accuracy_75 = intervals[6];
  method.share_at_parity = intervals[7];
  method.share_at_minus_point = intervals[8];
  method.saved_at_parity = priced ? intervals[9] : kNoInterval;
  method.saved_at_minus_point = priced ? intervals[10] : kNoInterval;
  method.lead = intervals[11];
}

DeferredShare honest(const TwoSides& sides, std::span<const std::uint32_t> fold, double tolerance) {
  if (fold.empty()) return {kNaN, kNaN, kNaN};
  return share_from_other_folds(sides.gain, sides.weak_score, sides.strong_score, fold, tolerance);
}

}  // namespace

Deferral deferral(const Replay& kept, std::span<const Rival> rivals, ExpertId strong,
                  std::span<const std::uint32_t> fold, bool priced,
                  const BootstrapOptions& options) {
  OOE_CHECK(kept.m() >= 2 && strong.index() < kept.m(), "a strong expert and another");
  const std::vector<std::size_t> rows = rows_with_both(kept, strong);
  Deferral result;
  result.strong = strong;
  result.n_queries = rows.size();
  result.strong_accuracy = kNoInterval;
  if (rows.empty()) return result;

  std::vector<std::uint32_t> fold_of_row;  // empty without folds
  for (const std::size_t row : rows) {
    if (!fold.empty()) fold_of_row.push_back(fold[kept.rows.queries[row]]);
  }
  std::vector<RankedSides> ranked;
  const auto add = [&](const std::string& name, const Replay& replay) {
    TwoSides sides = sides_of(replay, rows, strong);
    DeferralFigures& method = result.methods.emplace_back();
    method.name = name;
    method.honest_parity = honest(sides, fold_of_row, 0.0);
    method.honest_minus_point = honest(sides, fold_of_row, kOnePoint);
    rank_within_folds(sides, fold_of_row);
    ranked.push_back(rank(sides));
  };
  add("kept predictor", kept);
  for (const Rival& rival : rivals) add(rival.name, with_quality(kept, rival.quality));
  result.curve = deferral_curve(ranked[0].rows);

  // Every method's figures, then the strong expert's accuracy. The last figure of a method, its
  // mean over shares, becomes the distance from the kept one's.
  const Statistic statistic = [&](std::span<const double> times) {
    std::vector<double> all;
    for (const RankedSides& of_method : ranked) {
      const std::vector<double> figures = curve_figures(drawn(of_method, times));
      all.insert(all.end(), figures.begin(), figures.end());
    }
    const double kept_mean = all[kFigures - 1];
    for (std::size_t i = kFigures - 1; i < all.size(); i += kFigures) all[i] = kept_mean - all[i];
    double strong_score = 0.0;
    double count = 0.0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      strong_score += times[i] * kept.score(rows[i], strong.index());
      count += times[i];
    }
    all.push_back(strong_score / count);
    return all;
  };
  const std::vector<Interval> intervals = bootstrap(rows.size(), statistic, options);
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    fill(result.methods[i], std::span(intervals).subspan(i * kFigures, kFigures), priced);
  }
  result.strong_accuracy = intervals.back();
  return result;
}

}  // namespace ooe::evaluate
