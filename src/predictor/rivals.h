// What others would do with the same data, to be shown beside: baselines that are fitted and judged
// like our models but never shipped.
//   knn                    mean score of the 100 nearest training texts
//   clusters               mean score of the training texts in the same of up to 32 clusters
//   logistic               a logistic regression an expert on words and pairs of words, each fitted
//                          alone: what one would try first
//   matrix factorisation   matrix_factorisation.h
// Means of few are shrunk to the expert's level, as if it had answered kPriorOutcomes more there.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/outcome.h"

namespace ooe::predictor {

// Shape: quality is [n_queries, n_experts], row-major; NaN where not predicted.
struct Rival {
  std::string name;
  std::vector<float> quality;
};

struct RivalOptions {
  std::uint64_t seed = 1;
  std::size_t folds = 5;
  // Learned from and judged on no more, chosen by hash: they are for show. For who calls.
  std::size_t questions_max = 6'000;
  std::size_t threads = 0;
};

// Fits every rival to the rows `seen` and fills its predictions of the rows `unseen`; `rivals`
// grows to hold them.
void predict_rivals(const Dataset& data, const std::vector<std::size_t>& seen,
                    const std::vector<std::size_t>& unseen, const RivalOptions& options,
                    std::vector<Rival>& rivals);

}  // namespace ooe::predictor
