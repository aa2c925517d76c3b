#include "core/query.h"

#include "base/hash.h"
#include "base/unicode.h"

namespace ooe {

QueryId query_id(std::string_view text) {
  thread_local Normaliser normalise;  // keeps its buffers: once a request
  if (text.size() <= kNormalisedMax) return {blake2b_128(normalise(text))};
  std::size_t cut = kNormalisedMax;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;  // a letter
  std::string both(normalise(text.substr(0, cut)));
  both.append(text.substr(cut));
  return {blake2b_128(both)};
}

}  // namespace ooe
