#include "evaluate/costs.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/check.h"
#include "base/nan.h"
#include "core/query.h"
#include "core/token_estimate.h"
#include "policy/decide.h"

namespace ooe::evaluate {
namespace {

// A cell of a usage column, which may be absent as a whole.
std::optional<double> recorded(const std::vector<float>& column, std::size_t cell) {
  if (column.empty() || std::isnan(column[cell])) return std::nullopt;
  return column[cell];
}

std::optional<Prices> price_from_bills(const Dataset& data, std::size_t expert) {
  double usd = 0.0;
  double tokens = 0.0;
  std::size_t measured = 0;
  std::size_t billed = 0;
  for (std::size_t query = 0; query < data.outcomes.n_queries(); ++query) {
    const std::size_t cell = data.outcomes.at(query, expert);
    const bool answered = !std::isnan(data.outcomes.score[cell]);
    if (answered) ++measured;
    const auto cost = recorded(data.outcomes.cost_usd, cell);
    if (!cost) continue;
    if (answered) ++billed;
    usd += *cost;
    tokens += static_cast<double>(estimate_tokens(data.texts[query]));
  }
  if (tokens == 0.0 || 2 * billed < measured) return std::nullopt;
  const auto price = token_price(std::min(1e6 * usd / tokens, kTokenPriceUsdPerMillionMax));
  if (!price) return std::nullopt;
  return Prices{*price, *price, TokenPrice{}};
}

}  // namespace

std::vector<Expert> experts_of(const Dataset& data) {
  std::vector<Expert> experts(data.outcomes.n_experts());
  for (std::size_t i = 0; i < experts.size(); ++i) {
    experts[i].name = data.outcomes.experts[i];
    experts[i].clearance = PrivacyClass::restricted;
    if (i < data.prices.size()) experts[i].prices = data.prices[i];
    if (!experts[i].prices) experts[i].prices = price_from_bills(data, i);
  }
  return experts;
}

std::vector<Prediction> with_costs(const Dataset& data, std::span<const Expert> experts,
                                   std::span<const Prediction> predictions) {
  OOE_CHECK(predictions.size() == data.outcomes.score.size(), "a prediction of every cell");
  std::vector<Prediction> priced(predictions.begin(), predictions.end());
  for (std::size_t query = 0; query < data.outcomes.n_queries(); ++query) {
    const std::int64_t prompt = estimate_tokens(data.texts[query]);
    for (std::size_t expert = 0; expert < experts.size(); ++expert) {
      Prediction& prediction = priced[data.outcomes.at(query, expert)];
      prediction.cost = policy::expected_cost(experts[expert], prompt, prediction.output_tokens);
    }
  }
  return priced;
}

std::vector<float> realised_costs(const Dataset& data, std::span<const Expert> experts,
                                  std::span<const Prediction> priced) {
  const OutcomeMatrix& outcomes = data.outcomes;
  std::vector<float> costs(outcomes.score.size(), kNotMeasured);
  for (std::size_t query = 0; query < outcomes.n_queries(); ++query) {
    const auto prompt = static_cast<double>(estimate_tokens(data.texts[query]));
    for (std::size_t expert = 0; expert < experts.size(); ++expert) {
      const std::size_t cell = outcomes.at(query, expert);
      if (const auto cost = recorded(outcomes.cost_usd, cell)) {
        costs[cell] = static_cast<float>(*cost);
        continue;
      }
      const double input = recorded(outcomes.input_tokens, cell).value_or(prompt);
      const double output =
          recorded(outcomes.output_tokens, cell).value_or(priced[cell].output_tokens);
      const auto cost = policy::expected_cost(experts[expert], std::llround(input), output);
      if (cost) costs[cell] = static_cast<float>(to_double(*cost));
    }
  }
  return costs;
}

std::vector<double> costs_alone(const OutcomeMatrix& outcomes, std::span<const float> cost_usd) {
  OOE_CHECK(cost_usd.size() == outcomes.score.size(), "a cost of every cell");
  std::vector<double> usd_per_1k;
  for (std::size_t expert = 0; expert < outcomes.n_experts(); ++expert) {
    double usd = 0.0;
    double count = 0.0;
    for (std::size_t query = 0; query < outcomes.n_queries(); ++query) {
      const std::size_t cell = outcomes.at(query, expert);
      if (std::isnan(outcomes.score[cell])) continue;
      usd += 1e3 * double{cost_usd[cell]};
      count += 1.0;
    }
    usd_per_1k.push_back(count > 0.0 ? usd / count : kNaN);
  }
  return usd_per_1k;
}

}  // namespace ooe::evaluate
