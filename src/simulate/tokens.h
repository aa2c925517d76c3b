// Simulated tokens: a stream's pieces and a bill's counts come from the same cut, so that what a
// client receives is what it pays for.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace ooe::simulate {

// Cuts before every run of white space that follows a word, and words after 8 bytes, never inside a
// UTF-8 character. The pieces, joined, are `text` again and point into it.
[[nodiscard]] std::vector<std::string_view> split_tokens(std::string_view text);

[[nodiscard]] std::int64_t count_tokens(std::string_view text);

}  // namespace ooe::simulate
