#include "evaluate/regret.h"

#include <algorithm>
#include <limits>

namespace ooe::evaluate {
namespace {

// The cheapest candidate's expected cost in USD; infinite when none has a price.
double cheapest_usd(const Replay& replay, std::size_t row) {
  double cheapest = std::numeric_limits<double>::infinity();
  for (std::size_t expert = 0; expert < replay.m(); ++expert) {
    const Prediction& prediction = replay.predictions[replay.cell(row, expert)];
    if (!replay.measured(row, expert) || !prediction.cost) continue;
    cheapest = std::min(cheapest, to_double(*prediction.cost));
  }
  return cheapest;
}

}  // namespace

Shortfall shortfall(const Replay& replay, std::span<const ExpertId> asked, double quality_per_usd) {
  Shortfall parts;
  for (std::size_t row = 0; row < replay.n(); ++row) {
    const double cheapest = quality_per_usd > 0.0 ? cheapest_usd(replay, row) : 0.0;
    const double asked_score = replay.score(row, asked[row].index());
    double best_score = asked_score;  // whoever is asked was affordable
    std::size_t favourite = asked[row].index();
    for (std::size_t expert = 0; expert < replay.m(); ++expert) {
      if (!replay.measured(row, expert)) continue;
      const Prediction& prediction = replay.predictions[replay.cell(row, expert)];
      if (quality_per_usd > 0.0 &&
          (!prediction.cost || quality_per_usd * (to_double(*prediction.cost) - cheapest) >= 1.0)) {
        continue;
      }
      best_score = std::max(best_score, replay.score(row, expert));
      // Strictly better: among equals the asked one is the favourite, and nothing is lost.
      const Prediction& so_far = replay.predictions[replay.cell(row, favourite)];
      if (prediction.quality > so_far.quality) favourite = expert;
    }
    const double favourite_score = replay.score(row, favourite);
    parts.recall.push_back(1.0 - best_score);
    parts.prediction.push_back(best_score - favourite_score);
    parts.policy.push_back(favourite_score - asked_score);
  }
  return parts;
}

}  // namespace ooe::evaluate
