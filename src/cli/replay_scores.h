// What answers were worth, from a file: lines "receipt<TAB>score", the header "receipt<TAB>score"
// first or not at all.
#pragma once

#include <string_view>
#include <unordered_map>

#include "base/id.h"
#include "base/result.h"

namespace ooe::cli {

using Scores = std::unordered_map<ReceiptId, double>;

// `path` is for messages. A byte order mark, empty lines and a line that is there twice do no harm.
// Errors: invalid_argument, with the line, for what is no receipt and a score in [0, 1], and for a
// receipt with two scores.
[[nodiscard]] Result<Scores> parse_scores(std::string_view text, std::string_view path);

}  // namespace ooe::cli
