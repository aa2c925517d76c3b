// Where a missing right answer got lost. On every query the shortfall, 1 - score of the expert
// asked, is the sum of three parts:
//   recall failure    no affordable expert was right: what a perfect predictor would still miss;
//   prediction loss   an affordable expert was right, and another was predicted to be better;
//   policy loss       the one predicted best was passed over to save money.
// An expert is affordable on a query, at a trade-off, when being sure that it is right would be
// worth its expected price over the cheapest one's. Without regard to money all are, and the policy
// loses nothing. One query's parts may be negative (luck); over many they tell what to work on:
// other experts, a better predictor, more money.
//
// The name and first part follow LLMRouterBench (Li et al. 2026, arXiv 2601.07206), which finds
// recall failures to be most of the gap to the oracle.
#pragma once

#include "core/expert.h"
#include "evaluate/replay.h"

namespace ooe::evaluate {

// [rows] each; score + recall + prediction + policy = 1.
struct Shortfall {
  std::vector<double> recall;
  std::vector<double> prediction;
  std::vector<double> policy;
};

// `asked` is route(replay, quality_per_usd).
[[nodiscard]] Shortfall shortfall(const Replay& replay, std::span<const ExpertId> asked,
                                  double quality_per_usd);

}  // namespace ooe::evaluate
