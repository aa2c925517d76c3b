// Escapes that stand in a text as they are written: JSON in a string (tool arguments and results),
// code, logs. The letter of "\n" is no part of the word behind it, and "\u002B49" is a telephone
// number. Private to this room, but for unescaped().
//
// Lines with an escape are read twice, as written and as whoever unpacks them reads them: what
// stands in a password as a backslash is found by the first reading, what stands behind a line
// break by the second. A text without a backslash is read once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "privacy/finding.h"

namespace ooe::privacy {

// Returns how many bytes the escape has that begins with the backslash at `at`: however many
// backslashes (JSON in JSON in JSON doubles them), then n r t b f / a quote, uXXXX or xXX. 0: none.
[[nodiscard]] std::size_t escape_size(std::string_view text, std::size_t at);

// Whether a quote behind `slashes` backslashes closes a string whose first quote stands behind
// `depth` of them: 0, 1, 3, 7, a level of JSON in JSON each. One inside the value has more, unless
// they are the value's own, of which each level doubles each; one with fewer is the document's.
[[nodiscard]] constexpr bool quote_closes(std::size_t slashes, std::size_t depth) {
  if (depth == 0) return slashes % 2 == 0;
  return slashes < depth || slashes % (2 * (depth + 1)) == depth;
}

// What a text says whose escapes are unpacked, all levels at once.
[[nodiscard]] std::string unescaped(std::string_view text);

// Returns, in order, what `find` finds in the text and, by line, in the text without its escapes;
// of two findings of a kind in one place, the one that covers the other; of a secret both. None begins
// or ends inside an escape.
[[nodiscard]] std::vector<Finding> find_behind_escapes(
    std::string_view text, std::vector<Finding> (*find)(std::string_view));

}  // namespace ooe::privacy
