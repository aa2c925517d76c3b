// The code in an answer: what stands between lines of three back-ticks.
#pragma once

#include <optional>
#include <string_view>

namespace ooe::interview {

// Returns the content of the last fenced block, without the line that opens it; a block that is
// never closed ends with the answer. Nothing when there is none.
[[nodiscard]] std::optional<std::string_view> last_fenced_block(std::string_view answer);

}  // namespace ooe::interview
