#include "experts/adaptive_limit.h"

#include <algorithm>

namespace ooe::experts {
namespace {

constexpr double kMeanWeight = 0.1;    // of the newest latency in the moving mean
constexpr double kBestDrift = 1.0005;  // a call: the best is twice as high after 1,400 calls

}  // namespace

AdaptiveLimit::AdaptiveLimit(AdaptiveLimitOptions options)
    : options_(options),
      limit_(static_cast<double>(std::clamp(options.first, 1, std::max(1, options.max)))) {}

void AdaptiveLimit::on_answered(std::chrono::milliseconds latency, int in_flight, TimePoint now) {
  const auto ms = static_cast<double>(latency.count());
  best_ms_ = best_ms_ == 0.0 ? ms : std::min(best_ms_ * kBestDrift, ms);
  recent_ms_ = recent_ms_ == 0.0 ? ms : recent_ms_ + kMeanWeight * (ms - recent_ms_);
  const auto slow_min = static_cast<double>(options_.slow_min.count());
  if (recent_ms_ > std::max(slow_min, options_.slow_factor * best_ms_)) {
    return halve(in_flight, options_.first, now);
  }
  // A limit that is not used says nothing about a higher one.
  if (static_cast<double>(in_flight) + 1.0 < limit_) return;
  limit_ = std::min(limit_ + 1.0 / limit_, static_cast<double>(std::max(1, options_.max)));
}

void AdaptiveLimit::on_overloaded(int in_flight, TimePoint now) { halve(in_flight, 1, now); }

void AdaptiveLimit::halve(int in_flight, int least, TimePoint now) {
  if (now < next_decrease_) return;
  const double half = std::min(limit_, static_cast<double>(in_flight)) / 2.0;
  limit_ = std::max(half, std::min(limit_, static_cast<double>(std::max(1, least))));
  recent_ms_ = 0.0;  // what was slow belongs to the old limit
  next_decrease_ = now + options_.pause;
}

}  // namespace ooe::experts
