// What sections of a terminal's text have in common: a heading before, a note behind, and bars when
// there is room for them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "report/terminal.h"

namespace ooe::report {

inline constexpr std::size_t kWideEnoughForBars = 100;  // columns, of tables with a bar a row
inline constexpr std::size_t kBarWidth = 20;

// Returns `text` in bold with an empty line before and behind.
[[nodiscard]] std::string heading(std::string_view text, const Terminal& terminal);

// Returns `text` faint, broken into lines, with an empty line before.
[[nodiscard]] std::string note(std::string_view text, const Terminal& terminal);

}  // namespace ooe::report
