// A budget that holds with calls in flight, here and in other processes: what a call may cost at
// most is reserved before it starts and settled when it ends.
#pragma once

#include <cstdint>
#include <optional>

#include "base/money.h"
#include "core/expert.h"

namespace ooe::interview {

class Budget {
 public:
  explicit Budget(std::optional<Usd> limit) : limit_(limit) {}

  // What counts beside this run's own money: earlier answers, other processes.
  void set_outside(Usd outside) { outside_ = outside; }

  // Returns false, changing nothing, when what is spent and reserved leaves no room for `most`.
  [[nodiscard]] bool reserve(Usd most) {
    if (limit_ && most > *limit_ - outside_ - spent_ - reserved_) return false;
    reserved_ += most;
    return true;
  }

  // Ends a reservation of `most` of which `cost` was spent.
  void settle(Usd most, Usd cost) {
    reserved_ = reserved_ - most;
    spent_ += cost;
  }

  [[nodiscard]] bool limited() const { return limit_.has_value(); }
  [[nodiscard]] Usd spent() const { return spent_; }  // by this run

 private:
  std::optional<Usd> limit_;
  Usd outside_;
  Usd spent_;
  Usd reserved_;
};

// Returns the most a call can cost.
[[nodiscard]] Usd cost_max_of(std::int64_t input_tokens_max, std::int64_t output_tokens_max,
                              const std::optional<Prices>& prices);

// Returns about how many tokens a prompt of these bytes has.
[[nodiscard]] constexpr std::int64_t tokens_about(std::int64_t prompt_bytes) {
  return prompt_bytes / 4 + 8;
}

// An expert's usage is not believed when it is less than can be: no text has tokens of more than
// kTokenBytesMax bytes on average.
inline constexpr std::int64_t kTokenBytesMax = 32;
[[nodiscard]] bool is_plausible(const TokenCounts& usage, std::int64_t prompt_bytes,
                                std::int64_t answer_bytes);

}  // namespace ooe::interview
