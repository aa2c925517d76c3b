#include "gateway/expert_pace.h"

#include <gtest/gtest.h>

namespace ooe::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// An answer whose call began `before` after the request.
Receipt answer(bool streamed, milliseconds before, milliseconds first, milliseconds whole,
               std::int64_t tokens) {
  Receipt receipt;
  receipt.streamed = streamed;
  receipt.ending = Ending::answered;
  receipt.first_byte = before + (streamed ? first : whole);
  receipt.total = before + whole;
  Attempt attempt;
  attempt.tokens.output = tokens;
  attempt.duration = whole;
  receipt.attempts.push_back(attempt);
  return receipt;
}

std::vector<Prediction> expected(const ExpertPace& pace, TimePoint now) {
  std::vector<Prediction> predictions(2);
  for (Prediction& prediction : predictions) prediction.output_tokens = 50.0;
  pace.expect(predictions, now);
  return predictions;
}

TEST(ExpertPace, LearnsTheFirstTokenAndTheTimePerTokenAfterIt) {
  ExpertPace pace(2);
  const TimePoint now{seconds(1'000)};
  EXPECT_FALSE(expected(pace, now)[1].total.has_value());
  // Behind a fallback: what went before is not this expert's time.
  const Receipt receipt =
      answer(true, milliseconds(700), milliseconds(200), milliseconds(1'200), 100);
  pace.observe(1, receipt.attempts[0], receipt, now);
  EXPECT_EQ(expected(pace, now)[1].first_token, milliseconds(200));
  EXPECT_EQ(expected(pace, now)[1].total, milliseconds(200 + 50 * 10));
  EXPECT_FALSE(expected(pace, now)[0].total.has_value());
  // A whole answer tells of tokens only.
  const Receipt whole = answer(false, milliseconds(0), {}, milliseconds(1'200), 100);
  pace.observe(1, whole.attempts[0], whole, now);
  EXPECT_EQ(expected(pace, now)[1].total, milliseconds(700));
}

// Divided by its tokens, 300 ms of one word would be a minute of a usual answer.
TEST(ExpertPace, TakesNoPaceOfTokensFromAShortAnswerThatIsNotStreamed) {
  ExpertPace pace(2);
  const TimePoint now{seconds(1'000)};
  const Receipt receipt = answer(false, {}, {}, milliseconds(300), 1);
  pace.observe(0, receipt.attempts[0], receipt, now);
  EXPECT_EQ(expected(pace, now)[0].total, milliseconds(300));
}

TEST(ExpertPace, FollowsAnExpertThatGetsSlower) {
  ExpertPace pace(2);
  const TimePoint now{seconds(1'000)};
  const Receipt fast = answer(true, {}, milliseconds(100), milliseconds(600), 50);
  const Receipt slow = answer(true, {}, milliseconds(900), milliseconds(1'400), 50);
  for (int i = 0; i < 50; ++i) pace.observe(0, fast.attempts[0], fast, now);
  pace.observe(0, slow.attempts[0], slow, now);
  EXPECT_LT(*expected(pace, now)[0].first_token, milliseconds(200));  // one is no trend
  for (int i = 0; i < 40; ++i) pace.observe(0, slow.attempts[0], slow, now);
  EXPECT_GT(*expected(pace, now)[0].first_token, milliseconds(850));
}

TEST(ExpertPace, ATimeoutCountsAnErrorDoesNotAndSilenceIsForgotten) {
  ExpertPace pace(2);
  const TimePoint now{seconds(1'000)};
  Receipt receipt = answer(true, {}, {}, milliseconds(3), 0);
  receipt.attempts[0].fault = "http_500";
  pace.observe(0, receipt.attempts[0], receipt, now);
  EXPECT_FALSE(expected(pace, now)[0].total.has_value());
  receipt.attempts[0].fault = "first_token_timeout";
  receipt.attempts[0].duration = seconds(5);
  pace.observe(0, receipt.attempts[0], receipt, now);
  EXPECT_EQ(expected(pace, now)[0].first_token, milliseconds(5'000));
  EXPECT_EQ(expected(pace, now + ExpertPace::kForgotten)[0].first_token, milliseconds(5'000));
  EXPECT_FALSE(
      expected(pace, now + ExpertPace::kForgotten + seconds(1))[0].first_token.has_value());
}

TEST(ExpertPace, IsCarriedOverToWhereTheExpertStandsNow) {
  ExpertPace last(2);
  const TimePoint now{seconds(1'000)};
  const Receipt receipt = answer(true, {}, milliseconds(100), milliseconds(600), 50);
  last.observe(1, receipt.attempts[0], receipt, now);
  ExpertPace next(2);
  next.carry_over(0, last, 1);
  EXPECT_EQ(expected(next, now)[0].first_token, milliseconds(100));
  EXPECT_FALSE(expected(next, now)[1].first_token.has_value());
}

}  // namespace
}  // namespace ooe::gateway
