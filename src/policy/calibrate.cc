#include "policy/calibrate.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/check.h"
#include "base/near_names.h"

namespace ooe::policy {
namespace {

// Steps of the grid on which a match is tested: few enough that a start takes milliseconds, fine
// enough that neighbours differ by a few percent of cost.
constexpr int kMatchSteps = 128;

// With fewer pairs a standard error is a guess: three equal differences have none.
constexpr double kPairsMin = 30.0;

// A mean of differences between the chosen expert and a reference, over the queries where both are
// known.
struct Paired {
  double n = 0.0;
  double sum = 0.0;
  double squares = 0.0;

  void add(double difference) {
    n += 1.0;
    sum += difference;
    squares += difference * difference;
  }
  [[nodiscard]] double mean() const { return n > 0.0 ? sum / n : 0.0; }
  // Of the mean.
  [[nodiscard]] double error() const {
    if (n < 2.0) return 0.0;
    const double variance = std::max(0.0, squares / n - mean() * mean());
    return std::sqrt(variance / (n - 1.0));
  }
  [[nodiscard]] double normal_bound(double z) const { return mean() - z * error(); }
  // Of differences between scores: those that nobody has seen among few pairs are the losses, so
  // the normal bound is too good. One more loss, and the term by which the upper limit of a Poisson
  // count of losses exceeds the normal one (Cornish and Fisher), make up for it.
  [[nodiscard]] double bound_of_scores(double z) const {
    Paired with_a_loss = *this;
    with_a_loss.add(-1.0);
    return with_a_loss.normal_bound(z) - std::max(0.0, z * z - 1.0) / (3.0 * with_a_loss.n);
  }
};

struct PairedOutlook : Outlook {
  Paired predicted;
  Paired measured;
};

class Sample {
 public:
  Sample(std::span<const Expert> experts, const CalibrationSample& data)
      : experts_(experts), data_(data) {}

  [[nodiscard]] std::size_t m() const { return experts_.size(); }
  [[nodiscard]] bool scored() const { return !data_.score.empty(); }

  [[nodiscard]] PairedOutlook outlook(const Tradeoff& tradeoff, std::size_t reference = 0) const {
    PairedOutlook outlook;
    for (std::size_t query = 0; query < data_.n_queries; ++query) {
      const std::size_t row = query * m();
      const std::size_t chosen = choose(row, tradeoff);
      const double quality = data_.quality[row + chosen];
      outlook.quality += quality;
      outlook.cost_usd += data_.cost_usd[row + chosen];
      outlook.own_share += experts_[chosen].own ? 1.0 : 0.0;
      if (!std::isnan(data_.quality[row + reference])) {
        outlook.predicted.add(quality - data_.quality[row + reference]);
      }
      if (!scored()) continue;
      const double difference =
          static_cast<double>(data_.score[row + chosen]) - data_.score[row + reference];
      if (!std::isnan(difference)) outlook.measured.add(difference);
    }
    const auto n = static_cast<double>(data_.n_queries);
    outlook.quality /= n;
    outlook.cost_usd /= n;
    outlook.own_share /= n;
    return outlook;
  }

 private:
  // The choice decide() makes among a query's candidates.
  [[nodiscard]] std::size_t choose(std::size_t row, const Tradeoff& tradeoff) const {
    if (tradeoff.anchor && !std::isnan(data_.quality[row + tradeoff.anchor->index()])) {
      return tradeoff.anchor->index();
    }
    std::size_t best = m();
    double best_utility = 0.0;
    for (std::size_t expert = 0; expert < m(); ++expert) {
      const double quality = data_.quality[row + expert];
      if (std::isnan(quality)) continue;
      // Without a multiplier costs break ties only, and an unknown one is the dearest.
      const double price = tradeoff.quality_per_usd == 0.0
                               ? 0.0
                               : tradeoff.quality_per_usd * data_.cost_usd[row + expert];
      const double utility = quality - price + (experts_[expert].own ? tradeoff.own_bonus : 0.0);
      if (best == m() || utility > best_utility ||
          (utility == best_utility && wins_tie(row, expert, best))) {
        best = expert;
        best_utility = utility;
      }
    }
    OOE_CHECK(best < m(), "every query has a candidate");
    return best;
  }

  [[nodiscard]] bool wins_tie(std::size_t row, std::size_t a, std::size_t b) const {
    const float cost_a = data_.cost_usd[row + a];
    const float cost_b = data_.cost_usd[row + b];
    if (std::isnan(cost_a) != std::isnan(cost_b)) return std::isnan(cost_b);
    if (cost_a < cost_b || cost_b < cost_a) return cost_a < cost_b;
    return experts_[a].name < experts_[b].name;
  }

