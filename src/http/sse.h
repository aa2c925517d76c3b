// Server-sent events, both ways. Source: WHATWG HTML, section 9.2 "Server-sent events".
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ooe::http {

// Returns "data: ...\n\n", one data line per line of `data`.
[[nodiscard]] std::string sse_event(std::string_view data);
// Returns ": ...\n\n", which clients ignore. Requires: no line break in `text`.
[[nodiscard]] std::string sse_comment(std::string_view text);

struct SseEvent {
  std::string_view data;  // lines joined by \n; valid until the callback returns
  std::string_view name;  // the `event:` field, usually empty
  std::string_view raw;   // the bytes it came from, its closing empty line included
};

// Cuts a byte stream, fed in pieces of any size, into events. Line ends may be \n, \r\n or \r. The
// raw bytes of all events, one after the other, are the stream. (When a piece ends between the \r
// and the \n that close an event, the event is told at once and the \n comes first in the next
// one's `raw`.)
class SseReader {
 public:
  explicit SseReader(std::size_t event_bytes_max = std::size_t{1} << 20U);

  // Calls `on_event` for every event completed by `bytes`, in order; events without data (comments)
  // too, with `data` empty. Errors: resource_exhausted when one event grows past the limit; the
  // reader is of no use after that.
  Result<void> feed(std::string_view bytes, const std::function<void(const SseEvent&)>& on_event);

  // What would be lost of an event if the stream ended here. Valid until the next feed().
  [[nodiscard]] std::string_view unfinished() const { return pending_; }

 private:
  [[nodiscard]] std::size_t find_event_end(std::string_view bytes);
  [[nodiscard]] SseEvent parse(std::string_view raw);

  std::size_t event_bytes_max_;
  std::string pending_;      // bytes of the event not yet complete
  std::string joined_;       // its data, when it has several lines
  bool line_empty_ = true;   // the current line has no byte so far
  bool after_cr_ = false;    // a \n coming next belongs to the line end before it
  bool at_start_ = true;     // a byte order mark may come
  std::size_t cut_off_ = 0;  // 1: this event begins with the \n of the last one's \r\n
};

}  // namespace ooe::http
