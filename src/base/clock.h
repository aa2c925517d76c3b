// The seam to time. Decisions take a TimePoint; only the edges ask a Clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace ooe {

using TimePoint = std::chrono::steady_clock::time_point;
// Microseconds since 1970-01-01 UTC; for receipts and logs, never for measuring durations.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

// Rounded towards 1970, as the formats of others count.
[[nodiscard]] inline std::int64_t unix_seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

// Threads: implementations are safe from every thread.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
  [[nodiscard]] virtual WallTime wall_now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] WallTime wall_now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
  }
};

}  // namespace ooe
