// An LLM as predictor over real sockets: with known log-probabilities it decides as they say; with
// every trouble it may have, the built-in predictor decides, within the deadline.
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/gateway/gateway_fixture.h"

namespace ooe::gateway {
namespace {

constexpr milliseconds kDeadline{250};

// An orchestrating LLM that says what it is told to; threads: its own.
class Oracle {
 public:
  enum class Mood { probabilities, no_logprobs, other_tokens, garbage, endless, failing, silent };

  Oracle() {
    http::Loop* const loops[] = {&loop_};
    auto server = http::Server::start(
        loops, {.listen = "127.0.0.1:0"},
        [this](std::size_t, const std::shared_ptr<http::Exchange>& exchange) { answer(exchange); });
    EXPECT_TRUE(server.has_value()) << server.error().message;
    server_ = std::move(*server);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Oracle() {
    loop_.stop();
    thread_.join();
  }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  void say(Mood mood, double a = 0.5) {
    const std::lock_guard lock(mutex_);
    mood_ = mood;
    a_ = a;
  }
  [[nodiscard]] std::string base_url() const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + "/v1";
  }
  std::atomic<int> asked = 0;
  std::atomic<int> left = 0;  // before the end of an endless answer

 private:
  void answer(const std::shared_ptr<http::Exchange>& exchange) {
    ++asked;
    const std::lock_guard lock(mutex_);
    if (mood_ == Mood::silent) {
      waiting_.push_back(exchange);
      return;
    }
    if (mood_ == Mood::endless) {
      exchange->on_gone([this] { ++left; });
      exchange->send_head(200, {});
      exchange->send_chunk(std::string(std::size_t{100} << 10U, 'x'));
      waiting_.push_back(exchange);
      return;
    }
    if (mood_ == Mood::garbage) return exchange->send({200, {}, "<html>ready</html>"});
    if (mood_ == Mood::failing) return exchange->send({500, {}, "{}"});
    nlohmann::json choice{{"message", {{"role", "assistant"}, {"content", "A"}}}};
    if (mood_ != Mood::no_logprobs) {
      const bool others = mood_ == Mood::other_tokens;
      choice["logprobs"]["content"] = {
          {{"token", "A"},
           {"top_logprobs",
            {{{"token", others ? "The" : "A"}, {"logprob", std::log(a_)}},
             {{"token", others ? "An" : " B"}, {"logprob", std::log(1.0 - a_)}}}}}};
    }
    const nlohmann::json body{{"object", "chat.completion"}, {"choices", {choice}}};
    exchange->send({200, {{"content-type", "application/json"}}, body.dump()});
  }

  http::Loop loop_;
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
  std::mutex mutex_;  // of what follows
  Mood mood_ = Mood::probabilities;
  double a_ = 0.5;
  std::vector<std::shared_ptr<http::Exchange>> waiting_;
};

// The built-in predictor prefers "first"; letters are A for "first", B for "second".
class LlmPredictorTest : public GatewayTest {
 protected:
  void start_with(PrivacyClass clearance = PrivacyClass::public_) {
    start();
    Expert llm;
    llm.name = "oracle";
    llm.model = "oracle";
    llm.base_url = oracle.base_url();
    llm.clearance = clearance;
    experts_.push_back(llm);
    auto catalogue = experts::Catalogue::make(experts_);
    auto orchestrator =
        orchestrator::Orchestrator::make(*catalogue, trained(), {{.name = "auto", .goal = {}}});
    ASSERT_TRUE(orchestrator) << orchestrator.error().message;
    const auto used = orchestrator->use_llm({.expert = "oracle", .deadline = kDeadline});
    ASSERT_TRUE(used) << used.error().message;
    Serving serving = serving_of(experts_, {});
    serving.orchestrator =
        std::make_shared<const orchestrator::Orchestrator>(std::move(*orchestrator));
    ASSERT_TRUE(gateway_->reload(std::move(serving)));
    ASSERT_TRUE(eventually(
        [&] { return send("GET", "/v1/models", "").body.find("oracle") != std::string::npos; }));
  }

  // What came of asking, by /metrics.
  int told(const std::string& result) {
    const std::string name = "ooe_llm_predictions_total{result=\"" + result + "\"} ";
    const std::string text = send("GET", "/metrics", "").body;
    const auto at = text.find(name);
    return at == std::string::npos ? 0 : std::stoi(text.substr(at + name.size()));
  }

