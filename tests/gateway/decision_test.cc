// Which expert the gateway asks, over real sockets: by a goal, a share, a deadline, an experiment,
// and never one that is not cleared.
#include <chrono>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "gateway/steering.h"
#include "tests/gateway/gateway_fixture.h"

namespace ooe::gateway {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

TEST_F(GatewayTest, AGoalInTheHeaderTakesThePlaceOfTheModels) {
  start();
  EXPECT_EQ(chat(false).header("x-ooe-expert"), "first");
  EXPECT_EQ(chat(false, {{"x-ooe-goal", R"({"ownership":1})"}}).header("x-ooe-expert"), "second");
  EXPECT_EQ(chat(false, {{"x-ooe-goal", R"({"maximise":"quality"})"}}).header("x-ooe-expert"),
            "first");
  // The nearest goal that can be met is named, and can be met.
  const Answer answer =
      chat(false, {{"x-ooe-goal", R"({"maximise":"quality","usd_per_1k_queries":0.0001})"}});
  EXPECT_EQ(answer.status, 422);
  const std::string told = "always the cheapest expert costs ";
  const auto at = answer.body.find(told);
  ASSERT_NE(at, std::string::npos) << answer.body;
  const double nearest = std::stod(answer.body.substr(at + told.size()));
  EXPECT_EQ(
      chat(false, {{"x-ooe-goal",
                    fmt::format(R"({{"maximise":"quality","usd_per_1k_queries":{}}})", nearest)}})
          .status,
      200);
}

// A second passes from one look to the next: so long does every goal take to calibrate.
struct SecondsClock final : Clock {
  [[nodiscard]] TimePoint now() const override { return std::exchange(time, time + seconds(1)); }
  [[nodiscard]] WallTime wall_now() const override { return {}; }

