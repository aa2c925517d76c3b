#include "selfplay/shingles.h"

#include <algorithm>
#include <limits>
#include <string>

#include "base/ascii.h"
#include "base/fast_hash.h"
#include "base/unicode.h"

namespace ooe::selfplay {
namespace {

constexpr std::size_t kShingleWords = 3;
constexpr std::string_view kSigns = "+-*/^=%<>";

std::vector<std::uint64_t> words_of(std::string_view text) {
  const std::string normal = normalise_text(text);
  std::vector<std::uint64_t> words;
  for (std::size_t i = 0; i < normal.size();) {
    std::size_t end = i;
    while (end < normal.size() && is_word_byte(normal[end])) ++end;
    if (end == i && kSigns.find(normal[i]) != std::string_view::npos) ++end;
    if (end > i) words.push_back(fast_hash(std::string_view(normal).substr(i, end - i)));
    i = std::max(end, i + 1);
  }
  return words;
}

// A hash of a hash; odd multipliers permute 64-bit numbers.
std::uint64_t mixed(std::uint64_t x, std::uint64_t key) {
  x = (x ^ key) * 0x9E37'79B9'7F4A'7C15U;
  x = (x ^ (x >> 32U)) * 0xD6E8'FEB8'6659'FD93U;
  return x ^ (x >> 32U);
}

std::size_t common(const Shingles& a, const Shingles& b) {
  std::size_t count = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) {
      ++count;
      ++i;
      ++j;
    } else if (*i < *j) {
      ++i;
    } else {
      ++j;
    }
  }
  return count;
}

}  // namespace

Shingles shingles_of(std::string_view text) {
  const std::vector<std::uint64_t> words = words_of(text);
  Shingles shingles;
  const std::size_t count = words.size() < kShingleWords ? 1 : words.size() - kShingleWords + 1;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t hash = 0;
    for (std::size_t w = i; w < std::min(i + kShingleWords, words.size()); ++w) {
      hash = mixed(words[w], hash);
    }
    shingles.push_back(hash);
  }
  std::ranges::sort(shingles);
  shingles.erase(std::ranges::unique(shingles).begin(), shingles.end());
  return shingles;
}

double containment(const Shingles& a, const Shingles& b) {
  return static_cast<double>(common(a, b)) / static_cast<double>(std::min(a.size(), b.size()));
}

double overlap(const Shingles& a, const Shingles& b) {
  return static_cast<double>(common(a, b)) / static_cast<double>(std::max(a.size(), b.size()));
}

ShingleIndex::Signature ShingleIndex::signature_of(const Shingles& shingles) {
  Signature signature{};
  for (std::size_t band = 0; band < kBands; ++band) {
    std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t second = first;
    for (const std::uint64_t shingle : shingles) {
      first = std::min(first, mixed(shingle, 2 * band + 1));
      second = std::min(second, mixed(shingle, 2 * band + 2));
    }
    signature[band] = mixed(first, second);
  }
  return signature;
}

void ShingleIndex::add(Shingles shingles) {
  const Signature signature = signature_of(shingles);
  for (std::size_t band = 0; band < kBands; ++band) {
    bands_[band][signature[band]].push_back(static_cast<std::uint32_t>(texts_.size()));
  }
  texts_.push_back(std::move(shingles));
}

std::optional<std::size_t> ShingleIndex::near(const Shingles& shingles, double share) const {
  return find(shingles, share, containment);
}

std::optional<std::size_t> ShingleIndex::twin(const Shingles& shingles, double share) const {
  return find(shingles, share, overlap);
}

std::optional<std::size_t> ShingleIndex::find(const Shingles& shingles, double share,
                                              Likeness likeness) const {
  const Signature signature = signature_of(shingles);
  std::vector<std::uint32_t> found;
  for (std::size_t band = 0; band < kBands; ++band) {
    const auto bucket = bands_[band].find(signature[band]);
    if (bucket == bands_[band].end()) continue;
    found.insert(found.end(), bucket->second.begin(), bucket->second.end());
  }
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
  for (const std::uint32_t text : found) {
    if (likeness(shingles, texts_[text]) >= share) return text;
  }
  return std::nullopt;
}

}  // namespace ooe::selfplay
