// Means of the same scores, summed in another order, differ by less than this.
#pragma once

namespace ooe::evaluate {

inline constexpr double kRounding = 1e-12;

}  // namespace ooe::evaluate
