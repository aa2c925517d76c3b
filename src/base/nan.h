// The figure that says that there is none.
#pragma once

#include <limits>

namespace ooe {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace ooe
