#include "experts/stream_event_reader.h"

#include <algorithm>

namespace ooe::experts {
namespace {

constexpr std::string_view kKey = R"("content")";

// Between quotes, these bytes mean themselves. Others may, too: whoever parses JSON knows.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

}  // namespace

Result<StreamEvent> StreamEventReader::read(std::string_view data) {
  const std::size_t around = before_.size() + behind_.size();
  if (!before_.empty() && data.size() > around && data.starts_with(before_) &&
      data.ends_with(behind_)) {
    const auto text = data.substr(before_.size(), data.size() - around);
    if (is_plain(text)) {
      StreamEvent event = rest_;
      event.text = text;
      event.content_bytes += text.size();
      return event;
    }
  }
  auto event = parse_stream_event(data);
  if (event && !event->text.empty()) remember(data, *event);
  return event;
}

// Without a backslash every quote is one of JSON's, so that a single "content" with a text behind
// it is the key of the only value that the event's text can have come from.
void StreamEventReader::remember(std::string_view data, const StreamEvent& event) {
  const std::size_t key = data.find(kKey);
  if (key == std::string_view::npos || data.find(kKey, key + 1) != std::string_view::npos) return;
  const auto value = data.substr(key + kKey.size());
  const bool plain = value.size() > event.text.size() + 3 && value.starts_with(":\"") &&
                     value.substr(2).starts_with(event.text) &&
                     value[2 + event.text.size()] == '"' &&
                     data.find('\\') == std::string_view::npos;
  if (!plain) return;
  const std::size_t begin = key + kKey.size() + 2;
  before_ = data.substr(0, begin);
  behind_ = data.substr(begin + event.text.size());
  rest_ = event;
  rest_.text.clear();
  rest_.content_bytes -= event.text.size();
}

}  // namespace ooe::experts
