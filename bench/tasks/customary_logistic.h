// The logistic regression that floors are set against: what scikit-learn's
// TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True) and
// LogisticRegression(C=2, solver="liblinear") make of the same data, one regression an expert.
// Weaker than our own rival of the name (predictor/rivals.h), which reads one-letter words and does
// not draw its intercept to 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/outcome.h"

namespace ooe::tasks {

// Fits on all folds but one and predicts that one, for each. Shape: [n_queries, n_experts].
[[nodiscard]] std::vector<float> customary_logistic(const Dataset& data, std::uint64_t seed,
                                                    std::size_t folds);

}  // namespace ooe::tasks
