#include "interview/fenced_block.h"

#include <algorithm>

namespace ooe::interview {

std::optional<std::string_view> last_fenced_block(std::string_view answer) {
  std::optional<std::string_view> last;
  bool inside = false;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < answer.size();) {
    const std::size_t end = std::min(answer.find('\n', at), answer.size());
    std::string_view line = answer.substr(at, end - at);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const std::size_t next = std::min(end + 1, answer.size());
    if (line.starts_with("```")) {
      if (inside) last = answer.substr(begin, at - begin);
      inside = !inside;
      begin = next;
    }
    at = end + 1;
  }
  if (inside) last = answer.substr(begin);
  return last;
}

}  // namespace ooe::interview
