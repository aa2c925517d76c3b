// Answers and the numbers that a reader takes them for; shared by the tests of the number grader.
#pragma once

#include <cmath>
#include <limits>
#include <span>

#include <gtest/gtest.h>

#include "interview/number_grader.h"

namespace ooe::interview {

inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct NumberCase {
  const char* answer;
  double value;
};

inline void expect_readings(std::span<const NumberCase> cases) {
  for (const auto& [answer, value] : cases) {
    SCOPED_TRACE(answer);
    const NumberReading reading = read_number(answer);
    EXPECT_EQ(reading.number.has_value(), !std::isnan(value));
    EXPECT_EQ(reading.reason.empty(), reading.number.has_value());
    if (reading.number) {
      EXPECT_DOUBLE_EQ(reading.number->value, value);
    }
  }
}

}  // namespace ooe::interview
