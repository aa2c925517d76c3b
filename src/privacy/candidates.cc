#include "privacy/candidates.h"

#include <algorithm>
#include <bit>

#include "privacy/bytes.h"
#include "privacy/scan.h"
#include "privacy/vocabulary.h"

namespace ooe::privacy {
namespace {

// An id with letters has a digit among the six bytes behind its first.
constexpr unsigned kDigitNear = 6;
constexpr unsigned kLongRun = kIssuedBytesMin;
static_assert(kLongRun > 16 && kLongRun <= 32, "two runs of 16 make one");
// So many candidates in a block are many, and so many bytes are walked then.
constexpr int kMany = 16;
constexpr std::size_t kWalk = 1'024;

// The mask as it looks `distance` bytes further on, 1 to 64.
constexpr std::uint64_t ahead(std::uint64_t here, std::uint64_t behind, unsigned distance) {
  return here >> (distance - 1) >> 1 | behind << (64 - distance);
}

}  // namespace

Candidates::Masks Candidates::masks_at(std::size_t at) const {
  const ByteBlock block(text_, at);
  const std::uint64_t lower = block.between('a', 'z');
  const std::uint64_t upper = block.between('A', 'Z');
  Masks masks;
  masks.letters = lower | upper;
  masks.digits = block.between('0', '9');
  masks.high = block.high();
  masks.dashes = block.where([](ByteBlock::Bytes b) { return b == '-'; });
  // From '"' to '+' lie a few that mark_may_matter drops.
  masks.marks = block.where([](ByteBlock::Bytes b) {
    return ByteBlock::is_between(b, '"', '+') | (b == ':') | (b == '@');
  });
  masks.breaks = block.between(0, ' ');
  const char last = at == 0 || at > text_.size() ? '\0' : text_[at - 1];
  const std::uint64_t after_letter = masks.letters << 1 | (is_letter(last) ? 1U : 0U);
  const std::uint64_t after_lower = lower << 1 | (is(last, kLower) ? 1U : 0U);
  masks.starts = (masks.letters & ~after_letter) | (upper & after_lower);
  return masks;
}

void Candidates::enter(std::size_t block) {
  const bool next = block == block_ + kBlock || block == 0;
  const std::uint64_t dash_before = block == 0 ? 0U : std::uint64_t{text_[block - 1] == '-'};
  here_ = next ? ahead_ : masks_at(block);
  ahead_ = masks_at(block + kBlock);
  block_ = block;
  ends_here_ = ~here_.letters | here_.starts;
  ends_ahead_ = ~ahead_.letters | ahead_.starts;
  high_ = (here_.high | ahead_.high) != 0;

  std::uint64_t digit_near = 0;
  if ((here_.digits | (ahead_.digits & ((1U << kDigitNear) - 1))) != 0) {
    for (unsigned i = 1; i <= kDigitNear; ++i) digit_near |= ahead(here_.digits, ahead_.digits, i);
  }
  // Bit i of run: no break among the n bytes from i on; n doubles.
  std::uint64_t run = ~here_.breaks;
  std::uint64_t run_ahead = ~ahead_.breaks;
  for (unsigned n = 1; n < 16; n *= 2) {
    run &= ahead(run, run_ahead, n);
    run_ahead &= run_ahead >> n | ~(~std::uint64_t{0} >> n);
  }
  run &= ahead(run, run_ahead, kLongRun - 16);

  const std::uint64_t after_dash = here_.dashes << 1 | dash_before;
  sure_ = here_.digits | here_.high | (here_.starts & (digit_near | run | after_dash));
  if (std::popcount(sure_) >= kMany) walk_until_ = std::min(block + kWalk, text_.size());
  // A word of one letter gives no hint, unless it goes on outside ASCII.
  const std::uint64_t two = ahead(here_.letters | here_.high, ahead_.letters | ahead_.high, 1);
  words_ = here_.starts & two & ~sure_;
  // "-----BEGIN"
  marks_ = here_.marks | (here_.dashes & ahead(here_.dashes, ahead_.dashes, 1));
}

// A second letter, or a byte outside ASCII, is known to stand behind the first.
bool Candidates::word_may_matter(unsigned place) const {
  const char* word = text_.data() + block_ + place;
  const std::uint64_t ends = ahead(ends_here_, ends_ahead_, place + 1);
  const auto length = static_cast<unsigned>(std::countr_zero(ends)) + 1;
  if (may_give_hint(word[0], word[1], length)) return true;
  const std::size_t left = text_.size() - block_ - place;
  if (high_ && length < left && is(word[length], kHigh)) return true;
  // Unique local and link local addresses of IPv6: fc, fd, fe.
  return (word[0] | 0x20) == 'f' && is_hex(word[1]) && left > 2 && is_hex(word[2]);
}

bool Candidates::mark_may_matter(unsigned place) const {
  const std::size_t at = block_ + place;
  const char next = at + 1 < text_.size() ? text_[at + 1] : '\0';
  switch (text_[at]) {
    case '@':
    case '-':
      return true;
    case ':':
      return next == '/';
    case '"':
    case '\'':  // of a member's name
      return is(next, kUpper | kLower | kDigit | kHigh) || next == '_' || next == '-' ||
             next == '.' || next == ' ';
    case '+':
    case '(':
      return is_digit(next);
    default:
      return false;
  }
}

std::size_t Candidates::choose(std::size_t at) {
  for (std::uint64_t always = ~std::uint64_t{0}; at < text_.size(); always = 0) {
    const std::size_t block = at / kBlock * kBlock;
    if (block != block_) enter(block);
    const std::uint64_t bit = std::uint64_t{1} << (at % kBlock);
    const std::uint64_t sure = sure_ | (here_.letters & bit & always);
    for (std::uint64_t left = (sure | words_ | marks_) & (0 - bit); left != 0; left &= left - 1) {
      const std::uint64_t lowest = left & (0 - left);
      const auto place = static_cast<unsigned>(std::countr_zero(left));
      if ((lowest & sure) != 0 ||
          ((lowest & words_) != 0 ? word_may_matter(place) : mark_may_matter(place))) {
        return block + place;
      }
    }
    at = block + kBlock;
  }
  return text_.size();
}

}  // namespace ooe::privacy
