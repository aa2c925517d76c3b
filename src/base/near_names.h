// "Did you mean ...?": the known names that look most like a mistyped one.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ooe {

// Returns at most `count_max` of `known`, the nearest first: those that contain `name` (ASCII case
// ignored) or that differ from it in at most a third of their letters. Ties keep the given order.
[[nodiscard]] std::vector<std::string> near_names(std::string_view name,
                                                  std::span<const std::string> known,
                                                  std::size_t count_max = 3);

// Returns "did you mean 'x' or 'y'?", or the first few known names when none is near.
[[nodiscard]] std::string name_hint(std::string_view name, std::span<const std::string> known);

}  // namespace ooe
