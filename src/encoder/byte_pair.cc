#include "encoder/byte_pair.h"

#include <algorithm>
#include <limits>
#include <unordered_set>

#include <fmt/format.h>
#include <sodium.h>

#include "base/file.h"
#include "base/parse_number.h"

namespace ooe::encoder {
namespace {

constexpr std::uint32_t kNoToken = std::numeric_limits<std::uint32_t>::max();

struct Line {
  std::string token;
  std::uint32_t rank = 0;
};

// "base64 rank"; nothing when it is not.
std::optional<Line> parse_line(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || space == 0) return std::nullopt;
  const std::string_view base64 = line.substr(0, space);
  const std::string_view number = line.substr(space + 1);
  Line read;
  read.token.resize(base64.size() / 4 * 3 + 3);
  std::size_t length = 0;
  if (::sodium_base642bin(reinterpret_cast<unsigned char*>(read.token.data()), read.token.size(),
                          base64.data(), base64.size(), nullptr, &length, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
      length == 0) {
    return std::nullopt;
  }
  read.token.resize(length);
  const auto rank = parse_number<std::uint32_t>(number);
  if (!rank || *rank == kNoToken) return std::nullopt;
  read.rank = *rank;
  return read;
}

}  // namespace

Result<BytePairTokenizer> BytePairTokenizer::parse(std::string_view file, const std::string& name,
                                                   TokenSplit split) {
  BytePairTokenizer tokenizer(split);
  // No token is longer than its base64: nothing moves that a key points to.
  tokenizer.bytes_.reserve(file.size());
  std::unordered_set<std::uint32_t> ranks;
  std::size_t number = 0;
  const auto wrong = [&](std::string_view what) {
    return fail(ErrorCode::invalid_argument, "{}:{}: {}", name, number, what);
  };
  while (!file.empty()) {
    ++number;
    std::string_view line = file.substr(0, file.find('\n'));
    file.remove_prefix(std::min(file.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const auto read = parse_line(line);
    if (!read) {
      return wrong(
          "a line is a token's bytes in base64, a space, and its rank, as in tiktoken's "
          "files; a tokenizer.json is not read");
    }
    if (read->token.size() > kTokenBytesMax) {
      return wrong(fmt::format("a token of {} bytes; at most {} are read", read->token.size(),
                               kTokenBytesMax));
    }
    if (tokenizer.rank_.size() == kTokensMax) {
      return wrong(fmt::format("more than {} tokens", kTokensMax));
    }
    const char* const place = tokenizer.bytes_.data() + tokenizer.bytes_.size();
    tokenizer.bytes_.insert(tokenizer.bytes_.end(), read->token.begin(), read->token.end());
    if (!tokenizer.rank_.emplace(std::string_view(place, read->token.size()), read->rank).second) {
      return wrong("this token is given twice");
    }
    if (!ranks.insert(read->rank).second) {
      return wrong(fmt::format("rank {} is given twice", read->rank));
    }
    tokenizer.longest_ = std::max(tokenizer.longest_, read->token.size());
  }
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (tokenizer.rank_of({&c, 1}) == kNoToken) {
      return fail(ErrorCode::invalid_argument,
                  "{}: there is no token for the byte 0x{:02x}; all 256 must be there, or some "
                  "texts have none",
                  name, byte);
    }
  }
  return tokenizer;
}

Result<BytePairTokenizer> BytePairTokenizer::load(const std::string& path, TokenSplit split) {
  const auto file = read_file(path, kFileBytesMax);
  if (!file) return fail(file.error());
  return parse(*file, path, split);
}

std::uint32_t BytePairTokenizer::rank_of(std::string_view bytes) const {
  if (bytes.size() > longest_) return kNoToken;
  const auto found = rank_.find(bytes);
  return found == rank_.end() ? kNoToken : found->second;
}

// The parts are a list over the bytes; what two neighbours would make waits in a heap, where it is
// out of date once one of the two has been merged away or has grown.
std::size_t BytePairTokenizer::tokens_of_piece(std::string_view piece) const {
  if (rank_of(piece) != kNoToken) return 1;
  struct Pair {
    std::uint32_t rank;
    std::uint32_t begin;
    std::uint32_t end;
    bool operator<(const Pair& other) const {  // a max-heap: the lowest rank, then the leftmost
      return rank != other.rank ? rank > other.rank : begin > other.begin;
    }
  };
  struct Part {
    std::uint32_t end;       // where the next part begins; 0: this one was merged away
    std::uint32_t previous;  // where the part before it begins
  };
  thread_local std::vector<Part> parts;
  thread_local std::vector<Pair> heap;
  const auto n = static_cast<std::uint32_t>(piece.size());
  parts.resize(n);
  heap.clear();
  const auto propose = [&](std::uint32_t begin) {
    const std::uint32_t middle = parts[begin].end;
    if (middle >= n) return;
    const std::uint32_t end = parts[middle].end;
    const std::uint32_t rank = rank_of(piece.substr(begin, end - begin));
    if (rank == kNoToken) return;
    heap.push_back({rank, begin, end});
    std::ranges::push_heap(heap, std::less<>());
  };
  for (std::uint32_t i = 0; i < n; ++i) parts[i] = {i + 1, i == 0 ? 0 : i - 1};
  for (std::uint32_t i = 0; i + 1 < n; ++i) propose(i);
  std::size_t tokens = n;
  while (!heap.empty()) {
    std::ranges::pop_heap(heap, std::less<>());
    const Pair pair = heap.back();
    heap.pop_back();
    const std::uint32_t middle = parts[pair.begin].end;
    if (middle == 0 || middle >= n || parts[middle].end != pair.end) continue;
    parts[pair.begin].end = pair.end;
    parts[middle].end = 0;
    if (pair.end < n) parts[pair.end].previous = pair.begin;
    --tokens;
    propose(pair.begin);
    if (pair.begin > 0) propose(parts[pair.begin].previous);
  }
  return tokens;
}

std::int64_t BytePairTokenizer::count(std::string_view text) const {
  std::size_t tokens = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = piece_end(split_, text, at);
    tokens += tokens_of_piece(text.substr(at, end - at));
    at = end;
  }
  return static_cast<std::int64_t>(tokens);
}

}  // namespace ooe::encoder
