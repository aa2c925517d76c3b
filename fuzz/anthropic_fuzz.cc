// Any bytes as a request, an answer, an error or a stream of the other dialect: an error, or
// something that our own readers take.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "experts/anthropic_dialect.h"
#include "experts/openai_dialect.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ooe::experts;  // NOLINT(google-build-using-namespace): all of the dialect
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto request = anthropic_request(text)) {
    OOE_CHECK(request->starts_with('{'), "a request is an object");
  }
  if (const auto completion = openai_completion(text, 0)) {
    OOE_CHECK(parse_answer(*completion).has_value(), "what is translated can be read");
  }
  OOE_CHECK(!error_message(openai_error(text)).empty(), "an error says something");
  AnthropicStream stream(0);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const auto lines = stream.take(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!lines) break;
    for (const std::string& line : *lines) {
      const auto event = parse_stream_event(line);
      OOE_CHECK(event.has_value() || line.find("\"error\"") != std::string::npos ||
                    line.find("usage") != std::string::npos,
                "a chunk is a chunk");
    }
  }
  return 0;
}
