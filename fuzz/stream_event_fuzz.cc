// Whatever an expert sends as events of one stream: a line each, the last one twice.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "experts/openai_dialect.h"
#include "experts/stream_event_reader.h"

namespace {

void check(const ooe::Result<ooe::experts::StreamEvent>& event) {
  if (!event) {
    OOE_CHECK(!event.error().message.empty(), "an error says why");
    return;
  }
  OOE_CHECK(event->has_content || (event->text.empty() && event->content_bytes == 0),
            "text is content");
  OOE_CHECK(!event->has_content || event->has_choices, "content comes in choices");
  OOE_CHECK(!event->first_speaks || event->has_content, "the first choice is one of them");
  OOE_CHECK(event->text.size() <= event->content_bytes, "text is counted");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  ooe::experts::StreamEventReader reader;
  for (bool last = false; !last;) {
    const std::size_t end = rest.find('\n');
    last = end == std::string_view::npos;
    const std::string_view line = rest.substr(0, end);
    rest = last ? std::string_view() : rest.substr(end + 1);
    const auto parsed = ooe::experts::parse_stream_event(line);
    check(parsed);
    for (int i = 0; i < (last ? 2 : 1); ++i) {
      const auto read = reader.read(line);
      OOE_CHECK(read.has_value() == parsed.has_value(), "as the parser");
      OOE_CHECK(
          !read || (read->text == parsed->text && read->reasoning == parsed->reasoning &&
                    read->finish_reason == parsed->finish_reason &&
                    read->has_content == parsed->has_content &&
                    read->first_speaks == parsed->first_speaks &&
                    read->has_choices == parsed->has_choices &&
                    read->content_bytes == parsed->content_bytes && read->spoke == parsed->spoke &&
                    read->ended == parsed->ended && read->says_nothing == parsed->says_nothing &&
                    read->usage_unreadable == parsed->usage_unreadable &&
                    read->usage.has_value() == parsed->usage.has_value()),
          "says what the parser says");
    }
  }
  return 0;
}
