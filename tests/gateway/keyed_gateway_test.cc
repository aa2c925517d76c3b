// A gateway whose clients need keys, over real sockets.
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "experts/openai_dialect.h"
#include "gateway/request_spec.h"
#include "tests/gateway/gateway_fixture.h"

namespace ooe::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A key with `limits` in force from start() on.
class KeyedGatewayTest : public GatewayTest {
 protected:
  http::Headers add_key(const std::string& name, const KeyLimits& limits = {},
                        std::vector<std::string> models = {}) {
    auto key = make_key(kPepper, name);
    key.entry.limits = limits;
    key.entry.models = std::move(models);
    auto all = keys_ ? keys_->keys() : std::vector<ApiKey>();
    all.push_back(key.entry);
    keys_ = *KeyRing::make(kPepper, std::move(all));
    return {{"authorization", "Bearer " + key.text}};
  }

  static constexpr const char* kPepper = "a secret of the test";
};

TEST_F(KeyedGatewayTest, AsksEverybodyForAKeyAndNamesItInTheReceipt) {
  const auto alice = add_key("alice");
  auto gone = make_key(kPepper, "gone");
  gone.entry.revoked = true;
  auto all = keys_->keys();
  all.push_back(gone.entry);
  keys_ = *KeyRing::make(kPepper, std::move(all));
  start();
  for (const http::Headers& headers :
       {http::Headers{}, http::Headers{{"authorization", "Bearer x"}},
        http::Headers{alice[0], alice[0]},
        http::Headers{{"authorization", "Bearer " + gone.text}}}) {
    const Answer answer = chat(false, headers);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.code(), "invalid_api_key");
    EXPECT_EQ(answer.header("www-authenticate"), "Bearer");
    EXPECT_EQ(send("GET", "/v1/models", "", headers).status, 401);
    EXPECT_EQ(send("GET", "/metrics", "", headers).status, 401);
    EXPECT_EQ(send("GET", "/healthz", "", headers).status, 200);
  }
  EXPECT_THAT(chat(false, {{"authorization", "Basic b29lOng="}}).body,
              HasSubstr("Authorization: Bearer KEY"));
  EXPECT_EQ(simulation_->ledger(0).requests + simulation_->ledger(1).requests, 0);
  EXPECT_EQ(chat(false, alice).status, 200);
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 1U);
  EXPECT_EQ(filed[0].key, "alice");
}

TEST_F(KeyedGatewayTest, AKeyAsksForItsModelsOnlyAndSeesNoOthers) {
  const auto alice = add_key("alice", {}, {"second"});
  start();
  EXPECT_EQ(chat(false, alice, "second").status, 200);
  EXPECT_EQ(chat(false, alice, "first").code(), "model_not_found");
  EXPECT_EQ(chat(false, alice, "auto").code(), "model_not_found");
  const Answer models = send("GET", "/v1/models", "", alice);
  EXPECT_THAT(models.body, HasSubstr(R"("id":"second")"));
  EXPECT_THAT(models.body, Not(HasSubstr("first")));
}

// Neither by a decision nor by the metrics.
TEST_F(KeyedGatewayTest, AKeyLimitedToModelsLearnsNothingOfTheOthers) {
  const auto alice = add_key("alice", {}, {"second"});
  const auto carol = add_key("carol", {}, {"auto"});
  const auto bob = add_key("bob");
  start();
  const auto decision = [&](const http::Headers& key, const char* model) {
    return nlohmann::json::parse(
        send("POST", "/v1/orchestrate", chat_body(false, model), key).body);
  };
  const auto pinned = decision(alice, "second");
  EXPECT_EQ(pinned["plan"], nlohmann::json::array({"second"}));
  EXPECT_THAT(pinned.dump(), Not(HasSubstr("\"first\"")));
  // Whom a chat's header names to it is no secret; who would come next is.
  const auto routed = decision(carol, "auto");
  EXPECT_EQ(routed["chosen"], "first");
  EXPECT_EQ(routed["experts"].size(), 1U);
  EXPECT_THAT(routed.dump(), Not(HasSubstr("\"second\"")));
  EXPECT_EQ(decision(bob, "auto")["experts"].size(), 2U);

  EXPECT_EQ(send("GET", "/metrics", "", alice).code(), "limited_key");
  EXPECT_EQ(send("GET", "/metrics", "", alice).status, 403);
  EXPECT_EQ(send("GET", "/metrics", "", bob).status, 200);
  EXPECT_THAT(gateway_->metrics_text(), HasSubstr("ooe_errors_total{code=\"limited_key\""));
}

