// Money in integers, so that sums do not depend on their order: amounts in nano-USD, prices in
// pico-USD a token. A cost is summed over its token classes in pico-USD and rounded once, half up,
// to nano-USD.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ooe {

// An amount of US dollars in whole nano-dollars (10^-9 USD): about +-9.2 thousand million USD.
struct Usd {
  std::int64_t nano = 0;

  friend constexpr auto operator<=>(const Usd&, const Usd&) = default;
  constexpr Usd& operator+=(Usd other) {
    nano += other.nano;
    return *this;
  }
  friend constexpr Usd operator+(Usd a, Usd b) { return {a.nano + b.nano}; }
  friend constexpr Usd operator-(Usd a, Usd b) { return {a.nano - b.nano}; }

  static constexpr Usd max() { return {std::numeric_limits<std::int64_t>::max()}; }
};

// A price in pico-USD (10^-12 USD) a token. 1 USD per million tokens is 10^6 pico-USD a token.
struct TokenPrice {
  std::int64_t pico = 0;

  friend constexpr auto operator<=>(const TokenPrice&, const TokenPrice&) = default;
};

// The largest price accepted, USD per million tokens: far above any on sale, far below overflow.
inline constexpr double kTokenPriceUsdPerMillionMax = 1e6;

// Returns the price for `usd_per_million` USD per million tokens, rounded to a pico-USD a token.
// Errors: invalid_argument when it is negative, not finite or above kTokenPriceUsdPerMillionMax.
[[nodiscard]] Result<TokenPrice> token_price(double usd_per_million);

[[nodiscard]] double usd_per_million(TokenPrice price);

// A running sum of tokens times prices, in pico-USD, exact; saturates instead of wrapping.
class PicoSum {
 public:
  void add(std::int64_t tokens, TokenPrice price);
  [[nodiscard]] Usd rounded() const;

 private:
  std::int64_t pico_ = 0;
};

[[nodiscard]] double to_double(Usd amount);

// Returns the amount nearest to `usd` dollars. Requires: finite and within Usd's range.
[[nodiscard]] Usd usd_from_double(double usd);

// Reads a decimal such as "0.25" or "12" exactly. Errors: invalid_argument on anything else, on a
// negative amount, more than nine decimals or an overflow.
[[nodiscard]] Result<Usd> parse_usd(std::string_view text);

// Prints the amount exactly, without trailing zeros: "0.000123".
[[nodiscard]] std::string to_string(Usd amount);

}  // namespace ooe
