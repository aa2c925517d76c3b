// Work on independent items with several threads. The answer may not depend on the number of
// threads: each call of `work` writes only to what belongs to its own index.
#pragma once

#include <cstddef>
#include <functional>

namespace ooe {

// Calls work(i) once for every i in [0, count), on at most `threads` threads (0: as many as the
// machine has), the calling one included. Returns when all are done. Requires: `work` does not
// throw.
void parallel_for(std::size_t count, std::size_t threads,
                  const std::function<void(std::size_t)>& work);

}  // namespace ooe
