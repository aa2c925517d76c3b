// A gateway over real sockets in front of two simulated experts that fail on request; shared by the
// tests of the room.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/fast_hash.h"
#include "core/query.h"
#include "gateway/gateway.h"
#include "http/client.h"
#include "predictor/train.h"
#include "simulate/simulation.h"
#include "store/store.h"

namespace ooe::gateway {

using std::chrono::milliseconds;

struct Answer {
  int status = 0;
  http::Headers headers;
  std::string body;
  std::optional<http::Fault> fault;  // the answer did not end cleanly

  [[nodiscard]] std::string header(std::string_view name) const {
    return std::string(http::find_header(headers, name));
  }
  [[nodiscard]] std::string code() const { return of_error("code"); }
  [[nodiscard]] std::string error_message() const { return of_error("message"); }

 private:
  [[nodiscard]] std::string of_error(const char* member) const {
    const auto json = nlohmann::json::parse(body, nullptr, false);
    return json.is_object() && json.contains("error") ? json["error"].value(member, "") : "";
  }
};

// "first" is predicted to be better than "second"; both are simulated and know one question.
// The system's time, which takes up to `delay` to be read: threads that race on luck lose here.
class SlowClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override {
    if (delay.load().count() > 0) {
      std::this_thread::sleep_for(delay.load() * static_cast<int>(fast_hash("", reads_++) % 8) / 7);
    }
    return clock_.now();
  }
  [[nodiscard]] WallTime wall_now() const override { return clock_.wall_now(); }

  std::atomic<std::chrono::microseconds> delay{};

