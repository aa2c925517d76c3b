#include "orchestrator/session.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include "core/fault_word.h"
#include "testing/session_simulator.h"

namespace ooe::orchestrator {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string_view name_of(const Action& action) {
  static constexpr std::string_view kNames[] = {"predict", "call",  "cancel", "drop",
                                                "head",    "held",  "end",    "whole",
                                                "error",   "break", "wake",   "receipt"};
  static_assert(std::size(kNames) == std::variant_size_v<Action>);
  return kNames[action.index()];
}

// Two cleared experts; the first is predicted to be better.
class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    for (const char* name : {"first", "second"}) {
      Expert expert;
      expert.name = name;
      expert.prices = Prices{{1'000'000}, {1'000'000}, {2'000'000}};
      experts_.push_back(expert);
    }
  }

  Session start(bool streamed, std::string tag = "") {
    SessionSpec spec;
    spec.tag = std::move(tag);
    if (!spec.tag.empty()) spec.tagger = ExpertId{0};
    spec.query.privacy = privacy_;
    spec.query.prompt_tokens = 10;
    spec.streamed = streamed;
    spec.experts = experts_;
    spec.limits = limits_;
    spec.decide.pinned = pinned_;
    for (std::size_t i = 0; i < known_.size(); ++i) well_[i] = known_[i] != 0;
    spec.decide.healthy = {well_.data(), known_.size()};
    Session session(spec);
    feed(session, event::Started{});
    event::Predicted predicted{
        {{.quality = 0.9, .quality_sd = 0.1, .output_tokens = 10, .cost = Usd{1}},
         {.quality = 0.5, .quality_sd = 0.1, .output_tokens = 10, .cost = Usd{1}}}};
    predicted.predictions.resize(experts_.size());
    feed(session, predicted);
    return session;
  }

  std::vector<std::string_view> feed(Session& session, const Event& event, int at_ms = 0) {
    actions_.clear();
    session.on_event(event, TimePoint{} + milliseconds(at_ms), actions_);
    std::vector<std::string_view> names;
    for (const Action& action : actions_) {
      if (name_of(action) != "wake") names.push_back(name_of(action));
    }
    return names;
  }

  const action::SendError& error() const {
    const auto at = std::ranges::find_if(
        actions_, [](const Action& a) { return std::holds_alternative<action::SendError>(a); });
    return std::get<action::SendError>(*at);
  }

  PrivacyClass privacy_ = PrivacyClass::public_;
  std::optional<ExpertId> pinned_;
  std::vector<int> known_;  // [n_experts] who is well; empty: all
  std::array<bool, 2> well_{};
  std::vector<Expert> experts_;
  SessionLimits limits_{
      .total = milliseconds(1'000), .first_token = milliseconds(100), .hold_bytes_max = 100};
  std::vector<Action> actions_;
};

TEST_F(SessionTest, AsksTheBestAndHandsItsAnswerOnWhole) {
  Session session = start(false);
  EXPECT_EQ(session.speaker(), ExpertId{0});
  EXPECT_THAT(feed(session, event::UpstreamHead{0, 200, false, {}}), ElementsAre());
  EXPECT_THAT(feed(session, event::UpstreamBytes{0, 50, 50, {}}), ElementsAre());
  EXPECT_THAT(feed(session, event::UpstreamEnd{0, 40, TokenCounts{.input = 10, .output = 5}}, 7),
              ElementsAre("whole", "receipt"));
  const Receipt& receipt = session.receipt();
  EXPECT_EQ(receipt.ending, Ending::answered);
  EXPECT_EQ(receipt.answered_by, "first");
  EXPECT_EQ(receipt.cost, Usd{20'000});  // 10 x 1,000 nano + 5 x 2,000 nano
  EXPECT_EQ(receipt.total, milliseconds(7));
  EXPECT_DOUBLE_EQ(receipt.predicted_quality, 0.9);
}

TEST_F(SessionTest, APromptThatTheExpertDidNotCountIsFilledIn) {
  Session session = start(false);
  feed(session, event::UpstreamHead{0, 200, false, {}});
  feed(session, event::UpstreamEnd{0, 40, TokenCounts{.output = 5'000, .estimated = true}});
  const Attempt& attempt = session.receipt().attempts.front();
  EXPECT_EQ(attempt.tokens, (TokenCounts{.input = 10, .output = 5'000, .estimated = true}));
}

TEST_F(SessionTest, AStreamCommitsAtItsFirstContentAndNotBefore) {
  Session session = start(true);
  feed(session, event::UpstreamHead{0, 200, true, {}});
  EXPECT_THAT(feed(session, event::UpstreamBytes{0, 30, 0, {}}), ElementsAre());  // the role event
  EXPECT_FALSE(session.committed());
  EXPECT_THAT(feed(session, event::UpstreamBytes{0, 60, 3, {}}), ElementsAre("head", "held"));
  EXPECT_TRUE(session.committed());
  EXPECT_THAT(feed(session, event::UpstreamBytes{0, 20, 6, {}}), ElementsAre("held"));
  EXPECT_THAT(feed(session, event::UpstreamEnd{0, 6, {}}), ElementsAre("held", "end", "receipt"));
}

TEST_F(SessionTest, FallsBackBeforeTheCommitPoint) {
  for (const Event& trouble : std::vector<Event>{event::UpstreamHead{0, 500, false, {}},
                                                 event::UpstreamHead{0, 401, false, {}}}) {
    Session session = start(true);
    EXPECT_THAT(feed(session, trouble), ElementsAre("cancel", "drop", "call"));
    EXPECT_EQ(session.speaker(), ExpertId{1});
  }
  Session session = start(true);
  feed(session, event::UpstreamHead{0, 200, true, {}});
  EXPECT_THAT(feed(session, event::UpstreamFault{0, "stalled"}), ElementsAre("drop", "call"));
  EXPECT_EQ(session.receipt().attempts.front().fault, "stalled");
}

TEST_F(SessionTest, BreaksTheStreamAfterTheCommitPoint) {
  Session session = start(true);
  feed(session, event::UpstreamHead{0, 200, true, {}});
  feed(session, event::UpstreamBytes{0, 60, 40, {}});
  EXPECT_THAT(feed(session, event::UpstreamFault{0, "cut"}), ElementsAre("break", "receipt"));
  EXPECT_EQ(session.receipt().ending, Ending::upstream_truncated);
  EXPECT_EQ(session.receipt().answered_by, "first");
  // What was produced is billed, estimated and flagged: 10 tokens in, 40 bytes / 4 + 1 out.
  const Attempt& attempt = session.receipt().attempts.front();
  EXPECT_TRUE(attempt.tokens.estimated);
  EXPECT_EQ(attempt.tokens.output, 11);
  EXPECT_EQ(attempt.cost, Usd{32'000});
}

TEST_F(SessionTest, AnExpertWithoutAFirstTokenInTimeIsLeft) {
  Session session = start(true);
  feed(session, event::UpstreamHead{0, 200, true, {}}, 10);
  EXPECT_THAT(feed(session, event::Tick{}, 50), ElementsAre());
  EXPECT_THAT(feed(session, event::Tick{}, 100), ElementsAre("cancel", "drop", "call"));
  EXPECT_EQ(session.receipt().attempts.front().fault, "first_token_timeout");
}

// What says nothing, a comment or an empty event, keeps the connection alive and not the answer.
TEST_F(SessionTest, AStreamThatGoesOnWithoutSayingAnythingHasStalled) {
  limits_.stall = milliseconds(50);
  Session session = start(true);
  feed(session, event::UpstreamHead{0, 200, true, {}}, 1);
  feed(session, event::UpstreamBytes{0, 60, 40, {}}, 90);
  ASSERT_TRUE(session.committed());
  feed(session, event::UpstreamBytes{0, 20, 80, {}}, 120);
  feed(session, event::UpstreamBytes{0, 20, 80, {}}, 160);
  EXPECT_THAT(feed(session, event::Tick{}, 169), ElementsAre());
  EXPECT_THAT(feed(session, event::Tick{}, 170), ElementsAre("cancel", "break", "receipt"));
  EXPECT_EQ(session.receipt().attempts.front().fault, "stalled");
  EXPECT_EQ(session.receipt().ending, Ending::upstream_truncated);
}

// While a slow client holds it up nobody knows what it says.
TEST_F(SessionTest, AStreamThatIsNotReadDoesNotStall) {
  limits_.stall = milliseconds(50);
  Session session = start(true);
  feed(session, event::UpstreamHead{0, 200, true, {}}, 1);
  feed(session, event::UpstreamBytes{0, 60, 40, {}}, 10);
  EXPECT_THAT(feed(session, event::Tick{.unread = true}, 60), ElementsAre());
  EXPECT_THAT(feed(session, event::Tick{}, 109), ElementsAre());
  EXPECT_THAT(feed(session, event::Tick{}, 110), ElementsAre("cancel", "break", "receipt"));
}

// A timer a word would cost more than passing the word on.
TEST_F(SessionTest, WordsSetNoTimer) {
  limits_.stall = milliseconds(50);
  Session session = start(true);
  feed(session, event::UpstreamHead{0, 200, true, {}}, 1);
  feed(session, event::UpstreamBytes{0, 60, 40, {}}, 10);
  for (int word = 1; word < 4; ++word) {
    feed(session, event::UpstreamBytes{0, 20, 40 + 4 * static_cast<std::size_t>(word), {}},
         10 + 10 * word);
    EXPECT_TRUE(std::ranges::none_of(
        actions_, [](const Action& a) { return std::holds_alternative<action::WakeAt>(a); }));
  }
  feed(session, event::Tick{}, 60);
  ASSERT_EQ(actions_.size(), 1U);
  EXPECT_EQ(std::get<action::WakeAt>(actions_[0]).time, TimePoint{} + milliseconds(90));
}

TEST_F(SessionTest, ARequestThatEveryExpertFaultsGetsTheExpertsOwnError) {
  Session session = start(false);
  EXPECT_THAT(feed(session, event::UpstreamHead{0, 400, false, {}}), ElementsAre());
  EXPECT_THAT(feed(session, event::UpstreamEnd{0, 80, {}}), ElementsAre("drop", "call"));
  feed(session, event::UpstreamHead{1, 400, false, {}});
  EXPECT_THAT(feed(session, event::UpstreamEnd{1, 80, {}}), ElementsAre("whole", "receipt"));
  EXPECT_EQ(std::get<action::SendWhole>(actions_.front()).status, 400);
  EXPECT_EQ(session.receipt().ending, Ending::refused);
  EXPECT_EQ(session.receipt().cost, Usd{0});
}

// Its words, which tell a bill that is not paid from too many calls, come at once or are not waited
// for.
TEST_F(SessionTest, WhoTurnsARequestAwayMaySayThatItIsNotPaid) {
  struct Case {
    Event next;
    int at_ms;
    const char* fault;
    bool cancelled;
  };
  for (const auto& [next, at_ms, fault, cancelled] :
       {Case{event::UpstreamEnd{0, 80, {}, Objection::unpaid}, 1, "unpaid", false},
        Case{event::UpstreamEnd{0, 80, {}, Objection::other}, 1, "http_429", false},
        Case{event::UpstreamEnd{0, 80, {}, Objection::context_too_long}, 1, "http_429", false},
        Case{event::UpstreamFault{0, "cut"}, 1, "http_429", false},
        Case{event::UpstreamBytes{0, 101, 101, {}}, 1, "http_429", true},
        Case{event::Tick{}, 250, "http_429", true}}) {
    SCOPED_TRACE(fault);
    Session session = start(true);
    EXPECT_THAT(feed(session, event::UpstreamHead{0, 429, false, std::chrono::seconds(9)}),
                ElementsAre());
    EXPECT_THAT(feed(session, event::UpstreamBytes{0, 80, 80, {}}), ElementsAre());
    EXPECT_THAT(feed(session, event::Tick{}, 249), ElementsAre()) << "no content is no fault here";
    const auto done = feed(session, next, at_ms);
    if (cancelled) {
      EXPECT_THAT(done, ElementsAre("cancel", "drop", "call"));
    } else {
      EXPECT_THAT(done, ElementsAre("drop", "call"));
    }
    EXPECT_EQ(session.receipt().attempts.at(0).fault, fault);
    EXPECT_EQ(session.receipt().cost, Usd{0});
    feed(session, event::UpstreamFault{1, "connect"});
    const bool limited = std::string_view(fault) == "http_429";
    EXPECT_EQ(error().retry_after, limited ? std::optional(std::chrono::seconds(9)) : std::nullopt);
  }
}

TEST_F(SessionTest, WhenAllFailTheErrorNamesThemAndTheShortestRetryAfter) {
  Session session = start(false);
  feed(session, event::UpstreamHead{0, 429, false, std::chrono::seconds(30)});
  feed(session, event::UpstreamEnd{0, 20, {}});
  EXPECT_THAT(feed(session, event::UpstreamHead{1, 503, false, std::chrono::seconds(4)}),
              ElementsAre("cancel", "drop", "error", "receipt"));
  const auto& error = std::get<action::SendError>(actions_[2]);
  EXPECT_EQ(error.status, 503);
  EXPECT_EQ(error.code, "experts_failed");
  EXPECT_THAT(error.message, HasSubstr("first: http_429; second: http_503"));
  EXPECT_EQ(error.retry_after, std::chrono::seconds(4));
}

// Else its client would ask again at once, and again.
TEST_F(SessionTest, AnExpertsRetryAfterOfNothingIsASecondForTheClient) {
  Session session = start(false);
  feed(session, event::UpstreamHead{0, 429, false, std::chrono::seconds(0)});
  feed(session, event::UpstreamEnd{0, 20, {}});
  feed(session, event::UpstreamFault{1, "connect"});
  EXPECT_EQ(error().retry_after, std::chrono::seconds(1));
}

TEST_F(SessionTest, NobodyClearedMeansNobodyIsAskedAndTheVerdictsSayWhy) {
  SessionSpec spec;
  spec.query.privacy = PrivacyClass::confidential;
  spec.experts = experts_;
  Session session(spec);
  feed(session, event::Started{});
  EXPECT_THAT(
      feed(session,
           event::Predicted{std::vector<Prediction>(
               2, {.quality = 0.5, .quality_sd = 0.1, .output_tokens = 1, .cost = Usd{1}})}),
      ElementsAre("error", "receipt"));
  EXPECT_EQ(error().status, 422);
  EXPECT_THAT(error().message, HasSubstr("first: not cleared"));
  EXPECT_TRUE(session.receipt().attempts.empty());
}

// The second costs Usd{60}, the first Usd{90}; 40 are left of the key's budget.
TEST_F(SessionTest, ABudgetThatLeavesTooLittleIsNotTheRequestsFault) {
  using std::chrono::seconds;
  const bool well_and_ill[] = {true, false};
  const bool all_ill[] = {false, false};
  struct Case {
    const char* what;
    std::array<BudgetLater, 3> later;
    std::optional<Usd> asked;
    std::span<const bool> healthy;
    int status;
    std::optional<seconds> retry_after;
  };
  const BudgetLater soon{Usd{40}, seconds(1)};
  const BudgetLater tomorrow{Usd{100}, seconds(500)};
  const BudgetLater next_month{Usd{100}, seconds(9'000)};
  for (const Case& c : std::vector<Case>{
           {"more tomorrow", {soon, tomorrow, next_month}, {}, {}, 429, seconds(500)},
           {"running requests hold it",
            {{{Usd{60}, seconds(1)}, tomorrow, next_month}},
            {},
            {},
            429,
            seconds(1)},
           {"more next month",
            {soon, {Usd{59}, seconds(500)}, next_month},
            {},
            {},
            429,
            seconds(9'000)},
           {"a new budget is too small", {soon, soon, soon}, {}, {}, 422, {}},
           {"the request wants it cheaper", {soon, tomorrow, next_month}, Usd{50}, {}, 422, {}},
           {"the cheaper one is ill",
            {soon, tomorrow, next_month},
            {},
            well_and_ill,
            429,
            seconds(500)},
           {"all are ill, too", {soon, tomorrow, next_month}, {}, all_ill, 429, seconds(500)},
           {"all are ill, and too dear", {soon, tomorrow, next_month}, Usd{50}, all_ill, 422, {}},
       }) {
    SCOPED_TRACE(c.what);
    SessionSpec spec;
    spec.query.privacy = PrivacyClass::public_;
    spec.experts = experts_;
    spec.decide.cost_max = std::min(Usd{40}, c.asked.value_or(Usd{40}));
    spec.decide.cost_max_is_budget = true;
    spec.decide.healthy = c.healthy;
    spec.budget = RequestBudget{{Usd{40}, c.later}, c.asked};
    Session session(spec);
    feed(session, event::Started{});
    EXPECT_THAT(feed(session, event::Predicted{{{.quality = 0.9, .cost = Usd{90}},
                                                {.quality = 0.5, .cost = Usd{60}}}}),
                ElementsAre("error", "receipt"));
    EXPECT_EQ(error().status, c.status);
    EXPECT_EQ(error().code, c.status == 429 ? "budget_exhausted" : "no_expert_allowed");
    EXPECT_EQ(error().retry_after, c.retry_after);
    EXPECT_THAT(error().message, HasSubstr(c.status == 429 ? "0.00000004 USD left" : "no expert"));
    EXPECT_EQ(session.receipt().ending, Ending::refused);
  }
}

// Slowness passes within a minute; the budget would be said to be back in hours.
TEST_F(SessionTest, ABudgetThatPaysForSomebodyWhoIsSlowOfLateIsNotExhausted) {
  SessionSpec spec;
  spec.query.privacy = PrivacyClass::public_;
  spec.experts = experts_;
  spec.decide.cost_max = Usd{70};
  spec.decide.cost_max_is_budget = true;
  spec.decide.deadline = milliseconds(300);
  const BudgetLater later{Usd{100}, std::chrono::seconds(500)};
  spec.budget = RequestBudget{{Usd{70}, {later, later, later}}, {}};
  Session session(spec);
  feed(session, event::Started{});
  feed(session,
       event::Predicted{{{.quality = 0.9, .cost = Usd{90}},
                         {.quality = 0.5, .cost = Usd{60}, .total = milliseconds(2'000)}}});
  EXPECT_EQ(error().status, 503);
  EXPECT_EQ(error().code, "no_expert_allowed");
}

TEST_F(SessionTest, AClientThatLeavesCancelsTheCallInEveryPhase) {
  Session asking = start(true);
  EXPECT_THAT(feed(asking, event::ClientGone{}), ElementsAre("cancel", "receipt"));
  Session answering = start(true);
  feed(answering, event::UpstreamHead{0, 200, true, {}});
  feed(answering, event::UpstreamBytes{0, 60, 40, {}});
  EXPECT_THAT(feed(answering, event::ClientGone{}), ElementsAre("cancel", "receipt"));
  EXPECT_EQ(answering.receipt().ending, Ending::client_gone);
  EXPECT_GT(answering.receipt().cost, Usd{0});
}

// An answer that is not streamed is made before its head comes: who is cancelled then has worked.
TEST_F(SessionTest, WhoHasTheRequestIsPaidForThePromptAndWhoHasNotIsNot) {
  const auto after = [&](const Event& event, bool sent) {
    Session session = start(false);
    if (sent) feed(session, event::UpstreamSent{0});
    feed(session, event);
    return session.receipt().attempts.at(0).tokens;
  };
  const TokenCounts prompt{.input = 10, .estimated = true};
  for (const Event& event :
       {Event(event::ClientGone{}), Event(event::ShutDown{}),
        Event(event::UpstreamFault{0, "head_timeout"}), Event(event::UpstreamFault{0, "cut"})}) {
    EXPECT_EQ(after(event, true), prompt);
    EXPECT_EQ(after(event, false), TokenCounts{});
  }
  EXPECT_EQ(after(event::UpstreamHead{0, 500, false, {}}, true), TokenCounts{});
  // A replica refused it, and the next one is still being reached.
  Session moved = start(false);
  feed(moved, event::UpstreamSent{0});
  feed(moved, event::UpstreamUnsent{0});
  feed(moved, event::ClientGone{});
  EXPECT_EQ(moved.receipt().attempts.at(0).tokens, TokenCounts{});
}

TEST_F(SessionTest, ABodyTooLargeToHoldIsStreamedOnAndCanOnlyBreak) {
  Session session = start(false);
  feed(session, event::UpstreamHead{0, 200, false, {}});
  EXPECT_THAT(feed(session, event::UpstreamBytes{0, 101, 101, {}}), ElementsAre("head", "held"));
  EXPECT_THAT(feed(session, event::UpstreamFault{0, "cut"}), ElementsAre("break", "receipt"));
}

// Roles and empty deltas without end are held up to the same limit, and are no answer.
TEST_F(SessionTest, AStreamThatFillsTheHoldWithoutAWordIsLeft) {
  Session session = start(true);
  feed(session, event::UpstreamHead{0, 200, true, {}});
  EXPECT_THAT(feed(session, event::UpstreamBytes{0, 100, 0, {}}), ElementsAre());
  EXPECT_THAT(feed(session, event::UpstreamBytes{0, 101, 0, {}}),
              ElementsAre("cancel", "drop", "call"));
  EXPECT_FALSE(session.committed());
  EXPECT_EQ(session.receipt().attempts.front().fault, "wordless");
}

TEST_F(SessionTest, ADeferralIsSwallowedAndBothCallsAreOnTheReceipt) {
  Session session = start(true, "<TAG>");
  feed(session, event::UpstreamHead{0, 200, true, {}});
  EXPECT_THAT(feed(session, event::UpstreamBytes{0, 30, 3, {}, true}), ElementsAre())
      << "it may yet be the tag";
  EXPECT_THAT(feed(session, event::Deferred{0}), ElementsAre()) << "its bill is waited for";
  EXPECT_THAT(feed(session, event::UpstreamBytes{0, 60, 5, {}}), ElementsAre());
  EXPECT_THAT(feed(session, event::UpstreamEnd{0, 5, TokenCounts{.input = 10, .output = 3}}, 20),
              ElementsAre("drop", "call"));
  EXPECT_EQ(session.speaker(), ExpertId{1});
  feed(session, event::UpstreamHead{1, 200, true, {}});
  EXPECT_THAT(feed(session, event::UpstreamBytes{1, 60, 3, {}}), ElementsAre("head", "held"));
  feed(session, event::UpstreamEnd{1, 5, TokenCounts{.input = 10, .output = 5}});
  const Receipt& receipt = session.receipt();
  EXPECT_EQ(receipt.answered_by, "second");
  ASSERT_EQ(receipt.attempts.size(), 2U);
  EXPECT_EQ(receipt.attempts[0].fault, fault_word::kDeferred);
  EXPECT_EQ(receipt.attempts[0].tokens.output, 3);
  EXPECT_EQ(receipt.cost, Usd{36'000});
}

TEST_F(SessionTest, ADeferralThatDoesNotEndIsCutOffAndEstimated) {
  Session session = start(true, "<TAG>");
  feed(session, event::UpstreamHead{0, 200, true, {}});
  feed(session, event::Deferred{0}, 50);
  EXPECT_THAT(feed(session, event::Tick{}, 100), ElementsAre());
  EXPECT_THAT(feed(session, event::Tick{}, 300), ElementsAre("cancel", "drop", "call"));
  EXPECT_TRUE(session.receipt().attempts[0].tokens.estimated);
}

TEST_F(SessionTest, AFaultAfterTheTagIsStillADeferral) {
  Session session = start(true, "<TAG>");
  feed(session, event::UpstreamHead{0, 200, true, {}});
  feed(session, event::Deferred{0});
  EXPECT_THAT(feed(session, event::UpstreamFault{0, "cut"}), ElementsAre("drop", "call"));
  EXPECT_EQ(session.receipt().attempts[0].fault, fault_word::kDeferred);
}

TEST_F(SessionTest, ADeferralThatNobodyMayTakeUpSaysSo) {
  experts_.pop_back();
  Session session = start(true, "<TAG>");
  feed(session, event::UpstreamHead{0, 200, true, {}});
  feed(session, event::Deferred{0});
  EXPECT_THAT(feed(session, event::UpstreamFault{0, "cut"}),
              ElementsAre("drop", "error", "receipt"));
  const auto& error = std::get<action::SendError>(actions_[1]);
  EXPECT_THAT(error.message, ::testing::StartsWith("first handed the request on"));
  EXPECT_EQ(error.status, 422) << "trying again would bring the same";
  EXPECT_EQ(error.code, "no_expert_allowed");
}

TEST_F(SessionTest, ADeferralThatSomebodyWouldTakeUpWereHeWellMayBeTriedAgain) {
  known_.assign({true, false});
  Session session = start(true, "<TAG>");
  feed(session, event::UpstreamHead{0, 200, true, {}});
  feed(session, event::Deferred{0});
  feed(session, event::UpstreamFault{0, "cut"});
  EXPECT_EQ(std::get<action::SendError>(actions_[1]).status, 503);
}

// What others suffer from says nothing to who has named an expert.
TEST_F(SessionTest, ARefusalThatTimeMayLiftIs503AndAnyOtherIs422) {
  const auto status = [&](std::vector<int> well, std::optional<ExpertId> pinned) {
    known_ = std::move(well);
    pinned_ = pinned;
    experts_[0].clearance = PrivacyClass::public_;
    start(false);
    return error().status;
  };
  privacy_ = PrivacyClass::confidential;
  experts_[1].clearance = PrivacyClass::confidential;
  EXPECT_EQ(status({true, false}, std::nullopt), 503);
  EXPECT_EQ(status({true, false}, ExpertId{1}), 503);
  EXPECT_EQ(status({true, false}, ExpertId{0}), 422);
}

TEST_F(SessionTest, TheTotalDeadlineEndsAllWaiting) {
  Session session = start(false);
  EXPECT_THAT(feed(session, event::Tick{}, 1'000), ElementsAre("cancel", "error", "receipt"));
  EXPECT_EQ(session.receipt().ending, Ending::deadline_exceeded);
}

TEST_F(SessionTest, AnExpertThatTakesItsTimeGetsCompanyAndTheFirstToSpeakWins) {
  limits_.hedge_after = milliseconds(20);
  for (const CallNumber winner : {CallNumber{0}, CallNumber{1}}) {
    Session session = start(true);
    EXPECT_THAT(feed(session, event::Tick{true}, 19), ElementsAre());
    EXPECT_THAT(feed(session, event::Tick{true}, 20), ElementsAre("call"));
    EXPECT_TRUE(std::get<action::CallExpert>(actions_.front()).hedge);
    EXPECT_THAT(feed(session, event::Tick{true}, 40), ElementsAre()) << "once";
    feed(session, event::UpstreamHead{winner, 200, true, {}}, 41);
    EXPECT_THAT(feed(session, event::UpstreamBytes{winner, 60, 3, {}}, 42),
                ElementsAre("cancel", "drop", "head", "held"));
    EXPECT_EQ(std::get<action::CancelCall>(actions_[0]).call, 1 - winner);
    EXPECT_EQ(session.speaker().index(), winner);
    feed(session, event::UpstreamEnd{winner, 3, {}}, 43);
    EXPECT_EQ(session.receipt().attempts[0].fault, "hedge_lost");
    EXPECT_EQ(session.receipt().answered_by, experts_[winner].name);
  }
}

// It speaks, though what it says may yet be a tag and nobody has seen it.
TEST_F(SessionTest, NobodyIsAskedBesideAStreamThatHasBegun) {
  limits_.hedge_after = milliseconds(20);
  Session session = start(true, "<GPT4>");
  feed(session, event::UpstreamHead{0, 200, true, {}}, 5);
  feed(session, event::UpstreamBytes{0, 60, 3, {}, true}, 10);
  EXPECT_THAT(feed(session, event::Tick{true}, 20), ElementsAre());
}

TEST_F(SessionTest, NobodyIsAskedBesideACallThatHandsOnOrIsTurnedAway) {
  limits_.hedge_after = milliseconds(20);
  Session deferring = start(false, "<GPT4>");
  feed(deferring, event::UpstreamHead{0, 200, false, {}}, 5);
  feed(deferring, event::Deferred{0}, 10);
  EXPECT_THAT(feed(deferring, event::Tick{true}, 20), ElementsAre());
  Session turned_away = start(false);
  feed(turned_away, event::UpstreamHead{0, 429, false, {}}, 5);
  EXPECT_THAT(feed(turned_away, event::Tick{true}, 20), ElementsAre());
}

TEST_F(SessionTest, HedgesOnlyWithinTheBudget) {
  limits_.hedge_after = milliseconds(20);
  Session session = start(false);
  EXPECT_THAT(feed(session, event::Tick{false}, 20), ElementsAre());
  EXPECT_THAT(feed(session, event::Tick{true}, 30), ElementsAre());
}

TEST_F(SessionTest, WhenOneOfTwoFailsTheOtherGoesOn) {
  limits_.hedge_after = milliseconds(20);
  Session session = start(false);
  feed(session, event::Tick{true}, 20);
  EXPECT_THAT(feed(session, event::UpstreamFault{0, "cut"}), ElementsAre("drop"));
  feed(session, event::UpstreamHead{1, 200, false, {}});
  EXPECT_THAT(feed(session, event::UpstreamEnd{1, 80, {}}), ElementsAre("whole", "receipt"));
}

TEST_F(SessionTest, AnExpertBelowTheThroughputFloorIsLeftBeforeTheCommitPointOnly) {
  limits_.bytes_per_second_min = 10;
  limits_.total = milliseconds(60'000);
  Session session = start(false);
  feed(session, event::UpstreamHead{0, 200, false, {}});
  feed(session, event::UpstreamBytes{0, 50, 50, {}});
  EXPECT_THAT(feed(session, event::Tick{}, 5'000), ElementsAre()) << "50 bytes in 5 s are enough";
  feed(session, event::UpstreamBytes{0, 99, 99, {}});
  EXPECT_THAT(feed(session, event::Tick{}, 10'000), ElementsAre("cancel", "drop", "call"));
  EXPECT_EQ(session.receipt().attempts.front().fault, "too_slow");
}

// Nothing was sent to the second: that the first one failed is what the client can act on.
TEST_F(SessionTest, WhatOneDialectCannotSayIsTheLastWordOnlyWhereNobodyFailed) {
  Session alone = start(false);
  feed(alone, event::UpstreamHead{0, 400, false, {}});
  EXPECT_THAT(feed(alone, event::UpstreamEnd{0, 80, {}, Objection::dialect}),
              ElementsAre("drop", "call"));
  feed(alone, event::UpstreamHead{1, 400, false, {}});
  EXPECT_THAT(feed(alone, event::UpstreamEnd{1, 80, {}, Objection::other}),
              ElementsAre("whole", "receipt"));
  EXPECT_EQ(alone.receipt().attempts.at(0).fault, "dialect");
  Session failed = start(false);
  feed(failed, event::UpstreamHead{0, 429, false, std::chrono::seconds(7)});
  feed(failed, event::UpstreamEnd{0, 20, {}});
  feed(failed, event::UpstreamHead{1, 400, false, {}});
  EXPECT_THAT(feed(failed, event::UpstreamEnd{1, 80, {}, Objection::dialect}),
              ElementsAre("drop", "error", "receipt"));
  EXPECT_EQ(error().status, 503);
  EXPECT_EQ(error().retry_after, std::chrono::seconds(7));
}

// Whose trouble a refusal is, its words tell: only the request's is the client's to read.
TEST_F(SessionTest, ARefusalIsTheLastWordOnlyWhereItIsAboutTheRequest) {
  struct Case {
    int status;
    Objection objection;
    const char* fault;
    bool last_word;
  };
  for (const auto& [status, objection, fault, last_word] :
       {Case{403, Objection::content_filter, "moderated", true},
        Case{403, Objection::other, "http_403", false},
        Case{400, Objection::unpaid, "unpaid", false},
        Case{400, Objection::content_filter, "http_400", true}}) {
    Session session = start(false);
    feed(session, event::UpstreamHead{0, status, false, {}});
    EXPECT_THAT(feed(session, event::UpstreamEnd{0, 80, {}, objection}),
                ElementsAre("drop", "call"));
    feed(session, event::UpstreamHead{1, status, false, {}});
    const auto end = feed(session, event::UpstreamEnd{1, 80, {}, objection});
    if (last_word) {
      EXPECT_THAT(end, ElementsAre("whole", "receipt")) << fault;
    } else {
      EXPECT_THAT(end, ElementsAre("drop", "error", "receipt")) << fault;
    }
    EXPECT_EQ(session.receipt().attempts.at(0).fault, fault);
    EXPECT_EQ(session.receipt().cost, Usd{0});
  }
}

// A page of HTML with status 200 was read, and is no answer.
TEST_F(SessionTest, WhatWasNoAnswerIsNotBilledAsOne) {
  Session session = start(false);
  feed(session, event::UpstreamHead{0, 200, false, {}});
  feed(session, event::UpstreamBytes{0, 90, 90, {}});
  feed(session, event::UpstreamFault{0, "malformed_body", 0});
  EXPECT_EQ(session.receipt().attempts.at(0).tokens, (TokenCounts{.input = 10, .estimated = true}));
}

// The expert breaks its answer off, and says what that took.
TEST_F(SessionTest, WhatAFaultSaysWasUsedIsBilled) {
  Session session = start(true);
  feed(session, event::UpstreamHead{0, 200, true, {}});
  EXPECT_THAT(feed(session, event::UpstreamFault{0, "error_event", 4'000,
                                                 TokenCounts{.input = 10, .output = 3'000}}),
              ElementsAre("drop", "call"));
  EXPECT_EQ(session.receipt().attempts.at(0).tokens, (TokenCounts{.input = 10, .output = 3'000}));
}

TEST_F(SessionTest, APromptTooLongForOneExpertGoesOnlyToThoseKnownToTakeMore) {
  experts_[0].context_tokens = 4'000;
  experts_[1].context_tokens = 4'000;
  Session session = start(false);
  feed(session, event::UpstreamHead{0, 400, false, {}});
  EXPECT_THAT(feed(session, event::UpstreamEnd{0, 80, {}, Objection::context_too_long}),
              ElementsAre("whole", "receipt"));
}

// The promises of the design, over random sessions. The seed of a failure is in its message.
TEST(SessionSimulation, KeepsEveryPromiseOverRandomSessions) {
  static constexpr std::uint64_t kSessions = 50'000;  // many more: session_simulation
  std::vector<std::size_t> endings(7, 0);
  for (std::uint64_t seed = 1; seed <= kSessions; ++seed) {
    const auto run = ooe::testing::simulate_session(seed);
    ASSERT_TRUE(run.violations.empty()) << "seed " << seed << ": " << run.violations.front();
    ++endings[static_cast<std::size_t>(run.receipt.ending)];
  }
  for (std::size_t ending = 0; ending < endings.size(); ++ending) {
    EXPECT_GT(endings[ending], kSessions / 1'000)
        << "the simulation reaches " << to_string(static_cast<Ending>(ending)) << " too seldom";
  }
}

}  // namespace
}  // namespace ooe::orchestrator
