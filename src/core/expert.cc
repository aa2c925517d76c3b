#include "core/expert.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace ooe {

namespace {

constexpr std::array<std::pair<std::string_view, Capabilities::Bit>, 6> kWords{{
    {"tools", Capabilities::tools},
    {"json_schema", Capabilities::json_schema},
    {"vision", Capabilities::vision},
    {"audio", Capabilities::audio},
    {"logprobs", Capabilities::logprobs},
    {"n", Capabilities::many_choices},
}};

}  // namespace

std::optional<Capabilities::Bit> parse_capability(std::string_view word) {
  for (const auto& [name, bit] : kWords) {
    if (name == word) return bit;
  }
  return std::nullopt;
}

std::vector<std::string_view> names_of(Capabilities capabilities) {
  std::vector<std::string_view> names;
  for (const auto& [name, bit] : kWords) {
    if (capabilities.has(bit)) names.push_back(name);
  }
  return names;
}

std::vector<std::string> names_of(std::span<const Expert> experts) {
  std::vector<std::string> names;
  names.reserve(experts.size());
  for (const Expert& expert : experts) names.push_back(expert.name);
  return names;
}

std::string subject_of(const Expert& expert) { return "expert " + expert.name; }

Usd cost_of(const TokenCounts& tokens, const Prices& prices) {
  OOE_CHECK(tokens.cached_input + tokens.cache_write <= tokens.input,
            "cached tokens are part of the input");
  OOE_CHECK(tokens.reasoning <= tokens.output, "reasoning tokens are part of the output");
  PicoSum sum;
  sum.add(tokens.input - tokens.cached_input - tokens.cache_write, prices.input);
  sum.add(tokens.cached_input, prices.cached_input);
  sum.add(tokens.cache_write, prices.cache_write.value_or(prices.input));
  sum.add(tokens.output - tokens.reasoning, prices.output);
  sum.add(tokens.reasoning, prices.reasoning.value_or(prices.output));
  return sum.rounded();
}

Usd cost_max_of(const TokenCounts& tokens, const Prices& prices) {
  TokenCounts dearest = tokens;
  const std::int64_t fresh = prices.input.pico;
  const std::int64_t cached = prices.cached_input.pico;
  const std::int64_t write = prices.cache_write.value_or(prices.input).pico;
  dearest.cached_input = cached > std::max(fresh, write) ? tokens.input : 0;
  dearest.cache_write = write > fresh && write >= cached ? tokens.input : 0;
  dearest.reasoning =
      prices.reasoning.value_or(prices.output).pico > prices.output.pico ? tokens.output : 0;
  return cost_of(dearest, prices);
}

}  // namespace ooe
