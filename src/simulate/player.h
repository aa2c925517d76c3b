// Plays one script to one client: waits, sends, ends. Threads: its loop's.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "http/loop.h"
#include "http/server.h"
#include "simulate/script.h"

namespace ooe::simulate {

class Player : public std::enable_shared_from_this<Player> {
 public:
  // Calls `on_over` once: after the last step, or when the client leaves; for a silent ending only
  // then.
  Player(http::Loop& loop, std::shared_ptr<http::Exchange> exchange, Script script,
         std::int64_t input_tokens, std::function<void(const std::shared_ptr<Player>&)> on_over);

  void play();

  [[nodiscard]] int status() const { return script_.status; }
  [[nodiscard]] std::int64_t input_tokens() const { return input_tokens_; }
  [[nodiscard]] std::int64_t output_tokens() const { return output_tokens_; }  // of steps sent
  // Everything was sent, and the framing said so.
  [[nodiscard]] bool whole() const {
    return next_ == script_.steps.size() && script_.ending == ScriptEnding::whole;
  }
  [[nodiscard]] bool began() const { return next_ > 0; }

 private:
  void send_due();
  void send(Step& step);
  void end();
  void over();

  std::shared_ptr<http::Exchange> exchange_;
  Script script_;
  std::int64_t input_tokens_;
  std::function<void(const std::shared_ptr<Player>&)> on_over_;
  std::chrono::steady_clock::time_point start_;
  std::size_t next_ = 0;
  std::int64_t output_tokens_ = 0;
  http::Timer timer_;
};

}  // namespace ooe::simulate
