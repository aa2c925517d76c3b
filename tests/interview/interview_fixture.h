// An interview of scripted experts, with a store of its own, as run() makes it; shared by the tests
// of the room.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "interview/interview.h"
#include "tests/interview/scripted_chat_client.h"

namespace ooe::interview {

using std::chrono::milliseconds;

inline std::vector<Question> questions_of(int count) {
  std::vector<Question> questions;
  for (int i = 0; i < count; ++i) {
    Question question;
    question.id = "q" + std::to_string(i);
    question.benchmark = "b";
    question.question = "What is " + std::to_string(i) + " + 1?";
    question.answer = std::to_string(i + 1);
    questions.push_back(std::move(question));
  }
  return questions;
}

inline Expert expert_of(const std::string& name, double usd_per_million = 1.0) {
  Expert expert;
  expert.name = name;
  expert.model = name;
  const TokenPrice price = *token_price(usd_per_million);
  expert.prices = Prices{price, price, price};
  return expert;
}

// Reads the question's number out of the body.
inline std::string right_answer(const std::string& body) {
  const std::size_t at = body.find("What is ") + 8;
  return std::to_string(std::stoi(body.substr(at)) + 1);
}

inline ScriptedReply right(const Expert&, const std::string& body, int) {
  return says("Answer: " + right_answer(body));
}

class InterviewTest : public ::testing::Test {
 protected:
  InterviewTest() {
    options_.ask.backoff = {.first = milliseconds(1), .max = milliseconds(4)};
    options_.ask.others_poll = milliseconds(5);
    options_.ask.concurrency = {.first = 3, .max = 3};
  }
  ~InterviewTest() override {
    for (const char* ending : {"", "-wal", "-shm", "-runs"}) std::remove((path_ + ending).c_str());
  }

  Result<InterviewSummary> run(ScriptedChatClient::Script script) {
    http::Loop loop;
    ScriptedChatClient client(loop, std::move(script));
    const SystemClock clock;
    const auto journal = store::InterviewJournal::open(path_, clock);
    if (!journal) return fail(journal.error());
    const OnProgress note = [this](const ExpertProgress& progress) {
      last_[progress.expert] = progress;
      if (on_progress_) on_progress_(progress);
    };
    auto summary = run_interview({loop, client, **journal, clock, stop_, note}, *database_,
                                 experts_, questions_, options_);
    calls_ = client.calls;
    bodies_ = client.bodies;
    in_flight_max_ = client.in_flight_max;
    for (const auto& [expert, count] : client.in_flight) {
      EXPECT_EQ(count, 0) << expert << " has calls left in flight";
    }
    return summary;
  }

  static inline std::atomic<int> count_ = 0;
  std::string path_ = std::string(::testing::TempDir()) + "/interview_test_" +
                      std::to_string(::getpid()) + "_" + std::to_string(count_++) + ".db";
  std::unique_ptr<store::Store> database_ = *store::open_store(path_);
  std::vector<Expert> experts_ = {expert_of("a"), expert_of("b")};
  std::vector<Question> questions_ = questions_of(10);
  InterviewOptions options_;
  std::atomic<bool> stop_ = false;
  std::function<void(const ExpertProgress&)> on_progress_;
  std::map<std::string, ExpertProgress> last_;
  std::map<std::string, int> calls_;
  std::map<std::string, int> in_flight_max_;
  std::vector<std::string> bodies_;
};

}  // namespace ooe::interview
