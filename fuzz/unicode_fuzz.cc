// Every input has a normal form: valid UTF-8, without stray white space. A short text's is normal
// itself; a long run of combining marks may be broken up, and again when it has expanded.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/unicode.h"

namespace {

// Too short for a run of marks worth breaking, even when each expands into two.
constexpr std::size_t kShortBytes = 24;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string normal = ooe::normalise_text(text);
  OOE_CHECK(ooe::is_valid_utf8(normal), "a normal form is UTF-8");
  OOE_CHECK(normal.find("  ") == std::string::npos, "a run of white space is one space");
  OOE_CHECK(normal.empty() || (normal.front() != ' ' && normal.back() != ' '),
            "no space at an end");
  if (size <= kShortBytes) {
    OOE_CHECK(ooe::normalise_text(normal) == normal, "a normal form is normal");
  }
  return 0;
}
