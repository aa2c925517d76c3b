// Predictions as they serve. The gateway does not decide on what the predictor says, but on that
// pulled back by what the model's own held-out outcomes tell of it (policy/shrink.h); commands that
// judge decisions among many experts do the same. In: predictions, and the held-out sample of each
// model that made some of them. Knows: core, policy, predictor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/prediction.h"
#include "predictor/model.h"

namespace ooe::evaluate {

// Shape: predictions is [n_queries, n_experts], row-major, and fold [n_queries] says by whose model
// a row was predicted; empty: all by the first. A held_out has the same experts in the same order;
// one without scores changes nothing.
void as_served(std::span<Prediction> predictions, std::size_t n_experts,
               std::span<const std::uint32_t> fold,
               std::span<const predictor::HeldOutSample> held_out);

// What `model` predicts of these texts for some of its experts, as it serves them. Shape: `columns`
// are of the model's card; returns [texts, columns], row-major.
[[nodiscard]] std::vector<Prediction> predict_as_served(const predictor::Model& model,
                                                        std::span<const std::string> texts,
                                                        std::span<const std::size_t> columns);

}  // namespace ooe::evaluate
