// How fast experts answer now, as all workers together have seen it: what goals with a deadline are
// decided on. Time to the first token, and time per output token after it, each an exponentially
// weighted mean of live answers; what an answer is expected to take follows from the tokens it is
// expected to have. In: receipts. Out: times in predictions. Knows: core, base.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "base/clock.h"
#include "core/prediction.h"
#include "core/receipt.h"

namespace ooe::gateway {

// Threads: any.
class ExpertPace {
 public:
  // The weight of a new measurement. The first few count more, so that the first is not held for
  // long.
  static constexpr double kWeight = 0.1;
  // After so long without an answer a pace is unknown again. Otherwise an expert that was slow
  // once would miss every deadline, never be asked, and stay slow for ever.
  static constexpr std::chrono::seconds kForgotten{60};

  // An answer that is not streamed tells no pace of tokens when it has fewer than these.
  static constexpr std::int64_t kTellingTokens = 20;

  explicit ExpertPace(std::size_t n_experts) : paces_(n_experts) {}

  // What `attempt` of `receipt` says about its expert: a whole answer, or one whose first token did
  // not come in time, which took at least as long.
  void observe(std::size_t expert, const Attempt& attempt, const Receipt& receipt, TimePoint now);

  // Fills first_token and total where the pace is known; needs output_tokens. Shape: [n_experts].
  void expect(std::span<Prediction> predictions, TimePoint now) const;

  // Takes over what the last generation has learnt of an expert that stays.
  void carry_over(std::size_t expert, const ExpertPace& last, std::size_t expert_there);

 private:
  // A mean of measurements; nothing before the first.
  struct Mean {
    double value = 0.0;
    double n = 0.0;
    void add(double x);
  };
  struct Pace {
    Mean first_token_ms;  // of streams and of short answers
    Mean token_ms;        // per output token, after the first one where that is known
    TimePoint last{};
  };

  mutable std::mutex mutex_;
  std::vector<Pace> paces_;  // [n_experts]; guarded by mutex_
};

}  // namespace ooe::gateway
