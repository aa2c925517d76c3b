// Is one sample surely better than another, question by question? Exact for few questions too, where
// percentile intervals of a bootstrap are too narrow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ooe::evaluate {

// As many draws tell a chance of 0.025 / 43 within a third.
inline constexpr std::size_t kSignFlips = 20'000;

// The chance of a sum of these paired differences as high as theirs, had each been as likely to have
// the other sign (Fisher 1935, The Design of Experiments, section 21: one-sided, by drawn signs). NaN
// is left out. 1 when nothing differs; never below 1 / (draws + 1). Cost: O(draws * differences).
[[nodiscard]] double sign_flip_chance(std::span<const double> differences, std::uint64_t seed,
                                      std::size_t draws = kSignFlips);

}  // namespace ooe::evaluate
