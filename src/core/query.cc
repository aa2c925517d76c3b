#include "core/query.h"

#include "base/hash.h"
#include "base/unicode.h"

namespace ooe {

QueryId query_id(std::string_view text) {
  thread_local Normaliser normalise;  // keeps its buffers: once a request
  return {blake2b_128(normalise(text))};
}

}  // namespace ooe
