#include "store/interview_journal.h"

#include <atomic>
#include <cstdio>
#include <map>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace ooe::store {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

AnswerKey key_of(const std::string& prompt) { return {"gpt-4", prompt, "parameters", 0}; }

PlannedCall call_of(const std::string& prompt, std::int64_t nano = 100) {
  return {key_of(prompt), "q", Usd{nano}, WallTime(std::chrono::microseconds(7))};
}

Answer answer_of(const std::string& prompt, std::string text = "B") {
  Answer answer;
  answer.key = key_of(prompt);
  answer.question_id = "q";
  answer.benchmark = "bar";
  answer.text = std::move(text);
  answer.cost = Usd{40};
  return answer;
}

// One run, and what it has been told.
class Party {
 public:
  explicit Party(const std::string& path) : journal_(*InterviewJournal::open(path, clock_)) {}

  Result<void> step(const StepDone& done, std::vector<PlannedCall> calls, bool sweep = false) {
    answers.clear();
    told = false;
    return journal_->step(
        {.on_answer = [this](const AnswerKey& key, std::string_view,
                             Usd cost) { answers[key.prompt_hash] = cost; },
         .on_calls =
             [this](std::span<const OpenCall> open) {
               told = true;
               open_calls.assign(open.begin(), open.end());
             }},
        done, [&] { return calls; }, sweep);
  }
  InterviewJournal& journal() { return *journal_; }
  void die() { journal_.reset(); }

  std::map<std::string, Usd> answers;
  std::vector<OpenCall> open_calls;
  bool told = false;

 private:
  SystemClock clock_;
  std::unique_ptr<InterviewJournal> journal_;
};

class InterviewJournalTest : public ::testing::Test {
 protected:
  InterviewJournalTest() {
    Question question;
    question.id = "q";
    question.question = "?";
    EXPECT_TRUE((*open_store(path_))->put_questions(std::vector{question}).has_value());
  }
  ~InterviewJournalTest() override {
    for (const char* ending : {"", "-wal", "-shm", "-runs"}) std::remove((path_ + ending).c_str());
  }

  static inline std::atomic<int> count_ = 0;
  std::string path_ = std::string(::testing::TempDir()) + "/journal_test_" +
                      std::to_string(::getpid()) + "_" + std::to_string(count_++) + ".db";
};

TEST_F(InterviewJournalTest, SettlesACallWithItsAnswer) {
  Party run(path_);
  ASSERT_TRUE(run.step({}, {call_of("a"), call_of("b"), call_of("c")}).has_value());
  EXPECT_TRUE(run.told);
  EXPECT_THAT(run.answers, IsEmpty());
  const std::vector answers{answer_of("a")};
  const std::vector grades{Grade{key_of("a"), "choice", 1, 1.0F}};
  const std::vector<EndedCall> ended{
      {key_of("a"), "", {}}, {key_of("b"), "", {}}, {key_of("c"), "cut", Usd{60}}};
  ASSERT_TRUE(run.step({answers, grades, ended}, {}).has_value());
  EXPECT_FALSE(run.told) << "nobody else has done anything";
  EXPECT_THAT((*open_store(path_))->outcomes().value(), SizeIs(1));
  const auto unsettled = run.journal().unsettled();
  ASSERT_THAT(*unsettled, SizeIs(1));
  EXPECT_EQ((*unsettled)[0].key, key_of("c"));
  EXPECT_EQ((*unsettled)[0].ended, "cut");
  EXPECT_EQ((*unsettled)[0].reserved, Usd{60});
}

TEST_F(InterviewJournalTest, TellsWhatOthersDidAndKeepsCallsApart) {
  Party one(path_);
  Party two(path_);
  ASSERT_TRUE(one.step({}, {call_of("a", 11)}).has_value());
  ASSERT_TRUE(two.step({}, {}).has_value());
  ASSERT_THAT(two.open_calls, SizeIs(1));
  EXPECT_EQ(two.open_calls[0].reserved, Usd{11});
  EXPECT_EQ(two.open_calls[0].ended, "");
  EXPECT_FALSE(two.open_calls[0].mine);
  EXPECT_FALSE(two.step({}, {call_of("a")}).has_value()) << "somebody else is asking";
  ASSERT_TRUE(two.step({}, {call_of("b")}).has_value());

  const std::vector answers{answer_of("a")};
  const std::vector<EndedCall> ended{{key_of("a"), "", {}}};
  ASSERT_TRUE(one.step({answers, {}, ended}, {}).has_value());
  EXPECT_THAT(one.answers, IsEmpty()) << "its own answer is no news";
  ASSERT_TRUE(two.step({}, {}).has_value());
  ASSERT_THAT(two.answers, SizeIs(1));
  EXPECT_EQ(two.answers["a"], Usd{40});
  ASSERT_THAT(two.open_calls, SizeIs(1));
  EXPECT_TRUE(two.open_calls[0].mine);
  ASSERT_TRUE(two.step({}, {}).has_value());
  EXPECT_FALSE(two.told);
  two.journal().forget();
  ASSERT_TRUE(two.step({}, {}).has_value());
  EXPECT_THAT(two.answers, SizeIs(1)) << "told anew";
}

