// How to read a model's card: which of its candidates are baselines, and what its metrics say.
#pragma once

#include <string_view>

#include "predictor/model.h"

namespace ooe::predictor {

[[nodiscard]] bool is_baseline(const Candidate& candidate);

// The metric of training questions whose texts the prior model was trained on, at least; absent for
// none. With any, no figure of the card is held out, nor is the held-out sample.
inline constexpr std::string_view kPriorKnew = "questions_prior_model_knew";

// The metric of training questions that the candidates were judged on, all or a part of them.
inline constexpr std::string_view kQuestionsJudged = "questions_judged";

// 0 where the card has no metric of that name.
[[nodiscard]] double metric_of(const ModelCard& card, std::string_view name);

}  // namespace ooe::predictor
