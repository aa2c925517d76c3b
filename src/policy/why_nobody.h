// What a client is told when nobody may answer it: per expert the mask and, where that is not clear
// by itself, what the request needs and the expert has. Nothing of the request's words.
// In: a decision with an empty plan. Out: a line of text. Knows: core.
#pragma once

#include <span>
#include <string>

#include "policy/decide.h"

namespace ooe::policy {

// E.g. "a: not cleared (sees public, the request is confidential: email); b: lacks tools, vision".
// Experts that are no part of what was asked for go unnamed, unless there are no others.
// `privacy_reasons`: the query's, wherever they are by now.
[[nodiscard]] std::string why_nobody(const Decision& decision, std::span<const Expert> experts,
                                     const Query& query,
                                     std::span<const std::string> privacy_reasons,
                                     const DecideOptions& options);

}  // namespace ooe::policy