TEST_F(InterviewJournalTest, FindsTheCallsOfARunThatWasKilled) {
  Party living(path_);
  Party dying(path_);
  ASSERT_TRUE(living.step({}, {call_of("a")}).has_value());
  ASSERT_TRUE(dying.step({}, {call_of("b", 5), call_of("c", 6)}).has_value());
  dying.die();
  ASSERT_TRUE(living.step({}, {}, true).has_value());
  EXPECT_THAT(living.journal().killed().calls, SizeIs(2));
  EXPECT_EQ(living.journal().killed().reserved, Usd{11});
  Party next(path_);
  ASSERT_TRUE(next.step({}, {call_of("b")}).has_value()) << "it may be asked again";
  EXPECT_THAT(next.journal().killed().calls, IsEmpty()) << "found before, and told once";
  EXPECT_THAT(next.journal().unsettled().value(), SizeIs(2));
  ASSERT_TRUE(living.step({}, {}, true).has_value());
  EXPECT_THAT(living.journal().killed().calls, SizeIs(2)) << "the living are left alone";
}

TEST_F(InterviewJournalTest, StoresNothingInAFileThatIsNoLongerThere) {
  Party run(path_);
  const auto store = *open_store(path_);
  ASSERT_TRUE(run.step({}, {call_of("a"), call_of("b")}).has_value());
  const std::vector answers{answer_of("a")};
  const std::vector<EndedCall> ended{{key_of("a"), "", {}}};
  ASSERT_TRUE(run.step({answers, {}, ended}, {}).has_value());
  std::remove(path_.c_str());
  const std::vector grades{Grade{key_of("a"), "choice", 1, 1.0F}};
  const std::vector more{answer_of("b")};
  for (const bool replaced : {false, true}) {
    if (replaced) {
      ASSERT_TRUE(open_store(path_ + ".other").has_value());
      std::rename((path_ + ".other").c_str(), path_.c_str());
    }
    const auto stepped = run.step({more, {}, {}}, {});
    ASSERT_FALSE(stepped.has_value());
    EXPECT_EQ(stepped.error().code, ErrorCode::unavailable);
    EXPECT_THAT(stepped.error().message, HasSubstr("moved, replaced or deleted"));
    EXPECT_FALSE(run.journal().put_grades(grades).has_value());
    EXPECT_FALSE(run.journal().unsettled().has_value());
    EXPECT_FALSE(store->put_answers(more, {}).has_value());
  }
  for (const char* ending : {"-wal", "-shm"}) std::remove((path_ + ".other" + ending).c_str());
}

TEST_F(InterviewJournalTest, AddsUpAnswersAndWhatOpenCallsMayHaveCost) {
  Party run(path_);
  ASSERT_TRUE(run.step({}, {call_of("a"), call_of("b", 7), call_of("c", 500)}).has_value());
  const std::vector answers{answer_of("a")};
  const std::vector<EndedCall> ended{{key_of("a"), "", {}}, {key_of("b"), "cut", Usd{7}}};
  ASSERT_TRUE(run.step({answers, {}, ended}, {}).has_value());
  const auto spent_on = [&](std::string_view question) {
    return run.journal()
        .spent_on([&](const AnswerKey&, std::string_view id) { return id == question; })
        .value();
  };
  EXPECT_EQ(spent_on("q"), Usd{40 + 7 + 500});
  EXPECT_EQ(spent_on("another"), Usd{});
  const auto of_b = run.journal().spent_on(
      [](const AnswerKey& key, std::string_view) { return key.prompt_hash == "b"; });
  EXPECT_EQ(of_b.value(), Usd{7});
}

