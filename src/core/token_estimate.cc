#include "core/token_estimate.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/byte_block.h"

namespace ooe {
namespace {

// In the order of TokenEstimate::Part.
constexpr std::array<double, 9> kWeights{1.009, 0.066, 2.076, 0.488, 0.347,
                                         2.278, 1.263, 0.457, 0.779};
constexpr unsigned kWordLength = 7;

// One bit a byte, and the bits of the block before, from which the first bytes go on.
struct Mask {
  std::uint64_t here = 0;
  std::uint64_t before = 0;

  void enter(std::uint64_t next) {
    before = here;
    here = next;
  }
  // Bit i says what the byte `distance` before byte i is.
  [[nodiscard]] std::uint64_t behind(unsigned distance) const {
    return here << distance | before >> (64 - distance);
  }
  // Bytes behind the first kWordLength of a run.
  [[nodiscard]] std::uint64_t behind_a_word() const {
    static_assert(kWordLength == 7, "three steps look at eight bytes");
    std::uint64_t other = ~here;
    other |= other << 1;
    other |= other << 2;
    other |= other << 4;
    // What ends the run before is near to the first bytes of this block, if to any.
    const int run_before = std::countl_zero(~before | 1U);
    return ~(other | 0x7FU >> std::min(run_before, 7));
  }
};

bool is_digit_or_control(char c) {
  return (c >= '0' && c <= '9') || static_cast<unsigned char>(c) < ' ';
}

std::int64_t count(std::uint64_t mask) { return std::popcount(mask); }

}  // namespace

void TokenEstimate::add(std::string_view text) {
  Mask letters;
  Mask lower;
  Mask digit_groups;  // their first digits
  Mask digits;
  Mask spaces;
  Mask blanks;  // ' '
  Mask marks;
  // One block more than there are bytes: a run of spaces is counted behind its end.
  for (std::size_t at = 0; at <= text.size(); at += ByteBlock::kBytes) {
    const ByteBlock block(text, at);
    letters.enter(block.letters());
    const std::uint64_t upper = letters.here & block.between(0, 'Z');
    lower.enter(letters.here ^ upper);
    const std::uint64_t high = block.high();
    blanks.enter(block.where([](ByteBlock::Bytes b) { return b == ' '; }));
    std::uint64_t other = ~(letters.here | blanks.here | high);
    const std::size_t left = text.size() - at;
    if (left < ByteBlock::kBytes) other &= (std::uint64_t{1} << left) - 1;  // behind is no text
    spaces.enter(blanks.here);
    digits.enter(0);
    if (any_or_many(text, at, other, is_digit_or_control)) {
      digits.here = block.between('0', '9');
      spaces.here |= block.between('\t', '\r');
    }
    marks.enter(other & ~(digits.here | spaces.here));

    count_[words] += count((letters.here & ~letters.behind(1)) | (upper & lower.behind(1)));
    count_[long_words] += count(letters.behind_a_word());
    count_[mark_runs] += count(marks.here & ~marks.behind(1));
    count_[more_marks] += count(marks.here & marks.behind(1));
    const std::uint64_t one_blank = blanks.behind(1) & ~spaces.behind(2);
    count_[gaps] += count(spaces.behind(1) & ~spaces.here & ~one_blank);
    if ((digits.here | digits.before) != 0) {
      // Every third digit of a run begins a group.
      const std::uint64_t fourth =
          digits.here & digits.behind(1) & digits.behind(2) & digits.behind(3);
      digit_groups.enter(digits.here & ~digits.behind(1));
      for (std::uint64_t more = ~std::uint64_t{0}; more != 0;) {
        more = fourth & digit_groups.behind(3) & ~digit_groups.here;
        digit_groups.here |= more;
      }
      count_[numbers] += count(digit_groups.here);
    }
    if (high != 0) {
      const auto from = [&](unsigned char first) { return count(block.between(first, 0xFF)); };
      const std::int64_t wide = from(0xE0);
      const std::int64_t two_or_more = from(0xCD);
      count_[wide_script] += wide;
      count_[other_script] += two_or_more - wide;
      count_[latin] += from(0xC0) - two_or_more;
    }
  }
}

std::int64_t TokenEstimate::tokens() const {
  double sum = 0.0;
  for (std::size_t part = 0; part < kParts; ++part) {
    sum += kWeights[part] * static_cast<double>(count_[part]);
  }
  return std::llround(sum);
}

std::int64_t estimate_tokens(std::string_view text) {
  TokenEstimate estimate;
  estimate.add(text);
  return std::max<std::int64_t>(estimate.tokens(), 1);
}

}  // namespace ooe
