// One expert's logistic regression on sparse features of texts, fitted to it alone: what one would
// try first, and what every other method is measured against. In: features, outcomes. Out: weights.
#pragma once

#include <cstddef>
#include <vector>

#include "core/outcome.h"
#include "learn/logistic.h"
#include "learn/sparse_rows.h"

namespace ooe::predictor {

struct ExpertLogisticOptions {
  double penalty = 0.5;              // of words; scikit-learn's C = 2
  double intercept_mean = 0.0;       // in logits
  double intercept_precision = 0.1;  // as half an outcome: next to free
  double tolerance = 1e-3;           // of the gradient: weights differ in the fourth digit
};

// `features`: row i is of query `seen[i]`, whose outcomes of `expert` count where measured. Returns
// the weights of the features, then the intercept.
[[nodiscard]] learn::LogisticWeights fit_expert_logistic(const OutcomeMatrix& outcomes,
                                                         const std::vector<std::size_t>& seen,
                                                         const learn::SparseRows& features,
                                                         std::size_t expert,
                                                         const ExpertLogisticOptions& options);

// Returns the quality of row `row`, in [0, 1].
[[nodiscard]] float predict_expert_logistic(const learn::LogisticWeights& weights,
                                            const learn::SparseRows& features, std::size_t row);

}  // namespace ooe::predictor
