#include "interview/thought.h"

#include <algorithm>
#include <cstddef>

#include "base/ascii.h"

namespace ooe::interview {

std::string_view without_thoughts(std::string_view answer) {
  constexpr std::string_view kThink = "<think>";
  constexpr std::string_view kThought = "</think>";
  constexpr auto kNowhere = std::string_view::npos;
  if (const std::size_t end = answer.rfind(kThought); end != kNowhere) {
    return answer.substr(end + kThought.size());
  }
  const std::size_t begin = std::min(answer.find_first_not_of(kBlanks), answer.size());
  return answer.substr(begin).starts_with(kThink) ? std::string_view() : answer;
}

}  // namespace ooe::interview
