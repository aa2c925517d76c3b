#include "core/query.h"

#include "base/hash.h"
#include "base/unicode.h"

namespace ooe {

QueryId query_id(std::string_view text) {
  thread_local Normaliser normalise;  // keeps its buffers: once a request
  return {blake2b_128(normalise(text))};
}

std::int64_t estimate_tokens(std::string_view text) {
  return static_cast<std::int64_t>(text.size() / 4) + 1;
}

}  // namespace ooe
