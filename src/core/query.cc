#include "core/query.h"

#include "base/hash.h"
#include "base/unicode.h"
#include "base/utf8.h"

namespace ooe {

QueryId query_id(std::string_view text) {
  thread_local Normaliser normalise;  // keeps its buffers: once a request
  if (text.size() <= kNormalisedMax) return {blake2b_128(normalise(text))};
  const std::string_view front = whole_characters(text, kNormalisedMax);
  std::string both(normalise(front));
  both.append(text.substr(front.size()));
  return {blake2b_128(both)};
}

}  // namespace ooe
