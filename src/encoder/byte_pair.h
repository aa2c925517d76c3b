// Counts tokens as byte-pair tokenizers make them. The tokenizer is data that the user adds, in
// tiktoken's format: a line a token, its bytes in base64, a space, its rank. A piece of text
// (token_split.h) that is a token is one; any other begins as single bytes, and of all neighbours
// whose bytes together are a token those of the lowest rank are merged, the leftmost first, until
// none are left. Source: Sennrich, Haddow, Birch 2016 (arXiv 1508.07909), on bytes as in GPT-2;
// merging by rank as in tiktoken. In: a file, texts. Out: counts. Knows: base.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/fast_hash.h"
#include "base/result.h"
#include "encoder/token_split.h"

namespace ooe::encoder {

class BytePairTokenizer {
 public:
  static constexpr std::size_t kFileBytesMax = std::size_t{64} << 20U;
  static constexpr std::size_t kTokensMax = 2'000'000;
  static constexpr std::size_t kTokenBytesMax = 1'024;

  // Errors: invalid_argument as "name:line: what is wrong and what it should be": no base64, no
  // rank, a token or a rank given twice, one of the 256 single bytes missing, or too many.
  [[nodiscard]] static Result<BytePairTokenizer> parse(std::string_view file,
                                                       const std::string& name, TokenSplit split);
  // Errors: as read_file and parse.
  [[nodiscard]] static Result<BytePairTokenizer> load(const std::string& path, TokenSplit split);

  // Cost: O(n log n) in the longest piece, linear in the text; docs/policy.md has the
  // speed. Threads: any.
  [[nodiscard]] std::int64_t count(std::string_view text) const;

  [[nodiscard]] std::size_t n_tokens() const { return rank_.size(); }
  [[nodiscard]] TokenSplit split() const { return split_; }

 private:
  explicit BytePairTokenizer(TokenSplit split) : split_(split) {}
  [[nodiscard]] std::uint32_t rank_of(std::string_view bytes) const;
  [[nodiscard]] std::size_t tokens_of_piece(std::string_view piece) const;

  struct Hash {
    std::size_t operator()(std::string_view bytes) const { return fast_hash(bytes); }
  };

  TokenSplit split_;
  std::vector<char> bytes_;  // of all tokens, which the keys below point into
  std::unordered_map<std::string_view, std::uint32_t, Hash> rank_;
  std::size_t longest_ = 0;
};

}  // namespace ooe::encoder
