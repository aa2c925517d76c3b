#include "dedicated/training_set.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "experts/expert_tags.h"
#include "tests/dedicated/toy_pair.h"

namespace ooe::dedicated {
namespace {

using ::testing::HasSubstr;

class TrainingSetTest : public ::testing::Test {
 protected:
  std::vector<TrainingLine> all(const TrainingSet& set) const {
    std::vector<TrainingLine> lines = set.train;
    lines.insert(lines.end(), set.validation.begin(), set.validation.end());
    return lines;
  }
  [[nodiscard]] std::size_t row_of(const std::string& text) const {
    const auto at = std::ranges::find(data_.texts, text);
    return static_cast<std::size_t>(at - data_.texts.begin());
  }
  [[nodiscard]] float score(std::size_t row, std::size_t expert) const {
    return data_.outcomes.score[data_.outcomes.at(row, expert)];
  }

  Dataset data_ = toy_pair(400, 11, false);
  Pair pair_ = *make_pair(data_, "own", "generic");
  std::vector<Prediction> predictions_ = std::vector<Prediction>(data_.outcomes.score.size());
  AnswerText answer_ = [](std::size_t row, std::size_t expert) -> std::optional<std::string> {
    return fmt::format("row {} of expert {}", row, expert);
  };
  TrainingSetOptions options_{.ownership = 0.4};
};

TEST_F(TrainingSetTest, ReadBackItHasThePromisedDeferralsAndNoQueryOnBothSides) {
  const auto set = deferral_set(data_, pair_, predictions_, answer_, options_);
  ASSERT_TRUE(set.has_value()) << set.error().message;
  EXPECT_EQ(set->size(), 400U);
  EXPECT_NEAR(set->ownership, 0.4, 1.0 / 400.0);
  std::size_t deferrals = 0;
  std::set<std::string> queries;
  for (const TrainingLine& line : all(*set)) {
    const auto json = nlohmann::json::parse(line.json);
    ASSERT_EQ(json["messages"].size(), 2U);
    const std::string query = json["messages"][0]["content"];
    const std::string words = json["messages"][1]["content"];
    EXPECT_EQ(json["messages"][0]["role"], "user");
    EXPECT_EQ(json["messages"][1]["role"], "assistant");
    EXPECT_TRUE(queries.insert(query).second) << "a query in two lines, or on both sides";
    const std::size_t row = row_of(query);
    if (words == options_.tag) {
      ++deferrals;
    } else {
      EXPECT_EQ(words, fmt::format("row {} of expert 0", row)) << "its own words";
      EXPECT_EQ(score(row, 0), 1.0F) << "nothing wrong is taught";
    }
  }
  EXPECT_EQ(deferrals, 240U);
  EXPECT_GT(set->validation.size(), 20U);
  EXPECT_LT(set->validation.size(), 65U);
}

TEST_F(TrainingSetTest, AnswersFirstWhatOnlyTheOwnExpertKnowsAndThenByPrediction) {
  for (std::size_t row = 0; row < 400; ++row) {
    predictions_[data_.outcomes.at(row, 0)].quality = static_cast<double>(row) / 400.0;
  }
  const auto set = deferral_set(data_, pair_, predictions_, answer_, options_);
  std::size_t lowest_answered = 400;
  std::size_t highest_deferred = 0;
  for (const TrainingLine& line : all(*set)) {
    const std::size_t row = row_of(nlohmann::json::parse(line.json)["messages"][0]["content"]);
    if (score(row, 0) == 1.0F && score(row, 1) == 0.0F) {
      EXPECT_FALSE(line.defers);
    } else if (score(row, 0) == 1.0F) {  // both right: the prediction decides
      if (line.defers) highest_deferred = std::max(highest_deferred, row);
      if (!line.defers) lowest_answered = std::min(lowest_answered, row);
    }
  }
  EXPECT_LT(highest_deferred, lowest_answered);
}

TEST_F(TrainingSetTest, RefusesToTeachMoreThanThereIsToLearn) {
  options_.ownership = 0.9;
  const auto refused = deferral_set(data_, pair_, predictions_, answer_, options_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("--learn-from-generic"));
  // What it says is the most can be had, and a line more cannot.
  std::size_t right = 0;
  for (std::size_t row = 0; row < 400; ++row) right += score(row, 0) == 1.0F ? 1 : 0;
  EXPECT_THAT(refused.error().message,
              HasSubstr(fmt::format("only {:.3f} of",
                                    std::floor(1e3 * static_cast<double>(right) / 400.0) / 1e3)));
  options_.ownership = static_cast<double>(right) / 400.0;
  EXPECT_EQ(ownership_max(data_, pair_, answer_, options_).value(), options_.ownership);
  EXPECT_TRUE(deferral_set(data_, pair_, predictions_, answer_, options_).has_value());
  options_.ownership = static_cast<double>(right + 1) / 400.0;
  EXPECT_FALSE(ownership_max(data_, pair_, answer_, options_).has_value());
  options_.ownership = 0.9;
  options_.learn_from_generic = true;
  const auto set = deferral_set(data_, pair_, predictions_, answer_, options_);
  ASSERT_TRUE(set.has_value()) << set.error().message;
  std::size_t of_generic = 0;
  for (const TrainingLine& line : all(*set)) {
    const std::string words = nlohmann::json::parse(line.json)["messages"][1]["content"];
    if (words.ends_with("of expert 1")) ++of_generic;
  }
  EXPECT_GT(of_generic, 0U);
  options_.ownership = 1.5;
  EXPECT_FALSE(deferral_set(data_, pair_, predictions_, answer_, options_).has_value());
}

TEST_F(TrainingSetTest, LeavesOutRightAnswersWithoutWordsAndRepeatedQueries) {
  data_.texts[1] = data_.texts[0];
  data_.query_ids[1] = data_.query_ids[0];
  std::size_t silent = 0;
  for (std::size_t row = 100; row < 200; ++row) silent += score(row, 0) == 1.0F ? 1 : 0;
  const auto set = deferral_set(
      data_, pair_, predictions_,
      [](std::size_t row, std::size_t) -> std::optional<std::string> {
        if (row >= 100 && row < 200) return std::nullopt;
        return "words";
      },
      options_);
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ(set->repeated, 1U);
  EXPECT_EQ(set->without_answer, silent);
  EXPECT_EQ(set->size(), 400U - 1U - silent);
}

TEST_F(TrainingSetTest, AnOrchestratorLearnsTheCheapestThatIsRight) {
  std::vector<float> usd;
  for (std::size_t i = 0; i < 400; ++i) usd.insert(usd.end(), {0.3F, 0.2F, 0.1F});
  const auto set = orchestrator_set(data_, usd, options_);
  ASSERT_TRUE(set.has_value()) << set.error().message;
  EXPECT_EQ(set->size(), 400U);
  for (const TrainingLine& line : all(*set)) {
    const auto json = nlohmann::json::parse(line.json);
    ASSERT_EQ(json["messages"].size(), 3U);
    const std::size_t row = row_of(json["messages"][1]["content"]);
    std::vector<std::string> right;
    for (std::size_t j = 0; j < 3; ++j) {
      if (score(row, j) == 1.0F) right.push_back(experts::expert_tag(j));
    }
    EXPECT_EQ(json["right"].get<std::vector<std::string>>(), right);
    EXPECT_EQ(json["messages"][2]["content"], right.empty() ? "B" : right.back());
    const auto prompt = experts::tag_prompt(data_.outcomes.experts, data_.texts[row]);
    EXPECT_EQ(json["messages"][0]["content"], prompt.messages[0].content);
  }
}

TEST_F(TrainingSetTest, TheCardCounts) {
  const auto set = deferral_set(data_, pair_, predictions_, answer_, options_);
  const std::string card =
      card_of(*set, options_, {.title = "A set", .source = "somewhere", .notes = {"A note."}});
  EXPECT_THAT(card, HasSubstr("# A set"));
  EXPECT_THAT(card, HasSubstr("somewhere"));
  EXPECT_THAT(card, HasSubstr(fmt::format("| train.jsonl | {} |", set->train.size())));
  EXPECT_THAT(card, HasSubstr("A note."));
}

}  // namespace
}  // namespace ooe::dedicated
