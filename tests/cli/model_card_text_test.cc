// What is said of a trained model.
#include "cli/model_card_text.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "predictor/model_card.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

predictor::ModelCard card_of(predictor::Verdict logistic, double prior_knew) {
  predictor::ModelCard card;
  card.experts = {"a", "b"};
  card.kept = "ridge";
  card.metrics = {{"questions", 80.0}, {std::string(predictor::kQuestionsJudged), 80.0}};
  if (prior_knew > 0.0) card.metrics.push_back({std::string(predictor::kPriorKnew), prior_knew});
  card.candidates = {{.name = "ridge", .log_loss = 0.5937, .verdict = predictor::Verdict::kept},
                     {.name = "knn", .log_loss = 0.61, .verdict = predictor::Verdict::baseline},
                     {.name = "logistic", .log_loss = 0.5415, .verdict = logistic}};
  return card;
}

constexpr report::Terminal kPlain{};

TEST(ModelCardText, SaysWhichBaselineSurelyPredictsBetterAndWhatToDo) {
  const auto beaten = card_of(predictor::Verdict::better_baseline, 0.0);
  const std::string said = better_baselines_text(beaten);
  EXPECT_THAT(said, HasSubstr("logistic (log loss 0.5415) predicts surely better"));
  EXPECT_THAT(said, HasSubstr("--experts"));
  EXPECT_THAT(said, Not(HasSubstr("knn")));
  EXPECT_THAT(card_text(beaten, 5, false, kPlain), HasSubstr("logistic (log loss 0.5415)"));
  EXPECT_EQ(card_json(beaten)["better_baselines"], nlohmann::ordered_json{"logistic"});

  const auto ahead = card_of(predictor::Verdict::baseline, 0.0);
  EXPECT_EQ(better_baselines_text(ahead), "");
  EXPECT_TRUE(card_json(ahead)["better_baselines"].empty());
  EXPECT_TRUE(card_json(ahead)["candidates"][2]["baseline"]);
}

TEST(ModelCardText, CallsNoFigureHeldOutThatThePriorModelKnew) {
  const auto leaked = card_of(predictor::Verdict::baseline, 80.0);
  EXPECT_THAT(prior_knew_text(leaked, "m.ooe", "p.ooe"),
              HasSubstr("m.ooe: p.ooe was trained on 80 of its 80 questions"));
  EXPECT_THAT(card_text(leaked, 5, false, kPlain), HasSubstr("Not held out"));
  EXPECT_THAT(card_text(leaked, 5, false, kPlain), Not(HasSubstr("without its fold")));
  EXPECT_FALSE(card_json(leaked)["held_out"]);

  const auto honest = card_of(predictor::Verdict::baseline, 0.0);
  EXPECT_EQ(prior_knew_text(honest, "m.ooe"), "");
  EXPECT_THAT(card_text(honest, 5, false, kPlain), HasSubstr("without its fold"));
  EXPECT_TRUE(card_json(honest)["held_out"]);
}

// Of many questions a part is judged, and baselines learn from a part.
TEST(ModelCardText, SaysHowManyQuestionsWereJudged) {
  struct Case {
    double questions;
    double judged;
    const char* of_candidates;
    const char* of_baselines;
  };
  for (const auto& [questions, judged, of_candidates, of_baselines] : std::vector<Case>{
           {80, 80, "Each question predicted by a fit without its fold.",
            "Each of these questions predicted from the other 4 of 5 folds,"},
           {5'000, 2'020, "2020 of 5000 questions, each predicted by a fit without its fold.",
            "Each of these questions predicted from the other 4 of 5 folds,"},
           {12'313, 2'460, "2460 of 12313 questions, each predicted by a fit without its fold.",
            "Each of these questions predicted from at most 6000 questions of the other 4 of 5 "},
           {100'000, 20'010, "20010 of 100000 questions, each predicted by a fit without its fold.",
            "6000 of these questions, each predicted from at most 6000 questions of the other 4 "},
       }) {
    SCOPED_TRACE(questions);
    predictor::ModelCard card = card_of(predictor::Verdict::baseline, 0.0);
    card.metrics = {{"questions", questions}, {std::string(predictor::kQuestionsJudged), judged}};
    std::string said = card_text(card, 5, false, kPlain);
    std::ranges::replace(said, '\n', ' ');
    EXPECT_THAT(said, HasSubstr(of_candidates));
    EXPECT_THAT(said, HasSubstr(of_baselines));
    EXPECT_EQ(card_json(card)["metrics"]["questions_judged"], judged);
  }
}

}  // namespace
}  // namespace ooe::cli
