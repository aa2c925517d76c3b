// A budget that holds with calls in flight: what a call may cost at most is reserved before it
// starts and settled when it ends.
#pragma once

#include <cstdint>
#include <optional>

#include "base/money.h"
#include "core/expert.h"

namespace ooe::interview {

class Budget {
 public:
  explicit Budget(std::optional<Usd> limit) : limit_(limit) {}

  // Returns false, changing nothing, when spent and reserved money leave no room for `most`.
  [[nodiscard]] bool reserve(Usd most) {
    if (limit_ && most > *limit_ - spent_ - reserved_) return false;
    reserved_ += most;
    return true;
  }

  // Ends a reservation of `most` of which `cost` was spent.
  void settle(Usd most, Usd cost) {
    reserved_ = reserved_ - most;
    spent_ += cost;
  }

  [[nodiscard]] Usd spent() const { return spent_; }

 private:
  std::optional<Usd> limit_;
  Usd spent_;
  Usd reserved_;
};

// Returns the most a call can cost: no tokenizer makes more tokens than bytes, plus a few for each
// message's frame.
[[nodiscard]] Usd cost_max_of(std::int64_t prompt_bytes, std::int64_t output_tokens_max,
                              const std::optional<Prices>& prices);

}  // namespace ooe::interview
