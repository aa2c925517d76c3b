#include "gateway/expert_pace.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "core/fault_word.h"

namespace ooe::gateway {
namespace {

double in_milliseconds(std::chrono::microseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::chrono::milliseconds rounded(double milliseconds) {
  constexpr double kMost = 86'400'000.0;  // a day
  return std::chrono::milliseconds(std::llround(std::clamp(milliseconds, 0.0, kMost)));
}

}  // namespace

void ExpertPace::Mean::add(double x) {
  n += 1.0;
  value += std::max(kWeight, 1.0 / n) * (x - value);
}

void ExpertPace::observe(std::size_t expert, const Attempt& attempt, const Receipt& receipt,
                         TimePoint now) {
  const bool timed_out = attempt.fault == fault_word::kFirstTokenTimeout;
  const bool answered = attempt.fault.empty() && receipt.ending == Ending::answered;
  if (!timed_out && !answered) return;
  const std::lock_guard lock(mutex_);
  OOE_CHECK(expert < paces_.size(), "an expert of this catalogue");
  Pace& pace = paces_[expert];
  if (now - pace.last > kForgotten) pace = {};
  pace.last = now;
  const double whole = in_milliseconds(attempt.duration);
  if (timed_out) return pace.first_token_ms.add(whole);
  const double first = in_milliseconds(first_byte_of(attempt, receipt));
  if (receipt.streamed) pace.first_token_ms.add(first);
  const double before = receipt.streamed ? first : std::min(pace.first_token_ms.value, whole);
  // An answer of a few tokens that comes whole took its time to begin, not to go on.
  if (!receipt.streamed && attempt.tokens.output < kTellingTokens) {
    return pace.first_token_ms.add(whole);
  }
  const auto tokens = static_cast<double>(std::max<std::int64_t>(attempt.tokens.output, 1));
  pace.token_ms.add((whole - before) / tokens);
}

void ExpertPace::expect(std::span<Prediction> predictions, TimePoint now) const {
  const std::lock_guard lock(mutex_);
  OOE_CHECK(predictions.size() == paces_.size(), "a prediction for every expert");
  for (std::size_t i = 0; i < paces_.size(); ++i) {
    const Pace& pace = paces_[i];
    if (now - pace.last > kForgotten) continue;
    if (pace.first_token_ms.n > 0.0)
      predictions[i].first_token = rounded(pace.first_token_ms.value);
    if (pace.token_ms.n > 0.0 || pace.first_token_ms.n > 0.0) {
      predictions[i].total =
          rounded(pace.first_token_ms.value + pace.token_ms.value * predictions[i].output_tokens);
    }
  }
}

void ExpertPace::carry_over(std::size_t expert, const ExpertPace& last, std::size_t expert_there) {
  const std::scoped_lock lock(mutex_, last.mutex_);
  paces_[expert] = last.paces_[expert_there];
}

}  // namespace ooe::gateway
