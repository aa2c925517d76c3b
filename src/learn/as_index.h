// Sizes as Eigen counts them.
#pragma once

#include <cstddef>

#include <Eigen/Core>

namespace ooe::learn {

// Eigen's indices have a sign, those of the standard library have none.
[[nodiscard]] constexpr Eigen::Index as_index(std::size_t i) {
  return static_cast<Eigen::Index>(i);
}

}  // namespace ooe::learn
