// One line of a JSONL file of somebody else's: an object, with values as text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "base/result.h"

namespace ooe::dataset {

// Errors: corrupt with "name:line:" for what is not JSON, not UTF-8 or not an object. The object
// lives until the parser's next line.
[[nodiscard]] Result<simdjson::dom::object> parse_json_line(simdjson::dom::parser& parser,
                                                            std::string_view line,
                                                            std::string_view name,
                                                            std::size_t number);

// Returns the member at a path ("doc.question": objects inside one another), nothing when it is
// missing or null.
[[nodiscard]] std::optional<simdjson::dom::element> member_at(const simdjson::dom::object& object,
                                                              std::string_view path);

// Returns a string as it is, everything else as its shortest JSON.
[[nodiscard]] std::string text_of(simdjson::dom::element value);

}  // namespace ooe::dataset
