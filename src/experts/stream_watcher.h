// Watches an expert's event stream as it passes to the client: what may go through, whether a
// reader has seen anything yet, and how the stream stands. Events go through byte for byte; three
// kinds are kept back: the usage chunk of a client that did not ask for it (we always ask, to
// bill), error events, and [DONE], which the gateway sends itself after its own last comment. In:
// bytes of an SSE body, in pieces of any size. Out: bytes to forward, and facts. Knows: http.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/expert.h"
#include "http/sse.h"

namespace ooe::experts {

// What one piece of the body brought.
struct StreamProgress {
  std::string forward;         // whole events only
  bool first_content = false;  // `forward` holds the first thing a reader would see: commit point
  bool done = false;           // [DONE] came; later bytes are ignored
  // corrupt: an event that is no chunk; unavailable: the expert's own error event;
  // resource_exhausted: an event above the reader's limit. Later bytes are ignored.
  std::optional<Error> broken;
};

class StreamWatcher {
 public:
  explicit StreamWatcher(bool client_wants_usage) : client_wants_usage_(client_wants_usage) {}

  [[nodiscard]] StreamProgress feed(std::string_view bytes);

  // True once [DONE] came. An end of the body before that is a truncated answer.
  [[nodiscard]] bool complete() const { return state_ == State::complete; }
  [[nodiscard]] bool has_content() const { return has_content_; }
  // Of everything a reader would see so far.
  [[nodiscard]] std::size_t content_bytes() const { return content_bytes_; }
  // The last usage the expert told; some tell it with every chunk, growing.
  [[nodiscard]] const std::optional<TokenCounts>& usage() const { return usage_; }

 private:
  enum class State { open, complete, broken };

  void take(const http::SseEvent& event, StreamProgress& progress);

  bool client_wants_usage_;
  http::SseReader reader_;
  State state_ = State::open;
  bool has_content_ = false;
  std::size_t content_bytes_ = 0;
  std::optional<TokenCounts> usage_;
};

}  // namespace ooe::experts
