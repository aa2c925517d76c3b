#include "experts/translated_call.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "experts/anthropic_dialect.h"
#include "experts/media_type.h"
#include "experts/openai_dialect.h"
#include "http/sse.h"

namespace ooe::experts {
namespace {

std::string error_body(const std::string& message) {
  const nlohmann::ordered_json json{{"error",
                                     {{"message", message},
                                      {"type", "invalid_request_error"},
                                      {"param", nullptr},
                                      {"code", kDialectCode}}}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class Translation {
 public:
  explicit Translation(ChatHandlers handlers)
      : handlers_(std::move(handlers)), stream_(unix_seconds(SystemClock().wall_now())) {}

  void sent() {
    if (handlers_.on_sent) handlers_.on_sent();
  }

  void unsent() {
    if (handlers_.on_unsent) handlers_.on_unsent();
  }

  void head(const ChatHead& head) {
    status_ = head.status;
    streamed_ = is_event_stream(head.content_type);
    handlers_.on_head(head);
  }

  void bytes(std::string_view bytes) {
    if (!streamed_) {
      held_ += bytes.substr(0, kTranslatedBytesMax + 1 - held_.size());
      if (handlers_.on_held) handlers_.on_held(held_);
      return;
    }
    if (broken_) return;
    std::string out;
    const auto read = reader_.feed(bytes, [&](const http::SseEvent& event) {
      if (event.data.empty() || broken_) return;
      const auto lines = stream_.take(event.data);
      if (!lines) return break_off(lines.error().message, out);
      for (const std::string& line : *lines) out += http::sse_event(line);
    });
    if (!read && !broken_) break_off(read.error().message, out);
    if (!out.empty()) handlers_.on_bytes(out);
  }

  void end() {
    if (!streamed_) handlers_.on_bytes(translated());
    if (!dropped_) handlers_.on_end();
  }

  void fault(http::Fault fault, std::string message) {
    handlers_.on_fault(fault, std::move(message));
  }

  // The handlers hear nothing more. The end of a body may call two of them, and the first may end
  // the call.
  void drop() { dropped_ = true; }

 private:
  // Sends an event that is no JSON, so that the reader takes the expert for broken, and does not
  // take this for an error that the expert told.
  void break_off(const std::string& message, std::string& out) {
    broken_ = true;
    out += http::sse_event(message);
  }

  // What cannot be translated goes through as it is: the reader will say what is wrong with it.
  std::string translated() {
    if (held_.size() > kTranslatedBytesMax) return std::move(held_);
    if (status_ < 200 || status_ > 299) return openai_error(held_);
    auto completion = openai_completion(held_, unix_seconds(SystemClock().wall_now()));
    return completion ? std::move(*completion) : std::move(held_);
  }

  ChatHandlers handlers_;
  AnthropicStream stream_;
  http::SseReader reader_;
  std::string held_;
  int status_ = 0;
  bool streamed_ = false;
  bool broken_ = false;
  bool dropped_ = false;
};

class TranslatedCall final : public http::Call {
 public:
  TranslatedCall(std::shared_ptr<Translation> translation, std::unique_ptr<http::Call> call)
      : translation_(std::move(translation)), call_(std::move(call)) {}
  ~TranslatedCall() override { translation_->drop(); }
  TranslatedCall(const TranslatedCall&) = delete;
  TranslatedCall& operator=(const TranslatedCall&) = delete;

  void cancel() override {
    translation_->drop();
    call_->cancel();
  }
  void release() override {
    translation_->drop();
    call_->release();
  }
  void pause() override { call_->pause(); }
  void resume() override { call_->resume(); }
  void blame() override { call_->blame(); }

 private:
  std::shared_ptr<Translation> translation_;
  std::unique_ptr<http::Call> call_;
};

class RefusedCall final : public http::Call {
 public:
  RefusedCall(http::Loop& loop, const std::string& reason, ChatHandlers handlers) : timer_(loop) {
    timer_.arm(std::chrono::milliseconds(0), [body = error_body(reason), dropped = dropped_,
                                              handlers = std::move(handlers)] {
      handlers.on_head({.status = 400, .retry_after = {}, .content_type = "application/json"});
      if (!*dropped) handlers.on_bytes(body);
      if (!*dropped) handlers.on_end();
    });
  }
  ~RefusedCall() override { *dropped_ = true; }
  RefusedCall(const RefusedCall&) = delete;
  RefusedCall& operator=(const RefusedCall&) = delete;

  void cancel() override {
    *dropped_ = true;
    timer_.cancel();
  }
  void pause() override {}
  void resume() override {}

 private:
  // Shared with the function that calls back, which may outlive this.
  std::shared_ptr<bool> dropped_ = std::make_shared<bool>(false);
  http::Timer timer_;
};

}  // namespace

std::unique_ptr<http::Call> translated_call(ChatHandlers handlers, const StartHeard& start) {
  const auto translation = std::make_shared<Translation>(std::move(handlers));
  ChatHandlers heard{
      .on_sent = [translation] { translation->sent(); },
      .on_unsent = [translation] { translation->unsent(); },
      .on_head = [translation](const ChatHead& head) { translation->head(head); },
      .on_bytes = [translation](std::string_view bytes) { translation->bytes(bytes); },
      .on_end = [translation] { translation->end(); },
      .on_fault = [translation](
                      http::Fault fault,
                      std::string message) { translation->fault(fault, std::move(message)); }};
  return std::make_unique<TranslatedCall>(translation, start(std::move(heard)));
}

std::unique_ptr<http::Call> refused_call(http::Loop& loop, const std::string& reason,
                                         ChatHandlers handlers) {
  return std::make_unique<RefusedCall>(loop, reason, std::move(handlers));
}

}  // namespace ooe::experts
