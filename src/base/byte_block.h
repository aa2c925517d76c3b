// Sixty-four bytes looked at together: which of them are what, one bit a byte, the first lowest.
// For passes over text in which most bytes are of no interest. The compiler's vectors compute it on
// any machine; only gathering one bit a byte has an instruction of its own, where there is SSE2.
#pragma once

#include <array>
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
    if (at + kBytes <= text.size()) {
      std::memcpy(bytes_.data(), text.data() + at, kBytes);
    } else {
      bytes_ = {};
      if (at < text.size()) std::memcpy(bytes_.data(), text.data() + at, text.size() - at);
    }
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
  [[nodiscard]] std::uint64_t between(unsigned char first, unsigned char last) const {
    return where([=](Bytes b) { return is_between(b, first, last); });
  }
  [[nodiscard]] std::uint64_t high() const {  // not ASCII
    return where([](Bytes b) { return b; });
  }

 private:
  std::array<Bytes, kBytes / 16> bytes_;
};

}  // namespace ooe
