// What an expert thinks before it answers, as models of reasoning write it: "<think> ... </think>".
#pragma once

#include <string_view>

namespace ooe::interview {

// Returns what stands behind the last "</think>" (some models leave out the opening tag), nothing
// for a thought that was cut before its end; all of an answer without a thought.
[[nodiscard]] std::string_view without_thoughts(std::string_view answer);

}  // namespace ooe::interview
