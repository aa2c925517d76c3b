#include "base/parse_number.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace ooe {
namespace {

TEST(ParseNumber, TakesWholeTextsOnly) {
  EXPECT_EQ(parse_number<int>("12"), 12);
  EXPECT_EQ(parse_number<int>("-12"), -12);
  EXPECT_EQ(parse_number<int>("007"), 7);
  EXPECT_EQ(parse_number<int>(std::string_view("123").substr(0, 2)), 12);
  EXPECT_EQ(parse_number<int>(std::string_view()), std::nullopt);
  using namespace std::string_view_literals;
  for (const std::string_view bad :
       {""sv, "-"sv, "+12"sv, "--1"sv, " 12"sv, "12 "sv, "\t12"sv, "12\n"sv, "12x"sv, "x12"sv,
        "1 2"sv, "1,000"sv, "1.0"sv, "1e3"sv, "0x10"sv, "12\0"sv, "\0"sv, "nan"sv, "\xC2\xB2"sv}) {
    EXPECT_EQ(parse_number<int>(bad), std::nullopt) << bad;
  }
  for (const std::string_view bad :
       {""sv, "-"sv, "+1.5"sv, " 1.5"sv, "1.5 "sv, "1.5\n"sv, "1.5x"sv, "1,5"sv, "1.5.2"sv, "."sv,
        "e3"sv, "1e"sv, "1.5\0"sv, "0x1p3"sv, "50%"sv, "$1"sv, "na"sv, "none"sv}) {
    EXPECT_EQ(parse_number<double>(bad), std::nullopt) << bad;
  }
}

TEST(ParseNumber, TakesWhatTheTypeHolds) {
  EXPECT_EQ(parse_number<std::uint16_t>("65535"), 65'535);
  EXPECT_EQ(parse_number<std::uint16_t>("65536"), std::nullopt);
  EXPECT_EQ(parse_number<std::uint16_t>("-0"), std::nullopt);
  EXPECT_EQ(parse_number<std::uint64_t>("-1"), std::nullopt);
  EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551615"),
            std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_number<std::int64_t>("-9223372036854775808"),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parse_number<std::int64_t>("9223372036854775808"), std::nullopt);
  EXPECT_EQ(parse_number<std::int64_t>(std::string(1'000, '9')), std::nullopt);
  EXPECT_EQ(parse_number<std::int64_t>(std::string(1'000, '0') + "1"), 1);
}

TEST(ParseNumber, ReadsOtherBases) {
  EXPECT_EQ(parse_number<std::uint32_t>("ff", 16), 255U);
  EXPECT_EQ(parse_number<std::uint32_t>("FfFfFfFf", 16), 0xFFFFFFFFU);
  EXPECT_EQ(parse_number<std::uint32_t>("100000000", 16), std::nullopt);
  EXPECT_EQ(parse_number<int>("-10", 16), -16);
  EXPECT_EQ(parse_number<int>("101", 2), 5);
  EXPECT_EQ(parse_number<int>("102", 2), std::nullopt);
  for (const char* bad : {"", "0x1f", "fg", "#1", "1h"}) {
    EXPECT_EQ(parse_number<std::uint32_t>(bad, 16), std::nullopt) << bad;
  }
}

TEST(ParseNumber, ReadsDecimals) {
  EXPECT_EQ(parse_number<double>("0.1"), 0.1);
  EXPECT_EQ(parse_number<double>("-2.5e-3"), -2.5e-3);
  EXPECT_EQ(parse_number<double>("1E6"), 1e6);
  EXPECT_EQ(parse_number<double>("5."), 5.0);
  EXPECT_EQ(parse_number<double>(".5"), 0.5);
  EXPECT_EQ(parse_number<float>("0.1"), 0.1F);
  const auto zero = parse_number<double>("-0");
  ASSERT_TRUE(zero);
  EXPECT_TRUE(std::signbit(*zero));
  EXPECT_EQ(parse_number<double>("12.5", std::chars_format::fixed), 12.5);
  EXPECT_EQ(parse_number<double>("1e3", std::chars_format::fixed), std::nullopt);
}

TEST(ParseNumber, KnowsTheEndsOfADouble) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(parse_number<double>("1.7976931348623157e308"), std::numeric_limits<double>::max());
  EXPECT_EQ(parse_number<double>("1e309"), std::nullopt);
  EXPECT_EQ(parse_number<double>("-1e309"), std::nullopt);
  EXPECT_EQ(parse_number<double>("5e-324"), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(parse_number<double>("2.5e-310"), 2.5e-310);
  EXPECT_EQ(parse_number<double>("1e-400"), std::nullopt);
  EXPECT_EQ(parse_number<float>("1e39"), std::nullopt);
  for (const char* text : {"inf", "INF", "Infinity"}) {
    EXPECT_EQ(parse_number<double>(text), kInfinity) << text;
  }
  EXPECT_EQ(parse_number<double>("-inf"), -kInfinity);
  for (const char* text : {"nan", "NaN", "-nan"}) {
    const auto nan = parse_number<double>(text);
    ASSERT_TRUE(nan) << text;
    EXPECT_TRUE(std::isnan(*nan)) << text;
  }
  EXPECT_EQ(parse_number<double>("infinit"), std::nullopt);
  EXPECT_EQ(parse_number<double>("nanx"), std::nullopt);
}

}  // namespace
}  // namespace ooe
