// Private to this room: JSON as the two halves of anthropic_dialect.h read and write it. A member
// is null, empty or 0 when it is missing, has another type, or is asked of what is no object: a
// reader who can do without it need not tell these apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace ooe::experts {

using Json = nlohmann::ordered_json;

// Returns nothing for what is not JSON or too deep. Half a surrogate pair becomes U+FFFD; of two
// members of one name the last counts. Takes time in proportion to the text.
[[nodiscard]] std::optional<Json> parse_json(std::string_view text);

// On one line; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string print_json(const Json& json);

// The reference is good as long as `object`.
[[nodiscard]] const Json& at(const Json& object, const char* key);
[[nodiscard]] std::string text_at(const Json& object, const char* key);
[[nodiscard]] std::int64_t count_at(const Json& object, const char* key);

}  // namespace ooe::experts
