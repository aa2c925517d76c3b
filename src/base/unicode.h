// Text as people mean it: NFKC, case-folded, white space collapsed (utf8proc).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ooe {

// Strict: no overlong forms, surrogates or values above U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text);

// Returns `text` in NFKC, case-folded, every run of white space one space, none at the ends. Bytes
// that are not UTF-8 are replaced by U+FFFD first, so every input has an answer; a run of more than
// 30 combining marks is broken by U+034F, as in the Stream-Safe Text Format of UAX #15, so that the
// cost is linear. Equal results mean "the same text" everywhere in ooe: query ids, splits,
// simulated experts.
[[nodiscard]] std::string normalise_text(std::string_view text);

// The same with buffers that are kept: a warm call allocates nothing. For the request path.
class Normaliser {
 public:
  // Returns a view of this object's buffer, good until the next call.
  [[nodiscard]] std::string_view operator()(std::string_view text);

 private:
  std::string safe_;
  std::vector<std::int32_t> code_points_;
  std::string out_;
};

}  // namespace ooe
