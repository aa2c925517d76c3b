#include "store/attempt_json.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ooe::store {
namespace {

TEST(AttemptJson, IsReadAsTheStoreAndAsTheSpoolWriteIt) {
  nlohmann::json object = {{"expert", "a"},       {"fault", "connect"}, {"input", 120},
                           {"cached_input", 20},  {"output", 7},        {"cost_nano_usd", 9},
                           {"duration_us", 1'500}};
  for (const auto& [estimated, wanted] : std::vector<std::pair<nlohmann::json, bool>>{
           {1, true}, {0, false}, {true, true}, {false, false}}) {
    object["estimated"] = estimated;
    const Attempt attempt = attempt_of(object);
    EXPECT_EQ(attempt.tokens.estimated, wanted) << estimated;
    EXPECT_EQ(attempt.expert, "a");
    EXPECT_EQ(attempt.fault, "connect");
    EXPECT_EQ(attempt.tokens.input, 120);
    EXPECT_EQ(attempt.tokens.cached_input, 20);
    EXPECT_EQ(attempt.tokens.output, 7);
    EXPECT_EQ(attempt.tokens.cache_write, 0);
    EXPECT_EQ(attempt.tokens.reasoning, 0);
    EXPECT_EQ(attempt.cost.nano, 9);
    EXPECT_EQ(attempt.duration.count(), 1'500);
  }
}

}  // namespace
}  // namespace ooe::store
