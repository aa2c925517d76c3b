#include "interview/budget.h"

namespace ooe::interview {
namespace {

constexpr std::int64_t kFrameTokens = 64;  // roles and separators of a two-message chat template

}  // namespace

Usd cost_max_of(std::int64_t prompt_bytes, std::int64_t output_tokens_max,
                const std::optional<Prices>& prices) {
  if (!prices) return {};
  return cost_of({.input = prompt_bytes + kFrameTokens, .output = output_tokens_max}, *prices);
}

}  // namespace ooe::interview
