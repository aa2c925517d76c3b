// A tokenizer's file and a text: the first byte says how the text is cut, the text stands behind
// the last empty line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "encoder/byte_pair.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto split = static_cast<ooe::encoder::TokenSplit>(data[0] % 4);
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = input.rfind("\n\n");
  const std::string_view text = cut == std::string_view::npos ? input : input.substr(cut + 2);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = ooe::encoder::piece_end(split, text, at);
    if (end <= at || end > text.size()) std::abort();
    at = end;
  }
  const auto tokenizer =
      ooe::encoder::BytePairTokenizer::parse(input.substr(0, cut), "fuzz", split);
  if (!tokenizer) return 0;
  const auto tokens = tokenizer->count(text);
  if (tokens < 0 || static_cast<std::size_t>(tokens) > text.size()) std::abort();
  return 0;
}
