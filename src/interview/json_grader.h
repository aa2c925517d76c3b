// JSON answers compared as values: the order of keys, white space and the spelling of numbers (1,
// 1.0, 1e0) do not matter; the order of lists does. Experts wrap JSON in prose and fences: the
// whole answer is tried first, then its last fenced block, then the last object or list that
// parses.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ooe::interview {

[[nodiscard]] bool is_json(std::string_view text);

// Returns whether the JSON in `answer` equals `truth`; nothing when there is none in it.
// Requires: is_json(truth). Cost: O(answer), and kJsonTries parses of kJsonSearchBytes at most.
[[nodiscard]] std::optional<bool> same_json(std::string_view answer, std::string_view truth);

// Where JSON in prose is looked for: from so many places, in the last bytes of the answer.
inline constexpr int kJsonTries = 64;
inline constexpr std::size_t kJsonSearchBytes = std::size_t{256} << 10U;

}  // namespace ooe::interview
