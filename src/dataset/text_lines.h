// What the readers of line-based files share: lines with their numbers, and values fit for an error
// message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ooe::dataset {

// Cuts a text into lines that end with \n or \r\n, numbered from 1. A byte-order mark at the start
// is skipped; an end of file may end the last line.
class LineReader {
 public:
  explicit LineReader(std::string_view text);

  // Moves to the next line; false when there is none.
  [[nodiscard]] bool next();

  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] bool line_is_blank() const {
    return line_.find_first_not_of(" \t") == std::string_view::npos;
  }
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::string_view line_;
  std::size_t number_ = 0;
};

// Returns `value` in quotes, cut to a readable length on a character's border.
[[nodiscard]] std::string shown(std::string_view value);

// True for text that would break a line-based file: tabs, line ends and other control characters.
[[nodiscard]] bool has_control_character(std::string_view text);

}  // namespace ooe::dataset
