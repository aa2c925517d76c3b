// Open files: how many the system lets this process have, and how many a gateway would need. Every
// connection is one, and one more goes to the expert that answers it. Knows: base, http.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace ooe::cli {

// Raises this process's limit to the most that it may set by itself. Returns the limit then.
[[nodiscard]] std::uint64_t raise_file_limit();

// How many connections of clients leave files for experts, the store and the administrator.
struct ConnectionsThatFit {
  std::size_t connections = 0;
  std::string warning = {};  // empty: they are as many as were asked for
};

// Errors: resource_exhausted when a gateway could not even start.
[[nodiscard]] Result<ConnectionsThatFit> check_file_limit(std::uint64_t limit, std::size_t workers,
                                                          std::size_t connections_max);

}  // namespace ooe::cli
