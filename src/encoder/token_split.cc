#include "encoder/token_split.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include <utf8proc.h>

#include "base/ascii.h"

namespace ooe::encoder {
namespace {

enum Kind : unsigned {
  kUpper = 1,     // Lu, Lt
  kLower = 2,     // Ll
  kCaseless = 4,  // Lm, Lo
  kMark = 8,      // M: a letter to o200k, no letter to the others
  kNumber = 16,
  kSpace = 32,
  kNewline = 64,  // \r, \n: white space too
  kOther = 128,
  kEnd = 0,
};
constexpr unsigned kLetter = kUpper | kLower | kCaseless;
constexpr unsigned kWhite = kSpace | kNewline;
constexpr unsigned kSymbol = kMark | kOther;  // [^\s\p{L}\p{N}]

struct Char {
  unsigned kind = kEnd;
  std::size_t length = 0;
};

unsigned kind_of_ascii(char c) {
  if (is_lower(c)) return kLower;
  if (is_upper(c)) return kUpper;
  if (is_digit(c)) return kNumber;
  if (c == '\r' || c == '\n') return kNewline;
  return is_space(c) ? kSpace : kOther;
}

unsigned kind_of(utf8proc_int32_t point) {
  if (point == 0x85) return kSpace;
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
      return kUpper;
    case UTF8PROC_CATEGORY_LL:
      return kLower;
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return kCaseless;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return kMark;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return kNumber;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return kSpace;
    default:
      return kOther;
  }
}

Char char_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  if (!is_beyond_ascii(text[at])) return {kind_of_ascii(text[at]), 1};
  utf8proc_int32_t point = 0;
  const auto length = utf8proc_iterate(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
      static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size() - at, 4)), &point);
  if (length <= 0) return {kOther, 1};
  return {kind_of(point), static_cast<std::size_t>(length)};
}

// The end of the run of at most `count_max` characters of `kinds` from `at` on.
std::size_t run_end(std::string_view text, std::size_t at, unsigned kinds,
                    std::size_t count_max = std::numeric_limits<std::size_t>::max()) {
  for (; count_max > 0; --count_max) {
    const Char c = char_at(text, at);
    if ((c.kind & kinds) == 0) break;
    at += c.length;
  }
  return at;
}

// 's 't 're 've 'm 'll 'd: the end of one at `at`, or `at`.
std::size_t contraction_end(std::string_view text, std::size_t at, bool any_case) {
  if (at >= text.size() || text[at] != '\'') return at;
  const auto letter = [&](std::size_t i) {
    const char c = at + i < text.size() ? text[at + i] : '\0';
    return any_case ? lower_byte(c) : c;
  };
  const char first = letter(1);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return at + 2;
  const bool two =
      ((first == 'r' || first == 'v') && letter(2) == 'e') || (first == 'l' && letter(2) == 'l');
  return two ? at + 3 : at;
}

// \s*[\r\n]+ (unless `newlines_alike`), then \s+(?!\S), then \s+. Requires: white space at `at`.
std::size_t white_end(std::string_view text, std::size_t at, bool newlines_alike) {
  std::size_t last = at;     // where the last character begins
  std::size_t newline = at;  // behind the last newline
  std::size_t end = at;
  while (true) {
    const Char c = char_at(text, end);
    if ((c.kind & kWhite) == 0) break;
    last = end;
    end += c.length;
    if (c.kind == kNewline) newline = end;
  }
  if (!newlines_alike && newline > at) return newline;
  // The last one goes with what follows it.
  return end == text.size() || last == at ? end : last;
}

// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
std::size_t gpt2_end(std::string_view text, std::size_t at) {
  if (const std::size_t end = contraction_end(text, at, false); end > at) return end;
  const std::size_t begin = text[at] == ' ' ? at + 1 : at;
  for (const unsigned kinds : {kLetter, unsigned{kNumber}, kSymbol}) {
    if (const std::size_t end = run_end(text, begin, kinds); end > begin) return end;
  }
  return white_end(text, at, true);
}

