// How many calls an expert can take at a time, found out by asking: one more after every round that
// went well, half as many when it says "too many" or slows down. Slowness alone never leaves fewer
// than there were at first: long questions take long, too, and a queue at the expert is better than
// a refusal here. Pure: time is an argument.
// Source: additive increase, multiplicative decrease (Chiu and Jain 1989), with the round-trip
// inflation of TCP Vegas (Brakmo and Peterson 1995) as a second sign of a queue.
#pragma once

#include <chrono>

#include "base/clock.h"

namespace ooe::experts {

struct AdaptiveLimitOptions {
  int first = 8;                            // before anything is known
  int max = 64;                             // never more than this
  double slow_factor = 4.0;                 // latency above this many times the best is a queue
  std::chrono::milliseconds slow_min{250};  // a latency below this is never slow
  std::chrono::milliseconds pause{1'000};   // between two decreases: one storm is one sign
};

class AdaptiveLimit {
 public:
  explicit AdaptiveLimit(AdaptiveLimitOptions options = {});

  [[nodiscard]] int limit() const { return static_cast<int>(limit_); }

  // A call was answered after `latency`, while `in_flight` calls were under way.
  void on_answered(std::chrono::milliseconds latency, int in_flight, TimePoint now);
  // 429, 503, or no answer in time, while `in_flight` calls were under way: what was too much is
  // what there was, not what the limit would have allowed.
  void on_overloaded(int in_flight, TimePoint now);

 private:
  void halve(int in_flight, int least, TimePoint now);

  AdaptiveLimitOptions options_;
  double limit_;
  double best_ms_ = 0.0;    // slowly forgotten, so that a changed expert is learned anew
  double recent_ms_ = 0.0;  // moving mean
  TimePoint next_decrease_;
};

}  // namespace ooe::experts
