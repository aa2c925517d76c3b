// Exploration: on a bounded share of traffic an expert that is nearly the best is asked first, and
// the receipt says with which probability. Otherwise nobody would ever learn how the experts do
// that are never asked; with it, what past traffic would have come to under another policy can be
// estimated without bias (Horvitz and Thompson 1952; Dudik, Langford, Li 2011). Pure: the dice are
// an argument. Off by default.
#pragma once

#include <span>

#include "core/decision.h"
#include "core/expert.h"
#include "policy/decide.h"

namespace ooe::policy {

inline constexpr double kExploreShareMax = 0.2;

struct ExploreOptions {
  double share = 0.0;    // of requests on which another expert goes first; 0: none
  double within = 0.05;  // how much lower its utility may be, in quality points
};

// With probability `share` puts one of the near-best in front of the plan, each as likely as the
// others; whoever stood there before comes next, as its first fallback. They are experts that
// passed every mask, limits on cost included; there are none where somebody is pinned or anchored.
// `dice`: uniform in [0, 1).
// Returns the probability with which whoever is first now came to be first; 1 when there was no
// choice. Whoever goes first by exploration has less than 0.5. Requires: share within [0,
// kExploreShareMax]; `decision` is decide()'s for these arguments.
[[nodiscard]] double explore(Decision& decision, std::span<const Expert> experts,
                             const Tradeoff& tradeoff, const DecideOptions& decide,
                             const ExploreOptions& options, double dice);

}  // namespace ooe::policy
