#include "evaluate/sign_flip.h"

#include <vector>

#include "base/rng.h"
#include "evaluate/rounding.h"

namespace ooe::evaluate {

double sign_flip_chance(std::span<const double> differences, std::uint64_t seed,
                        std::size_t draws) {
  std::vector<double> differ;
  for (const double difference : differences) {
    if (difference < 0.0 || difference > 0.0) differ.push_back(difference);
  }
  const double rounding = kRounding * static_cast<double>(differ.size());
  Rng rng(seed);
  std::size_t as_high = 0;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    double flipped = 0.0;  // the sum loses it twice
    std::uint64_t signs = 0;
    for (std::size_t i = 0; i < differ.size(); ++i) {
      if (i % 64 == 0) signs = rng.next();
      flipped += static_cast<double>(signs & 1U) * differ[i];
      signs >>= 1U;
    }
    if (flipped <= rounding) ++as_high;
  }
  return (1.0 + static_cast<double>(as_high)) / (1.0 + static_cast<double>(draws));
}

}  // namespace ooe::evaluate
