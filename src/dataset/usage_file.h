// What recorded answers used: a row for every answer, any of the known columns. An expert that was
// asked a question more than once has more than one row.
//   id      model   cost_usd   input_tokens   output_tokens
//   law-1   gpt-4   0.0031     121            14
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ooe::dataset {

// One recorded answer; what the file does not say is absent. None is negative.
struct Usage {
  std::string id;      // of the question
  std::string expert;  // the file's `model`, an outcome file's column
  std::optional<double> cost_usd = {};
  std::optional<double> latency_ms = {};
  std::optional<double> input_tokens = {};
  std::optional<double> output_tokens = {};
  std::optional<double> seconds = {};
  std::optional<double> response_chars = {};
};

// Whether a table is one of usage, by its header: `id`, `model` and a column that is known. In an
// outcome file `model` may be an expert.
[[nodiscard]] bool is_usage(std::string_view tsv);

// Errors: invalid_argument with "name:line:" and the column for a header that is not
// "id<TAB>model...", a column that is not known (the known ones are listed), a value that is no
// number from 0 up, or more than one answer can use; corrupt for invalid UTF-8.
[[nodiscard]] Result<std::vector<Usage>> parse_usage(std::string_view tsv, std::string_view name);

// As parse_usage, from a file that may be gzip. Errors: also those of read_file.
[[nodiscard]] Result<std::vector<Usage>> load_usage(const std::string& path);

}  // namespace ooe::dataset
