// Sixty-four bytes looked at together: which of them are what, one bit a byte, the first lowest.
// For passes over text in which most bytes are of no interest. The compiler's vectors compute it on
// any machine; only gathering one bit a byte and looking bytes up in a table of sixteen have
// instructions of their own, where there are SSE2 and SSSE3.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSSE3__
#include <tmmintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace ooe {

// Any set of ASCII bytes. Two lookups say whether a byte is in it, however many it has: its low
// half finds a row, of which bit n stands for the member whose high half is n.
// Source: Lemire and Langdale, Parsing gigabytes of JSON per second (2019), section 3.1.2.
class AsciiSet {
 public:
  explicit constexpr AsciiSet(std::string_view members) {
    for (const char c : members) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x80) throw "a set of ASCII bytes";
      rows_[byte % 16] = static_cast<unsigned char>(rows_[byte % 16] | 1U << (byte / 16));
    }
  }

 private:
  friend class ByteBlock;
  alignas(16) std::array<unsigned char, 16> rows_{};
};

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
  // Whether `test` is other than zero for any byte: one bit each is not gathered.
  template <class Test>
  [[nodiscard]] bool any(Test test) const {
    const Bytes all = test(bytes_[0]) | test(bytes_[1]) | test(bytes_[2]) | test(bytes_[3]);
    std::array<std::uint64_t, 2> halves;
    std::memcpy(halves.data(), &all, sizeof all);
    return (halves[0] | halves[1]) != 0;
  }
  [[nodiscard]] bool any_in(const AsciiSet& set) const {
    return any([&](Bytes b) { return members(set, b); });
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
  [[nodiscard]] std::uint64_t in(const AsciiSet& set) const {
    return where([&](Bytes b) { return members(set, b) != 0; });
  }

 private:
  // Never inlined: the compiler would make a second copy of all that follows, for zeros.
  [[gnu::noinline]] static void copy_end(std::string_view text, std::size_t at,
                                         std::array<char, kBytes>& end) {
    end = {};
    if (at < text.size()) std::memcpy(end.data(), text.data() + at, text.size() - at);
  }

  // Other than zero for those in the set.
  static Bytes members(const AsciiSet& set, Bytes b) {
#ifdef __SSSE3__
    constexpr Bytes kBits{1, 2, 4, 8, 16, 32, 64, 128};
    __m128i rows;
    std::memcpy(&rows, set.rows_.data(), sizeof rows);
    // The instruction gives 0 for an index of 0x80 or more, which is what we want of such bytes.
    const __m128i row = _mm_shuffle_epi8(rows, reinterpret_cast<__m128i>(b));
    const __m128i bit =
        _mm_shuffle_epi8(reinterpret_cast<__m128i>(kBits), reinterpret_cast<__m128i>(b >> 4));
    return reinterpret_cast<Bytes>(row & bit);
#else
    Bytes found{};
    for (unsigned i = 0; i < 16; ++i) {
      if (b[i] < 0x80) found[i] = set.rows_[b[i] % 16] >> (b[i] / 16) & 1U;
    }
    return found;
#endif
  }

  std::array<Bytes, kBytes / 16> bytes_;
};

}  // namespace ooe
