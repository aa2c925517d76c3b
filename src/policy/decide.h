// The decoding policy: predictions, prices, goal and privacy in, a decision that explains itself
// out. Pure: the same function serves live traffic, evaluation and replay. In: predictions of one
// query. Out: Decision. Knows: core.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/decision.h"
#include "core/expert.h"
#include "core/prediction.h"
#include "core/query.h"

namespace ooe::policy {

// How a goal is carried out: derived by calibrate() and pacing, never typed.
// Utility = quality - quality_per_usd * cost + (own ? own_bonus : 0), and for the incumbent
// + quality_per_usd * cache + handoff.
struct Tradeoff {
  double quality_per_usd = 0.0;  // quality points that one USD is worth; 0: money does not count
  double own_bonus = 0.0;        // quality points given to own experts
  // Asked first whenever it may answer: the only way to match it for certain.
  std::optional<ExpertId> anchor = std::nullopt;
};

// Whoever has answered this conversation so far. Another expert must gain more than what leaving
// costs: the prompt that this one has cached, and the change of voice.
struct Incumbent {
  ExpertId expert;
  Usd cache = {};        // what its cached prompt tokens save; see cache_saving()
  double handoff = 0.0;  // quality points
};

struct DecideOptions {
  std::size_t plan_size_max = 3;       // first choice and fallbacks; at least 1
  std::optional<Usd> cost_max = {};    // of this query, predicted; from x-ooe-max-cost-usd
  bool cost_max_is_budget = false;     // it is what the key has left, and the verdict says so
  std::span<const bool> healthy = {};  // [n_experts]; empty: all are
  // [n_experts]: not healthy for no other reason than that as many calls are under way as it takes;
  // changes words only
  std::span<const bool> busy = {};
  // [n_experts]: none has refused a prompt of this length lately; empty: nothing is known
  std::span<const bool> takes_length = {};
  std::optional<ExpertId> pinned = {};      // a client named this expert: it alone may answer
  std::span<const ExpertId> only = {};      // of whom the model is made; empty: of all
  std::span<const std::string> zones = {};  // where the query may go; empty: anywhere
  std::optional<Incumbent> incumbent = {};  // of a conversation that goes on
  std::optional<std::chrono::milliseconds> deadline = {};     // for the whole answer
  std::optional<std::chrono::milliseconds> first_token = {};  // for its beginning
};

// Masks come first and hold for fallbacks and for a pinned expert too, in this order: the model's
// experts, clearance, zone, capability, context, price, cost limit, health, deadlines; the verdict
// names the first that applies, and the last two pass. Among the rest the anchor comes first, then
// the highest utility; ties go to the cheaper expert (an unknown cost is the dearest), then to the
// faster (an unknown time is the slowest), then to the name that sorts first, then to the lower
// index. So the order of the catalogue decides nothing, as long as names differ.
//
// Without prices an expert is `unpriced` only where the decision needs one: with a cost limit, or
// when money counts and nobody is pinned. An expert whose times have not been measured yet meets
// every deadline: somebody must be the first to ask it. A quality that is not a number loses to
// every number.
//
// Requires: predictions.size() == experts.size(); predictions[i].cost is set where
// experts[i].prices is; options.healthy, busy and takes_length are each empty or of as many
// experts; options.plan_size_max >= 1.
[[nodiscard]] Decision decide(std::span<const Prediction> predictions,
                              std::span<const Expert> experts, const Query& query,
                              const Tradeoff& tradeoff, const DecideOptions& options = {});

// What an expert takes less for `cached_tokens` of a prompt than for as many new ones; nothing
// without prices. Limits on cost do not count on it: a cache promises nothing.
[[nodiscard]] Usd cache_saving(const Expert& expert, std::int64_t cached_tokens);

// Returns the expected cost of one answer, or nothing without prices. Cached tokens are not
// foreseen.
[[nodiscard]] std::optional<Usd> expected_cost(const Expert& expert, std::int64_t prompt_tokens,
                                               double output_tokens);

}  // namespace ooe::policy
