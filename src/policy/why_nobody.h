// What a client is told when nobody may answer it: per expert the mask and, where that is not clear
// by itself, what the request needs and the expert has. Nothing of the request's words.
// In: a decision with an empty plan. Out: a line of text. Knows: core.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/decide.h"

namespace ooe::policy {

// E.g. "a: not cleared (sees public, the request is confidential: email); b: lacks tools, vision".
// Experts that are no part of what was asked for are left out, unless there are no others.
// `privacy_reasons`: the query's, wherever they are by now. `shown`: [n_experts], or empty: all are.
// Of those that are not, neither name nor number nor what they have is told: "an expert: ...", each
// reason once.
[[nodiscard]] std::string why_nobody(const Decision& decision, std::span<const Expert> experts,
                                     const Query& query,
                                     std::span<const std::string> privacy_reasons,
                                     const DecideOptions& options,
                                     const std::vector<bool>& shown = {});

// `shown`: [n_experts], or empty: all are.
[[nodiscard]] inline bool is_shown(std::size_t index, const std::vector<bool>& shown) {
  return shown.empty() || shown[index];
}

// How a client is told of the expert at `index`: by name, if it is shown.
[[nodiscard]] std::string_view name_shown(std::span<const Expert> experts, std::size_t index,
                                          const std::vector<bool>& shown);

}  // namespace ooe::policy
