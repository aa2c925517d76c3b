// Figures as JSON. What is not a number is null.
#pragma once

#include <cmath>

#include <nlohmann/json.hpp>

#include "evaluate/bootstrap.h"

namespace ooe::report {

[[nodiscard]] inline nlohmann::ordered_json number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

[[nodiscard]] inline nlohmann::ordered_json interval_json(const evaluate::Interval& interval) {
  return {{"mean", number(interval.mean)},
          {"low", number(interval.low)},
          {"high", number(interval.high)}};
}

}  // namespace ooe::report
