// What every Store must do. An implementation joins by instantiating the suite with a function that
// gives the URL of a fresh, empty database:
//   INSTANTIATE_TEST_SUITE_P(Sqlite, StoreSuite, ::testing::Values(&fresh_sqlite_url), ...);
#pragma once

#include <algorithm>
#include <csignal>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "store/store.h"

namespace ooe::store {

using FreshUrl = std::string (*)();

class StoreSuite : public ::testing::TestWithParam<FreshUrl> {
 protected:
  [[nodiscard]] std::unique_ptr<Store> open() const {
    auto store = open_store(url_);
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }

  static Question question(const std::string& id) {
    return {.id = id,
            .benchmark = "b",
            .split = "test",
            .subject = "law",
            .category = "arts",
            .question = "Which of \"these\"?\n",
            .choices = {"x\ty", "\xC3\xA9"},
            .answer = "B"};
  }

  static Answer answer(const std::string& expert, const std::string& question_id) {
    return {.key = {expert, "prompt " + question_id, "parameters", 0},
            .question_id = question_id,
            .benchmark = "b",
            .text = "B, because",
            .tokens =
                {.input = 120, .cached_input = 20, .output = 7, .reasoning = 5, .estimated = true},
            .cost = Usd{12'345},
            .latency = std::chrono::milliseconds(321),
            .asked = WallTime(std::chrono::microseconds(1'700'000'000'000'001))};
  }

  static Grade grade(const Answer& answer, float score, std::int32_t version = 1) {
    return {.answer = answer.key, .grader = "choice", .version = version, .score = score};
  }

  static Receipt receipt(std::int64_t microseconds) {
    Receipt receipt;
    receipt.id = {random_bytes_128()};
    receipt.query = {blake2b_128("query")};
    receipt.received = WallTime(std::chrono::microseconds(microseconds));
    receipt.model = "auto";
    receipt.key = "alice";
    receipt.privacy = PrivacyClass::confidential;
    receipt.privacy_reasons = {"default", "email", "a rule, with \"marks\""};
    receipt.cleared = {"a", "b"};
    receipt.redacted = {"email 2", "card 1"};
    receipt.streamed = true;
    receipt.chosen = "a";
    receipt.answered_by = "b";
    receipt.predicted_quality = 0.1 + 0.2;
    receipt.propensity = 0.015;
    receipt.foreseen = std::string("\x01\x00\xFF", 3);
    receipt.attempts = {
        {.expert = "a", .fault = "http_429", .tokens = {}, .cost = {}, .duration = {}},
        {.expert = "b",
         .fault = "",
         .tokens = {.input = 9, .cached_input = 1, .cache_write = 4, .output = 3, .reasoning = 2},
         .cost = Usd{77},
         .duration = std::chrono::microseconds(1'234)}};
    receipt.cost = Usd{77};
    receipt.decide = std::chrono::microseconds(12);
    receipt.first_byte = std::chrono::microseconds(900);
    receipt.total = std::chrono::microseconds(1'300);
    receipt.ending = Ending::upstream_truncated;
    return receipt;
  }

  std::string url_ = GetParam()();
};

TEST_P(StoreSuite, IsEmptyWhenNew) {
  const auto store = open();
  EXPECT_TRUE(store->questions()->empty());
  EXPECT_TRUE(store->outcomes()->empty());
  EXPECT_TRUE(store->answer_keys("a")->empty());
  EXPECT_TRUE(store->receipts(10)->empty());
}

TEST_P(StoreSuite, KeepsQuestionsInOrderAcrossAReopen) {
  const std::vector<Question> questions = {question("q2"), question("q1")};
  ASSERT_TRUE(open()->put_questions(questions).has_value());
  const auto read = open()->questions();
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0].id, "q2");
  const Question& second = (*read)[1];
  EXPECT_EQ(second.benchmark, "b");
  EXPECT_EQ(second.split, "test");
  EXPECT_EQ(second.subject, "law");
  EXPECT_EQ(second.category, "arts");
  EXPECT_EQ(second.question, questions[1].question);
  EXPECT_EQ(second.choices, questions[1].choices);
  EXPECT_EQ(second.answer, "B");
}

TEST_P(StoreSuite, TakesAnEqualQuestionAgainAndRefusesAChangedOne) {
  const auto store = open();
  std::vector<Question> questions = {question("q1")};
  ASSERT_TRUE(store->put_questions(questions).has_value());
  ASSERT_TRUE(store->put_questions(questions).has_value());
  questions = {question("q2"), question("q1")};
  questions[1].answer = "A";
  const auto changed = store->put_questions(questions);
  ASSERT_FALSE(changed.has_value());
  EXPECT_EQ(changed.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(changed.error().message, ::testing::HasSubstr("'q1'"));
  EXPECT_EQ(store->questions()->size(), 1U) << "all or nothing";
}

TEST_P(StoreSuite, OutcomesCarryWhatAnswersAndGradesSay) {
  const auto store = open();
  const std::vector<Question> questions = {question("q1"), question("q2")};
  ASSERT_TRUE(store->put_questions(questions).has_value());
  std::vector<Answer> answers = {answer("b", "q2"), answer("b", "q1"), answer("a", "q2")};
  answers[2].cost.reset();
  const std::vector<Grade> grades = {grade(answers[0], 0.25F), grade(answers[1], 1.0F),
                                     grade(answers[2], 0.0F)};
  ASSERT_TRUE(store->put_answers(answers, grades).has_value());
  const auto outcomes = open()->outcomes();
  ASSERT_TRUE(outcomes.has_value()) << outcomes.error().message;
  ASSERT_EQ(outcomes->size(), 3U);
  const Outcome& first = (*outcomes)[0];
  EXPECT_EQ(first.question_id, "q1");
  EXPECT_EQ(first.expert, "b");
  EXPECT_EQ(first.score, 1.0F);
  EXPECT_EQ(first.tokens.input, 120);
  EXPECT_EQ(first.tokens.cached_input, 20);
  EXPECT_EQ(first.tokens.reasoning, 5);
  EXPECT_EQ(first.tokens.output, 7);
  EXPECT_TRUE(first.tokens.estimated);
  EXPECT_EQ(first.cost, Usd{12'345});
  EXPECT_EQ(first.latency_ms, 321);
  EXPECT_EQ(first.grader, "choice/1");
  EXPECT_EQ((*outcomes)[1].expert, "a");
  EXPECT_FALSE((*outcomes)[1].cost.has_value());
  EXPECT_EQ((*outcomes)[2].score, 0.25F);
}

TEST_P(StoreSuite, GivesTheWordsOfGradedAnswersThatAreKept) {
  const auto store = open();
  const std::vector<Question> questions = {question("q1"), question("q2"), question("q3")};
  ASSERT_TRUE(store->put_questions(questions).has_value());
  std::vector<Answer> answers = {answer("b", "q2"), answer("b", "q1"), answer("a", "q1"),
                                 answer("b", "q3")};
  answers[0].text = std::string(5'000, 'x');  // long enough to be compressed
  answers[3].text.clear();
  answers[3].kept = false;
  const std::vector<Grade> grades = {grade(answers[0], 0.25F), grade(answers[1], 1.0F),
                                     grade(answers[1], 0.5F, 2), grade(answers[2], 1.0F),
                                     grade(answers[3], 1.0F)};
  ASSERT_TRUE(store->put_answers(answers, grades).has_value());
  const auto texts = store->graded_texts("b");
  ASSERT_TRUE(texts.has_value()) << texts.error().message;
  ASSERT_EQ(texts->size(), 2U);
  EXPECT_EQ((*texts)[0].question_id, "q1");
  EXPECT_EQ((*texts)[0].text, "B, because");
  EXPECT_EQ((*texts)[0].score, 0.5F) << "the newest version's";
  EXPECT_EQ((*texts)[1].text, answers[0].text);
}

TEST_P(StoreSuite, AnAnswerOnRecordStaysAndANewerGradeIsTheOneThatCounts) {
  const auto store = open();
  ASSERT_TRUE(store->put_questions(std::vector{question("q1")}).has_value());
  Answer first = answer("a", "q1");
  EXPECT_EQ(store->put_answers(std::vector{first}, std::vector{grade(first, 0.5F, 2)}), 0U);
  EXPECT_EQ(store->put_answers(std::vector{first}, std::vector{grade(first, 0.5F, 2)}), 0U);
  first.tokens.output = 999;
  EXPECT_EQ(store->put_answers(std::vector{first}, std::vector{grade(first, 0.0F, 2)}), 1U)
      << "one that is not taken over";
  ASSERT_EQ(store->outcomes()->size(), 1U);
  EXPECT_EQ(store->outcomes()->front().tokens.output, 7);
  EXPECT_EQ(store->outcomes()->front().score, 0.5F);
  ASSERT_TRUE(store->put_answers({}, std::vector{grade(first, 1.0F, 10)}));
  ASSERT_TRUE(store->put_answers({}, std::vector{grade(first, 0.1F, 1)}));
  ASSERT_EQ(store->outcomes()->size(), 1U);
  EXPECT_EQ(store->outcomes()->front().score, 1.0F);
  EXPECT_EQ(store->outcomes()->front().grader, "choice/10");
}

TEST_P(StoreSuite, SamplesAndParametersMakeDifferentAnswers) {
  const auto store = open();
  ASSERT_TRUE(store->put_questions(std::vector{question("q1")}).has_value());
  std::vector<Answer> answers(3, answer("a", "q1"));
  answers[1].key.sample = 1;
  answers[2].key.parameters_hash = "other";
  ASSERT_TRUE(store->put_answers(answers, {}).has_value());
  const auto keys = store->answer_keys("a");
  ASSERT_TRUE(keys.has_value());
  EXPECT_EQ(std::set<AnswerKey>(keys->begin(), keys->end()),
            (std::set<AnswerKey>{answers[0].key, answers[1].key, answers[2].key}));
  EXPECT_TRUE(store->answer_keys("b")->empty());
  EXPECT_TRUE(store->outcomes()->empty()) << "an answer without a grade is no outcome";
}

TEST_P(StoreSuite, ABatchIsStoredWholeOrNotAtAll) {
  const auto store = open();
  ASSERT_TRUE(store->put_questions(std::vector{question("q1")}).has_value());
  const Answer good = answer("a", "q1");
  struct Case {
    std::string what;
    std::vector<Answer> answers;
    std::vector<Grade> grades;
  };
  const Case cases[] = {
      {"a grade of an answer nobody gave", {good}, {grade(good, 1), grade(answer("z", "q1"), 1)}},
      {"an answer to a question nobody put", {good, answer("a", "q9")}, {}},
      {"a score above one", {good}, {grade(good, 1.5F)}},
  };
  for (const auto& [what, answers, grades] : cases) {
    SCOPED_TRACE(what);
    const auto stored = store->put_answers(answers, grades);
    ASSERT_FALSE(stored.has_value());
    EXPECT_EQ(stored.error().code, ErrorCode::invalid_argument);
    EXPECT_TRUE(store->answer_keys("a")->empty());
  }
}

TEST_P(StoreSuite, ReceiptsComeBackWholeTheNewestFirst) {
  const auto store = open();
  const std::vector<Receipt> receipts = {receipt(1'000), receipt(3'000), receipt(2'000)};
  ASSERT_TRUE(store->put_receipts(receipts).has_value());
  ASSERT_TRUE(store->put_receipts(receipts).has_value()) << "writing again after doubt is safe";
  EXPECT_EQ(store->receipts(100)->size(), 3U);
  EXPECT_TRUE(store->receipts(0)->empty());
  EXPECT_TRUE(store->receipts(-1)->empty());
  std::vector<ReceiptId> in_time;
  ASSERT_TRUE(store
                  ->each_receipt(WallTime(std::chrono::microseconds(1'000)),
                                 WallTime(std::chrono::microseconds(3'000)),
                                 [&](const Receipt& each) { in_time.push_back(each.id); })
                  .has_value());
  EXPECT_EQ(in_time, (std::vector<ReceiptId>{receipts[0].id, receipts[2].id}));
  const auto read = open()->receipts(2);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[1].id, receipts[2].id);
  const Receipt& newest = read->front();
  EXPECT_EQ(newest.id, receipts[1].id);
  EXPECT_EQ(newest.query, receipts[1].query);
  EXPECT_EQ(newest.received, receipts[1].received);
  EXPECT_EQ(newest.model, "auto");
  EXPECT_EQ(newest.key, "alice");
  EXPECT_EQ(newest.privacy, PrivacyClass::confidential);
  EXPECT_EQ(newest.privacy_reasons, receipts[1].privacy_reasons);
  EXPECT_EQ(newest.cleared, receipts[1].cleared);
  EXPECT_EQ(newest.redacted, receipts[1].redacted);
  EXPECT_TRUE(newest.streamed);
  EXPECT_EQ(newest.chosen, "a");
  EXPECT_EQ(newest.answered_by, "b");
  EXPECT_EQ(newest.predicted_quality, 0.1 + 0.2);
  EXPECT_EQ(newest.propensity, 0.015);
  EXPECT_EQ(newest.foreseen, receipts[1].foreseen);
  EXPECT_EQ(newest.cost, Usd{77});
  EXPECT_EQ(newest.decide.count(), 12);
  EXPECT_EQ(newest.first_byte.count(), 900);
  EXPECT_EQ(newest.total.count(), 1'300);
  EXPECT_EQ(newest.ending, Ending::upstream_truncated);
  ASSERT_EQ(newest.attempts.size(), 2U);
  EXPECT_EQ(newest.attempts[0].fault, "http_429");
  EXPECT_EQ(newest.attempts[1].expert, "b");
  EXPECT_EQ(newest.attempts[1].tokens.cached_input, 1);
  EXPECT_EQ(newest.attempts[1].tokens.cache_write, 4);
  EXPECT_EQ(newest.attempts[1].tokens.reasoning, 2);
  EXPECT_EQ(newest.attempts[1].cost, Usd{77});
  EXPECT_EQ(newest.attempts[1].duration.count(), 1'234);
}

// Stores may write several with one statement.
TEST_P(StoreSuite, ABatchOfAnySizeIsKeptReceiptByReceipt) {
  const auto store = open();
  std::vector<Receipt> written;
  for (const std::size_t size : {1U, 15U, 16U, 17U, 40U, 0U}) {
    std::vector<Receipt> batch;
    for (std::size_t i = 0; i < size; ++i) {
      const auto n = static_cast<std::int64_t>(written.size());
      Receipt one = receipt(n);
      one.model = "model " + std::to_string(n);
      one.privacy_reasons.assign(i % 3, "reason " + std::to_string(n));
      one.redacted.assign(i % 2, "email " + std::to_string(n));
      if (i % 5 == 0) one.attempts.pop_back();
      if (i % 7 == 0) one.foreseen.clear();
      batch.push_back(one);
      if (i % 4 == 0) batch.push_back(one);  // written twice: kept once
      written.push_back(std::move(one));
    }
    ASSERT_TRUE(store->put_receipts(batch).has_value()) << size;
  }
  auto read = store->receipts(1'000);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  std::ranges::reverse(*read);
  EXPECT_EQ(*read, written);
}

TEST_P(StoreSuite, AddsUpWhatEachKeyHasCostADay) {
  const auto store = open();
  std::vector<Receipt> receipts;
  constexpr std::int64_t kDay = 86'400'000'000;
  for (const auto& [key, microseconds] :
       std::vector<std::pair<std::string, std::int64_t>>{{"alice", 1'000},
                                                         {"alice", 2'000},
                                                         {"bob", 2'000},
                                                         {"", 2'000},
                                                         {"alice", kDay - 1},
                                                         {"alice", kDay}}) {
    receipts.push_back(receipt(microseconds));
    receipts.back().key = key;
  }
  ASSERT_TRUE(store->put_receipts(receipts).has_value());
  const auto costs = store->cost_by_key_and_day(WallTime(std::chrono::microseconds(2'000)));
  ASSERT_TRUE(costs.has_value()) << costs.error().message;
  const WallTime first{};
  const WallTime second{std::chrono::days(1)};
  EXPECT_EQ(*costs, (std::vector<KeyDayCost>{{"alice", first, Usd{2 * 77}},
                                             {"alice", second, Usd{77}},
                                             {"bob", first, Usd{77}}}))
      << "requests without a key are nobody's";
  EXPECT_TRUE(store->cost_by_key_and_day(second + std::chrono::microseconds(1))->empty());
}

TEST_P(StoreSuite, EveryEndingAndPrivacyClassSurvives) {
  const auto store = open();
  for (const Ending ending : {Ending::answered, Ending::client_gone, Ending::upstream_truncated,
                              Ending::experts_failed, Ending::refused, Ending::deadline_exceeded}) {
    for (const PrivacyClass privacy : {PrivacyClass::public_, PrivacyClass::internal,
                                       PrivacyClass::confidential, PrivacyClass::restricted}) {
      Receipt one = receipt(store->receipts(100)->size() + 1);
      one.ending = ending;
      one.privacy = privacy;
      ASSERT_TRUE(store->put_receipts(std::vector{one}).has_value());
      const auto read = store->receipts(1);
      EXPECT_EQ(read->front().ending, ending);
      EXPECT_EQ(read->front().privacy, privacy);
    }
  }
}

TEST_P(StoreSuite, SeveralObjectsWriteOneDatabaseAtTheSameTime) {
  constexpr int kWriters = 4;
  constexpr int kBatches = 10;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    // Opening races too: each may find a database without a schema.
    writers.emplace_back([this, writer] {
      const auto store = open();
      ASSERT_NE(store, nullptr);
      for (int batch = 0; batch < kBatches; ++batch) {
        const std::string id = std::to_string(writer) + "-" + std::to_string(batch);
        const std::vector<Question> questions = {question("shared"), question(id)};
        const auto put = store->put_questions(questions);
        ASSERT_TRUE(put.has_value()) << put.error().message;
        const std::vector<Answer> answers = {answer("a", "shared"), answer("a", id)};
        const auto stored = store->put_answers(answers, std::vector{grade(answers[1], 1)});
        ASSERT_TRUE(stored.has_value()) << stored.error().message;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(open()->questions()->size(), std::size_t{kWriters * kBatches + 1});
  EXPECT_EQ(open()->answer_keys("a")->size(), std::size_t{kWriters * kBatches + 1});
  EXPECT_EQ(open()->outcomes()->size(), std::size_t{kWriters * kBatches});
}

TEST_P(StoreSuite, SeveralObjectsMayMakeOneDatabaseAtTheSameTime) {
  constexpr int kRounds = 25;
  for (int round = 0; round < kRounds; ++round) {
    url_ = GetParam()();
    std::vector<std::thread> openers;
    for (int opener = 0; opener < 4; ++opener) {
      openers.emplace_back([this] { EXPECT_NE(open(), nullptr); });
    }
    for (std::thread& opener : openers) opener.join();
  }
}

TEST_P(StoreSuite, WhatWasReportedAsStoredSurvivesAKill) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto store = open_store(url_);
    if (!store) ::_exit(1);
    for (int batch = 0;; ++batch) {
      const std::string id = "q" + std::to_string(batch);
      const std::vector<Answer> answers = {answer("a", id), answer("b", id)};
      if (!(*store)->put_questions(std::vector{question(id)}) ||
          !(*store)->put_answers(answers, std::vector{grade(answers[0], 1)})) {
        ::_exit(1);
      }
      if (::write(pipe_ends[1], "x", 1) != 1) ::_exit(1);
    }
  }
  ::close(pipe_ends[1]);
  std::size_t reported = 0;
  char byte = 0;
  while (reported < 20 && ::read(pipe_ends[0], &byte, 1) == 1) ++reported;
  ::kill(child, SIGKILL);
  while (::read(pipe_ends[0], &byte, 1) == 1) ++reported;  // what it said before it died
  ::close(pipe_ends[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child failed by itself";

  const auto store = open();
  const std::size_t a = store->answer_keys("a")->size();
  EXPECT_GE(a, reported);
  EXPECT_LE(a, reported + 1) << "at most one batch was under way";
  EXPECT_EQ(store->answer_keys("b")->size(), a) << "no half batch";
  EXPECT_EQ(store->outcomes()->size(), a);
}

}  // namespace ooe::store
