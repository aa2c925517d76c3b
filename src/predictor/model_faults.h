// Private to this room: whether a model that was read makes sense. A file with a valid checksum may
// still be anyone's, so nothing of it is used before all shapes agree and all numbers are in range.
#pragma once

#include <string_view>

#include "learn/boosted_trees.h"
#include "predictor/model_impl.h"

namespace ooe::predictor {

// Returns what is wrong with the model, its prior aside, as in "the model cannot be used, ..."; empty
// when nothing is.
[[nodiscard]] std::string_view fault_of(const Model::Impl& model);

// Whether its trees lead from node to node and to leaves that are there.
[[nodiscard]] bool is_sound(const learn::BoostedTrees& trees);

}  // namespace ooe::predictor
