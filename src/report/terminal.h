// What a terminal can show, and text fitted to it. Pure: width and colour are given, strings come
// back; cli/ alone asks the terminal and the environment.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ooe::report {

inline constexpr std::size_t kWidthDefault = 80;
inline constexpr std::size_t kWidthMin = 40;
inline constexpr std::size_t kWidthMax = 160;  // longer lines are hard to read

struct Terminal {
  std::size_t width = kWidthDefault;  // columns
  bool colour = false;
  bool cuts = true;  // names that do not fit into a table; a pipe's reader looks for them whole
};

// What the outside says: whether the output is a terminal, its columns if known (from the system or
// COLUMNS), and the values of NO_COLOR (any non-empty one switches colours off, no-color.org) and
// TERM ("dumb" does too). Anything but a terminal gets the default width, whole names and no
// colours.
[[nodiscard]] Terminal terminal_of(bool is_terminal, std::optional<std::size_t> columns,
                                   std::string_view no_color, std::string_view term);

enum class Style { plain, bold, faint, green, yellow, blue, magenta };

[[nodiscard]] std::string paint(std::string_view text, Style style, const Terminal& terminal);

// Columns that `text` takes: wide characters take two, combining ones none, colours none.
[[nodiscard]] std::size_t display_width(std::string_view text);

// Returns `text` cut to at most `width` columns, the last of them "…" when something was cut.
// Requires: no colours in `text`.
[[nodiscard]] std::string fit(std::string_view text, std::size_t width);

// Returns `text` with spaces to `width` columns; longer text stays as it is.
[[nodiscard]] std::string pad_right(std::string_view text, std::size_t width);
[[nodiscard]] std::string pad_left(std::string_view text, std::size_t width);

// Returns `text` broken at spaces into lines of at most the terminal's width, each after `indent`.
[[nodiscard]] std::string wrap(std::string_view text, std::string_view indent,
                               const Terminal& terminal);

// A bar of `width` columns, `fraction` of it filled, in eighths of a column.
[[nodiscard]] std::string bar(double fraction, std::size_t width);

}  // namespace ooe::report
