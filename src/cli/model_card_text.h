// What a trained model says of itself, for people and for machines: by which commands that train
// tell what came of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "predictor/model.h"
#include "report/terminal.h"

namespace ooe::cli {

// The candidates, the baselines and how both were judged. `moved`: scores of training splits were
// moved (predictor/contamination.h); `folds`: of the baselines.
[[nodiscard]] std::string card_text(const predictor::ModelCard& card, std::size_t folds, bool moved,
                                    const report::Terminal& terminal);

// Which baselines surely predict better than what is kept, and what to do; empty where none does.
[[nodiscard]] std::string better_baselines_text(const predictor::ModelCard& card);

// That the prior model knew questions which the figures are about, and what to do; empty where it
// knew none. `model` names the one it stands behind, `prior` is what to call the prior.
[[nodiscard]] std::string prior_knew_text(const predictor::ModelCard& card, std::string_view model,
                                          std::string_view prior = "the prior model");

// That the model's held-out sample promises too much, and what to do; empty where it does not.
[[nodiscard]] std::string optimistic_sample_text(const predictor::Model& model,
                                                 std::string_view path);

// {"experts", "kept", "held_out", "metrics", "candidates", ...}: docs/files.md.
[[nodiscard]] nlohmann::ordered_json card_json(const predictor::ModelCard& card);

}  // namespace ooe::cli
