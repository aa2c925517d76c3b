// Experts without a network: every call is answered from the loop as a function of the test says.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "experts/chat_client.h"
#include "http/loop.h"

namespace ooe::interview {

struct ScriptedReply {
  int status = 200;
  std::string body = {};
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
  std::optional<http::Fault> fault = std::nullopt;  // after the head, when there is a status
  std::chrono::milliseconds delay{0};
};

// A chat completion that says `text`; usage only when `tokens` is given.
inline ScriptedReply says(const std::string& text, std::optional<int> tokens = 5) {
  const std::string usage =
      tokens ? fmt::format(R"(,"usage":{{"prompt_tokens":10,"completion_tokens":{}}})", *tokens)
             : std::string();
  return {
      .body = fmt::format(
          R"({{"choices":[{{"message":{{"role":"assistant","content":"{}"}},"finish_reason":"stop"}}]{}}})",
          text, usage)};
}

// Threads: the loop's.
class ScriptedChatClient final : public experts::ChatClient {
 public:
  // `attempt` counts the calls to this expert with this body, from 1.
  using Script =
      std::function<ScriptedReply(const Expert& expert, const std::string& body, int attempt)>;

  ScriptedChatClient(http::Loop& loop, Script script) : loop_(loop), script_(std::move(script)) {}

  std::unique_ptr<http::Call> start_with(http::Headers, const Expert& expert, std::string body,
                                         const experts::ChatDeadlines&,
                                         experts::ChatHandlers handlers) override {
    ++calls[expert.name];
    const int attempt = ++attempts_[expert.name + "\n" + body];
    bodies.push_back(body);
    return std::make_unique<ScriptedCall>(*this, expert.name, script_(expert, body, attempt),
                                          std::move(handlers));
  }

  std::map<std::string, int> calls;
  std::vector<std::string> bodies;
  std::map<std::string, int> in_flight;
  std::map<std::string, int> in_flight_max;

 private:
  class ScriptedCall final : public http::Call {
   public:
    ScriptedCall(ScriptedChatClient& client, std::string expert, ScriptedReply reply,
                 experts::ChatHandlers handlers)
        : client_(client),
          expert_(std::move(expert)),
          handlers_(std::move(handlers)),
          timer_(client.loop_) {
      int& now = ++client_.in_flight[expert_];
      client_.in_flight_max[expert_] = std::max(client_.in_flight_max[expert_], now);
      timer_.arm(reply.delay, [this, reply] { play(reply); });
    }
    ~ScriptedCall() override { --client_.in_flight[expert_]; }
    void cancel() override { timer_.cancel(); }
    void pause() override {}
    void resume() override {}

   private:
    void play(const ScriptedReply& reply) {
      if (reply.status != 0)
        handlers_.on_head({reply.status, reply.retry_after, "application/json"});
      if (reply.fault) return handlers_.on_fault(*reply.fault, "scripted");
      const std::size_t half = reply.body.size() / 2;
      handlers_.on_bytes(std::string_view(reply.body).substr(0, half));
      handlers_.on_bytes(std::string_view(reply.body).substr(half));
      handlers_.on_end();
    }

    ScriptedChatClient& client_;
    std::string expert_;
    experts::ChatHandlers handlers_;
    http::Timer timer_;
  };

  http::Loop& loop_;
  Script script_;
  std::map<std::string, int> attempts_;
};

}  // namespace ooe::interview
