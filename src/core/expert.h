// An expert: one model behind an endpoint, with its prices, limits, capabilities and clearance.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "core/privacy.h"

namespace ooe {

// A set of things an expert can do, or a query needs.
class Capabilities {
 public:
  enum Bit : std::uint32_t {
    tools = 1,
    json_schema = 2,
    vision = 4,
    audio = 8,
    logprobs = 16,
    many_choices = 32,  // `n` above 1
  };

  constexpr Capabilities() = default;
  constexpr void add(Bit bit) { bits_ |= bit; }
  [[nodiscard]] constexpr bool has(Bit bit) const { return (bits_ & bit) != 0; }
  [[nodiscard]] constexpr bool covers(Capabilities needs) const {
    return (needs.bits_ & ~bits_) == 0;
  }
  // For records; bits that name nothing are kept.
  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
  [[nodiscard]] static constexpr Capabilities from_bits(std::uint32_t bits) {
    Capabilities capabilities;
    capabilities.bits_ = bits;
    return capabilities;
  }
  [[nodiscard]] constexpr Capabilities without(Capabilities others) const {
    return from_bits(bits_ & ~others.bits_);
  }
  friend constexpr bool operator==(Capabilities, Capabilities) = default;

 private:
  std::uint32_t bits_ = 0;
};

// Returns nothing for a word that names no capability ("tools", "json_schema", "vision", "audio",
// "logprobs", "n").
[[nodiscard]] std::optional<Capabilities::Bit> parse_capability(std::string_view word);
// The words of parse_capability() for what is there.
[[nodiscard]] std::vector<std::string_view> names_of(Capabilities capabilities);

struct TokenCounts {
  std::int64_t input = 0;
  std::int64_t cached_input = 0;  // part of input that the expert took from its prompt cache
  std::int64_t cache_write = 0;   // another part, which it put there for the next time
  std::int64_t output = 0;        // reasoning tokens included, as experts report them
  std::int64_t reasoning = 0;     // part of output that nobody saw: thought, not said
  bool estimated = false;         // true when the expert did not say and we had to guess

  friend bool operator==(const TokenCounts&, const TokenCounts&) = default;
};

// What bytes that an expert has said come to, where it did not count them itself; at least one.
[[nodiscard]] inline std::int64_t guessed_tokens(std::size_t content_bytes) {
  return content_bytes == 0 ? 0 : static_cast<std::int64_t>(content_bytes / 4) + 1;
}

struct Prices {
  TokenPrice input;
  TokenPrice cached_input;  // equals `input` unless the expert sells cached tokens cheaper
  TokenPrice output;
  std::optional<TokenPrice> reasoning = std::nullopt;    // absent: that of `output`
  std::optional<TokenPrice> cache_write = std::nullopt;  // absent: that of `input`

  friend bool operator==(const Prices&, const Prices&) = default;
};

// Returns what `tokens` cost, rounded once. Requires: cached_input + cache_write <= input,
// reasoning <= output, none negative.
[[nodiscard]] Usd cost_of(const TokenCounts& tokens, const Prices& prices);

// Returns the most that they can cost, whatever of the input turns out to be cached or written
// to the cache, and of the output to be reasoning. Requires: none negative.
[[nodiscard]] Usd cost_max_of(const TokenCounts& tokens, const Prices& prices);

enum class Dialect { openai, anthropic };

struct Expert {
  std::string name;                         // what clients, files and receipts call it
  std::string base_url;                     // up to and including /v1; no slash at the end
  std::vector<std::string> more_base_urls;  // of its replicas: the same model, key and prices
  Dialect dialect = Dialect::openai;
  std::string model;         // what the endpoint calls it
  std::string api_key_env;   // name of the variable that holds the key; empty: no key
  std::string api_key_file;  // or the file that holds it
  std::optional<Prices> prices;
  std::int64_t context_tokens = 0;  // 0: unknown, not checked
  // Of the longest answer it gives, thoughts included, when nobody sets a limit; 0: unknown.
  std::int64_t output_tokens_max = 0;
  std::string tokenizer_file;   // in tiktoken's format; empty: its prompts are estimated
  std::string tokenizer_split;  // how that tokenizer cuts texts, encoder/token_split.h
  Capabilities capabilities;
  PrivacyClass clearance = PrivacyClass::public_;
  bool redact = false;  // above its clearance it may see what the detector's findings are out of
  std::string zone;
  bool own = false;
  // false: a server that takes no `stream_options`; its streams tell no usage, unless by
  // themselves.
  bool stream_options = true;

  friend bool operator==(const Expert&, const Expert&) = default;
};

[[nodiscard]] std::vector<std::string> names_of(std::span<const Expert> experts);

// Error::subject of what is wrong with it: "expert gpt-4".
[[nodiscard]] std::string subject_of(const Expert& expert);

}  // namespace ooe
