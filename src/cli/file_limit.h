// Open files: how many the system lets this process have, and how many a gateway would need. Every
// connection is one, and one more goes to the expert that answers it. Knows: base.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace ooe::cli {

// Raises this process's limit to the most that it may set by itself. Returns the limit then.
[[nodiscard]] std::uint64_t raise_file_limit();

// Returns a warning when `limit` does not allow as many connections, else nothing. Errors:
// resource_exhausted when a gateway could not even start.
[[nodiscard]] Result<std::string> check_file_limit(std::uint64_t limit, std::size_t workers,
                                                   std::size_t connections_max);

}  // namespace ooe::cli
