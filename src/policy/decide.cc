#include "policy/decide.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace ooe::policy {
namespace {

constexpr auto kUnknownTime = std::chrono::milliseconds::max();

struct Candidate {
  bool anchored = false;
  double utility = 0.0;
  Usd cost;
  std::chrono::milliseconds time;
  std::string_view name;
  ExpertId expert;
};

bool better(const Candidate& a, const Candidate& b) {
  if (a.anchored != b.anchored) return a.anchored;
  if (a.utility != b.utility) return a.utility > b.utility;
  if (a.cost != b.cost) return a.cost < b.cost;
  if (a.time != b.time) return a.time < b.time;
  if (a.name != b.name) return a.name < b.name;
  return a.expert < b.expert;
}

bool fits_context(const Expert& expert, std::size_t i, const Query& query) {
  if (expert.context_tokens == 0) return true;
  // An answer has at least one token. The limit comes from the client: subtract, so that a huge one
  // cannot overflow.
  const std::int64_t output = std::max<std::int64_t>(query.output_tokens_max, 1);
  return least_prompt_tokens_for(query, i) <= expert.context_tokens - output;
}

bool misses(std::optional<std::chrono::milliseconds> expected,
            std::optional<std::chrono::milliseconds> limit) {
  return expected && limit && *expected > *limit;
}

// What is known of expert `i` from experience; nothing known is well.
bool holds(std::span<const bool> known, std::size_t i) { return known.empty() || known[i]; }

bool of_each_or_none(std::span<const bool> known, std::size_t n_experts) {
  return known.empty() || known.size() == n_experts;
}

// The first wall that expert `i` runs into, if any.
std::optional<Verdict> mask_of(const Expert& expert, std::size_t i, const Prediction& prediction,
                               const Query& query, bool price_needed,
                               const DecideOptions& options) {
  const ExpertId id{static_cast<std::int32_t>(i)};
  if (!options.only.empty() && std::ranges::find(options.only, id) == options.only.end()) {
    return Verdict::not_in_model;
  }
  if (!may_see(expert, query)) return Verdict::not_cleared;
  if (!options.zones.empty() &&
      std::ranges::find(options.zones, expert.zone) == options.zones.end()) {
    return Verdict::wrong_zone;
  }
  if (!expert.capabilities.covers(query.needs)) return Verdict::lacks_capability;
  if (!holds(options.takes_length, i) || !fits_context(expert, i, query)) {
    return Verdict::context_too_short;
  }
  if (price_needed && !prediction.cost) return Verdict::unpriced;
  if (options.cost_max && *prediction.cost > *options.cost_max) {
    return options.cost_max_is_budget ? Verdict::over_budget : Verdict::too_dear;
  }
  // What passes comes last: nobody shall wait for somebody to be well who could not answer then.
  if (!holds(options.healthy, i)) {
    return !options.busy.empty() && options.busy[i] ? Verdict::busy : Verdict::unhealthy;
  }
  if (misses(prediction.total, options.deadline) ||
      misses(prediction.first_token, options.first_token)) {
    return Verdict::too_slow;
  }
  return std::nullopt;
}

// What staying with whoever has the conversation is worth, in quality points.
double worth_of_staying(const std::optional<Incumbent>& incumbent, const Tradeoff& tradeoff) {
  if (!incumbent) return 0.0;
  return tradeoff.quality_per_usd * to_double(incumbent->cache) + incumbent->handoff;
}

double utility_of(const Expert& expert, const Prediction& prediction, const Tradeoff& tradeoff,
                  double bonus) {
  const double price =
      prediction.cost ? tradeoff.quality_per_usd * to_double(*prediction.cost) : 0.0;
  const double utility =
      prediction.quality - price + (expert.own ? tradeoff.own_bonus : 0.0) + bonus;
  // NaN would break the order above; whoever predicts it must not win by it.
  return std::isnan(utility) ? -std::numeric_limits<double>::infinity() : utility;
}

}  // namespace

Decision decide(std::span<const Prediction> predictions, std::span<const Expert> experts,
                const Query& query, const Tradeoff& tradeoff, const DecideOptions& options) {
  OOE_CHECK(predictions.size() == experts.size(), "one prediction an expert");
  OOE_CHECK(of_each_or_none(options.healthy, experts.size()),
            "the health of every expert or of none");
  OOE_CHECK(of_each_or_none(options.busy, experts.size()),
            "whether every expert is busy, or nothing of any");
  OOE_CHECK(of_each_or_none(options.takes_length, experts.size()),
            "whether every expert takes the length, or nothing of any");
  OOE_CHECK(options.plan_size_max >= 1, "a plan has room for somebody");
  const bool price_needed =
      options.cost_max.has_value() || (tradeoff.quality_per_usd > 0.0 && !options.pinned);

  const double staying = worth_of_staying(options.incumbent, tradeoff);
  Decision decision;
  decision.verdicts.resize(experts.size());
  std::vector<Candidate> candidates;
  candidates.reserve(experts.size());
  for (std::size_t i = 0; i < experts.size(); ++i) {
    const Prediction& prediction = predictions[i];
    const ExpertId expert{static_cast<std::int32_t>(i)};
    const bool stays = options.incumbent && options.incumbent->expert == expert;
    const double utility = utility_of(experts[i], prediction, tradeoff, stays ? staying : 0.0);
    decision.verdicts[i].utility = utility;
    if (const auto mask = mask_of(experts[i], i, prediction, query, price_needed, options)) {
      decision.verdicts[i].verdict = *mask;
      continue;
    }
    if (options.pinned && *options.pinned != expert) continue;
    candidates.push_back({tradeoff.anchor == expert, utility, prediction.cost.value_or(Usd::max()),
                          prediction.total.value_or(kUnknownTime), experts[i].name, expert});
  }

  const std::size_t size = std::min(options.plan_size_max, candidates.size());
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(size),
                    candidates.end(), better);
  decision.plan.reserve(size);
  for (std::size_t rank = 0; rank < size; ++rank) {
    const ExpertId expert = candidates[rank].expert;
    decision.plan.push_back(expert);
    decision.verdicts[expert.index()].verdict = rank == 0 ? Verdict::chosen : Verdict::fallback;
  }
  return decision;
}

Usd cache_saving(const Expert& expert, std::int64_t cached_tokens) {
  OOE_CHECK(cached_tokens >= 0, "tokens are not negative");
  if (!expert.prices || expert.prices->cached_input.pico >= expert.prices->input.pico) return {};
  TokenCounts uncached;
  uncached.input = cached_tokens;
  TokenCounts cached = uncached;
  cached.cached_input = cached_tokens;
  return cost_of(uncached, *expert.prices) - cost_of(cached, *expert.prices);
}

std::optional<Usd> expected_cost(const Expert& expert, std::int64_t prompt_tokens,
                                 double output_tokens) {
  if (!expert.prices) return std::nullopt;
  OOE_CHECK(prompt_tokens >= 0 && output_tokens >= 0.0, "tokens are not negative");
  // An expectation, not a bill: half a token has half a token's price, and doubles will do.
  const double pico =
      static_cast<double>(prompt_tokens) * static_cast<double>(expert.prices->input.pico) +
      output_tokens * static_cast<double>(expert.prices->output.pico);
  const double nano = std::round(pico / 1'000.0);
  if (!(nano < static_cast<double>(Usd::max().nano))) return Usd::max();
  return Usd{static_cast<std::int64_t>(nano)};
}

}  // namespace ooe::policy
