#include "core/token_estimate.h"

#include <cmath>

namespace ooe {
namespace {

enum class Kind : unsigned char { letter, digit, space, mark, high };

constexpr std::array<Kind, 256> kKinds = [] {
  std::array<Kind, 256> kinds{};
  for (std::size_t c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    kinds[c] = c >= 0x80                ? Kind::high
               : letter                 ? Kind::letter
               : (c >= '0' && c <= '9') ? Kind::digit
               : space                  ? Kind::space
                                        : Kind::mark;
  }
  return kinds;
}();

Kind kind_of(char c) { return kKinds[static_cast<unsigned char>(c)]; }

// In the order of TokenEstimate::Part.
constexpr std::array<double, 9> kWeights{1.009, 0.066, 2.076, 0.488, 0.347,
                                         2.278, 1.263, 0.457, 0.779};
constexpr std::size_t kWordLength = 7;

}  // namespace

void TokenEstimate::add(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = at;
    const Kind kind = kind_of(text[at]);
    while (at < text.size() && kind_of(text[at]) == kind) ++at;
    const std::size_t length = at - begin;
    switch (kind) {
      case Kind::letter:
        ++count_[words];
        for (std::size_t i = begin + 1; i < at; ++i) {
          count_[words] += static_cast<std::int64_t>(text[i] <= 'Z' && text[i - 1] >= 'a');
        }
        if (length > kWordLength) {
          count_[long_words] += static_cast<std::int64_t>(length - kWordLength);
        }
        break;
      case Kind::digit:
        count_[digits] += static_cast<std::int64_t>((length + 2) / 3);
        break;
      case Kind::space:
        if (length > 1 || text[begin] != ' ') ++count_[gaps];
        break;
      case Kind::mark:
        ++count_[marks];
        count_[more_marks] += static_cast<std::int64_t>(length - 1);
        break;
      case Kind::high:
        for (std::size_t i = begin; i < at; ++i) {
          const auto byte = static_cast<unsigned char>(text[i]);
          if (byte >= 0xE0) {
            ++count_[wide_script];
          } else if (byte >= 0xCD) {
            ++count_[other_script];
          } else if (byte >= 0xC0) {
            ++count_[latin];
          }
        }
        break;
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

}  // namespace ooe
