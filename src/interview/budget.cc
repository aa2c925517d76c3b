#include "interview/budget.h"

namespace ooe::interview {

Usd cost_max_of(std::int64_t input_tokens_max, std::int64_t output_tokens_max,
                const std::optional<Prices>& prices) {
  if (!prices) return {};
  return ooe::cost_max_of({.input = input_tokens_max, .output = output_tokens_max}, *prices);
}

bool is_plausible(const TokenCounts& usage, std::int64_t prompt_bytes, std::int64_t answer_bytes) {
  return usage.input >= prompt_bytes / kTokenBytesMax &&
         usage.output >= answer_bytes / kTokenBytesMax;
}

}  // namespace ooe::interview
