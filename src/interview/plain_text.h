// Answers as experts type them, made plain for the graders: typographic punctuation becomes ASCII,
// and LaTeX's spacing disappears.
#pragma once

#include <string>
#include <string_view>

namespace ooe::interview {

// Returns `answer` with curly quotes, dashes, the minus sign, full-width brackets and wide spaces
// as their ASCII forms; "\," "\!" "\;" and "{,}" (LaTeX's thousands) as nothing or a comma. Thin
// and no-break spaces between digits are dropped: they group thousands.
[[nodiscard]] std::string plain_text(std::string_view answer);

// Returns `text` with quotes, dashes and hyphens as ASCII; all else stays.
[[nodiscard]] std::string plain_punctuation(std::string_view text);

}  // namespace ooe::interview
