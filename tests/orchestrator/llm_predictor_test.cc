#include "orchestrator/llm_predictor.h"

#include <gmock/gmock.h>

namespace ooe::orchestrator {
namespace {

std::vector<Expert> experts_named(const std::vector<std::string>& names) {
  std::vector<Expert> experts(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) experts[i].name = names[i];
  return experts;
}

TEST(MakeLlmPredictor, TellsOfAllOthersInAlphabeticalOrder) {
  const auto experts = experts_named({"large", "llm", "code", "small"});
  const auto made = make_llm_predictor(experts, {.expert = "llm"});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(made->names, testing::ElementsAre("code", "large", "small"));
  EXPECT_THAT(made->tagged, testing::ElementsAre(ExpertId{2}, ExpertId{0}, ExpertId{3}));
  const auto chosen = make_llm_predictor(experts, {.expert = "llm", .experts = {"small", "code"}});
  EXPECT_THAT(chosen->tagged, testing::ElementsAre(ExpertId{3}, ExpertId{2}));
}

TEST(MakeLlmPredictor, RefusesWhatCannotWork) {
  auto experts = experts_named({"a", "llm", "b", "claude", "dear"});
  experts[3].dialect = Dialect::anthropic;
  experts[4].prices = Prices{{1}, {1}, {1}};
  const struct {
    LlmPredictorSpec spec;
    std::string says;
  } cases[] = {
      {{.expert = "nobody"}, "no [[expert]] 'nobody'"},
      {{.expert = "claude"}, "OpenAI's dialect"},
      {{.expert = "dear"}, "has a price"},
      {{.expert = "llm", .experts = {"a"}}, "1 names"},
      {{.expert = "llm", .experts = {"a", "a"}}, "twice"},
      {{.expert = "llm", .experts = {"a", "x"}}, "'x' is no"},
      {{.expert = "llm", .experts = std::vector<std::string>(21, "a")}, "2 to 20"},
  };
  for (const auto& [spec, says] : cases) {
    const auto made = make_llm_predictor(experts, spec);
    ASSERT_FALSE(made) << says;
    EXPECT_THAT(made.error().message, testing::HasSubstr(says));
  }
}

TEST(WeighByTags, TakesTheOrderOfTheLlmAndTheScaleOfTheBuiltIn) {
  const LlmPredictor llm{.expert = {3}, .tagged = {{0}, {1}, {2}}, .names = {"a", "b", "c"}};
  std::vector<Prediction> predictions(4);
  for (std::size_t i = 0; i < 4; ++i) predictions[i].quality = 0.5 + 0.1 * static_cast<double>(i);
  predictions[1].output_tokens = 70.0;
  weigh_by_tags(llm, std::vector<double>{0.2, 0.6, 0.3}, predictions);
  EXPECT_DOUBLE_EQ(predictions[1].quality, 0.7);
  EXPECT_DOUBLE_EQ(predictions[0].quality, 0.7 / 3.0);
  EXPECT_DOUBLE_EQ(predictions[2].quality, 0.35);
  EXPECT_DOUBLE_EQ(predictions[3].quality, 0.7 / 3.0);
  EXPECT_EQ(predictions[1].output_tokens, 70.0);
  // Strangers to the built-in predictor all the same.
  std::vector<Prediction> unknown(4);
  weigh_by_tags(llm, std::vector<double>{0.0, 0.0, 1.0}, unknown);
  EXPECT_DOUBLE_EQ(unknown[2].quality, 1.0);
}

}  // namespace
}  // namespace ooe::orchestrator
