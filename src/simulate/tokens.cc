#include "simulate/tokens.h"

#include "base/ascii.h"
#include "base/utf8.h"

namespace ooe::simulate {
namespace {

constexpr std::size_t kTokenBytesMax = 8;

std::size_t token_bytes(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_blank(text[end])) ++end;
  const std::size_t word = end;
  while (end < text.size() && !is_blank(text[end])) {
    if (end - word >= kTokenBytesMax && !continues_character(text[end])) break;
    ++end;
  }
  return end;
}

}  // namespace

std::vector<std::string_view> split_tokens(std::string_view text) {
  std::vector<std::string_view> tokens;
  while (!text.empty()) {
    const std::size_t bytes = token_bytes(text);
    tokens.push_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return tokens;
}

std::int64_t count_tokens(std::string_view text) {
  std::int64_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(token_bytes(text));
  return count;
}

}  // namespace ooe::simulate
