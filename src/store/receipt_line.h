// A receipt as one line of JSON, for the spool: what the store cannot take now.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/receipt.h"

namespace ooe::store {

// Without its line break.
[[nodiscard]] std::string receipt_line(const Receipt& receipt);

// Errors: corrupt, naming the member, for anything that receipt_line() does not write.
[[nodiscard]] Result<Receipt> parse_receipt_line(std::string_view line);

}  // namespace ooe::store
