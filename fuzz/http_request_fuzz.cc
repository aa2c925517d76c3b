// Requests come from anybody. However the network cuts the bytes, the parser must read the same
// request, or refuse it for the same reason: two readings of one text are what request smuggling
// lives on.
// The first byte says how the rest is cut.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/parser.h"

namespace {

constexpr std::size_t kHeadBytesMax = 1'024;
constexpr std::uint64_t kBodyBytesMax = 4'096;

struct Reading {
  bool whole = false;
  std::string refusal = {};
  std::string method = {};
  std::string target = {};
  std::string headers = {};
  std::string body = {};
  std::string rest = {};  // behind the request: the next one

  friend bool operator==(const Reading&, const Reading&) = default;
};

// Hands the text over in pieces of `piece` bytes.
Reading read(std::string_view text, std::size_t piece) {
  ooe::http::RequestParser parser(kHeadBytesMax, kBodyBytesMax);
  Reading reading;
  bool refused = false;
  std::string buffer;
  while (!parser.done() && !refused) {
    if (text.empty()) break;
    buffer.append(text.substr(0, piece));
    text.remove_prefix(std::min(piece, text.size()));
    while (!parser.done() && !refused) {
      const std::size_t used = parser.step(buffer);
      refused = parser.error().has_value();
      if (used == 0) break;
      OOE_CHECK(used <= buffer.size(), "no more is used than there is");
      reading.body += parser.body();
      buffer.erase(0, used);
    }
  }
  reading.whole = parser.done() && !refused;
  OOE_CHECK(reading.body.size() <= kBodyBytesMax, "a body keeps to its limit");
  if (refused) return {.refusal = parser.error()->message};
  if (!reading.whole) return {};  // how far it came may depend on the cut
  reading.method = parser.head().method;
  reading.target = parser.head().target;
  for (const auto& header : parser.head().headers) {
    OOE_CHECK(header.value.find_first_of("\r\n") == std::string::npos, "a header is one line");
    reading.headers += header.name + ":" + header.value + "\n";
  }
  reading.rest = buffer + std::string(text);
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0];
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const Reading at_once = read(text, std::max<std::size_t>(text.size(), 1));
  OOE_CHECK(at_once == read(text, piece), "the cut changes nothing");
  OOE_CHECK(at_once == read(text, 1), "byte by byte changes nothing");
  return 0;
}
