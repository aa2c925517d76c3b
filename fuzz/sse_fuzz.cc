// Server-sent events come from experts we do not control. Fed whole or byte by byte, a stream must
// give the same events, and their raw bytes must be the stream.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "http/sse.h"

namespace {

struct Reading {
  std::vector<std::string> events;
  std::string raw;
  bool failed = false;
};

Reading read(std::string_view stream, std::size_t piece) {
  constexpr std::size_t kEventBytesMax = 64;
  ooe::http::SseReader reader(kEventBytesMax);
  Reading reading;
  while (!stream.empty() && !reading.failed) {
    const auto fed = reader.feed(stream.substr(0, piece), [&](const ooe::http::SseEvent& event) {
      // Empty lines between events are events of their own; a \r\n cut in two makes no difference.
      if (!event.data.empty() || !event.name.empty()) {
        reading.events.push_back(std::string(event.name) + '\0' + std::string(event.data));
      }
      reading.raw += event.raw;
    });
    reading.failed = !fed.has_value();
    stream.remove_prefix(std::min(piece, stream.size()));
  }
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  const Reading whole = read(stream, std::max<std::size_t>(size, 1));
  OOE_CHECK(stream.starts_with(whole.raw), "raw bytes of whole events are the stream's");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    const Reading cut = read(stream, piece);
    OOE_CHECK(stream.starts_with(cut.raw), "raw bytes of cut events are the stream's");
    OOE_CHECK(cut.failed == whole.failed, "the limit does not depend on the cuts");
    OOE_CHECK(cut.events == whole.events, "events do not depend on the cuts");
  }
  return 0;
}
