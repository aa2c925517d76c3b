// Rounds for which an expert writes questions: what is asked about them, what they cost, and what
// they are believed to say.
#include <gmock/gmock.h>

#include "selfplay/journal_file.h"
#include "selfplay/loop.h"
#include "tests/selfplay/hidden_world.h"

namespace ooe::selfplay {
namespace {

constexpr Usd kUsdPerWish{2'000'000};
constexpr const char* kOneIsFree = "expert 1 was not needed to settle it";
constexpr const char* kWritten = "written";  // as split: what no code reads

// A world in which expert 0 writes, and experts 1 and 2 settle.
struct Workshop {
  explicit Workshop(std::size_t interviews = 60)
      : world({.seed = 3, .experts = 6}), targets(world.traffic(60, 1)) {
    known.experts = world.experts();
    ask_at_random(world, interviews, 3, known);
    journal = {.seed = 3, .experts = world.experts(), .exam = world.traffic(60, 3)};
    options.threads = 1;
    options.calls_per_round = 40;
    options.pool = 60;
    options.patience = 99;
    options.writing.topics = {"mathematics", "reasoning"};
  }

  Seams seams() {
    Seams seams = outside.seams();
    seams.write = [this](const Round& round, Usd budget) {
      budgets.push_back(budget);
      wishes.push_back(round.wishes);
      Writing writing{
          .insiders = {0, 1, 2},
          .malformed = 1,
          .unsettled = 2,
          .agreement = {.right_passed = 45, .right = 50, .wrong_passed = 5, .wrong = 50},
          .spent = {kUsdPerWish.nano * static_cast<std::int64_t>(round.wishes.size())}};
      for (Question& question : world.traffic(20, 50 + static_cast<std::uint64_t>(round.number))) {
        question.split = kWritten;
        // Every other question would have been settled without expert 1.
        if (writing.questions.size() % 2 == 0) {
          writing.answered.push_back({writing.questions.size(), 1});
          question.benchmark = kOneIsFree;
        }
        writing.questions.push_back(std::move(question));
      }
      writing.screened[0] = 20;
      return Result<Writing>(std::move(writing));
    };
    seams.usd_per_call = [] { return std::vector<double>(6, 0.001); };
    const auto ask = seams.ask;
    seams.ask = [this, ask](std::span<const Question> questions, std::span<const Call> calls,
                            Usd budget) {
      auto asked = ask(questions, calls, budget);
      asked->answers = said(questions, calls);
      return asked;
    };
    seams.recall = [this](std::span<const Question> questions, std::span<const Call> calls) {
      return said(questions, calls);
    };
    return seams;
  }

  std::vector<std::optional<Answered>> said(std::span<const Question> questions,
                                            std::span<const Call> calls) {
    std::vector<std::optional<Answered>> answers;
    for (const Call& call : calls) {
      const Question& question = questions[call.question];
      const bool is_written = question.split == kWritten;
      if (is_written) {
        ++asked_about_written;
        const bool is_free = call.expert == 1 && question.benchmark == kOneIsFree;
        if (is_free) ++free_answers;
        EXPECT_TRUE(is_free || call.expert > 2) << "who settled a question is asked about it";
      }
      answers.emplace_back(Answered{.score = world.is_right(question, call.expert) ? 1.0 : 0.0,
                                    .basis = is_written ? Basis::agreed : Basis::exact});
    }
    return answers;
  }

