// Topics for questions that nobody labelled: clusters of their texts, each named by the words that
// tell it from the others. They are for people who read a report; no prediction uses them.
//
// Spherical k-means (Dhillon and Modha 2001) over words weighted by tf-idf, begun by k-means++
// (Arthur and Vassilvitskii 2007). Deterministic for a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ooe::evaluate {

struct TopicOptions {
  std::size_t topics = 0;  // 0: one for about every 60 texts, 2 to 12
  std::uint64_t seed = 1;
};

// Returns the name of each text's topic, "court, law, plaintiff". Shape: [texts]. All empty when
// there is too little text to tell topics apart. Cost: O(words * topics) a round, 20 rounds.
[[nodiscard]] std::vector<std::string> topics_of(std::span<const std::string> texts,
                                                 const TopicOptions& options = {});

}  // namespace ooe::evaluate
