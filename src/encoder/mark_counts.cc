#include "encoder/mark_counts.h"

#include <bit>
#include <cstdint>

#include "base/ascii.h"
#include "base/byte_block.h"

namespace ooe::encoder {
namespace {

// A digit or a mark, at `i`.
void count_byte(std::string_view text, std::size_t i, MarkCounts& n) {
  const char c = text[i];
  const char next = i + 1 < text.size() ? text[i + 1] : ' ';
  const char previous = i > 0 ? text[i - 1] : ' ';
  if (is_digit(c)) {
    ++n.digits;
    const bool begins = !is_digit(previous) && i + 4 <= text.size();
    if (begins && is_digit(text[i + 1]) && is_digit(text[i + 2]) && is_digit(text[i + 3]) &&
        (i + 4 == text.size() || !is_digit(text[i + 4]))) {
      const int century = (c - '0') * 10 + (text[i + 1] - '0');
      if (century >= 15 && century <= 20) ++n.years;
    }
    return;
  }
  switch (c) {
    case ',':
      ++n.commas;
      break;
    case '"':
      ++n.quotes;
      if (next == ':') ++n.json_keys;
      break;
    case '=':
    case '(':
      if (c == '=') ++n.operators;
      if (is_alpha(previous) && (i < 2 || !is_alpha(text[i - 2]))) ++n.variables;
      break;
    case '+':
    case '*':
      ++n.operators;
      break;
    case '/':
      ++n.operators;
      if (is_digit(previous) && is_digit(next)) ++n.fractions;
      break;
    case '<':
      ++n.operators;
      if (is_alpha(next) || next == '/') ++n.tags;
      break;
    case '>':
      ++n.operators;
      break;
    case '^':
      ++n.carets;
      break;
    case '$':
      ++n.dollars;
      break;
    case '%':
      ++n.percents;
      break;
    case '{':
    case '}':
      ++n.braces;
      break;
    case '[':
    case ']':
      ++n.brackets;
      break;
    case ';':
      ++n.semicolons;
      break;
    case '\\':
      ++n.backslashes;
      break;
    default:
      break;
  }
}

// Calls use(i) for every bit of a block's mask.
template <class Use>
void for_each_bit(std::uint64_t mask, std::size_t block, Use use) {
  for (; mask != 0; mask &= mask - 1) {
    use(block + static_cast<std::size_t>(std::countr_zero(mask)));
  }
}

}  // namespace

MarkCounts count_marks(std::string_view text) {
  MarkCounts n;
  for (std::size_t at = 0; at < text.size(); at += ByteBlock::kBytes) {
    const ByteBlock block(text, at);
    const std::uint64_t beyond = block.high();
    n.beyond += static_cast<std::size_t>(std::popcount(beyond));
    n.upper += static_cast<std::size_t>(std::popcount(block.between('A', 'Z')));
    const std::uint64_t plain = block.letters() | beyond | block.between(0, ' ');
    for_each_bit(~plain, at, [&](std::size_t i) { count_byte(text, i, n); });
  }
  return n;
}

SentenceCounts count_sentences(std::string_view question) {
  SentenceCounts n;
  for (std::size_t at = 0; at < question.size(); at += ByteBlock::kBytes) {
    const std::uint64_t marks = ByteBlock(question, at).where([](ByteBlock::Bytes b) {
      return (b == '\n') | (b == '.') | (b == '!') | (b == '?') | (b == ';');
    });
    for_each_bit(marks, at, [&](std::size_t i) {
      const char c = question[i];
      if (c == '\n') ++n.lines;
      if (c == '?') ++n.question_marks;
      if (c != '\n' && i + 1 < question.size() && is_blank(question[i + 1])) ++n.ends;
    });
  }
  return n;
}

}  // namespace ooe::encoder
