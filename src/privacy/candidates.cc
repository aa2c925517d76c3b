#include "privacy/candidates.h"

#include <algorithm>
#include <bit>

#include "privacy/byte_class.h"
#include "privacy/scan.h"
#include "privacy/vocabulary.h"

namespace ooe::privacy {
namespace {

// An id with letters has a digit among the six bytes behind its first.
constexpr unsigned kDigitNear = 6;
constexpr unsigned kLongRun = kIssuedBytesMin;
static_assert(kLongRun > 16 && kLongRun <= 32, "break_near adds 16 and some");
// So many candidates in a block are many, and so many bytes are walked then.
constexpr int kMany = 16;
constexpr std::size_t kWalk = 1'024;

// The mask as it looks `distance` bytes further on, 1 to 64.
constexpr std::uint64_t ahead(std::uint64_t here, std::uint64_t behind, unsigned distance) {
  return here >> (distance - 1) >> 1 | behind << (64 - distance);
}

// The first `count` bits, all when there are fewer.
constexpr std::uint64_t first_bits(std::size_t count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

// Where a break stands among the kLongRun bytes from a place on, itself included.
constexpr std::uint64_t break_near(std::uint64_t here, std::uint64_t behind) {
  std::uint64_t near = here;
  near |= near >> 1;  // among two bytes
  near |= near >> 2;
  near |= near >> 4;
  near |= near >> 8;
  near |= near >> (kLongRun - 16);
  // The first break of the block behind is near to the last bytes of this one, if to any.
  constexpr std::uint64_t kLast = ~std::uint64_t{0} << (ByteBlock::kBytes - kLongRun + 1);
  constexpr std::uint64_t kTooFar = std::uint64_t{1} << (ByteBlock::kBytes - 1);
  return near | kLast << std::countr_zero(behind | kTooFar);
}

// Those of the places, one bit each, of which `test` holds.
template <class Test>
std::uint64_t those(std::uint64_t places, Test test) {
  std::uint64_t found = 0;
  for (; places != 0; places &= places - 1) {
    const auto place = static_cast<unsigned>(std::countr_zero(places));
    if (test(place)) found |= std::uint64_t{1} << place;
  }
  return found;
}

}  // namespace

// Inlined, for the masks to stay in registers.
[[gnu::always_inline]] inline Candidates::Masks Candidates::masks_at(std::size_t at) const {
  const ByteBlock block(text_, at);
  Masks masks;
  masks.letters = block.letters();
  masks.breaks = block.between(0, ' ');
  masks.high = block.high();
  const std::uint64_t upper = masks.letters & block.between(0, 'Z');
  const std::uint64_t lower = masks.letters ^ upper;
  const std::uint64_t other = ~(masks.letters | masks.breaks | masks.high);
  if (any_or_many(text_, at, other, can_start)) {
    masks.digits = block.between('0', '9');
    masks.dashes = block.where([](ByteBlock::Bytes b) { return b == '-'; });
    // From '"' to '+' lie a few that mark_may_matter drops.
    masks.marks = block.where([](ByteBlock::Bytes b) {
      return ByteBlock::is_between(b, '"', '+') | (b == ':') | (b == '@');
    });
  }
  const char last = at == 0 || at > text_.size() ? '\0' : text_[at - 1];
  const std::uint64_t after_letter = masks.letters << 1 | (is_letter(last) ? 1U : 0U);
  const std::uint64_t after_lower = lower << 1 | (is(last, kLower) ? 1U : 0U);
  masks.starts = (masks.letters & ~after_letter) | (upper & after_lower);
  return masks;
}

void Candidates::enter(std::size_t block) {
  const bool next = block == block_ + kBlock;
  const std::uint64_t dash_before = block == 0 ? 0U : std::uint64_t{text_[block - 1] == '-'};
  for (std::size_t at = next ? block + kBlock : block; at <= block + kBlock; at += kBlock) {
    here_ = ahead_;
    ahead_ = masks_at(at);
  }
  block_ = block;

  std::uint64_t digit_near = 0;
  if ((here_.digits | (ahead_.digits & ((1U << kDigitNear) - 1))) != 0) {
    for (unsigned i = 1; i <= kDigitNear; ++i) digit_near |= ahead(here_.digits, ahead_.digits, i);
  }
  const std::uint64_t after_dash = here_.dashes << 1 | dash_before;
  const std::uint64_t run = ~break_near(here_.breaks, ahead_.breaks);
  const std::uint64_t sure =
      here_.digits | here_.high | (here_.starts & (digit_near | run | after_dash));
  if (std::popcount(sure) >= kMany) walk_until_ = std::min(block + kWalk, text_.size());
  // A word of one letter gives no hint, unless it goes on outside ASCII; nor does one in the last
  // two bytes of the text, since nothing stands behind it.
  const std::uint64_t two = ahead(here_.letters | here_.high, ahead_.letters | ahead_.high, 1);
  const std::size_t left = text_.size() - block;
  const std::uint64_t followed = first_bits(left > 2 ? left - 2 : 0);
  // "-----BEGIN"
  const std::uint64_t two_dashes = here_.dashes & ahead(here_.dashes, ahead_.dashes, 1);
  std::uint64_t words = here_.starts & two & followed & ~sure;
  if ((here_.high | ahead_.high) == 0) {  // most of most texts are not like any that gives a hint
    words = those(words, [from = text_.data() + block](unsigned place) {
      const char* const word = from + place;
      return is_known_beginning(word[0], word[1], word[2]);
    });
  }
  words = those(words, [&](unsigned place) { return word_may_matter(place); });
  const std::uint64_t marks =
      those(here_.marks, [&](unsigned place) { return mark_may_matter(block + place); });
  candidates_ = sure | two_dashes | words | marks;
}

// Two bytes are known to stand behind the first.
bool Candidates::word_may_matter(unsigned place) const {
  const std::string_view word = text_.substr(block_ + place);
  const std::uint64_t ends =
      ahead(~here_.letters | here_.starts, ~ahead_.letters | ahead_.starts, place + 1);
  const auto length = static_cast<unsigned>(std::countr_zero(ends)) + 1;
  // Unique local and link local addresses of IPv6 begin as words do: fc, fd, fe.
  return is_known_length(word[0], word[1], length) ||
         ((word[0] | 0x20) == 'f' && is_hex(word[1]) && is_hex(word[2])) ||
         (length < word.size() && is(word[length], kHigh));
}

bool Candidates::mark_may_matter(std::size_t at) const {
  const char next = at + 1 < text_.size() ? text_[at + 1] : '\0';
  switch (text_[at]) {
    case '@':
      return true;
    case '%':  // "%40" is an '@'
      return next == '4';
    case ':':
      return next == '/';
    case '"':
    case '\'':  // of a member's name
      return is_in_name(next);
    case '+':
    case '(':
      return is_digit(next);
    default:
      return false;
  }
}

std::size_t Candidates::choose(std::size_t at) {
  if (at >= text_.size()) return text_.size();
  if (const std::size_t block = at / kBlock * kBlock; block != block_) enter(block);
  const std::uint64_t bit = std::uint64_t{1} << (at % kBlock);
  const std::uint64_t inside = here_.letters & ~here_.starts & bit;
  std::uint64_t left = (candidates_ | inside) & (0 - bit);
  while (left == 0) {
    const std::size_t block = block_ + kBlock;
    if (block >= text_.size()) return text_.size();
    enter(block);
    left = candidates_;
  }
  return block_ + static_cast<std::size_t>(std::countr_zero(left));
}

}  // namespace ooe::privacy
