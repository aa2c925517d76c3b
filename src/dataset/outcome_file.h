// Outcomes on disk: a table with a row for every question and a column for every expert.
//   id      subject   gpt-4   mistral-7b
//   law-1   law       1       0.5
//   law-2   law       0
// A score lies in [0, 1]; an empty cell was not measured. `subject` and `category` right after `id`
// describe the question and are never experts.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"

namespace ooe::dataset {

struct OutcomeTable {
  std::vector<std::string> ids;         // [n_rows], unique
  std::vector<std::string> experts;     // [n_experts], unique, in the file's order
  std::vector<float> scores;            // [n_rows, n_experts] row-major; NaN: not measured
  std::vector<std::string> subjects;    // [n_rows], or empty without that column
  std::vector<std::string> categories;  // as subjects

  [[nodiscard]] std::span<const float> row(std::size_t index) const {
    return std::span(scores).subspan(index * experts.size(), experts.size());
  }
};

// Returns what keeps a name from being an expert's column; nothing when it may be one. Else than
// expert_name_fault() it knows the columns that are no expert's.
[[nodiscard]] std::optional<std::string_view> expert_column_fault(std::string_view name);

// Errors: invalid_argument with "name:line:" and the column for a header that is not
// "id<TAB>expert...", a repeated id or column, a wrong number of cells, a score that is no number
// in [0, 1]; corrupt for invalid UTF-8.
[[nodiscard]] Result<OutcomeTable> parse_outcomes(std::string_view tsv, std::string_view name);

// As parse_outcomes, from a file that may be gzip. Errors: also those of read_file.
[[nodiscard]] Result<OutcomeTable> load_outcomes(const std::string& path);

// Returns the text that parse_outcomes reads back as the same table.
[[nodiscard]] std::string outcomes_tsv(const OutcomeTable& table);

// Writes all or nothing. Errors: invalid_argument for an expert whose name would not be read back;
// those of write_file_atomically.
[[nodiscard]] Result<void> write_outcomes(const std::string& path, const OutcomeTable& table);

}  // namespace ooe::dataset