// A chat that fails says why, and of whom only where the key may ask for that expert.
TEST_F(KeyedGatewayTest, ErrorsNameNoExpertThatTheKeyMayNotAskFor) {
  const auto carol = add_key("carol", {}, {"auto"});
  const auto dave = add_key("dave", {}, {"auto", "second"});
  const auto bob = add_key("bob");
  start("#500");
  auto failing = experts_;
  failing[1].model += "#503";
  ASSERT_TRUE(gateway_->reload(serving_of(failing, {}, keys_)));
  const auto told = [&](const http::Headers& key, const http::Header& more) {
    http::Headers headers = key;
    headers.push_back(more);
    return chat(false, headers).error_message();
  };
  const http::Header secret{"x-ooe-privacy", "restricted"};
  EXPECT_EQ(told(bob, secret),
            "no expert may answer this request: first: not cleared (sees public, the request is "
            "restricted: header); second: not cleared (sees confidential, the request is "
            "restricted: header)");
  EXPECT_EQ(told(dave, secret),
            "no expert may answer this request: an expert: not cleared (the request is restricted: "
            "header); second: not cleared (sees confidential, the request is restricted: header)");
  EXPECT_EQ(told(carol, secret),
            "no expert may answer this request: an expert: not cleared (the request is restricted: "
            "header)");

  const http::Header open{"x-ooe-privacy", "public"};
  ASSERT_TRUE(eventually([&] { return chat(false, bob).status == 503; }));
  EXPECT_EQ(told(carol, open),
            "every expert that may answer has failed: an expert: http_500; an expert: http_503");
  EXPECT_EQ(told(dave, open),
            "every expert that may answer has failed: an expert: http_500; second: http_503");
  EXPECT_EQ(told(bob, open),
            "every expert that may answer has failed: first: http_500; second: http_503");
}

// A goal would be a way to ask for it, and its errors one to hear of it.
TEST_F(KeyedGatewayTest, AGoalMatchesNoExpertThatTheKeyMayNotAskFor) {
  const auto carol = add_key("carol", {}, {"auto", "second"});
  const auto bob = add_key("bob");
  start();
  auto unpriced = experts_;
  unpriced[0].prices.reset();
  const auto with_goal = [&](http::Headers key, const std::string& goal) {
    key.push_back({"x-ooe-goal", goal});
    return chat(false, key);
  };
  EXPECT_EQ(with_goal(bob, R"({"match":"first"})").status, 200);
  EXPECT_EQ(with_goal(carol, R"({"match":"second"})").status, 200);
  EXPECT_THAT(with_goal(bob, R"({"match":"frist"})").error_message(), HasSubstr("'first'"));
  for (const char* name : {"first", "frist", "nobody"}) {
    const Answer answer = with_goal(carol, R"({"match":")" + std::string(name) + R"("})");
    EXPECT_EQ(answer.code(), "impossible_goal");
    EXPECT_EQ(answer.error_message(), "x-ooe-goal: the goal is to match '" + std::string(name) +
                                          "', and no expert that this key may ask for has this "
                                          "name");
  }
  ASSERT_TRUE(gateway_->reload(serving_of(unpriced, {}, keys_)));
  const char* budget = R"({"maximise":"quality","usd_per_1k_queries":2})";
  ASSERT_TRUE(eventually([&] { return with_goal(bob, budget).status == 422; }));
  EXPECT_THAT(with_goal(bob, budget).error_message(), HasSubstr("no price for 'first'"));
  EXPECT_EQ(with_goal(carol, budget).error_message(),
            "x-ooe-goal: the goal cannot be met, because of an expert that this key may not ask "
            "for; ask whoever runs the gateway");
}

