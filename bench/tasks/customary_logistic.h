// The logistic regression that T3's floor was set against: what scikit-learn's
// TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True) and
// LogisticRegression(solver="liblinear") make of the same data, one regression an expert. An expert
// whom nearly all rows know learns from all of them, with C = 2. Others learn from the core alone,
// with the C of .3, 1 and 3 that an inner fold likes best.
// Weaker than our own rival of the name (predictor/rivals.h), which reads one-letter words and does
// not draw its intercept to 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/outcome.h"

namespace ooe::tasks {

// Fits on all folds but one and predicts that one, for each. `core`: rows of `data` that every one
// of `core_experts`, columns of it, answered. Shape: [n_queries, n_experts], kNotMeasured for the
// other experts and outside the core of those who learn from it alone.
[[nodiscard]] std::vector<float> customary_logistic(const Dataset& data,
                                                    const std::vector<std::size_t>& core,
                                                    const std::vector<std::size_t>& core_experts,
                                                    std::uint64_t seed, std::size_t folds);

}  // namespace ooe::tasks
