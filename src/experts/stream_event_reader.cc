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

// What an event says that says a text of the first choice and no more.
StreamEvent only(std::string_view text) {
  return {.has_content = true,
          .first_speaks = true,
          .has_choices = true,
          .text = std::string(text),
          .content_bytes = text.size(),
          .spoke = 1};
}

}  // namespace

Result<StreamEvent> StreamEventReader::read(std::string_view data) {
  const std::string_view around = around_;
  const std::string_view behind = around.substr(cut_);
  if (!around.empty() && data.size() > around.size() && data.starts_with(around.substr(0, cut_)) &&
      data.ends_with(behind)) {
    const auto text = data.substr(cut_, data.size() - around.size());
    if (is_plain(text)) return only(text);
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
  if (!plain || !(event == only(event.text))) return;
  cut_ = key + kKey.size() + 2;
  around_ = data.substr(0, cut_);
  around_ += data.substr(cut_ + event.text.size());
}

}  // namespace ooe::experts
