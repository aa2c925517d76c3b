#include "dedicated/pair_method.h"

#include <gtest/gtest.h>

#include "tests/dedicated/toy_pair.h"

namespace ooe::dedicated {
namespace {

// Only its length tells whether the own expert answers a question right, so the predictor is to be
// judged beside it, and who leads is kept.
TEST(PairMethod, IsTheOneThatLeadsOverAllOwnerships) {
  const Dataset data = toy_pair(150, 3);
  const auto pair = make_pair(data, "own", "generic");
  ASSERT_TRUE(pair.has_value()) << pair.error().message;
  std::size_t told_of_predictor = 0;
  std::size_t told_of_length = 0;
  const auto crossed =
      cross(data, *pair, {}, 3, {.trees = false, .rivals = false},
            [&](std::string_view, std::size_t done, std::size_t total, std::string_view only) {
              EXPECT_LE(done, total);
              ++(only.empty() ? told_of_predictor : told_of_length);
            });
  ASSERT_TRUE(crossed.has_value()) << crossed.error().message;
  ASSERT_EQ(crossed->methods.size(), 2U);
  EXPECT_EQ(crossed->methods[0].name, "the predictor");
  EXPECT_EQ(crossed->methods[1].name, "text length");
  EXPECT_EQ(crossed->kept, crossed->lead.mean > 0.0 ? 0U : 1U);
  EXPECT_EQ(crossed->only, crossed->kept == 0 ? "" : "length");
  EXPECT_EQ(crossed->sides.n_queries(), pair->rows.size());
  EXPECT_EQ(crossed->prediction.size(), data.texts.size() * data.outcomes.n_experts());
  EXPECT_GT(told_of_predictor, 0U);
  EXPECT_GT(told_of_length, 0U);
}

TEST(PairMethod, IsTheOneThatIsBetterAtTheOwnershipWanted) {
  const Dataset data = toy_pair(150, 3);
  const auto pair = make_pair(data, "own", "generic");
  ASSERT_TRUE(pair.has_value()) << pair.error().message;
  const auto crossed = cross(data, *pair, {.ownership = 0.4}, 3, {.trees = false, .rivals = false});
  ASSERT_TRUE(crossed.has_value()) << crossed.error().message;
  const double predictor = quality_at(crossed->methods[0].curve, 0.4);
  const double length = quality_at(crossed->methods[1].curve, 0.4);
  EXPECT_EQ(crossed->kept, predictor > length ? 0U : 1U);
}

}  // namespace
}  // namespace ooe::dedicated
