// What a Model holds; known to model.cc, model_file.cc, model_faults.cc, train.cc and adapt.cc only.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "encoder/text_encoder.h"
#include "predictor/direction_model.h"
#include "predictor/expert_prior.h"
#include "predictor/model.h"
#include "predictor/novelty.h"
#include "predictor/token_model.h"

namespace ooe::predictor {

// What adapt.h needs of the training questions. Shape: n questions kept, K directions, r factors.
struct AdaptBasis {
  std::vector<QueryId> queries;   // [n], the held-out sample's first
  learn::MatrixRowsF directions;  // [n, K], g out of fold
  learn::MatrixRowsF factors;     // [n, r], f from the known experts' outcomes
  ExpertPrior prior;
};

struct Scratch::Impl {
  encoder::EncoderScratch encoder;
  encoder::Features features;
  std::vector<float> dense;  // of the text, then the prior model's directions
  DirectionScratch directions;
  std::vector<float> tokens;   // [m]
  std::vector<float> quality;  // [m]
  std::unique_ptr<Impl> prior;
};

struct Model::Impl {
  ModelCard card;
  HeldOutSample held_out;
  bool judged_by_unseen = true;   // Model::judged_by_unseen()
  std::vector<float> quality_sd;  // [m]
  TokenModel tokens;
  Novelty novelty;
  std::optional<encoder::TextEncoder> encoder;  // empty: the constant model, nothing is read
  DirectionModel directions;
  AdaptBasis basis;
  std::shared_ptr<const Impl> prior;  // another model's view of a text, as features; may be null

  // Fills scratch.directions.g, after its share of novelty, and .z. Returns the novelty.
  double read(std::string_view text, Scratch::Impl& scratch) const;
};

}  // namespace ooe::predictor
