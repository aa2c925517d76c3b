// Training: outcomes in, Model out, and honest predictions of every training query by models that
// did not see it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "predictor/model.h"
#include "predictor/rivals.h"

namespace ooe::predictor {

// Told now and then how far the work is, `done` of `total` steps. Calls come from the training
// thread.
using Progress = std::function<void(std::string_view phase, std::size_t done, std::size_t total)>;

struct TrainOptions {
  std::uint64_t seed = 1;   // splits and samples; same seed, data, options: same bytes
  std::size_t folds = 5;    // of who is judged, and of trees, rivals and other parts
  std::size_t threads = 0;  // 0: all cores; the result does not depend on it
  // Folds are judged, each by a fit without it, until they have this many questions together, and
  // of every expert this many outcomes or all that there are: goals are calibrated on these.
  std::size_t judged_min = 2'000;
  std::size_t judged_outcomes_min = 60;      // twice the pairs that `match` asks for
  std::size_t held_out_queries_max = 8'192;  // rows kept in the file for calibration and adapt()
  std::size_t ngrams_max =
      100'000;  // of words, and of characters; more for more than 100,000 texts
  bool trees =
      true;  // false: no boosted trees; several times as fast, and little worse on few rows
  bool rivals = true;  // fit the baselines too, to be shown beside; none of them is ever kept
  // The candidate to keep instead of the one with the lowest log loss ("length", "features",
  // "ridge", "ridge + trees"); the constant stays where text tells nothing. Empty: the lowest.
  std::string only = {};
  // A related model, trained on more data: its view of each text becomes features. The new model
  // keeps a copy of it. Null: none.
  const Model* prior = nullptr;
};

// Fits the candidates and keeps one (ModelCard::candidates says which and why). Equal texts count
// once. Errors: invalid_argument when there are no questions, no experts or no outcome at all, or
// when the prior model stands on another.
[[nodiscard]] Result<Model> train(const Dataset& data, const TrainOptions& options,
                                  const Progress& progress = {});

// Hex of a hash of all that training reads: ModelCard::data_hash of a model trained on it.
[[nodiscard]] std::string data_hash(const Dataset& data);

// Predictions of every query by a model trained on the other folds. Folds come from fold_of():
// equal texts share one.
struct CrossPredictions {
  std::vector<std::uint32_t> fold;           // [n_queries]
  std::vector<Prediction> prediction;        // [n_queries, n_experts], row-major; cost left empty
  std::vector<Rival> rivals;                 // the baselines' predictions on the same folds
  std::vector<HeldOutSample> held_out = {};  // [folds], of each fold's model: without the fold
};
[[nodiscard]] Result<CrossPredictions> cross_predict(const Dataset& data, std::size_t folds,
                                                     const TrainOptions& options,
                                                     const Progress& progress = {});

}  // namespace ooe::predictor
