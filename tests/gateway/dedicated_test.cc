// Dedicated models over real sockets: an own expert that says the deferral tag in every way a model
// might, and a generic one. What the client gets is compared byte for byte with what it gets when
// it asks the right expert by name.
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/query.h"
#include "gateway/gateway.h"
#include "http/client.h"
#include "http/server.h"
#include "http/sse.h"
#include "predictor/train.h"
#include "store/store.h"

namespace ooe::gateway {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTag = "<GPT4>";

// An expert that says what it is told to, in pieces; threads: its own.
class Parrot {
 public:
  struct Piece {
    std::string text = {};
    std::string reasoning = {};
  };

  Parrot() {
    http::Loop* const loops[] = {&loop_};
    auto server = http::Server::start(
        loops, {.listen = "127.0.0.1:0"},
        [this](std::size_t, const std::shared_ptr<http::Exchange>& exchange) { answer(exchange); });
    EXPECT_TRUE(server.has_value()) << server.error().message;
    server_ = std::move(*server);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Parrot() {
    loop_.stop();
    thread_.join();
  }
  Parrot(const Parrot&) = delete;
  Parrot& operator=(const Parrot&) = delete;

  // Between two requests only.
  void say(std::vector<Piece> pieces) { pieces_ = std::move(pieces); }
  void cut_bytes(bool one_by_one) { one_by_one_ = one_by_one; }
  void fall_silent_after_text(bool silent) { silent_ = silent; }

  [[nodiscard]] std::string base_url() const {
    return fmt::format("http://127.0.0.1:{}/v1", server_->port());
  }
  int requests = 0;

 private:
  void answer(const std::shared_ptr<http::Exchange>& whole) {
    http::Exchange& exchange = *whole;
    ++requests;
    const auto asked = nlohmann::json::parse(exchange.request().body);
    const nlohmann::json usage{
        {"prompt_tokens", 10}, {"completion_tokens", 3}, {"total_tokens", 13}};
    if (!asked.value("stream", false)) {
      Piece all;
      for (const Piece& piece : pieces_) {
        all.text += piece.text;
        all.reasoning += piece.reasoning;
      }
      nlohmann::json message{{"role", "assistant"}, {"content", all.text}};
      if (!all.reasoning.empty()) message["reasoning_content"] = all.reasoning;
      const nlohmann::json body{
          {"object", "chat.completion"},
          {"choices", {{{"index", 0}, {"message", message}, {"finish_reason", "stop"}}}},
          {"usage", usage}};
      exchange.send({200, {{"content-type", "application/json"}}, body.dump()});
      return;
    }
    exchange.send_head(200, {{"content-type", "text/event-stream"}});
    const auto event = [&](const nlohmann::json& delta, const nlohmann::json& finish) {
      const nlohmann::json chunk{
          {"object", "chat.completion.chunk"},
          {"choices", {{{"index", 0}, {"delta", delta}, {"finish_reason", finish}}}}};
      send(exchange, http::sse_event(chunk.dump()));
    };
    event({{"role", "assistant"}, {"content", ""}}, nullptr);
    for (const Piece& piece : pieces_) {
      nlohmann::json delta = nlohmann::json::object();
      if (!piece.reasoning.empty()) delta["reasoning_content"] = piece.reasoning;
      if (!piece.text.empty()) delta["content"] = piece.text;
      event(delta, nullptr);
    }
    if (silent_) {
      kept_.push_back(whole);
      return;
    }
    event(nlohmann::json::object(), "stop");
    send(exchange, http::sse_event(nlohmann::json{
                       {"object", "chat.completion.chunk"},
                       {"choices", nlohmann::json::array()},
                       {"usage",
                        usage}}.dump()));
    send(exchange, http::sse_event("[DONE]"));
    exchange.finish();
  }

  void send(http::Exchange& exchange, const std::string& bytes) const {
    if (!one_by_one_) return exchange.send_chunk(bytes);
    for (const char c : bytes) exchange.send_chunk(std::string(1, c));
  }
  http::Loop loop_;
  std::unique_ptr<http::Server> server_;
  std::vector<Piece> pieces_;
  bool one_by_one_ = false;
  bool silent_ = false;
  std::vector<std::shared_ptr<http::Exchange>> kept_;
  std::thread thread_;
};

std::vector<Parrot::Piece> words(const std::vector<std::string>& texts) {
  std::vector<Parrot::Piece> pieces;
  for (const std::string& text : texts) pieces.push_back({.text = text});
  return pieces;
}

struct PairAnswer {
  int status = 0;
  http::Headers headers;
  std::string body;
  bool clean = false;

