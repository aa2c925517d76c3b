// Which known texts share much with a new one? Texts are sets of shingles, three words in a row;
// numbers and signs of arithmetic are words, case and punctuation are not. MinHash finds the few
// that can be near without looking at the others, then the sets themselves are compared.
// Sources: Broder 1997 (shingles, resemblance and containment); banding, Indyk and Motwani 1998.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ooe::selfplay {

// Sorted, each once. Never empty: a text of fewer than three words is one shingle.
using Shingles = std::vector<std::uint64_t>;
[[nodiscard]] Shingles shingles_of(std::string_view text);

// The share of the smaller set that the other has too: 1 also for a text inside a longer one.
[[nodiscard]] double containment(const Shingles& a, const Shingles& b);

// The share of the larger set that the other has too.
[[nodiscard]] double overlap(const Shingles& a, const Shingles& b);

// Threads: one.
class ShingleIndex {
 public:
  void add(Shingles shingles);

  // Returns a text that contains, or is contained in, `shingles` by at least `share`: its number in
  // the order added. Where both together have less than 3.7 times what they have in common (of
  // texts of one length: a share of 0.43, of one twice as long: 0.64) it is found with a
  // probability above 0.99.
  [[nodiscard]] std::optional<std::size_t> near(const Shingles& shingles, double share) const;

  // As near(), by the share of the larger set: a text inside a much longer one is another text.
  [[nodiscard]] std::optional<std::size_t> twin(const Shingles& shingles, double share) const;

  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  // Two sets' least hashes agree with the probability of their resemblance J, what they have in
  // common over what they have together. A band is two of these, and one band in 64 must agree:
  // 1 - (1 - J^2)^64.
  static constexpr std::size_t kBands = 64;
  using Signature = std::array<std::uint64_t, kBands>;
  using Likeness = double (*)(const Shingles& a, const Shingles& b);
  [[nodiscard]] std::optional<std::size_t> find(const Shingles& shingles, double share,
                                                Likeness likeness) const;
  [[nodiscard]] static Signature signature_of(const Shingles& shingles);

  std::vector<Shingles> texts_;
  std::array<std::unordered_map<std::uint64_t, std::vector<std::uint32_t>>, kBands> bands_;
};

}  // namespace ooe::selfplay
