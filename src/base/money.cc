#include "base/money.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/check.h"

namespace ooe {
namespace {

constexpr std::int64_t kNanoPerUsd = 1'000'000'000;
constexpr std::int64_t kPicoPerNano = 1'000;
constexpr double kPicoPerTokenPerUsdPerMillion = 1e6;

}  // namespace

Result<TokenPrice> token_price(double usd_per_million) {
  if (!std::isfinite(usd_per_million) || usd_per_million < 0.0 ||
      usd_per_million > kTokenPriceUsdPerMillionMax) {
    return fail(ErrorCode::invalid_argument,
                "price {} is not between 0 and {}; give USD per million tokens", usd_per_million,
                kTokenPriceUsdPerMillionMax);
  }
  return TokenPrice{std::llround(usd_per_million * kPicoPerTokenPerUsdPerMillion)};
}

double usd_per_million(TokenPrice price) {
  return static_cast<double>(price.pico) / kPicoPerTokenPerUsdPerMillion;
}

void PicoSum::add(std::int64_t tokens, TokenPrice price) {
  OOE_CHECK(tokens >= 0 && price.pico >= 0, "tokens and prices are not negative");
  std::int64_t product = 0;
  if (__builtin_mul_overflow(tokens, price.pico, &product) ||
      __builtin_add_overflow(pico_, product, &pico_)) {
    pico_ = std::numeric_limits<std::int64_t>::max();
  }
}

Usd PicoSum::rounded() const {
  return {pico_ / kPicoPerNano + (pico_ % kPicoPerNano >= kPicoPerNano / 2 ? 1 : 0)};
}

double to_double(Usd amount) {
  return static_cast<double>(amount.nano) / static_cast<double>(kNanoPerUsd);
}

Usd usd_from_double(double usd) {
  OOE_CHECK(std::abs(usd) < 9e9, "an amount of dollars that fits");
  return {std::llround(usd * static_cast<double>(kNanoPerUsd))};
}

Result<Usd> parse_usd(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::invalid_argument,
                "'{}' is not an amount in USD; write a decimal such as 0.25", text.substr(0, 40));
  };
  const auto too_large = [&] {
    return fail(ErrorCode::invalid_argument, "'{}' USD is too large; at most {} can be told",
                text.substr(0, 40), std::numeric_limits<std::int64_t>::max() / kNanoPerUsd);
  };
  std::int64_t nano = 0;
  int decimals = -1;  // -1 until the point is seen
  bool digit_seen = false;
  for (const char c : text) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (digit_seen && (c == 'e' || c == 'E')) {
      return fail(ErrorCode::invalid_argument,
                  "'{}': exponents are not taken; write a decimal such as 0.25",
                  text.substr(0, 40));
    }
    if (c < '0' || c > '9') return wrong();
    if (decimals == 9) {
      return fail(ErrorCode::invalid_argument, "'{}' USD is too fine; give nine decimals at most",
                  text.substr(0, 40));
    }
    digit_seen = true;
    if (decimals >= 0) ++decimals;
    if (__builtin_mul_overflow(nano, std::int64_t{10}, &nano) ||
        __builtin_add_overflow(nano, std::int64_t{c - '0'}, &nano)) {
      return too_large();
    }
  }
  if (!digit_seen) return wrong();
  for (int i = decimals < 0 ? 0 : decimals; i < 9; ++i) {
    if (__builtin_mul_overflow(nano, std::int64_t{10}, &nano)) return too_large();
  }
  return Usd{nano};
}

std::string to_string(Usd amount) {
  // Through unsigned, so that the most negative amount prints too.
  const bool negative = amount.nano < 0;
  const std::uint64_t magnitude = negative ? 0 - static_cast<std::uint64_t>(amount.nano)
                                           : static_cast<std::uint64_t>(amount.nano);
  std::string text(negative ? "-" : "");
  text += fmt::format_int(magnitude / static_cast<std::uint64_t>(kNanoPerUsd)).c_str();
  std::uint64_t fraction = magnitude % static_cast<std::uint64_t>(kNanoPerUsd);
  if (fraction == 0) return text;
  // Nine digits, less the zeros at their end.
  int digits = 9;
  for (; fraction % 10 == 0; fraction /= 10) --digits;
  const fmt::format_int shown(fraction);
  text += '.';
  text.append(static_cast<std::size_t>(digits) - shown.size(), '0');
  text += shown.c_str();
  return text;
}

}  // namespace ooe
