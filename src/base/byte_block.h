// Sixty-four bytes looked at together: which of them are what, one bit a byte, the first lowest.
// For passes over text in which most bytes are of no interest. The compiler's vectors compute it on
// any machine; only gathering one bit a byte has an instruction of its own, where there is SSE2.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace ooe {

class ByteBlock {
 public:
  static constexpr std::size_t kBytes = 64;
  using Bytes = unsigned char __attribute__((vector_size(16)));

  // Of text from `at` on; zeros beyond its end.
  ByteBlock(std::string_view text, std::size_t at) {
    std::array<char, kBytes> end;
    const bool whole = at + kBytes <= text.size();
    if (!whole) copy_end(text, at, end);
    const char* const from = whole ? text.data() + at : end.data();
    // Four copies, not a loop or one of 64 bytes: of those the compiler keeps one in memory.
    std::memcpy(&bytes_[0], from, 16);
    std::memcpy(&bytes_[1], from + 16, 16);
    std::memcpy(&bytes_[2], from + 32, 16);
    std::memcpy(&bytes_[3], from + 48, 16);
  }

  // One bit for each of the sixteen bytes, its highest: of a comparison's result, what it says.
  template <class Vector>
  static std::uint64_t highest_bits(Vector b) {
#ifdef __SSE2__
    return static_cast<std::uint32_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(b)));
#else
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < 16; ++i) bits |= std::uint64_t{(b[i] & 0x80) != 0} << i;
    return bits;
#endif
  }

  static auto is_between(Bytes b, unsigned char first, unsigned char last) {
    return b - first <= static_cast<unsigned char>(last - first);
  }

  // `test` takes Bytes and returns a vector with all bits set for those it chooses:
  // block.where([](ByteBlock::Bytes b) { return b == '+' | b == '-'; })
  template <class Test>
  [[nodiscard]] std::uint64_t where(Test test) const {
    const auto part = [&](std::size_t i) { return highest_bits(test(bytes_[i])); };
    return part(0) | part(1) << 16 | part(2) << 32 | part(3) << 48;
  }
  // Writes the block to `to`, each byte as `map` says.
  template <class Map>
  void write(char* to, Map map) const {
    const auto part = [&](std::size_t i) {
      const Bytes mapped = map(bytes_[i]);
      std::memcpy(to + 16 * i, &mapped, 16);
    };
    part(0);
    part(1);
    part(2);
    part(3);
  }
  [[nodiscard]] std::uint64_t between(unsigned char first, unsigned char last) const {
    return where([=](Bytes b) { return is_between(b, first, last); });
  }
  [[nodiscard]] std::uint64_t high() const {  // not ASCII
    return where([](Bytes b) { return b; });
  }
  [[nodiscard]] std::uint64_t high_or_below(signed char first) const {
    using Signed = signed char __attribute__((vector_size(16)));  // those not ASCII are negative
    return where([=](Bytes b) { return reinterpret_cast<Signed>(b) < first; });
  }
  [[nodiscard]] std::uint64_t letters() const {  // of ASCII, in either case
    return where([](Bytes b) { return is_between(b | 0x20, 'a', 'z'); });
  }

 private:
  // Never inlined: the compiler would make a second copy of all that follows, for zeros.
  [[gnu::noinline]] static void copy_end(std::string_view text, std::size_t at,
                                         std::array<char, kBytes>& end) {
    end = {};
    if (at < text.size()) std::memcpy(end.data(), text.data() + at, text.size() - at);
  }

  std::array<Bytes, kBytes / 16> bytes_;
};

// Whether to look closer at those of the bytes from `at` on that `chosen` says: `test` holds for
// one of them, or they are too many to ask one by one. Of the marks in a block of prose it rarely
// does.
template <class Test>
[[nodiscard]] bool any_or_many(std::string_view text, std::size_t at, std::uint64_t chosen,
                               Test test) {
  constexpr int kFew = 4;
  if (std::popcount(chosen) > kFew) return true;
  for (; chosen != 0; chosen &= chosen - 1) {
    if (test(text[at + static_cast<std::size_t>(std::countr_zero(chosen))])) return true;
  }
  return false;
}

}  // namespace ooe
