#include "selfplay/agreement.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::selfplay {
namespace {

Question choice(std::string answer) {
  return {.id = "q",
          .benchmark = {},
          .split = {},
          .subject = {},
          .category = {},
          .question = "Which is it?",
          .choices = {"north", "south", "east", "west"},
          .answer = std::move(answer)};
}
Question open(std::string answer) {
  Question question = choice(std::move(answer));
  question.choices.clear();
  return question;
}

TEST(IsSettled, TakesTwoAndTwoThirds) {
  EXPECT_TRUE(is_settled(2, 3));
  EXPECT_TRUE(is_settled(2, 2));
  EXPECT_FALSE(is_settled(1, 1));
  EXPECT_FALSE(is_settled(2, 4));
  EXPECT_FALSE(is_settled(0, 0));
}

TEST(IsRight, ComparesWhatIsMeantNotWhatIsWritten) {
  const struct {
    Question question;
    std::string answer;
    bool right;
  } cases[] = {
      {choice("C"), "The answer is (C).", true},
      {choice("C"), "**C**", true},
      {choice("A"), "**C**", false},
      {open("0.5"), "Answer: 1/2", true},
      {open("0.5"), "so it is 50%", true},
      {open("Seine"), "Answer: the Seine", true},
      {open("Seine"), "Answer: Rhine", false},
      {open("Seine"), "", false},
  };
  for (const auto& [question, answer, right] : cases) {
    EXPECT_EQ(is_right(question, answer), right) << question.answer << " " << answer;
  }
}

TEST(SettlementOf, LetsThoseErrWhoWereNotNeeded) {
  constexpr std::optional<bool> kNone;
  const struct {
    std::vector<std::optional<bool>> right;
    bool settled;
    std::vector<std::size_t> free_to_err;
  } cases[] = {
      {{true, true, true}, true, {0, 1, 2}}, {{true, false, true}, true, {1}},
      {{true, false, false}, false, {}},     {{false, false, false}, false, {}},
      {{true, kNone, true}, true, {}},       {{true, kNone, false}, false, {}},
      {{kNone, kNone, true}, false, {}},     {{}, false, {}},
  };
  for (const auto& [right, settled, free_to_err] : cases) {
    const Settlement settlement = settlement_of(right);
    EXPECT_EQ(settlement.settled, settled);
    EXPECT_EQ(settlement.free_to_err, free_to_err);
  }
}

// Whether an answer counts as an outcome does not depend on whether it is right.
TEST(SettlementOf, DoesNotChooseWhoIsRight) {
  constexpr double kSkill = 0.6;
  Rng rng(3);
  double right = 0.0;
  double count = 0.0;
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::optional<bool>> answers;
    for (int j = 0; j < 3; ++j) answers.emplace_back(rng.uniform() < kSkill);
    for (const std::size_t j : settlement_of(answers).free_to_err) {
      right += *answers[j] ? 1.0 : 0.0;
      count += 1.0;
    }
  }
  EXPECT_NEAR(right / count, kSkill, 0.02);
}

TEST(AgreedAnswer, IsWhatMostSayWhateverTheQuestionsOwn) {
  EXPECT_EQ(agreed_answer(choice("A"), std::vector<std::string>{"C", "The answer is C", "B"}), "C");
  EXPECT_EQ(agreed_answer(choice("A"), std::vector<std::string>{"A", "B", "C"}), std::nullopt);
  EXPECT_EQ(agreed_answer(open("3"), std::vector<std::string>{"It is 12.5", "25/2"}), "12.5");
  EXPECT_EQ(agreed_answer(open("3"), std::vector<std::string>{"", ""}), std::nullopt);
  EXPECT_EQ(agreed_answer(open("Rhine"), std::vector<std::string>{"Answer: Seine", "the Seine"}),
            "Seine");
}

// Experts that are right with probability p, and else all say the same wrong letter with
// probability c: what is found is what follows from p and c.
TEST(TryAgreement, FindsHowOftenSettledAnswersMislead) {
  constexpr int kTrials = 20'000;
  for (const auto& [p, c] : {std::pair{0.9, 0.0}, std::pair{0.7, 0.5}, std::pair{0.6, 1.0}}) {
    Rng rng(5);
    std::vector<AgreementTrial> trials;
    for (int i = 0; i < kTrials; ++i) {
      AgreementTrial trial{choice("A"), {}};
      for (int j = 0; j < 3; ++j) {
        const bool right = rng.uniform() < p;
        const bool same = rng.uniform() < c;
        trial.answers.emplace_back(right ? "A" : same ? "B" : rng.below(2) == 0 ? "C" : "D");
      }
      trials.push_back(std::move(trial));
    }
    const JudgeNoise noise = try_agreement(trials);
    // Two agree rightly with p^2, wrongly with w^2 (c^2 + (1 - c)^2 / 2); then the third is judged.
    const double w = 1.0 - p;
    const double wrong_pair = w * w * (c * c + 0.5 * (1.0 - c) * (1.0 - c));
    const double key_right = p * p / (p * p + wrong_pair);
    EXPECT_NEAR(noise.passes_right(), key_right, 0.02) << p << " " << c;
    // Of wrong answers those pass that make the mistake of the key.
    const double same =
        w * w * (c * c * c + 0.25 * (1.0 - c) * (1.0 - c) * (1.0 - c)) / (p * p + wrong_pair);
    EXPECT_NEAR(noise.passes_wrong(), same, 0.04) << p << " " << c;
  }
}

TEST(TryAgreement, KnowsNothingWithoutTrials) {
  EXPECT_FALSE(try_agreement({}).measure(0, 0, 1.0).has_value());
}

}  // namespace
}  // namespace ooe::selfplay
