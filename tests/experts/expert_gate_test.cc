#include "experts/expert_gate.h"

#include <utility>

#include <gtest/gtest.h>

#include "core/fault_word.h"
#include "experts/hedge_budget.h"
#include "http/client.h"

namespace ooe::experts {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ExpertGate, SortsFaultsByWhoseTheyAre) {
  struct Case {
    const char* fault;
    CallEnd end;
  };
  for (const auto& [fault, end] : {Case{"", CallEnd::answered},
                                   {"dialect", CallEnd::abandoned},
                                   {"moderated", CallEnd::answered},
                                   {"unpaid", CallEnd::failed},
                                   {"http_403", CallEnd::failed},
                                   {"http_400", CallEnd::answered},
                                   {"http_422", CallEnd::answered},
                                   {"http_429", CallEnd::turned_away},
                                   {"http_503", CallEnd::failed},
                                   {"connect", CallEnd::failed},
                                   {"too_slow", CallEnd::failed},
                                   {"head_timeout", CallEnd::timed_out},
                                   {"first_token_timeout", CallEnd::timed_out},
                                   {"hedge_lost", CallEnd::abandoned},
                                   {"client_gone", CallEnd::abandoned},
                                   {"deadline", CallEnd::abandoned},
                                   {"no_socket", CallEnd::abandoned},
                                   {"shut_down", CallEnd::abandoned}}) {
    EXPECT_EQ(call_end(fault), end) << fault;
  }
}

// The rooms http and core do not know each other, so each has these words of its own.
TEST(ExpertGate, ReadsTheFaultsOfHttpInTheWordsOfReceipts) {
  for (const auto& [fault, word] : {std::pair{http::Fault::resolve, fault_word::kResolve},
                                    std::pair{http::Fault::connect, fault_word::kConnect},
                                    std::pair{http::Fault::no_socket, fault_word::kNoSocket},
                                    std::pair{http::Fault::tls, fault_word::kTls},
                                    std::pair{http::Fault::head_timeout, fault_word::kHeadTimeout},
                                    std::pair{http::Fault::malformed, fault_word::kMalformed},
                                    std::pair{http::Fault::stalled, fault_word::kStalled},
                                    std::pair{http::Fault::cut, fault_word::kCut}}) {
    EXPECT_EQ(http::to_string(fault), word);
  }
}

TEST(ExpertGate, SlowRequestsOfOneDoNotShutAnExpertThatAnswersOthers) {
  ExpertGate gate;
  TimePoint now{};
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(gate.start(now));
  now += seconds(60);
  ASSERT_TRUE(gate.start(now));
  gate.speaks(now);
  now += seconds(60);
  for (int i = 0; i < 10; ++i) gate.end(CallEnd::timed_out, seconds(120), std::nullopt, now);
  EXPECT_TRUE(gate.allows(now));
  // Nobody has heard of it since these started.
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(gate.start(now));
  now += seconds(120);
  for (int i = 0; i < 5; ++i) gate.end(CallEnd::timed_out, seconds(120), std::nullopt, now);
  EXPECT_FALSE(gate.allows(now));
}

TEST(ExpertGate, LetsAtMostHalfOfWhatWasTooMuchIn) {
  ExpertGate gate;
  TimePoint now{};
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(gate.start(now));
  gate.end(CallEnd::turned_away, milliseconds(1), std::nullopt, now);
  EXPECT_EQ(gate.limit(), 5);
  EXPECT_FALSE(gate.start(now)) << "nine are still running";
  for (int i = 0; i < 5; ++i) gate.end(CallEnd::answered, milliseconds(1), std::nullopt, now);
  EXPECT_TRUE(gate.start(now)) << "four were running";
}

TEST(ExpertGate, OneCallTooManyIsNoCrowd) {
  ExpertGate gate;
  ASSERT_TRUE(gate.start(TimePoint{}));
  gate.end(CallEnd::turned_away, milliseconds(1), std::nullopt, TimePoint{});
  EXPECT_EQ(gate.limit(), ExpertGate::kUnlimited.first);
}

TEST(ExpertGate, CallsOfTheLastGenerationDoNotCountInTheNext) {
  ExpertGate gate({}, {.first = 1, .max = 1});
  ASSERT_TRUE(gate.start(TimePoint{}));
  EXPECT_FALSE(gate.allows(TimePoint{}));
  EXPECT_TRUE(gate.without_calls().allows(TimePoint{}));
}

TEST(HedgeBudget, AllowsItsShareAndSavesAFew) {
  HedgeBudget budget;
  EXPECT_FALSE(budget.has_room());
  int hedges = 0;
  for (int request = 0; request < 1'000; ++request) {
    budget.on_request(0.05);
    if (!budget.has_room()) continue;
    budget.take();
    ++hedges;
  }
  EXPECT_NEAR(hedges, 50, 1);
  for (int request = 0; request < 10'000; ++request) budget.on_request(1.0);
  for (int i = 0; i < 10; ++i) budget.take();
  EXPECT_FALSE(budget.has_room()) << "savings end at ten";
}

}  // namespace
}  // namespace ooe::experts
