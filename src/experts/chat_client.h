// The seam to experts: a chat request in the expert's own dialect goes out, events come back. Two
// implementations: over HTTP, and scripted (testing/). In: an expert and a ready body. Out: head,
// bytes, one end or fault. Knows: http, core.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/expert.h"
#include "http/client.h"

namespace ooe::experts {

struct ChatDeadlines {
  std::chrono::milliseconds connect{3'000};
  std::chrono::milliseconds head{120'000};
  std::chrono::milliseconds stall{60'000};
};

struct ChatHead {
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;  // of a 429 or 5xx
  std::string content_type;
  std::string encoding = {};    // of the body, lower case; empty: none, as it should be
  std::string request_id = {};  // what its operator finds the call by: printable, and short
};

// As http::CallHandlers, on the loop's thread.
struct ChatHandlers {
  std::function<void()> on_sent = {};
  std::function<void()> on_unsent = {};  // also: it goes to another replica
  std::function<void(const ChatHead& head)> on_head;
  std::function<void(std::string_view bytes)> on_bytes;
  // Hears all that has come so far of a body that must be whole before it can be translated. The
  // bytes stay where they are until more come or the call is gone.
  std::function<void(std::string_view body)> on_held = {};
  std::function<void()> on_end;
  std::function<void(http::Fault fault, std::string message)> on_fault;
};

class ChatClient {
 public:
  virtual ~ChatClient() = default;

  // Sends `body` to the expert's chat endpoint; `headers` are what this call adds to those that
  // every call has. Never calls back before it returns, but on_sent; dropping the call cancels it.
  [[nodiscard]] virtual std::unique_ptr<http::Call> start_with(http::Headers headers,
                                                               const Expert& expert,
                                                               std::string body,
                                                               const ChatDeadlines& deadlines,
                                                               ChatHandlers handlers) = 0;
  [[nodiscard]] std::unique_ptr<http::Call> start(const Expert& expert, std::string body,
                                                  const ChatDeadlines& deadlines,
                                                  ChatHandlers handlers) {
    return start_with({}, expert, std::move(body), deadlines, std::move(handlers));
  }
};

}  // namespace ooe::experts
