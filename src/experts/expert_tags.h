// How an LLM is asked which expert should answer, and how it answers: with one capital letter, an
// expert each, which is one token in every common vocabulary, so that its log-probabilities can be
// read. The fine-tuning set (dedicated/training_set.h) and the remote predictor say the same words.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "experts/openai_dialect.h"

namespace ooe::experts {

inline constexpr std::size_t kTaggedExpertsMax = 20;  // as many log-probabilities servers tell

// "A" for the first. Requires: expert < kTaggedExpertsMax.
[[nodiscard]] std::string expert_tag(std::size_t expert);

// The conversation whose next word is the tag.
[[nodiscard]] ChatPrompt tag_prompt(std::span<const std::string> names, std::string_view query);

}  // namespace ooe::experts
