#include "evaluate/within_budget.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "universe/objective.h"

namespace ooe::evaluate {
namespace {

constexpr double kDearest = 1e9;  // a millionth of a USD then outweighs any answer

// What a right answer is worth, in units of what the dearest answer costs: from where money hardly
// breaks a tie to where a tenth of a point does not pay for a thousandth of it.
constexpr double kLowest = -3.0;  // powers of ten
constexpr double kHighest = 4.0;
constexpr int kPoints = 96;  // each 1.18 times the one before

constexpr std::uint64_t kTriedMax = 50'000'000;  // by each selection
constexpr std::size_t kScoresMax = 50'000;  // of a larger table greedy is begun once a selection
constexpr double kSameScore = 1e-6;         // for less than this nobody pays more

std::vector<double> tradeoffs(std::span<const float> cost_usd) {
  double dearest = 0.0;
  for (const float usd : cost_usd) {
    if (!std::isnan(usd)) dearest = std::max(dearest, double{usd});
  }
  std::vector<double> multipliers{0.0};
  if (dearest == 0.0) return multipliers;
  for (int point = 0; point < kPoints; ++point) {
    const double part = static_cast<double>(point) / (kPoints - 1);
    const double multiplier = std::pow(10.0, kLowest + (kHighest - kLowest) * part) / dearest;
    if (multiplier < kDearest) multipliers.push_back(multiplier);
  }
  multipliers.push_back(kDearest);
  return multipliers;
}

Result<WithinBudget> selected_at(const OutcomeMatrix& outcomes, std::span<const float> cost_usd,
                                 std::span<const Prediction> predictions,
                                 const universe::SelectOptions& options, double quality_per_usd) {
  const auto costs = quality_per_usd > 0.0 ? cost_usd : std::span<const float>();
  const auto utilities = universe::utilities(outcomes, costs, predictions, quality_per_usd);
  if (!utilities) return fail(utilities.error());
  auto universe = universe::select(*utilities, outcomes.experts, options);
  if (!universe) return fail(universe.error());
  std::vector<ExpertId> set;
  for (const UniverseMember& member : universe->members) set.push_back(member.expert);
  return WithinBudget{quality_per_usd, std::move(*universe),
                      figures_of(*utilities, options.objective, set, cost_usd)};
}

}  // namespace

Result<WithinBudget> best_within(const OutcomeMatrix& outcomes, std::span<const float> cost_usd,
                                 std::span<const Prediction> predictions,
                                 universe::SelectOptions options, double usd_per_1k_max) {
  options.tried_max = std::min(options.tried_max, kTriedMax);
  options.begin_again = outcomes.n_experts() * outcomes.n_queries() <= kScoresMax;
  std::vector<double> multipliers = tradeoffs(cost_usd);
  std::vector<std::optional<Result<WithinBudget>>> tried(multipliers.size());
  parallel_for(multipliers.size(), 0, [&](std::size_t i) {
    tried[i] = selected_at(outcomes, cost_usd, predictions, options, multipliers[i]);
  });
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();  // of those within the budget
  for (const auto& each : tried) {
    if (!*each) return fail(each->error());
    const SetFigures& figures = (*each)->figures;
    if (std::isnan(figures.usd_per_1k)) {
      return fail(ErrorCode::invalid_argument,
                  "a budget needs the cost of every expert; give --prices or --usage");
    }
    least = std::min(least, figures.usd_per_1k);
    if (figures.usd_per_1k <= usd_per_1k_max) most = std::max(most, figures.score);
  }
  const WithinBudget* best = nullptr;
  for (const auto& each : tried) {
    const SetFigures& figures = (*each)->figures;
    if (figures.usd_per_1k > usd_per_1k_max || figures.score < most - kSameScore) continue;
    if (best == nullptr || figures.usd_per_1k < best->figures.usd_per_1k) best = &**each;
  }
  if (best != nullptr) return *best;
  return fail(ErrorCode::invalid_argument,
              "a budget of {} USD per 1,000 queries buys no universe: the cheapest found costs "
              "{:.4g}; give at least that",
              usd_per_1k_max, least);
}

}  // namespace ooe::evaluate
