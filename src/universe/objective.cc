#include "universe/objective.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace ooe::universe {
namespace {

std::vector<std::size_t> measured_queries(const OutcomeMatrix& outcomes) {
  std::vector<std::size_t> queries;
  for (std::size_t query = 0; query < outcomes.n_queries(); ++query) {
    const auto row = outcomes.row(query);
    if (!std::ranges::all_of(row, [](float score) { return std::isnan(score); })) {
      queries.push_back(query);
    }
  }
  return queries;
}

tl::unexpected<Error> no_cost(const std::string& expert) {
  return fail(ErrorCode::invalid_argument,
              "money counts and there is no cost for '{}'; give its price or leave it out", expert);
}

// Weights of the kept queries, 1 on average; empty for no weights.
Result<std::vector<float>> weights_of(const OutcomeMatrix& outcomes,
                                      std::span<const std::size_t> queries,
                                      std::span<const double> weights) {
  if (weights.empty()) return std::vector<float>();
  OOE_CHECK(weights.size() == outcomes.n_queries(), "a weight of every query");
  double sum = 0.0;
  for (const std::size_t query : queries) {
    if (!(weights[query] >= 0.0 && std::isfinite(weights[query]))) {
      return fail(ErrorCode::invalid_argument,
                  "question '{}' has a weight of {}; give a number from 0 up",
                  outcomes.question_ids[query], weights[query]);
    }
    sum += weights[query];
  }
  if (sum == 0.0) {
    return fail(ErrorCode::invalid_argument, "all questions weigh 0; give some a weight");
  }
  std::vector<float> result;
  for (const std::size_t query : queries) {
    result.push_back(
        static_cast<float>(weights[query] * static_cast<double>(queries.size()) / sum));
  }
  return result;
}

double mean_of(const Utilities& utilities, std::span<const double> values) {
  double sum = 0.0;
  for (std::size_t query = 0; query < values.size(); ++query) {
    sum += utilities.weight_of(query) * values[query];
  }
  return sum / static_cast<double>(values.size());
}

}  // namespace

Result<Utilities> utilities(const OutcomeMatrix& outcomes, std::span<const float> cost_usd,
                            std::span<const Prediction> predictions, double quality_per_usd,
                            std::span<const double> weights) {
  const std::size_t m = outcomes.n_experts();
  OOE_CHECK(cost_usd.empty() || cost_usd.size() == outcomes.score.size(), "costs of every cell");
  OOE_CHECK(predictions.empty() || predictions.size() == outcomes.score.size(),
            "predictions of every cell");
  if (!(quality_per_usd >= 0.0 && std::isfinite(quality_per_usd))) {
    return fail(ErrorCode::invalid_argument,
                "{} quality points a USD is not a trade-off; give a number from 0 up",
                quality_per_usd);
  }
  const bool money_counts = quality_per_usd > 0.0;
  const std::vector<std::size_t> queries = measured_queries(outcomes);
  if (queries.empty()) {
    return fail(ErrorCode::invalid_argument, "no expert has a single outcome; nothing to select");
  }

  Utilities result;
  auto weighed = weights_of(outcomes, queries, weights);
  if (!weighed) return fail(weighed.error());
  result.weight = std::move(*weighed);
  result.queries = queries;
  result.n_queries = queries.size();
  result.n_experts = m;
  result.realised.reserve(m * queries.size());
  result.score.reserve(m * queries.size());
  for (std::size_t expert = 0; expert < m; ++expert) {
    for (const std::size_t query : queries) {
      const std::size_t cell = outcomes.at(query, expert);
      double utility = outcomes.score[cell];
      if (money_counts && !std::isnan(utility)) {
        if (cost_usd.empty() || std::isnan(cost_usd[cell]))
          return no_cost(outcomes.experts[expert]);
        utility -= quality_per_usd * cost_usd[cell];
      }
      result.realised.push_back(utility);
      result.score.push_back(outcomes.score[cell]);
      if (utility < result.floor) result.floor = utility;
      if (predictions.empty()) continue;
      const Prediction& prediction = predictions[cell];
      if (money_counts && !prediction.cost) return no_cost(outcomes.experts[expert]);
      const double cost =
          prediction.cost ? to_double(*prediction.cost) : std::numeric_limits<double>::infinity();
      const double price = money_counts ? quality_per_usd * cost : 0.0;
      result.predicted.push_back(prediction.quality - price);
      result.cost_usd.push_back(static_cast<float>(cost));
    }
  }
  return result;
}

std::vector<ExpertId> oracle_answers(const Utilities& utilities, std::span<const ExpertId> set) {
  std::vector<ExpertId> answers(utilities.n_queries);
  for (std::size_t query = 0; query < utilities.n_queries; ++query) {
    double best = -std::numeric_limits<double>::infinity();
    for (const ExpertId expert : set) {
      const double utility = utilities.realised_of(expert)[query];
      if (!(utility > best)) continue;  // NaN too
      best = utility;
      answers[query] = expert;
    }
  }
  return answers;
}

std::vector<ExpertId> predictable_answers(const Utilities& utilities,
                                          std::span<const ExpertId> set) {
  std::vector<ExpertId> answers(utilities.n_queries);
  for (std::size_t query = 0; query < utilities.n_queries; ++query) {
    ExpertId& asked = answers[query];
    for (const ExpertId expert : set) {
      if (std::isnan(utilities.realised_of(expert)[query])) continue;
      if (asked.value < 0 || predicted_before(utilities, query, expert, asked)) asked = expert;
    }
  }
  return answers;
}

std::vector<double> values_of(const Utilities& utilities, std::span<const ExpertId> answers) {
  std::vector<double> values(utilities.n_queries, utilities.floor);
  for (std::size_t query = 0; query < utilities.n_queries; ++query) {
    if (answers[query].value < 0) continue;
    values[query] = utilities.realised_of(answers[query])[query];
  }
  return values;
}

double oracle_value(const Utilities& utilities, std::span<const ExpertId> set) {
  return mean_of(utilities, values_of(utilities, oracle_answers(utilities, set)));
}

double predictable_value(const Utilities& utilities, std::span<const ExpertId> set) {
  return mean_of(utilities, values_of(utilities, predictable_answers(utilities, set)));
}

bool predicted_before(const Utilities& utilities, std::size_t query, ExpertId a, ExpertId b) {
  const double utility_a = utilities.predicted_of(a)[query];
  const double utility_b = utilities.predicted_of(b)[query];
  if (utility_a != utility_b) return utility_a > utility_b;
  const float cost_a = utilities.cost_of(a)[query];
  const float cost_b = utilities.cost_of(b)[query];
  if (cost_a != cost_b) return cost_a < cost_b;
  return a < b;
}

}  // namespace ooe::universe