  Oracle oracle;
};

TEST_F(LlmPredictorTest, DecidesByTheLogProbabilities) {
  start_with();
  for (const auto& [a, expert] : {std::pair{0.9, "first"}, std::pair{0.2, "second"},
                                  std::pair{0.51, "first"}, std::pair{0.49, "second"}}) {
    oracle.say(Oracle::Mood::probabilities, a);
    for (const bool stream : {false, true}) {
      const Answer answer = chat(stream);
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(answer.header("x-ooe-expert"), expert) << a;
    }
  }
  EXPECT_EQ(oracle.asked, 8);
  EXPECT_EQ(told("used"), 8);
}

TEST_F(LlmPredictorTest, TheBuiltInPredictorDecidesWithinTheDeadlineWhateverTheTrouble) {
  start_with();
  using Mood = Oracle::Mood;
  for (const auto& [mood, result, count] :
       {std::tuple{Mood::no_logprobs, "no_logprobs", 1}, std::tuple{Mood::garbage, "garbage", 1},
        std::tuple{Mood::failing, "failed", 1}, std::tuple{Mood::other_tokens, "no_logprobs", 2},
        std::tuple{Mood::silent, "late", 1}}) {
    SCOPED_TRACE(result);
    // One good answer between two troubles keeps the breaker closed.
    oracle.say(Mood::probabilities, 0.2);
    EXPECT_EQ(chat(false).header("x-ooe-expert"), "second");
    oracle.say(mood);
    const int before = oracle.asked;
    const auto started = std::chrono::steady_clock::now();
    const Answer answer = chat(false);
    const auto took = std::chrono::steady_clock::now() - started;
    EXPECT_EQ(oracle.asked, before + 1);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("x-ooe-expert"), "first");
    EXPECT_EQ(told(result), count);
    EXPECT_LT(took, kDeadline + milliseconds(1'500));
    if (mood == Mood::silent) {
      EXPECT_GE(took, kDeadline);
    }
  }
  EXPECT_EQ(told("used"), 5);
}

TEST_F(LlmPredictorTest, AnAnswerWithoutEndIsLeft) {
  start_with();
  oracle.say(Oracle::Mood::endless);
  EXPECT_EQ(chat(false).header("x-ooe-expert"), "first");
  EXPECT_EQ(told("failed"), 1);
  EXPECT_TRUE(eventually([&] { return oracle.left == 1; }));
}

TEST_F(LlmPredictorTest, NobodyWaitsForAnLlmThatIsDown) {
  start_with();
  oracle.say(Oracle::Mood::failing);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(chat(false).header("x-ooe-expert"), "first");
  EXPECT_LT(oracle.asked, 30);  // the breakers of two workers
  EXPECT_EQ(told("failed"), oracle.asked);
  EXPECT_EQ(told("resting"), 40 - oracle.asked);
}

TEST_F(LlmPredictorTest, IsNotAskedWhatItMayNotSeeOrHasNoSayIn) {
  start_with();
  oracle.say(Oracle::Mood::probabilities, 0.2);
  EXPECT_EQ(chat(false, {{"x-ooe-privacy", "internal"}}).header("x-ooe-expert"), "second");
  EXPECT_EQ(chat(false, {}, "first").header("x-ooe-expert"), "first");
  EXPECT_EQ(oracle.asked, 0);
}

TEST_F(LlmPredictorTest, AClientThatLeavesMeanwhileIsForgotten) {
  start_with();
  oracle.say(Oracle::Mood::silent);
  for (int i = 0; i < 3; ++i) {
    http::Loop loop;
    http::Client client(loop);
    http::ClientRequest request;
    request.method = "POST";
    request.url = *http::parse_url("http://127.0.0.1:" + std::to_string(gateway_->port()) +
                                   "/v1/chat/completions");
    request.body = chat_body(false, "auto");
    http::CallHandlers handlers;
    handlers.on_fault = [&](http::Fault, const std::string&) { loop.stop(); };
    auto call = client.start(std::move(request), std::move(handlers));
    http::Timer timer(loop);
    timer.arm(milliseconds(60), [&] { loop.stop(); });
    loop.run();
    call.reset();
  }
  oracle.say(Oracle::Mood::probabilities, 0.2);
  EXPECT_EQ(chat(false).header("x-ooe-expert"), "second");
  EXPECT_TRUE(eventually([&] { return told("client_gone") == 3; }));
  const auto filed = receipts();  // stops the gateway
  ASSERT_EQ(filed.size(), 4U);
  EXPECT_EQ(std::ranges::count(filed, Ending::client_gone, &Receipt::ending), 3);
}

}  // namespace
}  // namespace ooe::gateway
