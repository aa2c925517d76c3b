// Sets of experts that grow, one for each objective: what they get on every query, so that what one
// more expert would add costs one pass over its columns. Internal to universe/, and in a header
// because all choosing is calls of gain().
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/expert.h"
#include "universe/objective.h"

namespace ooe::universe {

// Of the oracle objective: the best there is on each query.
class OracleSet {
 public:
  static constexpr bool kGainsOnlyFall = true;

  explicit OracleSet(const Utilities& utilities)
      : utilities_(utilities), best_(utilities.n_queries, utilities.floor) {}

  [[nodiscard]] double gain(ExpertId expert) const {
    const auto column = utilities_.realised_of(expert);
    double sum = 0.0;
    for (std::size_t query = 0; query < column.size(); ++query) {
      const double raise = column[query] - best_[query];
      if (raise > 0.0) sum += utilities_.weight_of(query) * raise;  // false for NaN
    }
    return sum / static_cast<double>(column.size());
  }

  void add(ExpertId expert) {
    const auto column = utilities_.realised_of(expert);
    for (std::size_t query = 0; query < column.size(); ++query) {
      if (column[query] > best_[query]) best_[query] = column[query];
    }
  }

 private:
  const Utilities& utilities_;
  std::vector<double> best_;
};

// Of the predictable objective: who is asked on each query, with what predicted_before() compares
// and what it brings, side by side: a gain reads three columns and three rows of memory and nothing
// else.
class PredictableSet {
 public:
  static constexpr bool kGainsOnlyFall = false;

  explicit PredictableSet(const Utilities& utilities)
      : utilities_(utilities),
        value_(utilities.n_queries, utilities.floor),
        predicted_(utilities.n_queries, -std::numeric_limits<double>::infinity()),
        cost_usd_(utilities.n_queries, std::numeric_limits<float>::infinity()),
        asked_(utilities.n_queries, ExpertId{std::numeric_limits<std::int32_t>::max()}) {}

  [[nodiscard]] double gain(ExpertId expert) const {
    double sum = 0.0;
    for_each_taken_over(expert, [&](std::size_t query, double value) {
      sum += utilities_.weight_of(query) * (value - value_[query]);
    });
    return sum / static_cast<double>(value_.size());
  }

  void add(ExpertId expert) {
    for_each_taken_over(expert, [&](std::size_t query, double value) {
      value_[query] = value;
      predicted_[query] = utilities_.predicted_of(expert)[query];
      cost_usd_[query] = utilities_.cost_of(expert)[query];
      asked_[query] = expert;
    });
  }

 private:
  // The order is that of predicted_before().
  template <class Work>
  void for_each_taken_over(ExpertId expert, Work work) const {
    const auto realised = utilities_.realised_of(expert);
    const auto predicted = utilities_.predicted_of(expert);
    const auto cost_usd = utilities_.cost_of(expert);
    for (std::size_t query = 0; query < realised.size(); ++query) {
      if (predicted[query] < predicted_[query] || std::isnan(realised[query])) continue;
      if (predicted[query] == predicted_[query] &&
          (cost_usd[query] > cost_usd_[query] ||
           (cost_usd[query] == cost_usd_[query] && asked_[query] < expert))) {
        continue;
      }
      work(query, realised[query]);
    }
  }

  const Utilities& utilities_;
  std::vector<double> value_;
  std::vector<double> predicted_;
  std::vector<float> cost_usd_;
  std::vector<ExpertId> asked_;
};

}  // namespace ooe::universe
