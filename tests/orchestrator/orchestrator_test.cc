#include "orchestrator/orchestrator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ooe::orchestrator {
namespace {

using ::testing::HasSubstr;

experts::Catalogue two_experts() {
  std::vector<Expert> experts(2);
  experts[0].name = "own";
  experts[0].own = true;
  experts[0].zone = "eu";
  experts[1].name = "generic";
  for (Expert& expert : experts) expert.base_url = "http://127.0.0.1:1/v1";
  return *experts::Catalogue::make(experts);
}

std::string refused(ModelSpec spec) {
  spec.name = "m";
  const auto made = Orchestrator::make(two_experts(), std::nullopt, {std::move(spec)});
  return made ? std::string() : made.error().message;
}

TEST(Orchestrator, RefusesZonesThatNobodyIsIn) {
  const DedicatedSpec pair{.own = "own", .generic = "generic", .mode = DedicatedMode::tag};
  EXPECT_EQ(refused({.name = {}, .goal = {}, .zones = {"mars", "eu"}, .dedicated = pair}), "");
  EXPECT_THAT(refused({.name = {}, .goal = {}, .zones = {"mars", "moon"}, .dedicated = pair}),
              HasSubstr("model m: none of its experts is in one of its zones ('mars', 'moon')"));
}

TEST(Orchestrator, NamesTheNearestOfAnExpertThatIsNotThere) {
  EXPECT_THAT(
      refused({.name = {},
               .goal = {},
               .dedicated =
                   DedicatedSpec{.own = "own", .generic = "genric", .mode = DedicatedMode::tag}}),
      HasSubstr("there is no expert 'genric'; did you mean 'generic'?"));
}

}  // namespace
}  // namespace ooe::orchestrator
