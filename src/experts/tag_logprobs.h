// An LLM as the orchestrator: it is asked for the letter of the expert that should answer
// (expert_tags.h), and says with what probability each letter would have come. In: an answer with
// log-probabilities, as OpenAI, vLLM and llama.cpp write them. Out: a probability an expert. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ooe::experts {

// The body of a request for the letter's log-probabilities. Requires: names.size() <=
// kTaggedExpertsMax.
[[nodiscard]] std::string tag_body(std::span<const std::string> names, std::string_view query,
                                   std::string_view model);

// Returns the probability of each of `count` letters among all of them; a letter that is not told
// has none. Tokens " A" and "A" are the same letter.
// Errors: corrupt when this is no chat completion, or a log-probability cannot be one; not_found
// when it has no log-probabilities, or none of a letter.
[[nodiscard]] Result<std::vector<double>> read_tag_probabilities(std::string_view body,
                                                                 std::size_t count);

}  // namespace ooe::experts
