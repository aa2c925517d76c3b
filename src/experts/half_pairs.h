// JSON whose strings have been cut between the two halves of a surrogate pair: servers that count
// in UTF-16 send "\ud83d" in one event of a stream and "\ude00" in the next. No strict reader takes
// either half. Pure text to text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ooe::experts {

// Returns the JSON with every escape that is half a pair as \ufffd, all else and all places as they
// were; nothing when there is no such escape. Cost: one pass.
[[nodiscard]] std::optional<std::string> without_half_pairs(std::string_view json);

}  // namespace ooe::experts
