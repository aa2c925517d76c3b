#include "http/token.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/byte_block.h"

namespace ooe::http {

namespace {

constexpr std::uint64_t each(std::uint64_t byte) { return byte * 0x0101010101010101U; }

// Eight bytes of each. Two bytes are the same letter when they differ in the bit 0x20 alone and are
// letters at all: '^' and '~' differ in that bit, too.
bool equal_but_for_case(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t difference = a ^ b;
  if ((difference & ~each(0x20)) != 0) return false;
  // The highest bit of each letter. Sums of seven bits and such a number do not leave their byte.
  const std::uint64_t lower = (a | each(0x20)) & each(0x7f);
  const std::uint64_t letters =
      (lower + each(0x80 - 'a')) & ~(lower + each(0x7f - 'z')) & ~a & each(0x80);
  return (difference << 2U & ~letters) == 0;
}

std::uint64_t eight_bytes(const char* text) {
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  return word;
}

// All of a text shorter than eight bytes; in which order is the same for texts of the same size.
std::uint64_t short_text(const char* text, std::size_t size) {
  if (size >= 4) {
    std::uint32_t front = 0;
    std::uint32_t back = 0;
    std::memcpy(&front, text, sizeof front);
    std::memcpy(&back, text + size - sizeof back, sizeof back);
    return std::uint64_t{front} << 32U | back;
  }
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i) word = word << 8U | static_cast<unsigned char>(text[i]);
  return word;
}

}  // namespace

bool equal_but_for_case(const char* a, const char* b, std::size_t size) {
  if (size < 8) return equal_but_for_case(short_text(a, size), short_text(b, size));
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    if (!equal_but_for_case(eight_bytes(a + i), eight_bytes(b + i))) return false;
  }
  return equal_but_for_case(eight_bytes(a + size - 8), eight_bytes(b + size - 8));
}

std::size_t find_control(std::string_view text, std::size_t from) {
  std::size_t at = from;
  for (ByteBlock::Bytes b; at + sizeof b <= text.size(); at += sizeof b) {
    std::memcpy(&b, text.data() + at, sizeof b);
    const auto controls = ByteBlock::highest_bits(((b < 0x20) & (b != '\t')) | (b == 0x7f));
    if (controls != 0) return at + static_cast<std::size_t>(std::countr_zero(controls));
  }
  const auto is_control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; };
  while (at < text.size() && !is_control(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

}  // namespace ooe::http
