// What self-play reads of the record before it plans.
#include "selfplay/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interview/prompt.h"
#include "tests/interview/interview_fixture.h"

namespace ooe::selfplay {
namespace {

using interview::expert_of;

class DeskTest : public interview::InterviewTest {
 protected:
  DeskTest() { experts_ = {expert_of("a", 10.0), expert_of("b", 20.0)}; }

  // An answer that was imported: nobody was billed for it.
  void put(const std::string& id, const std::string& expert, TokenCounts tokens,
           std::optional<Usd> cost = std::nullopt) {
    const Question question{.id = id,
                            .benchmark = "b",
                            .split = {},
                            .subject = {},
                            .category = {},
                            .question = "What is " + id + "?",
                            .choices = {},
                            .answer = "1"};
    ASSERT_TRUE(database_->put_questions(std::span(&question, 1)).has_value());
    store::Answer answer;
    answer.key = {expert, interview::hash_of_parts({id}), interview::hash_of_parts({"import"}), 0};
    answer.question_id = id;
    answer.kept = false;
    answer.tokens = tokens;
    answer.cost = cost;
    answer.asked = clock_.wall_now();
    const store::Grade grade{answer.key, "import:ooe", 1, 1.0F};
    ASSERT_TRUE(database_->put_answers(std::span(&answer, 1), std::span(&grade, 1)).has_value());
  }

  std::vector<double> usd_per_call() {
    const auto desk = Desk::open({loop_, client_, *database_, *journal_, clock_, experts_, stop_});
    EXPECT_TRUE(desk.has_value());
    return desk->usd_per_call();
  }

  const SystemClock clock_;
  http::Loop loop_;
  interview::ScriptedChatClient client_{
      loop_, [](const Expert&, const std::string&, int) { return interview::says("1"); }};
  std::unique_ptr<store::InterviewJournal> journal_ = *store::InterviewJournal::open(path_, clock_);
};

TEST_F(DeskTest, ACallOfUnknownCostIsNotFree) {
  const double typical_of_b = usd_per_call()[1];
  EXPECT_GT(typical_of_b, 0.0);
  put("q1", "a", {.input = 100, .output = 100}, usd_from_double(0.004));
  put("q2", "a", {.input = 100, .output = 100});                 // 0.002 by the price
  put("q3", "a", {.output = 100, .estimated = true});            // nobody knows
  put("q1", "b", {.input = 0, .output = 0, .estimated = true});  // nobody knows
  const std::vector<double> usd = usd_per_call();
  EXPECT_NEAR(usd[0], 0.003, 1e-9);
  EXPECT_NEAR(usd[1], typical_of_b, 1e-9);
}

TEST_F(DeskTest, KnowsWhatAnswersTook) {
  put("q1", "a", {.input = 100, .output = 30}, usd_from_double(0.004));
  put("q2", "a", {.output = 70, .estimated = true});
  put("q3", "b", {.input = 0, .output = 0, .estimated = true});
  const auto desk = Desk::open({loop_, client_, *database_, *journal_, clock_, experts_, stop_});
  ASSERT_TRUE(desk.has_value());
  const Known known = desk->known_before({});
  ASSERT_EQ(known.readings.size(), 3U);
  EXPECT_EQ(known.readings[0].usage.input_tokens, 100.0);
  EXPECT_EQ(known.readings[0].usage.output_tokens, 30.0);
  EXPECT_EQ(known.readings[0].usage.cost_usd, 0.004);
  EXPECT_EQ(known.readings[1].usage.output_tokens, 70.0);
  EXPECT_EQ(known.readings[1].usage.cost_usd, std::nullopt);
  EXPECT_EQ(known.readings[2].usage.output_tokens, std::nullopt);
}

}  // namespace
}  // namespace ooe::selfplay
