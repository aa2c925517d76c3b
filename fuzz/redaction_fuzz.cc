// A chat request's body, redacted; an answer that repeats it, whole and as a stream cut in the
// middle, restored.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/body_text.h"
#include "gateway/redaction.h"
#include "http/sse.h"

namespace {

// The detector and who redacts look at the same text, images and sound left out of both; but 1e2
// and 100, true and "-" are told differently, where there is nothing to redact.
bool same_but_for_words(std::string_view flat, std::string_view said) {
  const auto next_line = [](std::string_view& text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
  };
  while (!flat.empty() && !said.empty()) {
    std::string_view a = next_line(flat);
    std::string_view b = next_line(said);
    const auto same = std::ranges::mismatch(a, b).in1 - a.begin();
    a.remove_prefix(static_cast<std::size_t>(same));
    b.remove_prefix(static_cast<std::size_t>(same));
    constexpr std::string_view kWords = "+-.0123456789Eaeflnrstu";
    if (a.find_first_not_of(kWords) != std::string_view::npos) return false;
    if (b.find_first_not_of(kWords) != std::string_view::npos) return false;
  }
  return flat.empty() == said.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ooe::gateway;
  static const auto detector = ooe::privacy::Detector::make({});
  const std::string body(reinterpret_cast<const char*>(data), size);
  (void)json_strings(body);
  const FlatJson flat(body);
  const auto said = body_text(body);
  if (!said) return 0;
  if (!same_but_for_words(flat.text(), *said)) std::abort();
  auto redaction = redact(body, *detector);
  if (!redaction) return 0;
  const auto shared = std::make_shared<const Redaction>(std::move(*redaction));
  const std::string sent = edited(body, shared->edits);
  if (!body_text(sent)) std::abort();  // it is JSON still
  const std::string back = Restorer(shared).whole(sent);
  if (!body_text(back)) std::abort();
  Restorer restorer(shared);
  const std::string stream = ooe::http::sse_event(sent) + ooe::http::sse_event(sent);
  std::string got = restorer.feed(stream.substr(0, stream.size() / 2));
  got += restorer.feed(stream.substr(stream.size() / 2));
  got += restorer.finish();
  if (shared->replaced.empty() && body.find_first_of("\r\n") == std::string::npos &&
      got != stream) {
    std::abort();
  }
  return 0;
}
