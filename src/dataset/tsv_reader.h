// A table of tab-separated text with a header line, row by row. Checks what every table must keep:
// UTF-8, unique column names, as many cells as columns. The cells are views into the text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dataset/text_lines.h"

namespace ooe::dataset {

class TsvReader {
 public:
  // Reads the header. Requires: `text` and `name` outlive the reader. Errors: invalid_argument for
  // an empty file, an empty or repeated column name; corrupt for invalid UTF-8.
  [[nodiscard]] static Result<TsvReader> start(std::string_view text, std::string_view name);

  [[nodiscard]] const std::vector<std::string_view>& columns() const { return columns_; }

  // Moves to the next row; empty lines are skipped. Returns false at the end. Errors:
  // invalid_argument for the wrong number of cells; corrupt for invalid UTF-8.
  [[nodiscard]] Result<bool> next();

  [[nodiscard]] std::string_view cell(std::size_t column) const { return cells_[column]; }
  [[nodiscard]] std::size_t line() const { return lines_.number(); }

  // Returns the cell as a number in [min, max], nothing when it is empty. Errors: invalid_argument
  // with the place and `remedy`; "nan" and "inf" are no numbers.
  [[nodiscard]] Result<std::optional<double>> number(std::size_t column, double min, double max,
                                                     std::string_view remedy) const;

  // Returns "name:line: column 'x': " for error messages.
  [[nodiscard]] std::string place(std::size_t column) const;

 private:
  TsvReader(std::string_view text, std::string_view name) : name_(name), lines_(text) {}

  [[nodiscard]] bool next_line();
  [[nodiscard]] Result<void> check_utf8() const;
  [[nodiscard]] Result<void> check_columns() const;

  std::string_view name_;
  LineReader lines_;
  std::vector<std::string_view> columns_;
  std::vector<std::string_view> cells_;
};

}  // namespace ooe::dataset
