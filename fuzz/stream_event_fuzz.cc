// Whatever an expert sends as one event of a stream.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "experts/openai_dialect.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto event = ooe::experts::parse_stream_event({reinterpret_cast<const char*>(data), size});
  if (!event) {
    OOE_CHECK(!event.error().message.empty(), "an error says why");
    return 0;
  }
  OOE_CHECK(event->has_content || (event->text.empty() && event->content_bytes == 0),
            "text is content");
  OOE_CHECK(!event->has_content || event->has_choices, "content comes in choices");
  OOE_CHECK(event->text.size() <= event->content_bytes, "text is counted");
  return 0;
}