  [[nodiscard]] std::string header(std::string_view name) const {
    return std::string(http::find_header(headers, name));
  }
  // Without the gateway's own last comment, which names the receipt.
  [[nodiscard]] std::string bytes() const {
    const std::size_t comment = body.find(": ooe ");
    if (comment == std::string::npos) return body;
    return body.substr(0, comment) + body.substr(body.find("\n\n", comment) + 2);
  }
};

// Every way in which a model says the tag.
std::vector<std::vector<Parrot::Piece>> deferrals() {
  std::vector<std::vector<Parrot::Piece>> all;
  const std::string tag = kTag;
  for (std::size_t cut = 0; cut <= tag.size(); ++cut) {
    all.push_back(words({tag.substr(0, cut), tag.substr(cut)}));
  }
  std::vector<std::string> bytes;
  for (const char c : tag) bytes.emplace_back(1, c);
  all.push_back(words(bytes));
  all.push_back(words({" \n", "\t<GP", "T4>", "\n", "Sorry"}));
  all.push_back(words({"<think>", "Hard.", "</thi", "nk>", "\n\n", "<GPT", "4>"}));
  all.push_back(words({"<thi", "nk>\n<GPT4>", "\n</think>"}));
  all.push_back({{.text = "", .reasoning = "This is"}, {.reasoning = " hard."}, {.text = tag}});
  all.push_back({{.reasoning = "<GP"}, {.reasoning = "T4>"}});
  return all;
}

class DedicatedTest : public ::testing::Test {
 protected:
  DedicatedTest() {
    std::filesystem::create_directories(folder_);
    generic_.say(words({"The answer", " is 42."}));
    experts_.resize(3);
    const Parrot* const parrots[] = {&own_, &generic_, &other_};
    for (std::size_t i = 0; i < 3; ++i) {
      experts_[i].name = kNames[i];
      experts_[i].model = kNames[i];
      experts_[i].base_url = parrots[i]->base_url();
      experts_[i].prices = Prices{{1'000'000}, {1'000'000}, {2'000'000}};
      experts_[i].clearance = PrivacyClass::restricted;
    }
    experts_[0].own = true;
  }
  ~DedicatedTest() override {
    stop();
    std::filesystem::remove_all(folder_);
  }

  // "own" is right about odd numbers, "generic" about all, "other" about none.
  static predictor::Model trained() {
    Dataset data;
    data.outcomes.experts = {kNames[0], kNames[1], kNames[2]};
    for (int i = 0; i < 80; ++i) {
      Question question;
      question.id = std::to_string(i);
      question.question = i % 2 == 0 ? fmt::format("Prove the lemma of Zorn, {}.", i)
                                     : fmt::format("How much is {} and {}?", i, i);
      data.questions.push_back(question);
      data.texts.push_back(question.question);
      data.query_ids.push_back(query_id(question.question));
      data.outcomes.question_ids.push_back(question.id);
      for (const float score : {i % 2 == 0 ? 0.0F : 1.0F, 1.0F, 0.0F}) {
        data.outcomes.score.push_back(score);
      }
    }
    data.prices.resize(3);
    return std::move(*predictor::train(data, {.rivals = false}));
  }

