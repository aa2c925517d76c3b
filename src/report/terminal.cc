#include "report/terminal.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <utf8proc.h>

namespace ooe::report {
namespace {

constexpr std::string_view kEllipsis = "…";

// One step through `text`: how many bytes, and how many columns they take. Bytes that are no UTF-8
// count one column each; a colour sequence, none.
struct Step {
  std::size_t bytes = 0;
  std::size_t columns = 0;
};

Step next_step(std::string_view text) {
  if (text.front() == '\x1b') {
    const std::size_t end = text.find('m');
    return {end == std::string_view::npos ? text.size() : end + 1, 0};
  }
  utf8proc_int32_t codepoint = 0;
  const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                      static_cast<utf8proc_ssize_t>(text.size()), &codepoint);
  if (bytes <= 0) return {1, 1};
  return {static_cast<std::size_t>(bytes),
          static_cast<std::size_t>(std::max(0, utf8proc_charwidth(codepoint)))};
}

std::string_view code_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\x1b[1m";
    case Style::faint:
      return "\x1b[2m";
    case Style::green:
      return "\x1b[32m";
    case Style::yellow:
      return "\x1b[33m";
    case Style::blue:
      return "\x1b[34m";
    case Style::magenta:
      return "\x1b[35m";
  }
  return "";
}

std::string spaces_to(std::string_view text, std::size_t width) {
  const std::size_t taken = display_width(text);
  std::string spaces;
  spaces.append(taken < width ? width - taken : 0, ' ');
  return spaces;
}

}  // namespace

Terminal terminal_of(bool is_terminal, std::optional<std::size_t> columns,
                     std::string_view no_color, std::string_view term) {
  if (!is_terminal) return {.cuts = false};
  return {std::clamp(columns.value_or(kWidthDefault), kWidthMin, kWidthMax),
          no_color.empty() && term != "dumb"};
}

std::string paint(std::string_view text, Style style, const Terminal& terminal) {
  if (!terminal.colour || style == Style::plain || text.empty()) return std::string(text);
  std::string painted(code_of(style));
  painted += text;
  painted += "\x1b[0m";
  return painted;
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Step step = next_step(text);
    columns += step.columns;
    text.remove_prefix(step.bytes);
  }
  return columns;
}

std::string fit(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::string cut;
  std::size_t columns = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const Step step = next_step(rest);
    if (columns + step.columns > width - 1) break;
    cut += rest.substr(0, step.bytes);
    columns += step.columns;
    rest.remove_prefix(step.bytes);
  }
  cut += kEllipsis;
  return cut;
}

std::string pad_right(std::string_view text, std::size_t width) {
  return std::string(text) + spaces_to(text, width);
}

std::string pad_left(std::string_view text, std::size_t width) {
  return spaces_to(text, width) + std::string(text);
}

std::string wrap(std::string_view text, std::string_view indent, const Terminal& terminal) {
  std::string lines;
  std::string line;
  const auto flush = [&] {
    if (!line.empty()) lines += std::string(indent) + line + "\n";
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t taken = display_width(indent) + display_width(line);
    if (!line.empty() && taken + 1 + display_width(word) > terminal.width) flush();
    if (!line.empty()) line += ' ';
    line += word;
  }
  flush();
  return lines;
}

std::string bar(double fraction, std::size_t width) {
  static constexpr std::array<std::string_view, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double filled = std::isnan(fraction) ? 0.0 : std::clamp(fraction, 0.0, 1.0);
  const auto eighths =
      static_cast<std::size_t>(std::lround(filled * 8.0 * static_cast<double>(width)));
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  text += kEighths[eighths % 8];
  return pad_right(text, width);
}

}  // namespace ooe::report
