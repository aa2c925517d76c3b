// What families are written with: dice in the words of questions, and drafts from answers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "selfplay/family.h"

namespace ooe::selfplay {

// Uniform in [low, high], both included.
[[nodiscard]] inline std::int64_t between(Rng& rng, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(high - low + 1)));
}

[[nodiscard]] inline bool coin(Rng& rng) { return rng.below(2) == 0; }

template <class Items>
[[nodiscard]] const auto& one_of(const Items& items, Rng& rng) {
  return items[rng.below(std::size(items))];
}

// `count` different items in random order. Requires: count <= items.size().
template <class T>
[[nodiscard]] std::vector<T> some_of(std::span<const T> items, std::size_t count, Rng& rng) {
  std::vector<T> all(items.begin(), items.end());
  rng.shuffle(std::span<T>(all));
  all.resize(count);
  return all;
}

[[nodiscard]] inline Draft number_draft(std::string text, std::int64_t answer) {
  return {.text = std::move(text), .answer = std::to_string(answer)};
}

// The right answer among up to three wrong ones, in random order; what repeats is left out.
Draft choice_draft(std::string text, const std::string& right, std::vector<std::string> wrong,
                   Rng& rng);

}  // namespace ooe::selfplay
