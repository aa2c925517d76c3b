#include "core/foreseen.h"

#include <array>
#include <limits>

#include <gtest/gtest.h>

namespace ooe {
namespace {

TEST(Foreseen, IsReadAsItWasWrittenToItsPrecision) {
  Query query;
  query.prompt_tokens = 1'234;
  query.output_tokens_max = 500;
  query.counted_tokens = {0, 1'500, 0};
  query.needs.add(Capabilities::tools);
  query.needs.add(Capabilities::many_choices);
  std::vector<Expert> experts(3);
  experts[0].name = "a";
  experts[1].name = "b";
  experts[2].name = "c";
  const std::vector<Prediction> predictions{
      {.quality = 0.7123, .output_tokens = 210.4, .cost = {}},
      {.quality = 1.0, .output_tokens = 1e9, .cost = {}},
      {.quality = std::numeric_limits<double>::quiet_NaN(), .output_tokens = 0.0, .cost = {}}};
  const std::array healthy{true, false, true};
  const std::string bytes = foreseen_bytes(query, experts, predictions, healthy, {});
  EXPECT_EQ(bytes.size(), 10U + 3U * 13U);
  const auto read = parse_foreseen(bytes);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->prompt_tokens, 1'234);
  EXPECT_EQ(read->output_tokens_max, 500);
  EXPECT_EQ(read->needs, query.needs);
  ASSERT_EQ(read->experts.size(), 3U);
  EXPECT_EQ(read->experts[0].name_hash, name_hash_of("a"));
  EXPECT_NEAR(read->experts[0].quality, 0.7123, 0.5 / 65'535);
  EXPECT_EQ(read->experts[0].output_tokens, 210.0);
  EXPECT_EQ(read->experts[0].prompt_tokens, 1'234);
  EXPECT_EQ(read->experts[1].prompt_tokens, 1'500);
  EXPECT_EQ(read->experts[1].quality, 1.0);
  EXPECT_EQ(read->experts[1].output_tokens, 65'535.0);
  EXPECT_FALSE(read->experts[1].healthy);
  EXPECT_TRUE(read->experts[1].takes_length);
  EXPECT_EQ(read->experts[2].quality, 0.0);
}

TEST(Foreseen, OtherBytesAreRefused) {
  const std::string bytes = foreseen_bytes({}, {}, {}, {}, {});
  ASSERT_TRUE(parse_foreseen(bytes).has_value());
  EXPECT_FALSE(parse_foreseen("").has_value());
  EXPECT_FALSE(parse_foreseen(bytes.substr(1)).has_value());
  EXPECT_FALSE(parse_foreseen(bytes + "12345678").has_value());
  EXPECT_FALSE(parse_foreseen("\x01" + bytes.substr(1)).has_value());
}

}  // namespace
}  // namespace ooe
