// Text as people mean it: NFKC, case-folded, white space collapsed (utf8proc).
#pragma once

#include <string>
#include <string_view>

namespace ooe {

// Strict: no overlong forms, surrogates or values above U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text);

// Returns `text` in NFKC, case-folded, every run of white space one space, none at the ends. Bytes
// that are not UTF-8 are replaced by U+FFFD first, so every input has an answer. Equal results mean
// "the same text" everywhere in ooe: query ids, splits, simulated experts.
[[nodiscard]] std::string normalise_text(std::string_view text);

}  // namespace ooe
