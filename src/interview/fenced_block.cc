#include "interview/fenced_block.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.h"

namespace ooe::interview {
namespace {

constexpr std::string_view kFence = "```";

struct Block {
  std::string_view tag;  // what stands behind the fence that opens it
  std::string_view content;
};

template <class Take>
void each_block(std::string_view answer, const Take& take) {
  bool inside = false;
  Block block;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < answer.size();) {
    const std::size_t end = std::min(answer.find('\n', at), answer.size());
    std::string_view line = answer.substr(at, end - at);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const std::size_t next = std::min(end + 1, answer.size());
    if (line.starts_with(kFence)) {
      block.content = answer.substr(begin, at - begin);
      if (inside) take(block);
      inside = !inside;
      block.tag = line.substr(kFence.size());
      begin = next;
    }
    at = end + 1;
  }
  block.content = answer.substr(begin);
  if (inside) take(block);
}

bool is_language(std::string_view tag) {
  constexpr std::array<std::string_view, 8> kNone{"text",   "txt",     "plain", "plaintext",
                                                  "output", "console", "none",  "stdout"};
  tag.remove_prefix(std::min(tag.find_first_not_of(" `"), tag.size()));
  const std::string word = ascii_lower(tag.substr(0, tag.find_first_of(" \t\r{:,")));
  return !word.empty() && std::ranges::find(kNone, word) == kNone.end();
}

}  // namespace

std::optional<std::string_view> last_fenced_block(std::string_view answer) {
  std::optional<std::string_view> last;
  each_block(answer, [&last](const Block& block) { last = block.content; });
  return last;
}

std::optional<std::string_view> last_code_block(std::string_view answer) {
  std::optional<std::string_view> last;
  std::optional<std::string_view> last_code;
  each_block(answer, [&](const Block& block) {
    last = block.content;
    if (is_language(block.tag)) last_code = block.content;
  });
  return last_code ? last_code : last;
}

}  // namespace ooe::interview