TEST_F(InterviewJournalTest, StoresAllOrNothing) {
  Party run(path_);
  ASSERT_TRUE(run.step({}, {call_of("a")}).has_value());
  const std::vector answers{answer_of("a")};
  const std::vector grades{Grade{key_of("nobody"), "choice", 1, 1.0F}};
  EXPECT_FALSE(run.step({answers, grades, {}}, {}).has_value());
  EXPECT_THAT((*open_store(path_))->answer_keys("gpt-4").value(), IsEmpty());
}

TEST_F(InterviewJournalTest, GivesBackTheTextsToBeGraded) {
  std::string page;
  for (int i = 0; i < 200; ++i) page += "Step " + std::to_string(i) + ": think. ";
  const std::vector answers{answer_of("a", "B"), answer_of("b", page), answer_of("c", "")};
  std::vector<Answer> all = answers;
  all.push_back(answer_of("d", ""));
  all.back().kept = false;
  Party run(path_);
  const std::vector grades{Grade{key_of("a"), "choice", 1, 1.0F}};
  ASSERT_TRUE(run.step({all, grades, {}}, {}).has_value());
  const auto newer = run.journal().ungraded("gpt-4", "choice", 2, 0, 100);
  ASSERT_THAT(*newer, SizeIs(4));
  EXPECT_EQ((*newer)[0].text, "B");
  EXPECT_EQ((*newer)[1].text, page);
  EXPECT_TRUE((*newer)[2].kept);
  EXPECT_FALSE((*newer)[3].kept);
  EXPECT_THAT(run.journal().ungraded("gpt-4", "choice", 1, 0, 100).value(), SizeIs(3));
  EXPECT_THAT(run.journal().ungraded("gpt-4", "choice", 2, (*newer)[1].seq, 1).value(), SizeIs(1));
  EXPECT_THAT(run.journal().ungraded("other", "choice", 2, 0, 100).value(), IsEmpty());
  SQLite::Database database(path_, SQLite::OPEN_READWRITE);
  EXPECT_LT(database.execAndGet("SELECT sum(length(text_zstd)) FROM answers").getInt64(),
            static_cast<std::int64_t>(page.size() / 4));
  database.exec("UPDATE answers SET text_zstd = x'00' WHERE text_zstd IS NOT NULL");
  EXPECT_THAT(run.journal().ungraded("gpt-4", "choice", 2, 0, 100).error().message,
              HasSubstr("cannot be unpacked"));
}

TEST_F(InterviewJournalTest, KnowsThatAnswersOfTheFirstSchemaWithoutTextWereNotKept) {
  // A file as version 1 left it.
  const std::string old = path_ + "-old";
  {
    SQLite::Database database(old, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    ASSERT_TRUE(open_store(old).has_value());
    database.exec(
        "DROP TABLE calls; DROP TABLE runs; ALTER TABLE answers DROP COLUMN text_zstd; "
        "ALTER TABLE answers DROP COLUMN kept; "
        "ALTER TABLE answers DROP COLUMN reasoning_tokens; DROP VIEW attempts; DROP TABLE "
        "receipts; DROP TABLE expert_lists; "
        "CREATE TABLE receipts (seq, id, query, received_us, model, privacy, streamed, chosen, "
        "answered_by, predicted_quality, cost_nano_usd, decide_us, first_byte_us, total_us, "
        "ending);"
        "CREATE TABLE attempts (receipt, position, expert, fault, input_tokens, "
        "cached_input_tokens, output_tokens, tokens_estimated, cost_nano_usd, duration_us);"
        "PRAGMA user_version = 1;"
        "INSERT INTO questions VALUES (1, 'q', '', '', '', '', '?', '[]', '')");
    for (const char* text : {"B", ""}) {
      database.exec(std::string("INSERT INTO answers VALUES (NULL, 'gpt-4', 'h") + text +
                    "', 'p', 0, 'q', '', '" + text + "', 1, 0, 1, 0, NULL, 1, 1)");
    }
  }
  Party run(old);
  const auto answers = run.journal().ungraded("gpt-4", "choice", 1, 0, 10);
  ASSERT_THAT(*answers, SizeIs(2));
  EXPECT_TRUE((*answers)[0].kept);
  EXPECT_EQ((*answers)[0].text, "B");
  EXPECT_FALSE((*answers)[1].kept);
  for (const char* ending : {"", "-wal", "-shm", "-runs"}) std::remove((old + ending).c_str());
}

}  // namespace
}  // namespace ooe::store
