#include "experts/backoff.h"

#include <algorithm>
#include <cstdint>

#include "base/check.h"

namespace ooe::experts {
namespace {

using std::chrono::milliseconds;

milliseconds up_to(milliseconds most, Rng& rng) {
  return milliseconds(rng.below(static_cast<std::uint64_t>(most.count()) + 1));
}

}  // namespace

milliseconds next_delay(int retry, Rng& rng, std::optional<std::chrono::seconds> retry_after,
                        const BackoffOptions& options) {
  OOE_CHECK(retry >= 1, "retries count from one");
  OOE_CHECK(options.first.count() > 0 && options.first <= options.max,
            "waits grow from above zero");
  if (retry_after) {
    return std::max(milliseconds(0), milliseconds(*retry_after)) + up_to(options.first, rng);
  }
  milliseconds ceiling = options.first;
  for (int i = 1; i < retry && ceiling < options.max; ++i) ceiling *= 2;
  ceiling = std::min(ceiling, options.max);
  return ceiling / 2 + up_to(ceiling - ceiling / 2, rng);
}

}  // namespace ooe::experts
