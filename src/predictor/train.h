// Training: outcomes in, Model out, and honest predictions of every training query by models that
// did not see it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "predictor/model.h"

namespace ooe::predictor {

// Told now and then how far the work is, `done` of `total` steps. Calls come from the training
// thread.
using Progress = std::function<void(std::string_view phase, std::size_t done, std::size_t total)>;

struct TrainOptions {
  std::uint64_t seed = 1;        // splits and samples; same seed, data, options: same bytes
  std::size_t folds = 5;         // for the held-out sample and the choice of the regularisation
  std::size_t threads = 0;       // 0: all cores; the result does not depend on it
  std::uint32_t hash_bits = 16;  // features are hashed to 2^this; more for more than 100,000 texts
  std::size_t held_out_queries_max = 4'096;  // rows kept in the file for calibration
};

// Errors: invalid_argument when there are no questions, no experts or no outcome at all.
[[nodiscard]] Result<Model> train(const Dataset& data, const TrainOptions& options,
                                  const Progress& progress = {});

// Predictions of every query by a model trained on the other folds. Folds come from fold_of():
// equal texts share one.
struct CrossPredictions {
  std::vector<std::uint32_t> fold;     // [n_queries]
  std::vector<Prediction> prediction;  // [n_queries, n_experts], row-major; cost left empty
};
[[nodiscard]] Result<CrossPredictions> cross_predict(const Dataset& data, std::size_t folds,
                                                     const TrainOptions& options,
                                                     const Progress& progress = {});

// The fold of a query: a hash of its id and the seed, so that it does not depend on what else is in
// the file. Requires: folds > 0.
[[nodiscard]] std::uint32_t fold_of(const QueryId& query, std::uint64_t seed, std::size_t folds);

// Rows of `data` whose index is in `rows`, in that order.
[[nodiscard]] Dataset subset(const Dataset& data, const std::vector<std::size_t>& rows);

}  // namespace ooe::predictor