// What it decides is what a chat of the same key would get.
TEST_F(KeyedGatewayTest, ADecisionKnowsOfTheKeysBudget) {
  const auto poor = add_key("poor", {.per_day_max = Usd{1}});
  const auto rich = add_key("rich", {.per_day_max = Usd{1'000'000'000}});
  start();
  const auto decision = [&](const http::Headers& key) {
    return nlohmann::json::parse(
        send("POST", "/v1/orchestrate", chat_body(false, "auto"), key).body);
  };
  const auto refused = decision(poor);
  EXPECT_TRUE(refused["chosen"].is_null()) << refused;
  EXPECT_EQ(refused["experts"][0]["verdict"], "over budget");
  EXPECT_EQ(chat(false, poor).code(), "no_expert_allowed") << "not even of a new budget";
  EXPECT_EQ(decision(rich)["chosen"], "first");
  EXPECT_EQ(decision(poor)["experts"][1]["verdict"], "over budget") << "nothing was reserved";
}

TEST_F(KeyedGatewayTest, AKeysPrivacyFloorHoldsWhateverItsHeaderSays) {
  auto alice = make_key(kPepper, "alice");
  alice.entry.privacy_floor = PrivacyClass::confidential;
  keys_ = *KeyRing::make(kPepper, {alice.entry});
  start();
  const http::Headers headers{{"authorization", "Bearer " + alice.text},
                              {"x-ooe-privacy", "public"}};
  EXPECT_EQ(chat(false, headers).header("x-ooe-expert"), "second");
  EXPECT_EQ(simulation_->ledger(0).requests, 0);
}

TEST_F(KeyedGatewayTest, AModelsPrivacyFloorHoldsForItAloneWhateverItsHeaderSays) {
  start();
  Serving serving = serving_of(experts_, {});
  auto orchestrator = orchestrator::Orchestrator::make(
      *experts::Catalogue::make(experts_), trained(),
      {{.name = "auto", .goal = {}, .privacy_floor = PrivacyClass::confidential}});
  ASSERT_TRUE(orchestrator.has_value()) << orchestrator.error().message;
  serving.orchestrator =
      std::make_shared<const orchestrator::Orchestrator>(std::move(*orchestrator));
  ASSERT_TRUE(gateway_->reload(std::move(serving)));
  const http::Headers headers{{"x-ooe-privacy", "public"}};
  EXPECT_TRUE(eventually([&] { return chat(false, headers).header("x-ooe-expert") == "second"; }));
  EXPECT_EQ(chat(false, headers).header("x-ooe-expert"), "second");
  EXPECT_EQ(chat(false, headers, "first").header("x-ooe-expert"), "first") << "no floor of its";
}

TEST_F(KeyedGatewayTest, AReloadRevokesAndKeepsTheAccounts) {
  const auto alice = add_key("alice", {.requests_per_minute = 2});
  start();
  EXPECT_EQ(chat(false, alice).status, 200);
  auto changed = keys_->keys();
  changed[0].limits.requests_per_minute = 1;
  ASSERT_TRUE(gateway_->reload(serving_of(experts_, {}, *KeyRing::make(kPepper, changed))));
  EXPECT_TRUE(eventually([&] { return chat(false, alice).code() == "rate_limited"; }));
  changed[0].revoked = true;
  ASSERT_TRUE(gateway_->reload(serving_of(experts_, {}, *KeyRing::make(kPepper, changed))));
  EXPECT_TRUE(eventually([&] { return chat(false, alice).status == 401; }));
}

TEST_F(KeyedGatewayTest, ReservesEveryAnswerThatARequestAsksFor) {
  start();
  const auto orchestrator = serving_of(experts_, {}).orchestrator;
  orchestrator::SessionSpec spec;
  spec.query.privacy = PrivacyClass::public_;
  spec.query.prompt_tokens = 10;
  spec.query.output_tokens_max = 100;
  const Demand one = demand_of(spec, *orchestrator);
  EXPECT_EQ(one.tokens, 120);
  spec.query.choices = 3;
  const Demand three = demand_of(spec, *orchestrator);
  EXPECT_EQ(three.tokens, 320);
  EXPECT_EQ(three.cost - one.cost, Usd{200 * 2'000});  // 2 USD a million
}

// Without a limit of the client's an answer may be as long as its expert makes it.
TEST_F(KeyedGatewayTest, ReservesTheLongestAnswerWhereNobodySetsALimit) {
  orchestrator::SessionSpec spec;
  spec.query.privacy = PrivacyClass::public_;
  spec.query.prompt_tokens = 1'000;
  const auto cost_with = [&](std::int64_t longest, std::int64_t context) {
    std::vector<Expert> experts(1);
    experts[0].name = kNames[0];
    experts[0].base_url = "http://127.0.0.1:1/v1";
    experts[0].prices = Prices{{0}, {0}, {1'000'000}};  // a micro-USD a token
    experts[0].output_tokens_max = longest;
    experts[0].context_tokens = context;
    return demand_of(spec, *serving_of(experts, {}).orchestrator).cost;
  };
  EXPECT_EQ(cost_with(0, 0), Usd{kLongAnswerTokens * 1'000});
  EXPECT_EQ(cost_with(40'000, 0), Usd{40'000 * 1'000});
  EXPECT_EQ(cost_with(40'000, 8'000), Usd{7'000 * 1'000});
  EXPECT_EQ(cost_with(0, 500), Usd{1'000}) << "too long for it, which others say";
}

// As many tokens as there are numbers are no way around a limit.
TEST_F(KeyedGatewayTest, LimitsTokensWhateverARequestSaysItMayTake) {
  for (const char* more : {R"(,"max_tokens":9223372036854775807)",
                           R"(,"max_tokens":9223372036854775807,"n":9223372036854775807)"}) {
    ChatRequestParser parser;
    const auto request = parser.parse(chat_body(false, "auto", more));
    ASSERT_TRUE(request.has_value()) << request.error().message;
    EXPECT_EQ(request->output_tokens_max, experts::kTokensMax);
  }
  const auto slow = add_key("slow", {.tokens_per_minute = 30});
  start();
  const std::string huge = R"(,"max_tokens":9223372036854775807)";
  EXPECT_EQ(chat(false, slow, "second", huge).status, 200);  // with all of a minute it may begin
  EXPECT_EQ(chat(false, slow, "second", huge).code(), "rate_limited");
}

TEST_F(KeyedGatewayTest, StopsAtTheBudgetAndAtTheRate) {
  const auto poor = add_key("poor", {.per_day_max = Usd{1'000'000}});  // a tenth of a cent
  const auto broke = add_key("broke", {.per_month_max = Usd{0}});
  const auto slow = add_key("slow", {.requests_per_minute = 1});
  start();
  EXPECT_EQ(chat(false, broke).code(), "budget_exhausted");
  EXPECT_EQ(chat(false, slow).status, 200);
  const Answer again = chat(false, slow);
  EXPECT_EQ(again.status, 429);
  EXPECT_EQ(again.code(), "rate_limited");
  EXPECT_GT(std::stoi(again.header("retry-after")), 50);
  int answered = 0;
  Answer answer;
  // An answer is there a moment before its bill is settled, so a first refusal may come too early.
  for (int refused = 0; refused < 3 && answered < 1'000;) {
    answer = chat(false, poor, "second", R"(,"max_tokens":100)");
    if (answer.status == 200) {
      ++answered;
    } else {
      ++refused;
      std::this_thread::sleep_for(milliseconds(20));
    }
  }
  EXPECT_GT(answered, 0);
  EXPECT_EQ(answer.status, 429) << answer.body;
  EXPECT_EQ(answer.code(), "budget_exhausted");
  EXPECT_THAT(answer.body, HasSubstr(" USD left"));
  EXPECT_GT(std::stoi(answer.header("retry-after")), 0);
  EXPECT_LE(std::stoi(answer.header("retry-after")), 24 * 3'600);
  Usd spent;
  for (const Receipt& receipt : receipts()) {
    if (receipt.key == "poor") spent += receipt.cost;
  }
  EXPECT_LE(spent, Usd{1'000'000});
  EXPECT_GT(spent, Usd{400'000}) << "much of it was of use";
}

}  // namespace
}  // namespace ooe::gateway
