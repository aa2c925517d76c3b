// What is kept of an answer that does not stream and is too long to be held: enough to tell whether
// it is whole and what it cost. Its usage stands at the end, with few experts at the beginning, and
// whether it is whole shows in its brackets. In: all bytes of one body, in pieces of any size. Out:
// a verdict and a bill. Memory: kUsageTailBytes and the piece that is being fed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/expert.h"
#include "experts/json_nesting.h"

namespace ooe::experts {

class LongAnswer {
 public:
  // `held`: everything that came before the answer was known to be long. A usage that stands before
  // the text is found in it alone.
  explicit LongAnswer(std::string_view held);

  void feed(std::string_view bytes);

  // When the body ends with the connection, HTTP does not see a cut, but open brackets show it.
  [[nodiscard]] bool whole() const { return nesting_.closed(); }
  // As believed(); nothing where the expert did not say.
  [[nodiscard]] std::optional<TokenCounts> usage() const;

 private:
  std::optional<TokenCounts> told_at_beginning_;
  JsonNesting nesting_;
  std::string tail_;
  std::size_t bytes_ = 0;
};

}  // namespace ooe::experts
