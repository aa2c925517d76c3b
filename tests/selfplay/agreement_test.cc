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

TEST(Settles, ComparesWhatIsMeantNotWhatIsWritten) {
  const struct {
    Question question;
    std::vector<std::string> answers;
    bool settled;
  } cases[] = {
      {choice("C"), {"The answer is (C).", "**C**", "A"}, true},
      {choice("A"), {"The answer is (C).", "**C**", "A"}, false},
      {choice("C"), {"The answer is (C)."}, false},
      {open("0.5"), {"Answer: 1/2", "so it is 50%", "7"}, true},
      {open("Seine"), {"Answer: the Seine", "Answer: seine.", "Answer: Rhine"}, true},
      {open("Seine"), {"I cannot say.", "Answer: seine.", ""}, false},
  };
  for (const auto& [question, answers, settled] : cases) {
    EXPECT_EQ(settles(question, answers), settled) << question.answer << " " << answers[0];
  }
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
