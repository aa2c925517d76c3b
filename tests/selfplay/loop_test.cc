#include "selfplay/loop.h"

#include <set>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "selfplay/journal_file.h"
#include "tests/selfplay/hidden_world.h"

namespace ooe::selfplay {
namespace {

constexpr std::size_t kTargetCount = 80;

// A small world at the beginning of its loop.
struct Start {
  explicit Start(std::uint64_t seed = 1, std::size_t interviews = 50)
      : world({.seed = seed, .experts = 6}), targets(world.traffic(kTargetCount, 1)) {
    known.experts = world.experts();
    ask_at_random(world, interviews, seed, known);
    journal = {.seed = seed, .experts = world.experts(), .exam = world.traffic(120, 3)};
    outside.seed = seed;
    options.threads = 1;
    options.calls_per_round = 40;
    options.pool = 80;
    options.patience = 99;
  }
  Result<Played> play_with(const Seams& seams) {
    return play(journal, known, std::nullopt, targets, options, seams);
  }

  HiddenWorld world;
  std::vector<Question> targets;
  Known known{.experts = {}};
  Journal journal;
  WorldSeams outside{.world = world};
  LoopOptions options;
};

TEST(Play, WithoutABudgetDoesNothingPolitely) {
  Start start;
  start.options.budget = Usd{};
  Seams seams = start.outside.seams();
  seams.generate = [](int, std::size_t) -> Result<Generated> {
    ADD_FAILURE() << "generated questions";
    return Generated();
  };
  seams.save = [](const Journal&) -> Result<void> {
    ADD_FAILURE() << "wrote a journal";
    return {};
  };
  const auto played = start.play_with(seams);
  ASSERT_TRUE(played) << played.error().message;
  EXPECT_EQ(played->ending, Ending::out_of_budget);
  EXPECT_EQ(start.outside.calls, 0);
  EXPECT_TRUE(start.journal.rounds.empty());
}

TEST(Play, RecordsWhatEveryRoundAskedSpentAndLearned) {
  Start start;
  const auto played = start.play_with(start.outside.seams());
  ASSERT_TRUE(played) << played.error().message;
  EXPECT_EQ(played->ending, Ending::rounds_played);
  ASSERT_EQ(start.journal.rounds.size(), 3U);
  for (const Round& round : start.journal.rounds) {
    EXPECT_TRUE(round.finished);
    EXPECT_EQ(round.asked, 40);
    EXPECT_EQ(round.calls.size(), 40U);
    EXPECT_EQ(round.spent.nano, (round.asked + round.exam_asked) * 1'000'000);
    EXPECT_EQ(round.promoted, round.exam.surely_better());
    EXPECT_EQ(round.exam.compared, 120U);
    EXPECT_THAT(round.reason, testing::HasSubstr(round.promoted ? "better:" : "not surely better"));
    EXPECT_EQ(round.screened[static_cast<std::size_t>(Screening::admitted)], 80);
  }
  EXPECT_EQ(start.known.readings.size(), 50U + 3U * 40U);
}

TEST(Play, IsTheSameForTheSameSeed) {
  Start one;
  Start two;
  Start three(2);
  ASSERT_TRUE(one.play_with(one.outside.seams()));
  ASSERT_TRUE(two.play_with(two.outside.seams()));
  ASSERT_TRUE(three.play_with(three.outside.seams()));
  EXPECT_EQ(journal_json(one.journal), journal_json(two.journal));
  EXPECT_NE(journal_json(one.journal), journal_json(three.journal));
}

// Stopped after any number of calls and gone on with, a loop asks the same and comes to the same.
TEST(Play, GoesOnAfterAStopAsIfNothingHadHappened) {
  Start whole;
  ASSERT_TRUE(whole.play_with(whole.outside.seams()));
  for (const std::int64_t stop_after : {1, 39, 40, 100, 170, 300}) {
    SCOPED_TRACE(stop_after);
    Start start;
    std::set<std::pair<std::string, std::size_t>> on_record;  // as the store would know them
    std::string saved;
    Seams seams = start.outside.seams();
    std::int64_t until = stop_after;
    seams.save = [&](const Journal& journal) -> Result<void> {
      saved = journal_json(journal);
      return {};
    };
    seams.ask = [&](std::span<const Question> questions, std::span<const Call> calls,
                    Usd) -> Result<Asked> {
      Asked asked;
      asked.answers.resize(calls.size());
      for (std::size_t i = 0; i < calls.size(); ++i) {
        const Question& question = questions[calls[i].question];
        const bool is_new = on_record.emplace(question.id, calls[i].expert).second;
        if (is_new && until-- == 0) {
          on_record.erase({question.id, calls[i].expert});
          asked.stopped = true;
          return asked;
        }
        if (is_new) asked.spent += Usd{1'000'000};
        asked.answers[i] =
            Answered{.score = start.world.is_right(question, calls[i].expert) ? 1.0 : 0.0};
      }
      return asked;
    };
    auto stopped = start.play_with(seams);
    ASSERT_TRUE(stopped);
    ASSERT_EQ(stopped->ending, Ending::stopped);
    // Another process: it knows what was known before, what was saved, and what is on record.
    Start again;
    auto journal = parse_journal(saved, "journal");
    ASSERT_TRUE(journal) << journal.error().message;
    again.journal = std::move(*journal);
    std::optional<predictor::Model> current;
    const bool promoted = std::ranges::any_of(again.journal.rounds, &Round::promoted);
    if (promoted) current.emplace(std::move(*stopped->model));  // from its file
    again.options.rounds = 3 - static_cast<int>(again.journal.rounds.size()) + 1;
    const auto played =
        play(again.journal, again.known, std::move(current), again.targets, again.options, seams);
    ASSERT_TRUE(played) << played.error().message;
    ASSERT_EQ(again.journal.rounds.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(again.journal.rounds[i].calls, whole.journal.rounds[i].calls) << i;
      EXPECT_EQ(again.journal.rounds[i].reason, whole.journal.rounds[i].reason) << i;
      EXPECT_EQ(again.journal.rounds[i].promoted, whole.journal.rounds[i].promoted) << i;
    }
    EXPECT_EQ(again.journal.spent(), whole.journal.spent());
  }
}

TEST(Play, StopsWhenItNoLongerPaysAndSaysWhy) {
  Start start;
  start.options.rounds = 9;
  start.options.patience = 2;
  Seams seams = start.outside.seams();
  seams.ask = [](std::span<const Question>, std::span<const Call> calls, Usd) -> Result<Asked> {
    Asked asked;
    asked.answers.assign(calls.size(), Answered{.score = 1.0});  // nothing to tell experts apart
    return asked;
  };
  const auto played = start.play_with(seams);
  ASSERT_TRUE(played);
  EXPECT_EQ(played->ending, Ending::no_longer_pays);
  ASSERT_EQ(start.journal.rounds.size(), 2U);
  EXPECT_FALSE(start.journal.rounds.back().promoted);
  EXPECT_FALSE(start.journal.rounds.back().reason.empty());
}

TEST(Play, KeepsToItsBudget) {
  for (const std::int64_t calls : {1, 50, 200}) {
    Start start;
    start.options.rounds = 8;
    start.options.budget = {calls * 1'000'000};
    Seams seams = start.outside.seams();
    seams.usd_per_call = [] { return std::vector<double>(6, 0.001); };
    const auto unlimited = seams.ask;
    seams.ask = [&](std::span<const Question> questions, std::span<const Call> asked,
                    Usd budget) -> Result<Asked> {
      const auto affordable =
          static_cast<std::size_t>(std::max<std::int64_t>(0, budget.nano) / 1'000'000);
      auto result = unlimited(questions, asked.first(std::min(affordable, asked.size())), budget);
      result->out_of_budget = affordable < asked.size();
      result->answers.resize(asked.size());
      return result;
    };
    const auto played = start.play_with(seams);
    ASSERT_TRUE(played) << played.error().message;
    EXPECT_LE(start.journal.spent(), start.options.budget);
    EXPECT_EQ(played->ending, Ending::out_of_budget);
  }
}

TEST(Play, BeginsWithNothingKnown) {
  Start start(1, 0);
  const auto played = start.play_with(start.outside.seams());
  ASSERT_TRUE(played) << played.error().message;
  EXPECT_EQ(start.journal.rounds.front().reason, "the first model");
  EXPECT_TRUE(played->model);
}

// The seams of a pool of which `down` do not answer.
Seams with_down(Start& start, const std::set<std::size_t>& down) {
  Seams seams = start.outside.seams();
  const auto whole = seams.ask;
  seams.ask = [whole, down](std::span<const Question> questions, std::span<const Call> calls,
                            Usd budget) {
    auto asked = whole(questions, calls, budget);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (!down.contains(calls[i].expert)) continue;
      asked->answers[i].reset();
      const std::vector<Failure> failure{
          {fmt::format("down-{}", calls[i].expert), 1, "connect: refused"}};
      add_failures(failure, asked->failures);
    }
    return asked;
  };
  return seams;
}

// The same, and these are asked no more once anybody has been asked.
Seams given_up_once_asked(Seams seams, std::vector<std::size_t> experts) {
  const auto asked = std::make_shared<bool>(false);
  seams.ask = [asked, ask = seams.ask](std::span<const Question> questions,
                                       std::span<const Call> calls, Usd budget) {
    *asked = true;
    return ask(questions, calls, budget);
  };
  seams.given_up = [asked, experts = std::move(experts)] {
    return *asked ? experts : std::vector<std::size_t>();
  };
  return seams;
}

TEST(Play, PromotesNothingFromNothingAndSaysWhoFailed) {
  Start start(1, 0);
  Seams seams = given_up_once_asked(with_down(start, {0, 1, 2, 3, 4, 5}), {0, 1, 2, 3, 4, 5});
  seams.promote = [](const predictor::Model&) -> Result<void> {
    ADD_FAILURE() << "promoted a model";
    return {};
  };
  const auto played = start.play_with(seams);
  ASSERT_TRUE(played) << played.error().message;
  EXPECT_EQ(played->ending, Ending::nobody_answers);
  EXPECT_FALSE(played->model);
  ASSERT_EQ(start.journal.rounds.size(), 1U) << "a pool that is down is not asked again";
  const Round& round = start.journal.rounds[0];
  EXPECT_TRUE(round.finished);
  EXPECT_FALSE(round.promoted);
  EXPECT_EQ(round.failed, 40);
  EXPECT_THAT(round.reason, testing::HasSubstr("nobody answered"));
  EXPECT_THAT(round.reason, testing::HasSubstr("(connect: refused)"));
  EXPECT_FALSE(round.failures.empty());
}

TEST(Play, GoesOnWithoutAnExpertThatWasGivenUp) {
  Start start(1, 0);
  start.options.rounds = 2;
  Seams seams = given_up_once_asked(with_down(start, {0, 2}), {0, 2});
  seams.usd_per_call = [] { return std::vector<double>{0.0001, 1.0, 1.0, 1.0, 1.0, 1.0}; };
  start.options.budget = {100'000'000'000};
  const auto played = start.play_with(seams);
  ASSERT_TRUE(played) << played.error().message;
  ASSERT_EQ(start.journal.rounds.size(), 2U);
  EXPECT_EQ(start.journal.rounds[0].asked, 0) << "the cheapest alone, and it was down";
  for (const Call& call : start.journal.rounds[1].calls) {
    EXPECT_NE(call.expert, 0U);
    EXPECT_NE(call.expert, 2U);
  }
  EXPECT_TRUE(start.journal.rounds[1].promoted);
  EXPECT_EQ(played->ending, Ending::rounds_played);
}

TEST(Play, PromotesNothingThatCannotBePutToUse) {
  Start start(1, 0);
  start.options.rounds = 2;
  bool refused = false;
  Seams seams = start.outside.seams();
  seams.fits = [&](const predictor::Model&) -> Result<void> {
    if (std::exchange(refused, true)) return {};
    return fail(ErrorCode::invalid_argument, "a budget of 0.02 USD cannot be met");
  };
  const auto played = start.play_with(seams);
  ASSERT_TRUE(played) << played.error().message;
  ASSERT_EQ(start.journal.rounds.size(), 2U);
  EXPECT_FALSE(start.journal.rounds[0].promoted);
  EXPECT_EQ(start.journal.rounds[0].reason,
            "the first model; not promoted: a budget of 0.02 USD cannot be met");
  EXPECT_TRUE(start.journal.rounds[1].promoted) << "there is still none before it";
}

TEST(Play, AFewAnswersMakeNoFirstModel) {
  Start start(1, 0);
  start.options.rounds = 2;
  start.options.calls_per_round = 6;
  const auto played = start.play_with(start.outside.seams());
  ASSERT_TRUE(played) << played.error().message;
  ASSERT_EQ(start.journal.rounds.size(), 2U);
  EXPECT_FALSE(start.journal.rounds[0].promoted);
  EXPECT_THAT(start.journal.rounds[0].reason,
              testing::HasSubstr("6 answers are too few for a first model"));
  EXPECT_TRUE(start.journal.rounds[1].promoted);
}

TEST(Play, WithoutExamAnswersNothingIsPromoted) {
  Start start;
  start.options.rounds = 1;
  Seams seams = start.outside.seams();
  const auto learning = seams.ask;
  seams.ask = [&](std::span<const Question> questions, std::span<const Call> calls,
                  Usd budget) -> Result<Asked> {
    if (questions.size() != start.journal.exam.size()) return learning(questions, calls, budget);
    Asked asked;
    asked.answers.resize(calls.size());
    asked.failures = {{"gone", 120, "HTTP 500"}};
    return asked;
  };
  ASSERT_TRUE(start.play_with(seams));
  EXPECT_FALSE(start.journal.rounds[0].promoted);
  EXPECT_THAT(start.journal.rounds[0].reason,
              testing::HasSubstr("no answer from gone to 120 questions (HTTP 500)"));
}

TEST(Play, EndsWhenTheBudgetPaidForNoFurtherCall) {
  Start start;
  start.options.rounds = 5;
  start.options.budget = {1'000'000'000};
  Seams seams = start.outside.seams();
  const auto whole = seams.ask;
  seams.ask = [&](std::span<const Question> questions, std::span<const Call> calls, Usd budget) {
    auto asked = whole(questions, calls, budget);
    asked->out_of_budget = true;
    return asked;
  };
  const auto played = start.play_with(seams);
  ASSERT_TRUE(played);
  EXPECT_EQ(played->ending, Ending::out_of_budget);
  EXPECT_EQ(start.journal.rounds.size(), 1U);
}

// Another process finds the exam's answers on record: they are no new ones.
TEST(Play, CountsOfTheExamWhatWasAskedInTheRound) {
  Start start;
  start.options.rounds = 1;
  Seams seams = start.outside.seams();
  const auto whole = seams.ask;
  seams.ask = [&](std::span<const Question> questions, std::span<const Call> calls, Usd budget) {
    auto asked = whole(questions, calls, budget);
    asked->on_record.assign(calls.size(), true);
    if (!calls.empty()) asked->on_record[0] = false;
    return asked;
  };
  ASSERT_TRUE(start.play_with(seams));
  EXPECT_EQ(start.journal.rounds[0].exam_asked, 1);
  EXPECT_EQ(start.journal.rounds[0].exam.compared, 120U);
}

TEST(Failures, AreSaidInOneLineOfBoundedLength) {
  std::vector<Failure> failures;
  add_failures(std::vector<Failure>{{"a", 3, "first"}, {"b", 1, "one\ntwo"}}, failures);
  add_failures(std::vector<Failure>{{"a", 4, "last"}}, failures);
  EXPECT_EQ(failures_text(failures), "a to 7 questions (last), b to 1 question (one...)");
  for (int i = 0; i < 20; ++i) {
    add_failures(std::vector<Failure>{{std::to_string(i), 1, std::string(4'000, 'x')}}, failures);
  }
  EXPECT_LT(failures_text(failures).size(), 900U);
}

TEST(Play, RefusesAndCountsContaminatedQuestions) {
  Start start;
  // A generator that copies every third question from the exam.
  for (const Question& question : start.journal.exam) start.outside.filter.know_test(question);
  Seams seams = start.outside.seams();
  seams.generate = [&](int round, std::size_t count) -> Result<Generated> {
    QuestionFilter filter = start.outside.filter;
    Generated admitted;
    const auto fresh = start.world.traffic(count, 100 + static_cast<std::uint64_t>(round));
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      Question question = fresh[i];
      if (i % 3 == 0) {
        question = start.journal.exam[i];
        question.id = "copied-" + std::to_string(i);
        question.question = "Question:  " + question.question;
      }
      if (filter.screen(question) == Screening::admitted) {
        admitted.questions.push_back(std::move(question));
      }
    }
    admitted.screened = filter.counts();
    return admitted;
  };
  ASSERT_TRUE(start.play_with(seams));
  for (const Round& round : start.journal.rounds) {
    EXPECT_GE(round.screened[static_cast<std::size_t>(Screening::contaminated)], 27);
    for (const Question& question : round.questions) {
      EXPECT_THAT(question.id, testing::Not(testing::StartsWith("copied-")));
    }
  }
}

// Two of three questions have no exact answer, and their judge errs in 30 of 100 verdicts.
TEST(Play, ACorruptedJudgeDoesNotMakeThePromotedModelWorse) {
  double before = 0.0;
  double after = 0.0;
  constexpr std::uint64_t kSeeds = 4;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Start start(seed, 120);
    start.journal.exam = start.world.traffic(600, 3);
    start.options.rounds = 6;
    std::set<std::string> exam;
    for (const Question& question : start.journal.exam) exam.insert(question.id);
    const auto truth = start.world.traffic(1'500, 2);
    const auto first = train_on(start.known, start.targets, seed, 1);
    ASSERT_TRUE(first);
    Seams seams = start.outside.seams();
    Rng rng(seed);
    seams.ask = [&](std::span<const Question> questions, std::span<const Call> calls,
                    Usd) -> Result<Asked> {
      Asked asked;
      for (const Call& call : calls) {
        const Question& question = questions[call.question];
        const bool right = start.world.is_right(question, call.expert);
        Answered answer{.score = right ? 1.0 : 0.0};
        if (!exam.contains(question.id)) {
          answer.basis = Basis::judged;
          if (rng.uniform() < 0.3) answer.score = 1.0 - answer.score;
          if (fast_hash(question.id) % 3 == 0) answer.right = right;  // its answer is known as well
        }
        asked.answers.emplace_back(answer);
      }
      return asked;
    };
    const auto played = start.play_with(seams);
    ASSERT_TRUE(played);
    EXPECT_NEAR(start.known.judge.passes_right(), 0.7, 0.15);
    EXPECT_NEAR(start.known.judge.passes_wrong(), 0.3, 0.15);
    const double was = start.world.quality(*first, truth);
    const double is = start.world.quality(*played->model, truth);
    EXPECT_GE(is, was - 0.015) << seed;  // three standard errors of this sample
    before += was / kSeeds;
    after += is / kSeeds;
  }
  EXPECT_GT(after, before);
}

TEST(Play, NoExpertsVerdictDecidesTheExam) {
  Start start;
  Seams seams = start.outside.seams();
  seams.ask = [](std::span<const Question>, std::span<const Call> calls, Usd) -> Result<Asked> {
    Asked asked;
    asked.answers.assign(calls.size(), Answered{.score = 1.0, .basis = Basis::judged});
    return asked;
  };
  ASSERT_TRUE(start.play_with(seams));
  EXPECT_THAT(start.journal.rounds[0].reason, testing::HasSubstr("nothing to compare by"));
  EXPECT_FALSE(start.journal.rounds[0].promoted);
}

TEST(JournalFile, ReadsBackWhatItWrites) {
  Start start;
  ASSERT_TRUE(start.play_with(start.outside.seams()));
  start.journal.rounds[0].failures = {{"gone", 12, "connect: refused"}};
  start.journal.exam_size = 150;
  start.journal.exam_before = 7;
  const std::string json = journal_json(start.journal);
  const auto again = parse_journal(json, "j");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(journal_json(*again), json);
  // Half a file, another version, a call to nobody: an error that names the file.
  std::string other = json;
  other.replace(other.find("\"version\": 1"), 12, "\"version\": 9");
  for (const std::string& bad :
       {json.substr(0, json.size() / 2), json.substr(0, json.find("\"exam\"") + 5'000),
        std::string("[]"), other}) {
    const auto read = parse_journal(bad, "some.json");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
    EXPECT_THAT(read.error().message, testing::HasSubstr("some.json"));
    EXPECT_LT(read.error().message.size(), 300U) << "one line, not the file";
    EXPECT_THAT(read.error().message, testing::Not(testing::HasSubstr("\n")));
  }
}

}  // namespace
}  // namespace ooe::selfplay