 private:
  SystemClock clock_;
  mutable std::atomic<std::uint64_t> reads_ = 0;
};

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() { std::filesystem::create_directories(folder_); }

  void TearDown() override {
    stop();
    if (simulation_thread_.joinable()) {
      simulation_loop_.stop();
      simulation_thread_.join();
    }
    simulation_.reset();
    std::filesystem::remove_all(folder_);
  }

  // `fault` is what the first expert always does; the second answers.
  void start(const std::string& fault = "", GatewayOptions options = {}, RequestRules rules = {}) {
    start_experts();
    std::vector<Expert> experts(2);
    for (std::size_t i = 0; i < 2; ++i) {
      experts[i].name = kNames[i];
      experts[i].model = kNames[i];
      experts[i].base_url = "http://127.0.0.1:" + std::to_string(simulation_->ports()[i]) + "/v1";
      experts[i].prices = world_.experts[i].prices;
    }
    experts[0].model += fault;
    if (fault == "unreachable") experts[0].base_url = "http://127.0.0.1:1/v1";
    experts[1].clearance = PrivacyClass::confidential;
    experts[1].own = true;
    serve(std::move(experts), std::move(options), rules);
  }

  void start_experts() {
    for (const char* name : kNames) {
      simulate::SimulatedExpert expert;
      expert.name = name;
      expert.prices = {{1'000'000}, {1'000'000}, {2'000'000}};
      expert.competence.otherwise = 1.0;
      world_.experts.push_back(expert);
    }
    Question question;
    question.id = "1";
    question.question = kQuestion;
    question.answer = "42";
    http::Loop* const loops[] = {&simulation_loop_};
    auto simulation = simulate::start_simulation(loops, world_, {question});
    ASSERT_TRUE(simulation.has_value()) << simulation.error().message;
    simulation_ = std::move(*simulation);
    simulation_thread_ = std::thread([this] { simulation_loop_.run(); });
  }

  // Trained once: a test of a hundred reloads is none of training.
  static predictor::Model trained() {
    static const predictor::Model model = train();
    return predictor::Model(model.impl());
  }

  static predictor::Model train() {
    Dataset data;
    data.outcomes.experts = {kNames[0], kNames[1]};
    for (int i = 0; i < 40; ++i) {
      Question question;
      question.id = std::to_string(i);
      question.question = "What is number " + question.id + "?";
      data.questions.push_back(question);
      data.texts.push_back(question.question);
      data.query_ids.push_back(query_id(question.question));
      data.outcomes.question_ids.push_back(question.id);
      data.outcomes.score.push_back(1.0F);
      data.outcomes.score.push_back(i % 2 == 0 ? 1.0F : 0.0F);
    }
    data.prices.resize(2);
    return std::move(*predictor::train(data, {.rivals = false}));
  }

  // One question that is like the one everybody asks here.
  static Dataset interviewed() {
    Dataset data;
    data.outcomes.experts = {kNames[1]};
    data.questions.emplace_back().id = "7";
    data.texts.emplace_back("What is the answer to everything?");
    data.outcomes.question_ids.emplace_back("7");
    data.outcomes.score.push_back(1.0F);
    return data;
  }

  static Serving serving_of(std::vector<Expert> experts, RequestRules rules,
                            std::optional<KeyRing> keys = std::nullopt, const Goal& goal = {},
                            const policy::ExploreOptions& explore = {}) {
    auto catalogue = experts::Catalogue::make(std::move(experts));
    EXPECT_TRUE(catalogue.has_value()) << catalogue.error().message;
    auto endpoints = experts::resolve_endpoints(*catalogue);
    auto orchestrator = orchestrator::Orchestrator::make(
        *catalogue, trained(), {{.name = "auto", .goal = goal, .explore = explore}});
    EXPECT_TRUE(orchestrator.has_value()) << orchestrator.error().message;
    if (!rules.privacy.default_class) rules.privacy.default_class = PrivacyClass::public_;
    return {.orchestrator =
                std::make_shared<const orchestrator::Orchestrator>(std::move(*orchestrator)),
            .endpoints = std::make_shared<const experts::Endpoints>(std::move(*endpoints)),
            .rules = rules,
            .nearest = std::make_shared<const orchestrator::NearestQuestions>(
                orchestrator::NearestQuestions::make(interviewed(), catalogue->experts())),
            .keys = std::move(keys)};
  }

  void serve(std::vector<Expert> experts, GatewayOptions options, RequestRules rules) {
    experts_ = std::move(experts);
    auto store = store::open_store(store_url());
    ASSERT_TRUE(store.has_value()) << store.error().message;
    receipts_ = std::make_unique<store::ReceiptWriter>(std::move(*store));
    options.server.listen = "127.0.0.1:0";
    options.workers = 2;
    auto gateway = Gateway::start(options, serving_of(experts_, rules, keys_, goal_, explore_),
                                  clock_, *receipts_);
    ASSERT_TRUE(gateway.has_value()) << gateway.error().message;
    gateway_ = std::move(*gateway);
  }

  [[nodiscard]] std::string store_url() const { return "sqlite:" + (folder_ / "ooe.db").string(); }

  void stop() {
    if (gateway_) gateway_->stop(milliseconds(2'000));
    if (receipts_) receipts_->close();
  }

  std::vector<Receipt> receipts() {
    stop();
    auto store = store::open_store(store_url());
    return *(*store)->receipts(1'000);
  }

  // Sends a request and waits for its end; leaves after the first body bytes when told to.
  Answer send(std::string method, std::string path, std::string body, http::Headers headers = {},
              bool leave = false) {
    http::Loop loop;
    Answer answer;
    {
      http::Client client(loop);
      http::ClientRequest request;
      request.method = std::move(method);
      request.url = *http::parse_url("http://127.0.0.1:" + std::to_string(gateway_->port()) + path);
      request.headers = std::move(headers);
      request.body = std::move(body);
      std::unique_ptr<http::Call> call;
      http::CallHandlers handlers;
      handlers.on_head = [&](int status, const http::Headers& head) {
        answer.status = status;
        answer.headers = head;
      };
      handlers.on_body = [&](std::string_view bytes) {
        answer.body += bytes;
        if (leave) loop.stop();
      };
      handlers.on_end = [&] { loop.stop(); };
      handlers.on_fault = [&](http::Fault fault, const std::string&) {
        answer.fault = fault;
        loop.stop();
      };
      http::Timer timer(loop);
      timer.arm(milliseconds(10'000), [&] { loop.stop(); });
      call = client.start(std::move(request), std::move(handlers));
      loop.run();
    }
    return answer;
  }

  Answer chat(bool stream, http::Headers headers = {}, const std::string& model = "auto",
              const std::string& more = "") {
    return send("POST", "/v1/chat/completions", chat_body(stream, model, more), std::move(headers));
  }

  static std::string chat_body(bool stream, const std::string& model,
                               const std::string& more = "") {
    return R"({"model":")" + model + R"(","stream":)" + (stream ? "true" : "false") + more +
           R"(,"messages":[{"role":"user","content":")" + kQuestion + R"("}]})";
  }

  static bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 200; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }

  static constexpr const char* kNames[] = {"first", "second"};
  static constexpr const char* kQuestion = "What is the answer to everything, as a number?";

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("ooe-gateway-" + std::to_string(::getpid()) + "-" +
       ::testing::UnitTest::GetInstance()->current_test_info()->name());
  std::vector<Expert> experts_;
  std::optional<KeyRing> keys_;  // to be in force from start() on
  Goal goal_;                    // of "auto"
  policy::ExploreOptions explore_;
  SlowClock clock_;
  simulate::SimulationOptions world_;
  http::Loop simulation_loop_;
  std::thread simulation_thread_;
  std::unique_ptr<simulate::Simulation> simulation_;
  std::unique_ptr<store::ReceiptWriter> receipts_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace ooe::gateway