  mutable TimePoint time;
};

// A goal that was not seen before keeps a worker for as long as it takes to calibrate.
TEST_F(GatewayTest, NewGoalsWaitWhenTheyHaveTakenTheirShareOfTime) {
  start();
  const auto orchestrator = serving_of(experts_, {}).orchestrator;
  ModelPacers pacers;
  Steering steering(*orchestrator, pacers.of(*orchestrator));
  orchestrator::SessionSpec spec;
  spec.model = "auto";
  SecondsClock clock;
  const auto steer = [&](int i) {
    return steering.steer(
        {{"x-ooe-goal",
          fmt::format(R"({{"maximise":"quality","usd_per_1k_queries":{}}})", 1.0 + i * 1e-6)}},
        spec, clock);
  };
  // Two seconds to begin with, one less a goal, a tenth of a second more for each that passes.
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(steer(i).has_value()) << i;
  const auto steered = steer(3);
  ASSERT_FALSE(steered.has_value());
  EXPECT_EQ(steered.error().status, 429);
  EXPECT_EQ(steered.error().code, "too_many_goals");
  EXPECT_EQ(steered.error().retry_after, seconds(4));
  EXPECT_TRUE(steer(2).has_value()) << "those that were seen go on";
  clock.time += seconds(4);
  EXPECT_TRUE(steer(3).has_value());
  EXPECT_FALSE(steer(4).has_value());
}

// The same question over and over: any fixed trade-off would send all of it to one expert.
// Requests that came to nothing are no savings, which would be spent once they are over.
TEST(Steered, LearnsNothingFromWhatCameToNothing) {
  policy::PacingPlan plan;
  plan.target = 0.001;
  const auto pacer = std::make_shared<SharedPacer>(plan);
  const Steered steered{.pacer = pacer, .aim = 0.001};
  Receipt receipt;
  receipt.attempts = {{.expert = "e", .fault = "http_400", .tokens = {}, .cost = {}}};
  for (int i = 0; i < 1'000; ++i) steered.report(receipt, {});
  EXPECT_DOUBLE_EQ(pacer->aim(), 0.001);
  receipt.cost = Usd{3'000'000};
  steered.report(receipt, {});
  EXPECT_LT(pacer->aim(), 0.001) << "a stream that broke off is paid";
}

TEST_F(GatewayTest, AShareIsKeptByPacingAndSurvivesAReload) {
  goal_.aim = OwnershipShare{0.5};
  start();
  const auto own_of = [&](int requests) {
    int own = 0;
    for (int i = 0; i < requests; ++i) own += chat(false).header("x-ooe-expert") == "second";
    return own;
  };
  // Until it has found the only aim at which this question is undecided, all go to one side.
  own_of(400);
  EXPECT_NEAR(own_of(200), 100, 20);
  const auto reloaded =
      gateway_->reload(serving_of(experts_, {}, std::nullopt, Goal{OwnershipShare{0.5}, {}, {}}));
  ASSERT_TRUE(reloaded.has_value());
  EXPECT_NEAR(own_of(200), 100, 20);
}

TEST_F(GatewayTest, ADeadlineIsHeldAgainstThePaceThatWasSeen) {
  goal_.first_token = milliseconds(10);
  start("#slow-drip");  // its first word stands some 400 bytes behind the head, at 16 a millisecond
  EXPECT_EQ(chat(true).header("x-ooe-expert"), "first") << "nothing is known of it yet";
  EXPECT_EQ(chat(true).header("x-ooe-expert"), "second");
  const auto decision =
      nlohmann::json::parse(send("POST", "/v1/orchestrate", chat_body(true, "auto")).body);
  EXPECT_EQ(decision["experts"][0]["verdict"], "too slow");
  EXPECT_GE(decision["experts"][0]["first_token_ms"], 10);
}

TEST_F(GatewayTest, NoAnswerIsExpectedToBeLongerThanTheClientAllows) {
  start();
  const auto tokens = [&](const std::string& more) {
    const std::string body =
        R"({"model":"auto","messages":[{"role":"user","content":"Why?"}])" + more + "}";
    const auto decision = nlohmann::json::parse(send("POST", "/v1/orchestrate", body).body);
    return decision["experts"][0]["output_tokens"].get<double>();
  };
  EXPECT_GT(tokens(""), 7.0);
  EXPECT_EQ(tokens(R"(,"max_tokens":7)"), 7.0);
}

// Two experts: whoever is not predicted to be the better one goes first on a fifth of the requests,
// and the receipts say so. Pinned, private and goal-stating requests are nobody's experiment.
TEST_F(GatewayTest, ExploresOnABoundedShareAndSaysHowProbableItWas) {
  explore_ = {.share = 0.2, .within = 1.0};
  start();
  int second = 0;
  constexpr int kRequests = 200;
  for (int i = 0; i < kRequests; ++i) second += chat(false).header("x-ooe-expert") == "second";
  EXPECT_NEAR(second, 40, 28);  // five standard deviations
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(chat(false, {}, "first").header("x-ooe-expert"), "first");
    EXPECT_EQ(chat(false, {{"x-ooe-privacy", "confidential"}}).header("x-ooe-expert"), "second");
    EXPECT_EQ(chat(false, {{"x-ooe-goal", R"({"maximise":"quality"})"}}).header("x-ooe-expert"),
              "first");
  }
  int explored = 0;
  for (const Receipt& receipt : receipts()) {
    const bool free = receipt.model == "auto" && receipt.privacy == PrivacyClass::public_;
    if (receipt.chosen == "second" && free) {
      EXPECT_EQ(receipt.propensity, 0.2);
      ++explored;
    } else {
      EXPECT_THAT(receipt.propensity, ::testing::AnyOf(0.8, 1.0));
    }
  }
  EXPECT_EQ(explored, second);
}

TEST_F(GatewayTest, NeverAsksAnExpertThatIsNotCleared) {
  start("#500");  // even when the cleared one fails
  EXPECT_EQ(chat(false, {{"x-ooe-privacy", "confidential"}}).header("x-ooe-expert"), "second");
  for (const http::Headers& headers :
       {http::Headers{{"x-ooe-privacy", "restricted"}}, http::Headers{{"x-ooe-privacy", "typo"}},
        http::Headers{{"x-ooe-privacy", "public"}, {"x-ooe-privacy", "public"}}}) {
    const Answer answer = chat(false, headers);
    EXPECT_EQ(answer.status, 422);
    EXPECT_THAT(answer.body, HasSubstr("first: not cleared"));
  }
  EXPECT_EQ(chat(false, {{"x-ooe-privacy", "confidential"}}, "first").status, 422) << "pinned too";
  EXPECT_EQ(simulation_->ledger(0).requests, 0);
  EXPECT_EQ(simulation_->ledger(1).requests, 1);
}

}  // namespace
}  // namespace ooe::gateway