  void serve(orchestrator::DedicatedMode mode, const Goal& goal = {}) {
    auto catalogue = experts::Catalogue::make(experts_);
    ASSERT_TRUE(catalogue.has_value());
    auto endpoints = experts::resolve_endpoints(*catalogue);
    const orchestrator::ModelSpec spec{
        .name = "math",
        .goal = goal,
        .dedicated = orchestrator::DedicatedSpec{"own", "generic", mode, kTag}};
    std::optional<predictor::Model> predictor;
    if (spec.needs_predictor()) predictor = trained();
    auto orchestrator = orchestrator::Orchestrator::make(*catalogue, std::move(predictor), {spec});
    ASSERT_TRUE(orchestrator.has_value()) << orchestrator.error().message;
    auto store = store::open_store(url_);
    receipts_ = std::make_unique<store::ReceiptWriter>(std::move(*store));
    GatewayOptions options;
    options.server.listen = "127.0.0.1:0";
    options.workers = 1;
    RequestRules rules;
    rules.privacy.default_class = PrivacyClass::public_;
    rules.fallbacks_max = 0;  // a deferral is no fallback
    auto gateway = Gateway::start(
        options,
        {.orchestrator =
             std::make_shared<const orchestrator::Orchestrator>(std::move(*orchestrator)),
         .endpoints = std::make_shared<const experts::Endpoints>(std::move(*endpoints)),
         .rules = rules},
        clock_, *receipts_);
    ASSERT_TRUE(gateway.has_value()) << gateway.error().message;
    gateway_ = std::move(*gateway);
  }

