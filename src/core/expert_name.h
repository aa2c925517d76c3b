// What an expert may be called, wherever its name comes from: names are columns of tab-separated
// files, items of comma-separated lists and values of headers.
#pragma once

#include <optional>
#include <string_view>

namespace ooe {

// Returns what is wrong with a name, "an expert's name has no comma ..."; nothing when it will do.
[[nodiscard]] std::optional<std::string_view> expert_name_fault(std::string_view name);

}  // namespace ooe
