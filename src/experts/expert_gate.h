// Whether one expert may be asked now: its breaker (is it well?) and its adaptive limit (how many
// at a time?) behind one door, so that every call reports its end to both. Pure: time is an
// argument. Knows: base, experts.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "experts/adaptive_limit.h"
#include "experts/breaker.h"

namespace ooe::experts {

// How a call ended, seen from the expert.
enum class CallEnd {
  answered,     // also with "your request is wrong"
  failed,       // connection, head, 5xx, stall: trouble of the expert's making
  timed_out,    // nothing came in time: the expert's trouble, or a request that takes so long
  turned_away,  // 429
  abandoned,    // for reasons that say nothing about it: the client left, its dialect lacks a word
};

// Returns how a call with this fault of a receipt ended ("" is an answer). Requires: the call was
// started.
[[nodiscard]] CallEnd call_end(std::string_view fault);

// Threads: none of its own; who shares one guards it.
class ExpertGate {
 public:
  // Full speed until something says otherwise, and no queue is read from latencies: answers of a
  // language model take as long as they are long.
  static constexpr int kFewCalls = 4;  // at a time
  static constexpr AdaptiveLimitOptions kUnlimited{
      .first = 100'000, .max = 100'000, .slow_factor = 1e9};

  explicit ExpertGate(BreakerOptions breaker = {}, AdaptiveLimitOptions limit = kUnlimited)
      : breaker_(breaker), limit_(limit) {}

  [[nodiscard]] bool allows(TimePoint now) const { return breaker_.allows(now) && !is_full(); }
  // Its breaker lets calls through.
  [[nodiscard]] bool is_well(TimePoint now) const { return breaker_.allows(now); }
  // No further call may start: as many as the limit allows are under way.
  [[nodiscard]] bool is_full() const { return in_flight_ >= limit_.limit(); }
  // Returns allows(now); on true, exactly one end() follows.
  [[nodiscard]] bool start(TimePoint now);
  void end(CallEnd how, std::chrono::milliseconds duration,
           std::optional<std::chrono::seconds> retry_after, TimePoint now);

  // A call that is under way has begun to answer: an answer may take minutes, and others need not
  // wait for its end to know that the expert is well.
  void speaks(TimePoint now);

  // Returns a gate for the next generation of the configuration. It keeps what was learnt; the
  // calls under way report to the old gate.
  [[nodiscard]] ExpertGate without_calls() const;

  [[nodiscard]] std::optional<TimePoint> open_until() const { return breaker_.open_until(); }
  [[nodiscard]] int limit() const { return limit_.limit(); }

 private:
  Breaker breaker_;
  AdaptiveLimit limit_;
  int in_flight_ = 0;
};

}  // namespace ooe::experts
