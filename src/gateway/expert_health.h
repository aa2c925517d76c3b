// Which experts are out, what was too long for them and how they end, as all workers together know
// it. Breakers belong to one worker each; what one of them learns from failures the others should
// not have to learn again, and /readyz must see the whole. In: the time until which a worker's
// breaker leaves its expert alone, prompts that were refused. Out: who may be asked now, for what.
// Knows: base.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "base/clock.h"

namespace ooe::gateway {

// Atomics an expert; times only ever move forward, and nothing needs to reset them: one that has
// passed means well. What is told of breakers is reset by an answer. Threads: any.
class ExpertHealth {
 public:
  // What an expert was found to refuse is tried again after this long: it may take more by then,
  // and estimates of other texts err by other factors.
  static constexpr std::chrono::minutes kRefusalKept{30};
  // No model takes fewer tokens: what is refused below is another matter, or estimated wrongly.
  static constexpr std::int64_t kRefusalTokensMin = 1'000;

  explicit ExpertHealth(std::size_t n_experts);

  void leave_alone(std::size_t expert, TimePoint until);
  [[nodiscard]] TimePoint out_until(std::size_t expert) const;
  [[nodiscard]] bool is_well(std::size_t expert, TimePoint now) const;
  // Whether any worker's breaker has opened since the expert last answered: what is told of it. The
  // two that change it return whether that is news.
  [[nodiscard]] bool breaker_open(std::size_t expert) const;
  [[nodiscard]] bool open_breaker(std::size_t expert);
  // After an answer. While some worker leaves the expert alone, it changes nothing.
  [[nodiscard]] bool close_breaker(std::size_t expert, TimePoint now);
  // Takes over what the last generation knew of this expert, which was expert `at` there.
  void carry_over(std::size_t expert, const ExpertHealth& last, std::size_t at);

  // When the first of these may be asked again, at least 1 s, for Retry-After. Nothing when one of
  // them is not out, or there are none: then no time is known.
  [[nodiscard]] std::optional<std::chrono::seconds> back_in(std::span<const std::size_t> experts,
                                                            TimePoint now) const;
  // How many calls at a time the workers let through to the expert, together. Each says what it
  // adds, and by how much that changes.
  void add_calls_max(std::size_t expert, int change);
  [[nodiscard]] std::int64_t calls_max(std::size_t expert) const;

  // False when every single expert is out.
  [[nodiscard]] bool any_well(TimePoint now) const;
  [[nodiscard]] std::size_t size() const { return size_; }

  // The expert has called a request too long that needs, as we estimate, so many tokens of context,
  // for its prompt and the answer it asks for. Returns whether that is news, and kept.
  bool refused_as_too_long(std::size_t expert, std::int64_t tokens, TimePoint now);
  [[nodiscard]] bool takes(std::size_t expert, std::int64_t tokens, TimePoint now) const;

  // A stream of the expert has ended. Returns whether it was whole: whoever has said why it ends
  // kReasonsUsual times in a row, and does not, was cut.
  static constexpr int kReasonsUsual = 20;
  bool ended_well(std::size_t expert, bool said_why);

 private:
  using Ticks = TimePoint::rep;

  struct Known {
    std::atomic<Ticks> out_until{std::numeric_limits<Ticks>::min()};  // since the clock's epoch
    std::atomic<bool> breaker_open{false};
    std::atomic<int> reasons{0};  // in a row
    std::atomic<std::int64_t> calls_max{0};
    std::atomic<std::int64_t> too_long{std::numeric_limits<std::int64_t>::max()};  // tokens
    std::atomic<Ticks> too_long_until{std::numeric_limits<Ticks>::min()};
  };

  const std::size_t size_;
  std::unique_ptr<Known[]> known_;  // [n_experts]
};

}  // namespace ooe::gateway
