// Prices of experts, in USD per million tokens.
//   expert       input   output   basis
//   mistral-7b   0.2     0.2      hosted
// Columns after `output` are notes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/expert.h"

namespace ooe::dataset {

struct ExpertPrices {
  std::string expert;  // exact name
  Prices prices;       // cached input costs what input costs: files do not tell them apart
};

// Errors: invalid_argument with "name:line:" and the column for a header that is not
// "expert<TAB>input<TAB>output...", a repeated expert, a price that is missing, negative, too high
// or no number; corrupt for invalid UTF-8.
[[nodiscard]] Result<std::vector<ExpertPrices>> parse_prices(std::string_view tsv,
                                                             std::string_view name);

// As parse_prices, from a file that may be gzip. Errors: also those of read_file.
[[nodiscard]] Result<std::vector<ExpertPrices>> load_prices(const std::string& path);

// Reads "NAME=INPUT/OUTPUT", split at the last '=': names may contain one. Errors:
// invalid_argument.
[[nodiscard]] Result<ExpertPrices> parse_price_option(std::string_view text);

}  // namespace ooe::dataset
