#include "experts/long_answer.h"

#include <algorithm>

#include "experts/openai_dialect.h"

namespace ooe::experts {

LongAnswer::LongAnswer(std::string_view held) : told_at_beginning_(usage_at_beginning(held)) {
  feed(held);
}

void LongAnswer::feed(std::string_view bytes) {
  nesting_.feed(bytes);
  bytes_ += bytes.size();
  tail_ += bytes.substr(bytes.size() - std::min(bytes.size(), kUsageTailBytes));
  if (tail_.size() > kUsageTailBytes) tail_.erase(0, tail_.size() - kUsageTailBytes);
}

std::optional<TokenCounts> LongAnswer::usage() const {
  if (auto told = usage_at_end(tail_, bytes_)) return told;
  return believed(told_at_beginning_, bytes_);
}

}  // namespace ooe::experts