  std::span<const Expert> experts_;
  const CalibrationSample& data_;
};

// Returns the smallest x in [0, max] at which `holds`, for a condition that is false below some x
// and true from there on. Non-negative doubles sort like their bits, so bisecting the bits ends at
// the exact double after at most 63 steps whatever its magnitude. Requires: holds(max).
template <class Condition>
double smallest(double max, Condition holds) {
  if (holds(0.0)) return 0.0;
  std::uint64_t below = 0;
  auto above = std::bit_cast<std::uint64_t>(max);
  while (above - below > 1) {
    const std::uint64_t middle = below + (above - below) / 2;
    (holds(std::bit_cast<double>(middle)) ? above : below) = middle;
  }
  return std::bit_cast<double>(above);
}

// A multiplier found by bisection is one at which a query is undecided between two experts.
// decide() rounds costs otherwise than a sample of floats does; this far off the brink it falls on
// the same side.
constexpr double kOffTheBrink = 1e-5;

// The z with P(standard normal <= z) = p, by bisection: exactness for a few microseconds once a
// goal.
double normal_quantile(double p) {
  double low = -40.0;
  double high = 40.0;
  for (int step = 0; step < 100; ++step) {
    const double middle = 0.5 * (low + high);
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

Result<void> check_sample(std::span<const Expert> experts, const CalibrationSample& sample) {
  const std::size_t cells = sample.n_queries * experts.size();
  OOE_CHECK(sample.quality.size() == cells && sample.cost_usd.size() == cells &&
                (sample.score.empty() || sample.score.size() == cells),
            "the sample has the experts' shape");
  if (experts.empty()) return fail(ErrorCode::invalid_argument, "no experts to choose from");
  if (sample.n_queries == 0) {
    return fail(ErrorCode::invalid_argument,
                "no held-out predictions to calibrate the goal on; train on more questions");
  }
  return {};
}

Result<void> check_priced(std::span<const Expert> experts, const CalibrationSample& sample) {
  std::string missing;
  for (std::size_t expert = 0; expert < experts.size(); ++expert) {
    bool priced = true;
    for (std::size_t query = 0; priced && query < sample.n_queries; ++query) {
      const std::size_t cell = query * experts.size() + expert;
      priced = std::isnan(sample.quality[cell]) || !std::isnan(sample.cost_usd[cell]);
    }
    if (!priced) missing += (missing.empty() ? "'" : ", '") + experts[expert].name + "'";
  }
  if (missing.empty()) return {};
  return fail(ErrorCode::invalid_argument,
              "the goal weighs cost, and there is no price for {}; give `price = {{ input = ..., "
              "output = ... }}` in USD per million tokens, zeros where it costs nothing",
              missing);
}

Calibrated calibrated(const Tradeoff& tradeoff, const Sample& sample) {
  const Outlook outlook = sample.outlook(tradeoff);
  return {.tradeoff = tradeoff,
          .quality = outlook.quality,
          .cost_usd = outlook.cost_usd,
          .own_share = outlook.own_share};
}

Result<Calibrated> calibrate_aim(const MaximiseQuality& goal, std::span<const Expert> experts,
                                 const CalibrationSample& data) {
  const Sample sample(experts, data);
  if (!goal.per_1k_queries_max) return calibrated({}, sample);
  if (auto priced = check_priced(experts, data); !priced) return fail(priced.error());
  const double budget = to_double(*goal.per_1k_queries_max) / 1'000.0;
  const double cheapest = sample.outlook({.quality_per_usd = kQualityPerUsdMax}).cost_usd;
  if (cheapest > budget) {
    // Rounded up to a nano-USD: the figure named must itself be accepted.
    return fail(ErrorCode::invalid_argument,
                "a budget of {} USD per 1,000 queries cannot be met: always the cheapest expert "
                "costs {}; allow at least that, or add a cheaper expert",
                to_string(*goal.per_1k_queries_max), std::ceil(cheapest * 1e12) / 1e9);
  }
  const double multiplier = smallest(kQualityPerUsdMax, [&](double quality_per_usd) {
    return sample.outlook({.quality_per_usd = quality_per_usd}).cost_usd <= budget;
  });
  return calibrated({.quality_per_usd = multiplier * (1.0 + kOffTheBrink)}, sample);
}

// The multipliers at which a match is tested, smallest first: evenly in the logarithm from where
// they begin to save to where hardly anything is left to save. They depend on predictions only.
std::vector<double> match_grid(const Sample& sample) {
  const double dearest = sample.outlook({}).cost_usd;
  const double cheapest = sample.outlook({.quality_per_usd = kQualityPerUsdMax}).cost_usd;
  const auto multiplier_saving = [&](double part) {
    return smallest(kQualityPerUsdMax, [&](double quality_per_usd) {
      return sample.outlook({.quality_per_usd = quality_per_usd}).cost_usd <=
             dearest - part * (dearest - cheapest);
    });
  };
  constexpr double kHardly = 0.002;
  const double first = multiplier_saving(kHardly);
  const double last = multiplier_saving(1.0 - kHardly);
  std::vector<double> grid;
  if (first > 0.0) {
    for (int step = 0; step <= kMatchSteps; ++step) {
      const double part = static_cast<double>(step) / kMatchSteps;
      grid.push_back(first * std::pow(last / first, part) * (1.0 + kOffTheBrink));
    }
  }
  grid.push_back(kQualityPerUsdMax);
  return grid;
}

Result<std::size_t> find_reference(const MatchExpert& goal, std::span<const Expert> experts) {
  if (!(goal.tolerance >= 0.0 && goal.tolerance <= 1.0)) {
    return fail(ErrorCode::invalid_argument,
                "tolerance {} of the goal to match '{}' is not between 0 and 1", goal.tolerance,
                goal.expert);
  }
  if (!(goal.confidence >= 0.5 && goal.confidence < 1.0)) {
    return fail(ErrorCode::invalid_argument,
                "confidence {} of the goal to match '{}' is not at least 0.5 and below 1",
                goal.confidence, goal.expert);
  }
  const auto named = std::ranges::find(experts, goal.expert, &Expert::name);
  if (named == experts.end()) {
    return fail(ErrorCode::invalid_argument,
                "the goal is to match '{}', and no expert has this name; {}", goal.expert,
                name_hint(goal.expert, names_of(experts)));
  }
  return static_cast<std::size_t>(named - experts.begin());
}

Result<Calibrated> calibrate_aim(const MatchExpert& goal, std::span<const Expert> experts,
                                 const CalibrationSample& data) {
  const auto reference = find_reference(goal, experts);
  if (!reference) return fail(reference.error());
  if (auto priced = check_priced(experts, data); !priced) return fail(priced.error());
  const Sample sample(experts, data);
  const double z = normal_quantile(goal.confidence);
  const auto paired = [&](const Tradeoff& tradeoff) {
    const PairedOutlook outlook = sample.outlook(tradeoff, *reference);
    return sample.scored() ? outlook.measured : outlook.predicted;
  };
  const auto bound = [&](const Paired& difference) {
    return sample.scored() ? difference.bound_of_scores(z) : difference.normal_bound(z);
  };
  const auto falls_short = [&](double quality_per_usd) {
    const Paired difference = paired({.quality_per_usd = quality_per_usd});
    if (sample.scored() && difference.n < kPairsMin) return true;
    return bound(difference) < -goal.tolerance;
  };

  Tradeoff tradeoff;
  if (!sample.scored()) {
    // At 0 no query is predicted to be worse than the named expert.
    const auto fails = [&](double x) { return x > 0.0 && falls_short(x); };
    tradeoff.quality_per_usd = fails(kQualityPerUsdMax)
                                   ? smallest(kQualityPerUsdMax, fails) * (1.0 - kOffTheBrink)
                                   : kQualityPerUsdMax;
  } else if (falls_short(0.0)) {
    tradeoff.anchor = ExpertId{static_cast<std::int32_t>(*reference)};
  } else {
    for (const double quality_per_usd : match_grid(sample)) {
      if (falls_short(quality_per_usd)) break;
      tradeoff.quality_per_usd = quality_per_usd;
    }
  }
  Calibrated result = calibrated(tradeoff, sample);
  const Paired difference = paired(tradeoff);
  result.difference = difference.mean();
  result.difference_bound = tradeoff.anchor ? 0.0 : bound(difference);  // no other is ever chosen
  return result;
}

Result<Calibrated> calibrate_aim(const OwnershipShare& goal, std::span<const Expert> experts,
                                 const CalibrationSample& data) {
  if (!(goal.share >= 0.0 && goal.share <= 1.0)) {
    return fail(ErrorCode::invalid_argument, "an ownership of {} is not between 0 and 1",
                goal.share);
  }
  const Sample sample(experts, data);
  const double most = sample.outlook({.own_bonus = kOwnBonusMax}).own_share;
  if (most < goal.share) {
    if (std::ranges::none_of(experts, &Expert::own)) {
      return fail(ErrorCode::invalid_argument,
                  "an ownership of {} needs own experts, and none is marked; set own = true on "
                  "those that are yours, or leave the goal out",
                  goal.share);
    }
    // Rounded down: the figure named must itself be accepted.
    return fail(ErrorCode::invalid_argument,
                "an ownership of {} cannot be met: own experts can answer {} of the queries; ask "
                "for at most that",
                goal.share, std::floor(most * 1e9) / 1e9);
  }
  const double bonus = smallest(kOwnBonusMax, [&](double own_bonus) {
    return sample.outlook({.own_bonus = own_bonus}).own_share >= goal.share;
  });
  return calibrated({.own_bonus = bonus * (1.0 + kOffTheBrink)}, sample);
}

}  // namespace

Outlook outlook(const Tradeoff& tradeoff, std::span<const Expert> experts,
                const CalibrationSample& sample) {
  return Sample(experts, sample).outlook(tradeoff);
}

Result<Calibrated> calibrate(const Goal& goal, std::span<const Expert> experts,
                             const CalibrationSample& sample) {
  if (auto checked = check_sample(experts, sample); !checked) return fail(checked.error());
  return std::visit([&](const auto& aim) { return calibrate_aim(aim, experts, sample); }, goal.aim);
}

}  // namespace ooe::policy
