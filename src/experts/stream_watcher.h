// Watches an expert's event stream as it passes to the client: what may go through, whether a
// reader has seen anything yet, and how the stream stands. Events go through byte for byte; four
// kinds are kept back: the usage chunk of a client that did not ask for it (we always ask, to
// bill), error events, pings, which clients take for chunks, and [DONE], which the gateway sends
// itself after its own last comment. The usage chunk of a client that did ask goes out when [DONE]
// has come, unless more was said after it. In: bytes of an SSE body, in pieces of any size. Out:
// bytes to forward, and facts. Knows: http.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "core/expert.h"
#include "experts/openai_dialect.h"
#include "experts/stream_event_reader.h"
#include "experts/tag_scanner.h"
#include "http/sse.h"

namespace ooe::experts {

// What one piece of the body brought.
struct StreamProgress {
  std::string forward;      // whole events only
  bool usage_told = false;  // in an event that may not have been forwarded
  bool done = false;        // [DONE] came; later bytes are ignored
  // corrupt: an event that is no chunk, or [DONE] with nothing said, not even why; unavailable: the
  // expert's own error event; resource_exhausted: an event above the reader's limit. Later bytes
  // are ignored.
  std::optional<Error> broken;
};

class StreamWatcher {
 public:
  // With a scanner it looks whether the answer begins with the scanner's tag. `choices`: how many
  // answers were asked for.
  explicit StreamWatcher(bool client_wants_usage, std::optional<TagScanner> scanner = std::nullopt,
                         std::int64_t choices = 1)
      : client_wants_usage_(client_wants_usage),
        choices_(static_cast<int>(std::clamp<std::int64_t>(choices, 1, kChoicesToldApart))),
        scanner_(scanner ? std::make_unique<TagScanner>(std::move(*scanner)) : nullptr) {}

  [[nodiscard]] StreamProgress feed(std::string_view bytes);
  // The body is over, by its framing or because its connection is. Some leave out the empty line
  // behind their last event, which is one all the same; and some their [DONE]: where as many
  // choices as were asked for, and all that spoke, have said why they end, the answer is whole.
  [[nodiscard]] StreamProgress end();

  // True once [DONE] came, or what stands for it. An end of the body before that is a truncated
  // answer.
  [[nodiscard]] bool complete() const { return state_ == State::complete; }
  // Whether the expert has said why its answer ends. Some experts never do and are well. When one
  // that usually does ends without it, something between the expert and us cut the stream.
  [[nodiscard]] bool said_why() const { return said_why_; }
  // The bytes of everything a reader would see so far.
  [[nodiscard]] std::size_t content_bytes() const { return content_bytes_; }
  // The same, with the content of the event that broke the stream off: it is paid for and passed on
  // to nobody.
  [[nodiscard]] std::size_t billed_bytes() const { return content_bytes_ + broken_bytes_; }
  // Whether the answer so far begins with the tag. Without a scanner it does not.
  [[nodiscard]] TagVerdict tag() const {
    return scanner_ ? scanner_->verdict() : TagVerdict::not_a_tag;
  }
  // The last usage the expert told, as believed(); some tell it with every chunk, growing. What it
  // has said since is estimated, and flagged; so is all where a later one could not be read.
  [[nodiscard]] std::optional<TokenCounts> usage() const;

 private:
  enum class State { open, complete, broken };

  void take(const http::SseEvent& event, StreamProgress& progress);

  void complete(StreamProgress& progress);
  // `content_bytes`: how much had been said when the usage was told.
  void set_usage(const TokenCounts& usage, std::size_t content_bytes);
  void scan(const StreamEvent& event);

  // In the order in which each event needs them, from memory that is in no cache.
  State state_ = State::open;
  bool client_wants_usage_;
  bool has_content_ = false;
  bool said_why_ = false;          // a finish_reason has come
  bool usage_unreadable_ = false;  // the last one told
  int choices_;
  http::SseReader reader_;
  StreamEventReader events_;
  std::unique_ptr<TagScanner> scanner_;  // null: for no tag
  std::uint64_t spoke_ = 0;              // of choices, as in StreamEvent
  std::uint64_t ended_ = 0;
  std::size_t content_bytes_ = 0;
  std::optional<TokenCounts> usage_;
  std::size_t content_at_usage_ = 0;
  std::size_t broken_bytes_ = 0;  // of the event that broke the stream off
  // The usage chunk of a client that asked for it, which stands before [DONE].
  std::string usage_event_;
};

}  // namespace ooe::experts
