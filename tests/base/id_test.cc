#include "base/id.h"

#include <string_view>
#include <unordered_set>

#include <gtest/gtest.h>

namespace ooe {
namespace {

TEST(Id, PrintsLowerCaseAndReadsEitherCase) {
  const auto lower = parse_hex_id<QueryId>("00112233445566778899aabbccddeeff");
  const auto upper = parse_hex_id<QueryId>("00112233445566778899AABBCCDDEEFF");
  ASSERT_TRUE(lower.has_value());
  ASSERT_TRUE(upper.has_value());
  EXPECT_EQ(*lower, *upper);
  EXPECT_EQ(to_hex(*upper), "00112233445566778899aabbccddeeff");
}

TEST(Id, RefusesWhatIsNot32HexadecimalDigits) {
  for (const std::string_view text :
       {"", "0", "00112233445566778899aabbccddeef", "00112233445566778899aabbccddeeff0",
        "00112233445566778899aabbccddeefg", "0x112233445566778899aabbccddeeff",
        "0011223344556677 899aabbccddeeff", "00112233445566778899aabbccddeef\n"}) {
    const auto id = parse_hex_id<ReceiptId>(text);
    ASSERT_FALSE(id.has_value()) << text;
    EXPECT_EQ(id.error().code, ErrorCode::invalid_argument);
    EXPECT_NE(id.error().message.find("32 hexadecimal digits"), std::string::npos);
  }
}

TEST(Id, DistinctIdsAreDistinctKeys) {
  std::unordered_set<QueryId> ids;
  for (int i = 0; i < 1000; ++i) {
    QueryId id;
    id.bytes[15] = static_cast<std::uint8_t>(i % 256);
    id.bytes[0] = static_cast<std::uint8_t>(i / 256);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000U);
}

TEST(Id, AnExpertIdThatWasNeverSetNamesNobody) { EXPECT_LT(ExpertId{}, ExpertId{0}); }

}  // namespace
}  // namespace ooe