  PairAnswer ask(bool stream, const std::string& model = "math",
                 const std::string& text = "How much is 3 and 3?") {
    http::Loop loop;
    PairAnswer answer;
    http::Client client(loop);
    http::ClientRequest request;
    request.method = "POST";
    request.url =
        *http::parse_url(fmt::format("http://127.0.0.1:{}/v1/chat/completions", gateway_->port()));
    request.body = nlohmann::json{{"model", model},
                                  {"stream", stream},
                                  {"messages", {{{"role", "user"}, {"content", text}}}}}
                       .dump();
    if (!privacy_.empty()) request.headers.push_back({"x-ooe-privacy", privacy_});
    http::CallHandlers handlers;
    handlers.on_head = [&](int status, const http::Headers& head) {
      answer.status = status;
      answer.headers = head;
    };
    handlers.on_body = [&](std::string_view bytes) { answer.body += bytes; };
    handlers.on_end = [&] {
      answer.clean = true;
      loop.stop();
    };
    handlers.on_fault = [&](http::Fault, const std::string&) { loop.stop(); };
    http::Timer timer(loop);
    timer.arm(milliseconds(10'000), [&] { loop.stop(); });
    const auto call = client.start(std::move(request), std::move(handlers));
    loop.run();
    return answer;
  }

  // However the own expert says the tag, the client gets what naming that expert would bring, and
  // nobody else is asked.
  void expect_own_words_untouched(const std::string& question) {
    for (const auto& pieces : deferrals()) {
      own_.say(pieces);
      for (const bool stream : {true, false}) {
        for (const bool one_by_one : {false, true}) {
          own_.cut_bytes(one_by_one);
          const PairAnswer answer = ask(stream, "math", question);
          EXPECT_EQ(answer.bytes(), ask(stream, "own", question).bytes());
          EXPECT_EQ(answer.header("x-ooe-expert"), "own");
        }
      }
    }
    EXPECT_EQ(generic_.requests, 0);
  }

  static void expect_owned(const std::vector<Receipt>& filed) {
    EXPECT_GE(filed.size(), deferrals().size());
    for (const Receipt& receipt : filed) {
      EXPECT_EQ(receipt.answered_by, "own");
      EXPECT_EQ(receipt.attempts.size(), 1U);
    }
  }

  void stop() {
    if (gateway_) gateway_->stop(milliseconds(2'000));
    if (receipts_) receipts_->close();
  }

  // Newest first.
  std::vector<Receipt> receipts() {
    stop();
    return *(*store::open_store(url_))->receipts(10'000);
  }

  static constexpr const char* kNames[] = {"own", "generic", "other"};
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      fmt::format("ooe-dedicated-{}-{}", ::getpid(),
                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const std::string url_ = "sqlite:" + (folder_ / "ooe.db").string();
  Parrot own_;
  Parrot generic_;
  Parrot other_;
  std::vector<Expert> experts_;
  std::string privacy_;
  SystemClock clock_;
  std::unique_ptr<store::ReceiptWriter> receipts_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_F(DedicatedTest, ATagIsSwallowedAndTheGenericExpertsBytesAreAllThereIs) {
  serve(orchestrator::DedicatedMode::tag);
  const std::string streamed = ask(true, "generic").bytes();
  const std::string whole = ask(false, "generic").bytes();
  EXPECT_THAT(streamed, HasSubstr("The answer"));
  std::size_t asked = 0;
  for (const auto& pieces : deferrals()) {
    own_.say(pieces);
    for (const bool one_by_one : {false, true}) {
      own_.cut_bytes(one_by_one);
      const PairAnswer stream = ask(true);
      EXPECT_TRUE(stream.clean);
      EXPECT_EQ(stream.bytes(), streamed) << "case " << asked;
      EXPECT_EQ(stream.header("x-ooe-expert"), "generic");
      ++asked;
    }
    const PairAnswer answer = ask(false);
    EXPECT_EQ(answer.bytes(), whole) << "case " << asked;
    EXPECT_EQ(answer.header("x-ooe-expert"), "generic");
    ++asked;
  }
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), asked + 2);
  for (std::size_t i = 0; i < asked; ++i) {
    const Receipt& receipt = filed[i];
    SCOPED_TRACE(i);
    EXPECT_EQ(receipt.model, "math");
    EXPECT_EQ(receipt.ending, Ending::answered);
    EXPECT_EQ(receipt.answered_by, "generic") << "a swallowed tag is not owned";
    ASSERT_EQ(receipt.attempts.size(), 2U);
    for (const Attempt& attempt : receipt.attempts) {
      EXPECT_EQ(attempt.tokens.input, 10);
      EXPECT_EQ(attempt.tokens.output, 3);
      EXPECT_FALSE(attempt.tokens.estimated) << "what the experts told, not a guess";
      EXPECT_EQ(attempt.cost, Usd{16'000});
    }
    EXPECT_EQ(receipt.attempts[0].expert, "own");
    EXPECT_EQ(receipt.attempts[0].fault, "deferred");
    EXPECT_EQ(receipt.attempts[1].fault, "");
    EXPECT_EQ(receipt.cost, Usd{32'000});
  }
}

TEST_F(DedicatedTest, WhatIsNoTagGoesThroughUntouched) {
  serve(orchestrator::DedicatedMode::tag);
  for (const auto& pieces :
       std::vector<std::vector<Parrot::Piece>>{words({"<GPT4>", "s are many"}),
                                               words({"<GPT", "4>ish"}),
                                               words({"x", kTag}),
                                               words({"<GPT", "5>"}),
                                               words({"I would ask ", kTag}),
                                               words({"<think>", "ask <GPT4>?", "</think>", "\n6"}),
                                               words({"<GPT4"}),
                                               words({}),
                                               {{.reasoning = "Is it <GPT4>?"}, {.text = "6"}}}) {
    own_.say(pieces);
    for (const bool stream : {true, false}) {
      for (const bool one_by_one : {false, true}) {
        own_.cut_bytes(one_by_one);
        EXPECT_EQ(ask(stream).bytes(), ask(stream, "own").bytes());
      }
    }
  }
  EXPECT_EQ(generic_.requests, 0);
  for (const Receipt& receipt : receipts()) {
    EXPECT_EQ(receipt.answered_by, "own");
    EXPECT_EQ(receipt.attempts.size(), 1U);
  }
}

TEST_F(DedicatedTest, TagOnlyHandsTheTagToTheClient) {
  serve(orchestrator::DedicatedMode::tag_only);
  expect_own_words_untouched("How much is 3 and 3?");
  own_.say(words({"<GP", "T4>"}));
  EXPECT_THAT(ask(true).body, HasSubstr("T4>"));
  EXPECT_THAT(ask(false).body, HasSubstr(kTag));
  expect_owned(receipts());
}

TEST_F(DedicatedTest, RouteDecidesBeforehandAndAsksNobodyElse) {
  own_.say(words({"6"}));
  Goal half;
  half.aim = OwnershipShare{.share = 0.5};
  serve(orchestrator::DedicatedMode::route, half);
  for (const bool stream : {true, false}) {
    EXPECT_EQ(ask(stream, "math", "How much is 91 and 91?").header("x-ooe-expert"), "own");
    EXPECT_EQ(ask(stream, "math", "Prove the lemma of Zorn, 92.").header("x-ooe-expert"),
              "generic");
  }
  EXPECT_EQ(own_.requests, 2);
  EXPECT_EQ(generic_.requests, 2);
  EXPECT_EQ(other_.requests, 0);
  for (const Receipt& receipt : receipts()) EXPECT_EQ(receipt.attempts.size(), 1U);
}

TEST_F(DedicatedTest, RouteDecidesBeforehandSoATagIsWordsLikeOthers) {
  Goal half;
  half.aim = OwnershipShare{.share = 0.5};
  serve(orchestrator::DedicatedMode::route, half);
  expect_own_words_untouched("How much is 91 and 91?");
  expect_owned(receipts());
}

TEST_F(DedicatedTest, AnOwnExpertThatFailsIsNoTagAndTheGenericOneAnswers) {
  experts_[0].base_url = "http://127.0.0.1:1/v1";
  serve(orchestrator::DedicatedMode::tag);
  EXPECT_EQ(ask(true).header("x-ooe-expert"), "generic");
  const auto filed = receipts();
  EXPECT_EQ(filed[0].attempts[0].fault, "connect");
}

TEST_F(DedicatedTest, ATagAfterWhichNothingEndsIsLeftSoon) {
  serve(orchestrator::DedicatedMode::tag);
  own_.say(words({kTag, "\n"}));
  own_.fall_silent_after_text(true);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(true).header("x-ooe-expert"), "generic");
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(3'000));
  const auto filed = receipts();
  EXPECT_TRUE(filed[0].attempts[0].tokens.estimated);
}

TEST_F(DedicatedTest, ADeferralGoesToNobodyWhoMayNotSeeTheQuestion) {
  experts_[1].clearance = PrivacyClass::public_;
  serve(orchestrator::DedicatedMode::tag);
  own_.say(words({kTag}));
  privacy_ = "confidential";
  for (const bool stream : {true, false}) {
    const PairAnswer answer = ask(stream);
    EXPECT_EQ(answer.status, 422);
    EXPECT_THAT(answer.body, HasSubstr("own handed the request on"));
    EXPECT_THAT(answer.body, Not(HasSubstr(kTag)));
  }
  EXPECT_EQ(generic_.requests, 0);
}

TEST_F(DedicatedTest, RefusesPairsThatAreNone) {
  auto catalogue = experts::Catalogue::make(experts_);
  const auto refused = [&](orchestrator::DedicatedSpec spec) {
    const auto made = orchestrator::Orchestrator::make(
        *catalogue, std::nullopt, {{.name = "math", .goal = {}, .dedicated = std::move(spec)}});
    return made ? std::string() : made.error().message;
  };
  using enum orchestrator::DedicatedMode;
  EXPECT_EQ(refused({"own", "generic", tag, kTag}), "");
  EXPECT_THAT(refused({"own", "nobody", tag, kTag}), HasSubstr("nobody"));
  EXPECT_THAT(refused({"generic", "other", tag, kTag}), HasSubstr("own = true"));
  EXPECT_THAT(refused({"own", "own", tag, kTag}), HasSubstr("own = true"));
  EXPECT_THAT(refused({"own", "generic", route, kTag}), HasSubstr("predictor"));
}

// A predictor of other experts lies about, as it does where a workspace's configuration was
// changed.
TEST_F(DedicatedTest, APredictorThatKnowsNobodyIsSetAsideWhereNobodyNeedsIt) {
  std::vector<Expert> strangers = experts_;
  for (Expert& expert : strangers) expert.name += "-2";
  auto catalogue = experts::Catalogue::make(strangers);
  const auto made_with = [&](orchestrator::DedicatedMode mode) {
    return orchestrator::Orchestrator::make(
        *catalogue, trained(),
        {{.name = "math",
          .goal = {},
          .dedicated = orchestrator::DedicatedSpec{"own-2", "generic-2", mode, kTag}}});
  };
  for (const auto mode :
       {orchestrator::DedicatedMode::tag, orchestrator::DedicatedMode::tag_only}) {
    const auto made = made_with(mode);
    ASSERT_TRUE(made.has_value()) << made.error().message;
    EXPECT_FALSE(made->has_predictor());
  }
  const auto refused = made_with(orchestrator::DedicatedMode::route);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("knows none of the configured experts"));
}

}  // namespace
}  // namespace ooe::gateway
