// Private to this room: one fit of a model, and what can honestly be said of it.
//
// Candidates are judged on questions that no part of them has seen: for each fold that is judged,
// all that training does, from n-grams to slopes, is done again on the other folds. (The parts'
// predictions out of fold will not do, mixed by weights that were fitted to them: every fold's
// predictions lie the lower, the higher its own mean, and what is fitted on top reads that back. With
// 300 questions of MMLU such a log loss was better than the constant's by .049, of which .026 came
// true; of coin flips 12 of 14 tables had a text model that was "surely better".)
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "core/outcome.h"
#include "predictor/direction_fit.h"
#include "predictor/model_impl.h"
#include "predictor/train.h"

namespace ooe::predictor {

// Shape: n questions, m experts, h questions judged.
struct Fitted {
  std::shared_ptr<Model::Impl> model;  // of the card only the experts; no held-out sample yet
  std::vector<Candidate> candidates;
  std::vector<float> scores;        // [n, m], moved ones back in [0, 1]
  std::vector<std::size_t> judged;  // [h], ascending rows
  std::vector<float> quality;       // [h, m], of the kept candidate
  std::vector<float> constant;      // [h, m], of the constant
  Eigen::MatrixXd directions;       // [n, K], of the kept candidate, out of fold
  std::optional<DirectionFit> fit;  // empty when nothing but the constant could be fitted

  [[nodiscard]] std::vector<float> judged_scores() const;  // [h, m]
};

// Of the folds that are judged, by fold_of(): a question of one was predicted by who did not see it.
[[nodiscard]] std::uint64_t judging_seed(const TrainOptions& options);

// Requires: no two rows with equal texts.
[[nodiscard]] Fitted fit(const Dataset& data, const TrainOptions& options,
                         const Progress& progress);

// How good predictions are, and what sending each question to the best of them comes to; the
// verdict is still that another one is better. Shape: both [n, m]; `fold` as of measure().
[[nodiscard]] Candidate judge(std::string name, std::span<const float> scores,
                              std::span<const float> qualities, std::size_t m,
                              std::span<const std::uint32_t> fold = {});

}  // namespace ooe::predictor
