#include "experts/replicas.h"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "experts/http_chat_client.h"
#include "http/server.h"

namespace ooe::experts {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Calls `count` times, one after the other, each answered after its replica's time.
std::vector<int> shares(Replicas& replicas, const std::vector<microseconds>& times, int count) {
  Rng rng(7);
  TimePoint now{};
  std::vector<int> calls(times.size(), 0);
  for (int i = 0; i < count; ++i) {
    const std::size_t replica = replicas.choose(now, rng);
    ++calls[replica];
    replicas.start(replica);
    now += times[replica];
    replicas.on_answered(replica, times[replica], now);
  }
  return calls;
}

TEST(Replicas, SpreadsEvenlyOverEquals) {
  Replicas replicas(4);
  for (const int calls : shares(replicas, std::vector(4, microseconds(1'000)), 8'000)) {
    EXPECT_NEAR(calls, 2'000, 400);
  }
}

TEST(Replicas, SparesTheSlowOneButDoesNotForgetIt) {
  Replicas replicas(3);
  const auto calls =
      shares(replicas, {milliseconds(10), milliseconds(10), milliseconds(100)}, 3'000);
  EXPECT_LT(calls[2], 300) << "a third would be 1,000";
  EXPECT_GT(calls[2], 0);
}

// Whoever is asked in its place should be well; an ill one is better than nobody.
TEST(Replicas, AfterAFailureGoesToOneThatIsWell) {
  Replicas replicas(4);
  Rng rng(7);
  const TimePoint now{};
  for (int failure = 0; failure < 3; ++failure) {
    replicas.start(0);
    replicas.on_failed(0, now);
  }
  ASSERT_TRUE(replicas.ejected(0, now));
  replicas.start(3);
  replicas.on_turned_away(3, seconds(60), false, now);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(replicas.choose_other({false, true, false, false}, now, rng), 2U);
    EXPECT_EQ(replicas.choose_other({false, true, true, false}, now, rng), 0U);
    EXPECT_EQ(replicas.choose_other({true, true, true, false}, now, rng), std::nullopt);
  }
}

// With a call a minute only time can tell that it is over.
TEST(Replicas, ForgetsThatOneWasSlowOnce) {
  Replicas replicas(2);
  Rng rng(7);
  TimePoint now{};
  for (const auto& [replica, took] :
       {std::pair{0U, milliseconds(10)}, {1U, milliseconds(30'000)}}) {
    replicas.start(replica);
    replicas.on_answered(replica, took, now);
  }
  EXPECT_EQ(replicas.choose(now, rng), 0U);
  int slow_one = 0;
  for (int i = 0; i < 100; ++i) {
    now += std::chrono::minutes(1);
    const std::size_t replica = replicas.choose(now, rng);
    slow_one += replica == 1 ? 1 : 0;
    replicas.start(replica);
    replicas.on_answered(replica, milliseconds(10), now);
  }
  EXPECT_GT(slow_one, 30);
}

// It has no latency, and would otherwise seem to have nothing to do.
TEST(Replicas, DoesNotGiveAllToOneThatNeverAnswers) {
  Replicas replicas(2);
  Rng rng(7);
  TimePoint now{};
  int hung = 0;
  for (int i = 0; i < 100; ++i) {
    const std::size_t replica = replicas.choose(now, rng);
    replicas.start(replica);
    if (replica == 0) {
      ++hung;
    } else {
      replicas.on_answered(1, milliseconds(10), now += milliseconds(10));
    }
  }
  EXPECT_LE(hung, 2);
}

TEST(Replicas, PrefersTheIdleOfTwo) {
  Replicas replicas(2);
  Rng rng(7);
  TimePoint now{};
  for (std::size_t i = 0; i < 2; ++i) {
    replicas.start(i);
    replicas.on_answered(i, milliseconds(10), now);
  }
  for (int i = 0; i < 5; ++i) replicas.start(0);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(replicas.choose(now, rng), 1U);
}

TEST(Replicas, LeavesAnOutlierAloneForLongerEachTime) {
  Replicas replicas(3);
  Rng rng(7);
  TimePoint now{};
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(replicas.ejected(1, now));
    replicas.start(1);
    replicas.on_failed(1, now);
  }
  EXPECT_TRUE(replicas.ejected(1, now));
  for (int i = 0; i < 100; ++i) EXPECT_NE(replicas.choose(now, rng), 1U);
  now += seconds(10);
  EXPECT_FALSE(replicas.ejected(1, now));
  replicas.start(1);
  replicas.on_failed(1, now);
  EXPECT_TRUE(replicas.ejected(1, now + seconds(19)));
  EXPECT_FALSE(replicas.ejected(1, now + seconds(20)));
}

TEST(Replicas, WhenMostFailNobodyIsLeftAlone) {
  Replicas replicas(3);
  Rng rng(7);
  const TimePoint now{};
  for (const std::size_t replica : {0U, 0U, 0U, 1U, 1U, 1U}) {
    replicas.start(replica);
    replicas.on_failed(replica, now);
  }
  std::array<int, 3> calls{};
  for (int i = 0; i < 300; ++i) ++calls[replicas.choose(now, rng)];
  for (const int count : calls) EXPECT_GT(count, 30);
}

TEST(Replicas, WhoAsksToBeLeftAloneIsWhileThereIsAnother) {
  Replicas replicas(2);
  Rng rng(7);
  TimePoint now{};
  replicas.start(0);
  replicas.on_turned_away(0, seconds(300), false, now);
  EXPECT_EQ(replicas.back_in(now), std::nullopt) << "the other is there";
  for (int i = 0; i < 50; ++i) EXPECT_EQ(replicas.choose(now, rng), 1U);
  replicas.start(1);
  replicas.on_turned_away(1, seconds(2), false, now);
  EXPECT_EQ(replicas.back_in(now), seconds(2)) << "until the first is back";
  EXPECT_EQ(replicas.back_in(now + milliseconds(500)), seconds(2)) << "rounded up";
  now += seconds(2);
  EXPECT_EQ(replicas.back_in(now), std::nullopt);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(replicas.choose(now, rng), 1U);
  replicas.start(0);
  replicas.on_turned_away(0, seconds(1), false, now);
  EXPECT_TRUE(replicas.resting(0, now + seconds(297))) << "what it asked for before stands";
  EXPECT_FALSE(replicas.resting(0, now + seconds(298)));
  replicas.wake();
  EXPECT_FALSE(replicas.resting(0, now)) << "its key is another";
}

// That most fail is no reason to ask the one that wants to be left alone.
TEST(Replicas, AnEjectedOneIsAskedBeforeOneThatRests) {
  Replicas replicas(3);
  Rng rng(7);
  const TimePoint now{};
  for (int i = 0; i < 3; ++i) {
    replicas.start(0);
    replicas.on_failed(0, now);
  }
  replicas.start(1);
  replicas.on_turned_away(1, seconds(300), true, now);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(replicas.choose(now, rng), 2U);
  replicas.start(2);
  replicas.on_turned_away(2, seconds(300), true, now);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(replicas.choose(now, rng), 0U);
  for (int i = 0; i < 2; ++i) {
    replicas.start(1);
    replicas.on_failed(1, now);
  }
  for (int i = 0; i < 50; ++i) EXPECT_EQ(replicas.choose(now, rng), 0U) << "most are ejected";
}

TEST(ReplicatedCall, GoesToAnotherReplicaUnseenWhenOneCannotBeReached) {
  http::Loop loop;
  const std::array<http::Loop*, 1> loops{&loop};
  const auto server =
      http::Server::start(loops, {.listen = "127.0.0.1:0"},
                          [&](std::size_t, const std::shared_ptr<http::Exchange>& exchange) {
                            exchange->send({.status = 200, .body = exchange->request().target});
                          });
  ASSERT_TRUE(server.has_value());
  Expert expert;
  expert.name = "e";
  expert.base_url = "http://127.0.0.1:1/v1";
  expert.more_base_urls = {"http://127.0.0.1:1/v1",
                           "http://127.0.0.1:" + std::to_string((*server)->port()) + "/third/v1"};
  auto catalogue = Catalogue::make({expert});
  ASSERT_TRUE(catalogue.has_value());
  auto endpoints = resolve_endpoints(*catalogue);
  ASSERT_TRUE(endpoints.has_value());
  const SystemClock clock;
  HttpChatClient client(loop, clock, std::make_shared<const Endpoints>(std::move(*endpoints)));
  for (int i = 0; i < 20; ++i) {
    std::string body;
    std::string fault;
    const auto pending = client.start(catalogue->experts()[0], "{}", {},
                                      {.on_head = [](const ChatHead&) {},
                                       .on_bytes = [&](std::string_view b) { body += b; },
                                       .on_end = [&] { loop.stop(); },
                                       .on_fault =
                                           [&](http::Fault, const std::string& message) {
                                             fault = message;
                                             loop.stop();
                                           }});
    loop.run();
    EXPECT_EQ(body, "/third/v1/chat/completions") << fault;
  }
}

// A reload makes a client anew, every few minutes where keys are rotated.
TEST(HttpChatClient, GoesOnWithWhatTheLastOneLearntAboutReplicasThatStay) {
  http::Loop loop;
  const std::array<http::Loop*, 1> loops{&loop};
  int asked_ill = 0;
  const auto server =
      http::Server::start(loops, {.listen = "127.0.0.1:0"},
                          [&](std::size_t, const std::shared_ptr<http::Exchange>& exchange) {
                            const bool ill = exchange->request().target.starts_with("/ill");
                            asked_ill += ill ? 1 : 0;
                            exchange->send({.status = ill ? 500 : 200});
                          });
  ASSERT_TRUE(server.has_value());
  const std::string base = "http://127.0.0.1:" + std::to_string((*server)->port());
  const auto http = std::make_shared<http::Client>(loop, http::ClientOptions{});
  const SystemClock clock;
  const auto client_of = [&](std::vector<std::string> places, const HttpChatClient* last) {
    Expert expert;
    expert.name = "e";
    expert.base_url = base + "/ill";
    for (const std::string& place : places) expert.more_base_urls.push_back(base + place);
    auto catalogue = Catalogue::make({expert});
    auto endpoints = resolve_endpoints(*catalogue);
    return std::make_unique<HttpChatClient>(
        loop, clock, http, std::make_shared<const Endpoints>(std::move(*endpoints)), last);
  };
  const auto ask = [&](HttpChatClient& client, int times) {
    const int before = asked_ill;
    Expert expert;
    expert.name = "e";
    for (int i = 0; i < times; ++i) {
      const auto pending = client.start(expert, "{}", {},
                                        {.on_head = [](const ChatHead&) {},
                                         .on_bytes = [](std::string_view) {},
                                         .on_end = [&] { loop.stop(); },
                                         .on_fault = [&](auto&&...) { loop.stop(); }});
      loop.run();
    }
    return asked_ill - before;
  };
  const auto first = client_of({"/well"}, nullptr);
  EXPECT_EQ(ask(*first, 50), 3);
  EXPECT_EQ(ask(*client_of({"/well"}, first.get()), 50), 0);
  EXPECT_EQ(ask(*client_of({"/well"}, nullptr), 50), 3);
  EXPECT_EQ(ask(*client_of({"/well", "/well"}, first.get()), 50), 3) << "other replicas";
}

TEST(ReplicatedCall, TellsTheFaultWhenNoReplicaCanBeReached) {
  http::Loop loop;
  Expert expert;
  expert.name = "e";
  expert.base_url = "http://127.0.0.1:1/v1";
  expert.more_base_urls = {"http://127.0.0.1:1/v1"};
  auto catalogue = Catalogue::make({expert});
  auto endpoints = resolve_endpoints(*catalogue);
  const SystemClock clock;
  HttpChatClient client(loop, clock, std::make_shared<const Endpoints>(std::move(*endpoints)));
  std::optional<http::Fault> fault;
  const auto pending = client.start(catalogue->experts()[0], "{}", {},
                                    {.on_head = {},
                                     .on_bytes = {},
                                     .on_end = {},
                                     .on_fault = [&](http::Fault what, const std::string&) {
                                       fault = what;
                                       loop.stop();
                                     }});
  loop.run();
  EXPECT_EQ(fault, http::Fault::connect);
}

}  // namespace
}  // namespace ooe::experts
