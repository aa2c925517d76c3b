// Some seventy numbers that describe a text whatever its words: how long it is, how many numbers
// and choices it has and how alike these are, how it asks, whether it looks like mathematics, code,
// JSON or a language other than English. They say more about how hard a query is than its
// vocabulary, and they make sense for a text none of whose words training saw. Counts are log(1 +
// count), shares are in [0, 1], marks are 0 or 1; models standardise them. In: text as it came, any
// bytes. Out: kDenseCount numbers. Cost: linear in the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ooe::encoder {

inline constexpr std::size_t kDenseCount = 76;

// The first of the features; models of length alone read these.
inline constexpr std::size_t kLengthCount = 3;

// Working memory; kept by the caller, so that a warm call allocates nothing.
struct DenseScratch {
  std::vector<std::string_view> choices;
  std::vector<std::uint64_t>
      question_words;                       // sorted hashes, each once, of words that carry meaning
  std::vector<std::uint64_t> choice_words;  // of all choices one after the other
  std::vector<std::size_t> choice_begin;    // [n_choices + 1], into choice_words
  std::vector<double> numbers;
};

void dense_features(std::string_view text, DenseScratch& scratch,
                    std::span<float, kDenseCount> out);

// What each feature says; for tables and reports.
[[nodiscard]] std::span<const std::string_view, kDenseCount> dense_feature_names();

}  // namespace ooe::encoder
