// A gateway in front of one expert that does exactly what the test says.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http/server.h"
#include "tests/gateway/gateway_fixture.h"

namespace ooe::gateway {

class ScriptedExpertTest : public GatewayTest {
 protected:
  using Script = std::function<void(std::shared_ptr<http::Exchange>)>;  // on loop_

  ScriptedExpertTest() {
    expert_.name = expert_.model = kNames[0];
    expert_.prices = Prices{{1'000'000}, {1'000'000}, {2'000'000}};
  }

  void serve_by(Script script, const RequestRules& rules = {}, GatewayOptions options = {}) {
    http::Loop* const loops[] = {&loop_};
    auto server = http::Server::start(
        loops, {.listen = "127.0.0.1:0"},
        [script = std::move(script)](std::size_t, std::shared_ptr<http::Exchange> exchange) {
          script(std::move(exchange));
        });
    ASSERT_TRUE(server.has_value()) << server.error().message;
    server_ = std::move(*server);
    thread_ = std::thread([&] { loop_.run(); });
    const std::string host = "http://127.0.0.1:" + std::to_string(server_->port());
    expert_.base_url = host + "/v1";
    for (const char* place : more_places_) expert_.more_base_urls.push_back(host + place);
    serve({expert_}, std::move(options), rules);
  }
  // What the script has written may be read afterwards.
  void end_expert() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
  }
  void TearDown() override {
    end_expert();
    GatewayTest::TearDown();
  }

  static void say_four(http::Exchange& exchange) {
    exchange.send({200,
                   {{"content-type", "application/json"}},
                   R"({"choices":[{"message":{"role":"assistant","content":"4"}}],)"
                   R"("usage":{"prompt_tokens":3,"completion_tokens":1}})"});
  }

  Expert expert_;                         // as it is to be served; where it stands is filled in
  std::vector<const char*> more_places_;  // where it stands, too
  http::Loop loop_;

 private:
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

}  // namespace ooe::gateway
