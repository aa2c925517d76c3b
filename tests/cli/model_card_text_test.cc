// What is said of a trained model.
#include "cli/model_card_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "predictor/model_card.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

predictor::ModelCard card_of(std::string_view logistic, double prior_knew) {
  predictor::ModelCard card;
  card.experts = {"a", "b"};
  card.kept = "ridge";
  card.metrics = {{"questions", 80.0}};
  if (prior_knew > 0.0) card.metrics.push_back({std::string(predictor::kPriorKnew), prior_knew});
  card.candidates = {
      {.name = "ridge", .log_loss = 0.5937, .verdict = "kept"},
      {.name = "knn", .log_loss = 0.61, .verdict = std::string(predictor::kBaseline)},
      {.name = "logistic", .log_loss = 0.5415, .verdict = std::string(logistic)}};
  return card;
}

constexpr report::Terminal kPlain{};

TEST(ModelCardText, SaysWhichBaselineSurelyPredictsBetterAndWhatToDo) {
  const auto beaten = card_of(predictor::kBetterBaseline, 0.0);
  const std::string said = better_baselines_text(beaten);
  EXPECT_THAT(said, HasSubstr("logistic (log loss 0.5415) predicts surely better"));
  EXPECT_THAT(said, HasSubstr("--experts"));
  EXPECT_THAT(said, Not(HasSubstr("knn")));
  EXPECT_THAT(card_text(beaten, 5, false, kPlain), HasSubstr("logistic (log loss 0.5415)"));
  EXPECT_EQ(card_json(beaten)["better_baselines"], nlohmann::ordered_json{"logistic"});

  const auto ahead = card_of(predictor::kBaseline, 0.0);
  EXPECT_EQ(better_baselines_text(ahead), "");
  EXPECT_TRUE(card_json(ahead)["better_baselines"].empty());
  EXPECT_TRUE(card_json(ahead)["candidates"][2]["baseline"]);
}

TEST(ModelCardText, CallsNoFigureHeldOutThatThePriorModelKnew) {
  const auto leaked = card_of(predictor::kBaseline, 80.0);
  EXPECT_THAT(prior_knew_text(leaked, "m.ooe", "p.ooe"),
              HasSubstr("m.ooe: p.ooe was trained on 80 of its 80 questions"));
  EXPECT_THAT(card_text(leaked, 5, false, kPlain), HasSubstr("Not held out"));
  EXPECT_THAT(card_text(leaked, 5, false, kPlain), Not(HasSubstr("without its fold")));
  EXPECT_FALSE(card_json(leaked)["held_out"]);

  const auto honest = card_of(predictor::kBaseline, 0.0);
  EXPECT_EQ(prior_knew_text(honest, "m.ooe"), "");
  EXPECT_THAT(card_text(honest, 5, false, kPlain), HasSubstr("without its fold"));
  EXPECT_TRUE(card_json(honest)["held_out"]);
}

}  // namespace
}  // namespace ooe::cli
