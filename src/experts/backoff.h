// How long to wait before asking the same expert again. Pure: the attempt and the dice come in.
// Source: "equal jitter" of Brooker, "Exponential Backoff and Jitter" (AWS Architecture Blog,
// 2015): half of the wait is certain, so a retry never comes at once; half is random, so that
// clients turned away together do not come back together.
#pragma once

#include <chrono>
#include <optional>

#include "base/rng.h"

namespace ooe::experts {

struct BackoffOptions {
  std::chrono::milliseconds first{500};   // before the first retry
  std::chrono::milliseconds max{30'000};  // where doubling stops
};

// Returns the wait before retry number `retry` (1, 2, ...): in [ceiling / 2, ceiling], the ceiling
// doubling from `first` up to `max`. The expert's own Retry-After counts more: then the wait is
// that long plus up to `first`. Requires: retry >= 1; 0 < first <= max.
[[nodiscard]] std::chrono::milliseconds next_delay(int retry, Rng& rng,
                                                   std::optional<std::chrono::seconds> retry_after,
                                                   const BackoffOptions& options = {});

}  // namespace ooe::experts
