// The code in an answer: what stands between lines of three back-ticks.
#pragma once

#include <optional>
#include <string_view>

namespace ooe::interview {

// Returns the content of the last fenced block, without the line that opens it; a block that is
// never closed ends with the answer. Nothing when there is none.
[[nodiscard]] std::optional<std::string_view> last_fenced_block(std::string_view answer);

// Of several blocks the last that is said to be in a language ("```python"), else the last: what a
// program prints is often shown below it, in a block of its own. "text" and "output" are none.
[[nodiscard]] std::optional<std::string_view> last_code_block(std::string_view answer);

}  // namespace ooe::interview