//  ?[^\s\p{L}\p{N}]+ and then newlines, and slashes where the family has them here. Returns `at`
// when there is none.
std::size_t symbols_end(std::string_view text, std::size_t at, bool slashes) {
  const std::size_t begin = text[at] == ' ' ? at + 1 : at;
  std::size_t end = run_end(text, begin, kSymbol);
  if (end == begin) return at;
  while (end < text.size() &&
         (text[end] == '\r' || text[end] == '\n' || (slashes && text[end] == '/'))) {
    ++end;
  }
  return end;
}

// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*
// |\s*[\r\n]+|\s+(?!\S)|\s+
std::size_t cl100k_end(std::string_view text, std::size_t at, std::size_t digits_max) {
  if (const std::size_t end = contraction_end(text, at, true); end > at) return end;
  const Char first = char_at(text, at);
  const bool prefix = (first.kind & (kNewline | kLetter | kNumber)) == 0;
  const std::size_t begin = prefix ? at + first.length : at;
  if (const std::size_t end = run_end(text, begin, kLetter); end > begin) return end;
  if (first.kind == kNumber) return run_end(text, at, kNumber, digits_max);
  if (const std::size_t end = symbols_end(text, at, false); end > at) return end;
  return white_end(text, at, false);
}

// [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+ : what is in both sets is taken by the
// first and given back, from its end, when the second finds nothing. Returns `at` without a match.
std::size_t lower_word_end(std::string_view text, std::size_t at) {
  constexpr unsigned kBoth = kCaseless | kMark;
  std::size_t end = at;
  std::size_t behind_both = at;
  while (true) {
    const Char c = char_at(text, end);
    if ((c.kind & (kUpper | kBoth)) == 0) break;
    end += c.length;
    if ((c.kind & kBoth) != 0) behind_both = end;
  }
  const std::size_t lower = run_end(text, end, kLower | kBoth);
  return lower > end ? lower : behind_both;
}

// [^\r\n\p{L}\p{N}]?[upper]*[lower]+(?i:'s|...)?|[^\r\n\p{L}\p{N}]?[upper]+[lower]*(?i:'s|...)?
// |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
std::size_t o200k_end(std::string_view text, std::size_t at) {
  const Char first = char_at(text, at);
  const bool prefix = (first.kind & (kNewline | kLetter | kNumber)) == 0;
  const std::size_t behind = at + first.length;
  std::size_t end = at;
  if (prefix && lower_word_end(text, behind) > behind) {
    end = lower_word_end(text, behind);
  } else if (const std::size_t plain = lower_word_end(text, at); plain > at) {
    end = plain;
  } else {  // nothing but upper-case letters
    const std::size_t begin = prefix ? behind : at;
    end = std::max(at, run_end(text, begin, kUpper));
    if (end == begin) end = at;
  }
  if (end > at) return contraction_end(text, end, true);
  if (first.kind == kNumber) return run_end(text, at, kNumber, 3);
  if (const std::size_t symbols = symbols_end(text, at, true); symbols > at) return symbols;
  return white_end(text, at, false);
}

}  // namespace

std::optional<TokenSplit> parse_token_split(std::string_view word) {
  if (word == "gpt2") return TokenSplit::gpt2;
  if (word == "cl100k") return TokenSplit::cl100k;
  if (word == "qwen2") return TokenSplit::qwen2;
  if (word == "o200k") return TokenSplit::o200k;
  return std::nullopt;
}

std::size_t piece_end(TokenSplit split, std::string_view text, std::size_t at) {
  switch (split) {
    case TokenSplit::gpt2:
      return gpt2_end(text, at);
    case TokenSplit::cl100k:
      return cl100k_end(text, at, 3);
    case TokenSplit::qwen2:
      return cl100k_end(text, at, 1);
    case TokenSplit::o200k:
      return o200k_end(text, at);
  }
  return text.size();
}

}  // namespace ooe::encoder
