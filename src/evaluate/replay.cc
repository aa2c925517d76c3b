#include "evaluate/replay.h"

#include <algorithm>
#include <limits>
#include <memory>

#include "base/check.h"
#include "base/nan.h"
#include "core/token_estimate.h"
#include "evaluate/costs.h"
#include "policy/calibrate.h"
#include "policy/decide.h"

namespace ooe::evaluate {
namespace {

// Of hull_multipliers(): what a right answer is worth, from a thousandth of the price range up to
// where the last small differences of price decide.
constexpr double kHullLowest = -3.0;  // powers of ten
constexpr double kHullHighest = 4.0;
constexpr std::size_t kHullPoints = 36;

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

}  // namespace

Replay make_replay(const Dataset& data, std::span<const Prediction> predictions) {
  Replay replay{data.outcomes, experts_of(data), {}, {}, evaluated_rows(data.outcomes), {}};
  replay.predictions = with_costs(data, replay.experts, predictions);
  replay.cost_usd = realised_costs(data, replay.experts, replay.predictions);
  for (const std::size_t query : replay.rows.queries) {
    replay.queries.emplace_back().prompt_tokens = estimate_tokens(data.texts[query]);
  }
  return replay;
}

Replay with_quality(const Replay& replay, std::span<const float> quality) {
  OOE_CHECK(quality.size() == replay.predictions.size(), "a prediction of every cell");
  Replay other = replay;
  for (std::size_t i = 0; i < quality.size(); ++i) {
    other.predictions[i].quality = double{quality[i]};
  }
  return other;
}

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

std::vector<double> scores_of(const Replay& replay, std::span<const ExpertId> asked) {
  std::vector<double> scores;
  scores.reserve(asked.size());
  for (std::size_t row = 0; row < asked.size(); ++row) {
    scores.push_back(replay.score(row, asked[row].index()));
  }
  return scores;
}

std::vector<double> costs_of(const Replay& replay, std::span<const ExpertId> asked) {
  std::vector<double> usd_per_1k;
  usd_per_1k.reserve(asked.size());
  for (std::size_t row = 0; row < asked.size(); ++row) {
    const bool measured = replay.measured(row, asked[row].index());
    const float usd = replay.cost_usd[replay.cell(row, asked[row].index())];
    // A mean leaves NaN out: it would be what the others cost, and cheaper for every dear answer
    // that nobody knows the price of.
    if (measured && std::isnan(usd)) return std::vector<double>(asked.size(), kNaN);
    usd_per_1k.push_back(measured ? 1e3 * usd : kNaN);
  }
  return usd_per_1k;
}

std::optional<double> multiplier_at_cost_of(const Replay& replay, ExpertId expert) {
  const Sample sample = calibration_sample(replay);
  double usd = 0.0;
  double count = 0.0;
  for (std::size_t row = 0; row < replay.n(); ++row) {
    if (!replay.measured(row, expert.index())) continue;
    usd += double{sample.cost_usd[row * replay.m() + expert.index()]};
    count += 1.0;
  }
  return multiplier_for(replay, sample, usd / count);
}

std::vector<double> frontier_multipliers(const Replay& replay, std::size_t points) {
  const Sample sample = calibration_sample(replay);
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

std::vector<double> hull_multipliers(const Replay& replay) {
  double cheapest = std::numeric_limits<double>::infinity();
  double dearest = 0.0;
  for (std::size_t expert = 0; expert < replay.m(); ++expert) {
    double usd = 0.0;
    double count = 0.0;
    for (std::size_t row = 0; row < replay.n(); ++row) {
      const Prediction& prediction = replay.predictions[replay.cell(row, expert)];
      if (!prediction.cost) continue;
      usd += to_double(*prediction.cost);
      count += 1.0;
    }
    if (count == 0.0) continue;
    cheapest = std::min(cheapest, usd / count);
    dearest = std::max(dearest, usd / count);
  }
  if (!(dearest > cheapest)) return {0.0};
  std::vector<double> multipliers{0.0};
  for (std::size_t point = 0; point < kHullPoints; ++point) {
    const double part = static_cast<double>(point) / static_cast<double>(kHullPoints - 1);
    const double power = kHullLowest + (kHullHighest - kHullLowest) * part;
    multipliers.push_back(
        std::min(std::pow(10.0, power) / (dearest - cheapest), policy::kQualityPerUsdMax));
  }
  return multipliers;
}

}  // namespace ooe::evaluate
