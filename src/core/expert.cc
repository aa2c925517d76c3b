#include "core/expert.h"

#include <array>
#include <utility>

#include "base/check.h"

namespace ooe {

std::optional<Capabilities::Bit> parse_capability(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, Capabilities::Bit>, 6> kWords{{
      {"tools", Capabilities::tools},
      {"json_schema", Capabilities::json_schema},
      {"vision", Capabilities::vision},
      {"audio", Capabilities::audio},
      {"logprobs", Capabilities::logprobs},
      {"n", Capabilities::many_choices},
  }};
  for (const auto& [name, bit] : kWords) {
    if (name == word) return bit;
  }
  return std::nullopt;
}

Usd cost_of(const TokenCounts& tokens, const Prices& prices) {
  OOE_CHECK(tokens.cached_input <= tokens.input, "cached tokens are part of the input");
  PicoSum sum;
  sum.add(tokens.input - tokens.cached_input, prices.input);
  sum.add(tokens.cached_input, prices.cached_input);
  sum.add(tokens.output, prices.output);
  return sum.rounded();
}

}  // namespace ooe