  HiddenWorld world;
  std::vector<Question> targets;
  Known known{.experts = {}};
  Journal journal;
  WorldSeams outside{.world = world, .seed = 3};
  LoopOptions options;
  std::vector<Usd> budgets;
  std::vector<std::vector<WritingSeed>> wishes;
  int asked_about_written = 0;
  int free_answers = 0;
};

TEST(WrittenRounds, AskOutsidersAboutSettledQuestionsAndCountWhatWritingCost) {
  Workshop shop;
  shop.options.budget = {1'000'000'000};
  const auto played =
      play(shop.journal, shop.known, std::nullopt, shop.targets, shop.options, shop.seams());
  ASSERT_TRUE(played) << played.error().message;
  EXPECT_EQ(shop.free_answers, 3 * 10);
  EXPECT_GT(shop.asked_about_written, shop.free_answers);
  ASSERT_EQ(shop.journal.rounds.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const Round& round = shop.journal.rounds[i];
    EXPECT_EQ(round.wishes.size(), 4U);
    EXPECT_EQ(round.settled, 20);
    EXPECT_EQ(round.unsettled, 2);
    EXPECT_EQ(round.malformed, 1);
    EXPECT_EQ(round.screened[0], 20 + 40);  // the pool is filled up
    EXPECT_EQ(round.spent.nano,
              4 * kUsdPerWish.nano + (round.asked + round.exam_asked) * 1'000'000);
    EXPECT_LE(shop.budgets[i].nano, 250'000'000);  // a quarter, or less
  }
  EXPECT_NE(shop.wishes[0], shop.wishes[1]);
  const auto again = parse_journal(journal_json(shop.journal), "j");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(journal_json(*again), journal_json(shop.journal));
  EXPECT_EQ(again->rounds[1].wishes, shop.wishes[1]);
}

TEST(WrittenRounds, BeginOnceSomethingIsKnown) {
  Workshop shop(0);
  shop.options.rounds = 2;
  ASSERT_TRUE(
      play(shop.journal, shop.known, std::nullopt, shop.targets, shop.options, shop.seams()));
  EXPECT_TRUE(shop.journal.rounds[0].wishes.empty());
  EXPECT_EQ(shop.journal.rounds[1].wishes.size(), 4U);
}

// Stopped while it is written for, a round goes on with the same wishes to the same end.
TEST(WrittenRounds, GoOnAfterAStop) {
  Workshop whole;
  ASSERT_TRUE(
      play(whole.journal, whole.known, std::nullopt, whole.targets, whole.options, whole.seams()));
  for (const int stop_in : {1, 2, 3}) {
    Workshop shop;
    Seams seams = shop.seams();
    const auto write = seams.write;
    std::string saved;
    seams.save = [&](const Journal& journal) -> Result<void> {
      saved = journal_json(journal);
      return {};
    };
    seams.write = [&](const Round& round, Usd budget) -> Result<Writing> {
      if (round.number != stop_in) return write(round, budget);
      return Writing{.spent = kUsdPerWish, .stopped = true};
    };
    auto stopped = play(shop.journal, shop.known, std::nullopt, shop.targets, shop.options, seams);
    ASSERT_TRUE(stopped);
    EXPECT_EQ(stopped->ending, Ending::stopped);
    Workshop again;
    auto journal = parse_journal(saved, "journal");
    ASSERT_TRUE(journal) << journal.error().message;
    again.journal = std::move(*journal);
    EXPECT_EQ(again.journal.rounds.back().wishes,
              whole.journal.rounds[static_cast<std::size_t>(stop_in) - 1].wishes);
    EXPECT_EQ(again.journal.rounds.back().spent, kUsdPerWish);
    again.options.rounds = 4 - stop_in;
    std::optional<predictor::Model> current;
    const bool promoted = std::ranges::any_of(again.journal.rounds, &Round::promoted);
    if (promoted) current.emplace(std::move(*stopped->model));  // from its file
    ASSERT_TRUE(play(again.journal, again.known, std::move(current), again.targets, again.options,
                     again.seams()));
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(again.journal.rounds[i].calls == whole.journal.rounds[i].calls) << stop_in << i;
      EXPECT_EQ(again.journal.rounds[i].reason, whole.journal.rounds[i].reason) << stop_in << i;
    }
  }
}

// A settled answer may be wrong: it moves the belief less than a known one, and not at all before
// anybody has tried how often it is.
TEST(Believe, WeighsWhatWasAgreedOnByHowFarThatCanBeBelieved) {
  const HiddenWorld world({.seed = 1, .experts = 2});
  const Question question = world.traffic(1, 1)[0];
  const auto believed = [&](Basis basis, JudgeNoise agreement, JudgeNoise trials = {}) {
    Known known{.experts = {"a", "b"}, .trials = trials, .agreement = agreement};
    take_in({.score = 1.0, .basis = basis}, question, 0, known);
    take_in({.score = 0.0, .basis = basis}, question, 1, known);
    const Eigen::MatrixXd mean = believe(known, {}, {}).belief.mean(0, 1);
    return mean(0, 0) - mean(0, 1);
  };
  const JudgeNoise good{.right_passed = 90, .right = 100, .wrong_passed = 10, .wrong = 100};
  const double exact = believed(Basis::exact, {});
  const double agreed = believed(Basis::agreed, good);
  EXPECT_GT(exact, 0.0);
  EXPECT_GT(agreed, 0.0);
  EXPECT_LT(agreed, exact);
  EXPECT_EQ(believed(Basis::agreed, {}), 0.0);
  EXPECT_EQ(believed(Basis::judged, good), 0.0) << "of the judge nothing is known";
  EXPECT_DOUBLE_EQ(believed(Basis::judged, {}, good), agreed);
}

}  // namespace
}  // namespace ooe::selfplay
