// Calls that need no network: the test says how each replica does.
#include "experts/replicated_call.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

class SilentCall final : public http::Call {
 public:
  void cancel() override {}
  void pause() override {}
  void resume() override {}
};

// A clock that tests move.
struct HandClock final : Clock {
  [[nodiscard]] TimePoint now() const override { return time; }
  [[nodiscard]] WallTime wall_now() const override { return {}; }

  TimePoint time;
};

// An expert in two places, and what its caller hears.
struct TwoPlaces {
  explicit TwoPlaces(std::shared_ptr<ReplicaSet> places = nullptr)
      : set(places ? std::move(places) : std::make_shared<ReplicaSet>(2, 1, clock)) {
    ChatHandlers handlers;
    handlers.on_sent = [this] { sent = true; };
    handlers.on_unsent = [this] { sent = false; };
    handlers.on_head = [this](const ChatHead& head) {
      status = head.status;
      retry_after = head.retry_after;
    };
    handlers.on_fault = [this](http::Fault fault, const std::string&) { faults.push_back(fault); };
    auto start = [this, request = request](std::size_t replica, ChatHandlers heard) {
      asked.push_back(replica);
      handlers_of_asked.push_back(std::move(heard));
      return std::make_unique<SilentCall>();
    };
    call = replicated_call(set, std::move(start), std::move(handlers));
  }
  void takes_the_request(std::size_t nth) { handlers_of_asked[nth].on_sent(); }
  // On copies: a replica that is given up takes its handlers along.
  void fails(std::size_t nth, http::Fault fault) {
    const auto on_fault = handlers_of_asked[nth].on_fault;
    on_fault(fault, "");
  }
  void answers(std::size_t nth, int with_status,
               std::optional<std::chrono::seconds> wait = std::nullopt) {
    const auto on_head = handlers_of_asked[nth].on_head;
    on_head({.status = with_status, .retry_after = wait, .content_type = ""});
  }

  HandClock clock;
  std::shared_ptr<ReplicaSet> set;
  std::shared_ptr<int> request = std::make_shared<int>(0);  // what the call has to send
  std::vector<std::size_t> asked;
  std::vector<ChatHandlers> handlers_of_asked;
  bool sent = false;
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
  std::vector<http::Fault> faults;
  std::unique_ptr<http::Call> call;
};

TEST(ReplicatedCall, AsksTheOtherPlaceWhenOneIsNotReached) {
  for (const http::Fault fault :
       {http::Fault::resolve, http::Fault::connect, http::Fault::no_socket, http::Fault::tls}) {
    TwoPlaces expert;
    expert.fails(0, fault);
    ASSERT_EQ(expert.asked.size(), 2U) << to_string(fault);
    EXPECT_NE(expert.asked[0], expert.asked[1]);
    EXPECT_TRUE(expert.faults.empty());
    expert.answers(1, 200);
    EXPECT_EQ(expert.status, 200);
  }
}

TEST(ReplicatedCall, TellsWhatHappensOnceAPlaceIsReached) {
  for (const http::Fault fault :
       {http::Fault::head_timeout, http::Fault::malformed, http::Fault::cut}) {
    TwoPlaces expert;
    expert.fails(0, fault);
    EXPECT_EQ(expert.asked.size(), 1U) << to_string(fault);
    EXPECT_EQ(expert.faults, std::vector{fault});
  }
}

TEST(ReplicatedCall, AsksTheOtherPlaceWhenOneSaysThatItIsNotWell) {
  for (const int status : {429, 500, 503}) {
    TwoPlaces expert;
    expert.answers(0, status);
    ASSERT_EQ(expert.asked.size(), 2U) << status;
    EXPECT_EQ(expert.status, 0) << "nobody has heard of it";
    expert.answers(1, status);
    EXPECT_EQ(expert.status, status) << "nor is there a third";
  }
  TwoPlaces expert;
  expert.answers(0, 400);
  EXPECT_EQ(expert.asked.size(), 1U) << "that is the request's fault";
  EXPECT_EQ(expert.status, 400);
}

