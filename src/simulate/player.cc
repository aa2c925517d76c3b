#include "simulate/player.h"

#include <utility>

namespace ooe::simulate {

using std::chrono::steady_clock;

Player::Player(http::Loop& loop, std::shared_ptr<http::Exchange> exchange, Script script,
               std::int64_t input_tokens,
               std::function<void(const std::shared_ptr<Player>&)> on_over)
    : exchange_(std::move(exchange)),
      script_(std::move(script)),
      input_tokens_(input_tokens),
      on_over_(std::move(on_over)),
      timer_(loop) {}

void Player::play() {
  start_ = steady_clock::now();
  exchange_->on_gone([self = weak_from_this()] {
    if (const auto player = self.lock()) player->over();
  });
  send_due();
}

void Player::send_due() {
  while (next_ < script_.steps.size()) {
    const auto wait = script_.steps[next_].at - (steady_clock::now() - start_);
    if (wait.count() > 0) {
      // Rounded up: a token may come late, never early.
      timer_.arm(std::chrono::ceil<std::chrono::milliseconds>(wait), [self = weak_from_this()] {
        if (const auto player = self.lock()) player->send_due();
      });
      return;
    }
    send(script_.steps[next_]);
  }
  end();
}

void Player::send(Step& step) {
  ++next_;
  output_tokens_ += step.output_tokens;
  if (!script_.chunked) {
    exchange_->send({script_.status, std::move(script_.headers), std::move(step.bytes)});
    return;
  }
  if (next_ == 1) exchange_->send_head(script_.status, std::move(script_.headers));
  exchange_->send_chunk(step.bytes);
}

void Player::end() {
  switch (script_.ending) {
    case ScriptEnding::whole:
      if (script_.chunked) exchange_->finish();
      return over();
    case ScriptEnding::broken:
      exchange_->abort();
      return over();
    case ScriptEnding::silence:
      return;  // until the client leaves
  }
}

void Player::over() {
  timer_.cancel();
  // Moved out: whatever comes next, it was called once.
  if (const auto on_over = std::exchange(on_over_, nullptr)) on_over(shared_from_this());
}

}  // namespace ooe::simulate
