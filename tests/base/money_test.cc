#include "base/money.h"

#include <array>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace ooe {
namespace {

TEST(Money, ReadsDecimalsExactlyAndPrintsThemBack) {
  for (const std::string_view text : {"0", "1", "0.25", "0.000000001", "9223372036.854775807"}) {
    SCOPED_TRACE(text);
    const auto amount = parse_usd(text);
    ASSERT_TRUE(amount.has_value());
    EXPECT_EQ(to_string(*amount), text);
  }
}

TEST(Money, RefusesWhatIsNotAnAmount) {
  for (const std::string_view text :
       {"", ".", "-1", "1e3", "1,5", "0.0000000001", "9223372037", "1.2.3", " 1", "nan"}) {
    EXPECT_FALSE(parse_usd(text).has_value()) << text;
  }
}

TEST(Money, SaysWhyAnAmountIsRefused) {
  const struct {
    std::string_view text;
    std::string_view why;
  } cases[] = {{"99999999999", "too large"},
               {"1000000000000000000000000", "too large"},
               {"1e30", "exponents are not taken"},
               {"2.5E3", "exponents are not taken"},
               {"e3", "not an amount"},
               {"1,5", "not an amount"}};
  for (const auto& [text, why] : cases) {
    const auto amount = parse_usd(text);
    ASSERT_FALSE(amount) << text;
    EXPECT_NE(amount.error().message.find(why), std::string::npos) << amount.error().message;
  }
}

TEST(Money, RoundsACostOnceHalfUp) {
  PicoSum sum;
  sum.add(1, TokenPrice{499});
  EXPECT_EQ(sum.rounded(), Usd{0});
  sum.add(1, TokenPrice{1});
  EXPECT_EQ(sum.rounded(), Usd{1});
}

TEST(Money, SaturatesInsteadOfWrapping) {
  PicoSum sum;
  sum.add(std::int64_t{1} << 62U, TokenPrice{1'000'000});
  sum.add(1, TokenPrice{1});
  EXPECT_GT(sum.rounded(), Usd{9'000'000'000'000'000});
}

TEST(Money, PricesArePerMillionTokens) {
  const auto price = token_price(0.2);
  ASSERT_TRUE(price.has_value());
  EXPECT_EQ(price->pico, 200'000);
  EXPECT_DOUBLE_EQ(usd_per_million(*price), 0.2);
  EXPECT_FALSE(token_price(-1.0).has_value());
  EXPECT_FALSE(token_price(2e6).has_value());
}

TEST(Money, PrintsTheMostNegativeAmount) {
  EXPECT_EQ(to_string(Usd{std::numeric_limits<std::int64_t>::min()}), "-9223372036.854775808");
}

}  // namespace
}  // namespace ooe