// Whoever leaves now pays for nothing: one has refused, and the other has not got it yet.
TEST(ReplicatedCall, TakesBackWhatARefusingPlaceHad) {
  TwoPlaces expert;
  expert.takes_the_request(0);
  EXPECT_TRUE(expert.sent);
  expert.answers(0, 503);
  EXPECT_FALSE(expert.sent);
  expert.takes_the_request(1);
  EXPECT_TRUE(expert.sent);
  expert.answers(1, 503);
  EXPECT_TRUE(expert.sent) << "it is the last, and its refusal is the caller's to hear";
}

// Its head is quick and well, and its body is none.
TEST(ReplicatedCall, APlaceThatIsBlamedThreeTimesIsLeftOut) {
  HandClock clock;
  const auto set = std::make_shared<ReplicaSet>(2, 1, clock);
  for (int blamed = 0; blamed < 3;) {
    TwoPlaces expert(set);
    expert.answers(0, 200);
    if (expert.asked[0] == 0) {
      expert.call->blame();
      ++blamed;
    }
  }
  EXPECT_TRUE(set->replicas.ejected(0, clock.time));
  EXPECT_FALSE(set->replicas.ejected(1, clock.time));
  clock.time += ReplicaOptions{}.ejection;
  EXPECT_FALSE(set->replicas.ejected(0, clock.time)) << "its time is over";
}

// The expert is left alone only when both have asked for it, and then until the first is back.
TEST(ReplicatedCall, ARetryAfterIsThePlacesOwn) {
  HandClock clock;
  const auto set = std::make_shared<ReplicaSet>(2, 1, clock);
  TwoPlaces first(set);
  first.answers(0, 429, std::chrono::seconds(300));
  ASSERT_EQ(first.asked.size(), 2U);
  first.answers(1, 200);
  EXPECT_EQ(first.retry_after, std::nullopt);
  const std::size_t well = first.asked[1];
  for (int i = 0; i < 20; ++i) {
    TwoPlaces later(set);
    ASSERT_EQ(later.asked, std::vector{well});
    later.answers(0, 200);
  }
  TwoPlaces busy(set);
  busy.answers(0, 429, std::chrono::seconds(2));
  EXPECT_EQ(busy.asked, std::vector{well}) << "the other is left alone";
  EXPECT_EQ(busy.status, 429);
  EXPECT_EQ(busy.retry_after, std::chrono::seconds(2)) << "not 300";
  clock.time += std::chrono::seconds(2);
  EXPECT_EQ(TwoPlaces(set).asked, std::vector{well});
  EXPECT_FALSE(set->replicas.ejected(well, clock.time));
}

TEST(ReplicatedCall, TheShorterOfTwoTimesIsTold) {
  for (const std::size_t shorter : {0U, 1U}) {
    TwoPlaces expert;
    for (const std::size_t nth : {0U, 1U}) {
      expert.answers(nth, 503, std::chrono::seconds(nth == shorter ? 2 : 300));
    }
    EXPECT_EQ(expert.status, 503);
    EXPECT_EQ(expert.retry_after, std::chrono::seconds(2));
  }
}

TEST(ReplicatedCall, APlaceThatRestsIsNotAskedInsteadOfOneThatFails) {
  HandClock clock;
  const auto set = std::make_shared<ReplicaSet>(2, 1, clock);
  set->replicas.start(0);
  set->replicas.on_turned_away(0, std::chrono::seconds(300), false, clock.time);
  TwoPlaces ill(set);
  ill.answers(0, 500);
  EXPECT_EQ(ill.asked, std::vector<std::size_t>{1});
  EXPECT_EQ(ill.status, 500);
  EXPECT_EQ(ill.retry_after, std::nullopt) << "that one did not ask for time";
  TwoPlaces gone(set);
  gone.fails(0, http::Fault::connect);
  EXPECT_EQ(gone.asked, std::vector<std::size_t>{1});
  EXPECT_EQ(gone.faults, std::vector{http::Fault::connect});
}

// A stream may last for minutes, and its prompt be long.
TEST(ReplicatedCall, ForgetsTheRequestWhenAPlaceAnswers) {
  TwoPlaces expert;
  const std::weak_ptr<int> request = std::exchange(expert.request, nullptr);
  EXPECT_FALSE(request.expired());
  expert.answers(0, 200);
  EXPECT_TRUE(request.expired());
}

}  // namespace
}  // namespace ooe::experts
