// Comma-separated text, record by record: cells may be quoted and then hold commas, line ends and
// doubled quotes. Source: RFC 4180; a bare quote inside an unquoted cell is taken as it is, which
// spreadsheets and pandas do too.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ooe::dataset {

class CsvReader {
 public:
  // Requires: `text` and `name` outlive the reader. A byte-order mark at the start is skipped.
  CsvReader(std::string_view text, std::string_view name);

  // Moves to the next record; empty lines are skipped. Returns false at the end. Errors: corrupt
  // with "name:line:" for invalid UTF-8, a quote that is never closed, or text behind a closed one.
  [[nodiscard]] Result<bool> next();

  [[nodiscard]] const std::vector<std::string>& cells() const { return cells_; }
  // Where the record begins, from 1.
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  [[nodiscard]] Result<void> read_quoted(std::string& cell);
  [[nodiscard]] bool at_record_end() const;

  std::string_view text_;
  std::string_view name_;
  std::size_t at_ = 0;
  std::size_t next_line_ = 1;
  std::size_t line_ = 0;
  std::vector<std::string> cells_;
};

}  // namespace ooe::dataset
