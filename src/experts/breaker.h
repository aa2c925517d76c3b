// A circuit breaker for one expert: after several failures in a row, or when most of its recent
// calls failed, it is left alone for a while, then one call probes whether it is back. Pure: time
// is an argument. Source: Nygard, "Release It!", chapter "Stability Patterns".
//
//   closed --failures--> open --cooldown over--> half-open --probe answered--> closed
//                          ^                         |
//                          +------ probe failed -----+   (the cooldown doubles)
//
// An expert that turns a call away because it is busy is well: when the time has passed that it
// asked for, all calls go to it again, without a probe.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"

namespace ooe::experts {

struct BreakerOptions {
  int failures_max = 5;            // in a row; the one that reaches it opens
  double failure_share_max = 0.5;  // of recent calls; a failure that reaches it opens
  double recent_calls_min = 20.0;  // below so many recent calls their share says nothing
  std::chrono::milliseconds recent_half_life{10'000};  // a call this long ago counts half
  std::chrono::milliseconds cooldown{5'000};           // after the first opening
  std::chrono::milliseconds cooldown_max{120'000};
  // A probe that has not reported by then may be a long answer: another one may go beside it.
  std::chrono::milliseconds probe_patience{30'000};
};

// Threads: none of its own; who shares one guards it.
class Breaker {
 public:
  static constexpr TimePoint kJustNow = TimePoint::max();

  explicit Breaker(BreakerOptions options = {});

  // May a call start now? Half-open, only one: the others wait for its end, or its patience's.
  [[nodiscard]] bool allows(TimePoint now) const;

  // A call starts: every start ends in exactly one of the five below. Returns allows(now); on false
  // nothing has started.
  [[nodiscard]] bool start(TimePoint now);

  // `started`: when the call started. A call from before the opening says nothing about the probe
  // when it fails or is abandoned; an answer to it says that the expert is well.
  void on_answered(TimePoint now);
  // A call has begun to answer and is still to end. This ends the half-open state.
  void on_first_words(TimePoint now);
  // Connection, head, 5xx, stall: trouble of the expert's making. The time to come back, where it
  // was told, is honoured whatever the count says.
  void on_failed(TimePoint now, TimePoint started = kJustNow,
                 std::optional<std::chrono::seconds> retry_after = std::nullopt);
  // No head or no first words came in time. It is a failure, unless the expert has answered others
  // since the call started. Then this request may take so long by itself, and five of them from one
  // client must not shut the expert to all: such a call is not one of the failures in a row. It
  // counts in the share, and four times failures_max of them, less one for every answer, open the
  // breaker: most of what the expert is asked takes too long.
  void on_timed_out(TimePoint now, TimePoint started);
  // 429, which without a time to come back counts as a failure.
  void on_turned_away(TimePoint now, std::optional<std::chrono::seconds> retry_after,
                      TimePoint started = kJustNow);
  // The call ended for reasons that say nothing about the expert: the client left.
  void on_abandoned(TimePoint started = kJustNow);

  // When it next allows a call, for Retry-After of our own; nothing while it is closed.
  [[nodiscard]] std::optional<TimePoint> open_until() const;

 private:
  [[nodiscard]] bool is_probe(TimePoint started) const { return open_ && started >= open_until_; }
  [[nodiscard]] bool half_open(TimePoint now) const { return open_ && now >= open_until_; }
  // A pause that was asked for has passed, and nobody need probe.
  [[nodiscard]] bool is_over(TimePoint now) const { return half_open(now) && !needs_probe_; }
  // Stays open until `until`, or longer when it was already to stay open longer.
  void open(TimePoint until, bool needs_probe);
  void count(bool failed, TimePoint now);
  // A failure has been counted: `enough` of them, and the breaker opens.
  void judge(bool enough, TimePoint now, TimePoint started, std::chrono::milliseconds asked);
  [[nodiscard]] bool failing_too_often() const;

  BreakerOptions options_;
  int failures_ = 0;                    // in a row
  TimePoint heard_ = TimePoint::min();  // when it last said anything to anybody
  int time_outs_ = 0;                   // beside answers, each of which takes one off
  double recent_calls_ = 0.0;           // each weighs less as time passes
  double recent_failures_ = 0.0;        // among them
  TimePoint counted_;                   // when they were last brought up to date
  bool open_ = false;
  bool needs_probe_ = false;  // while open
  TimePoint open_until_;
  std::chrono::milliseconds next_cooldown_;
  std::optional<TimePoint> probe_until_;  // a probe is under way, and is given up then
};

}  // namespace ooe::experts
