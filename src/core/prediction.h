// What the predictor says of one expert and one query, before anybody has been asked.
#pragma once

#include <chrono>
#include <optional>

#include "base/money.h"

namespace ooe {

struct Prediction {
  double quality = 0.0;        // expected score, in [0, 1]
  double quality_sd = 0.0;     // standard deviation of that expectation
  double output_tokens = 0.0;  // expected
  std::optional<Usd> cost;     // expected; empty when the expert has no price
  // Expected from live measurements; empty before there are any.
  std::optional<std::chrono::milliseconds> first_token = std::nullopt;
  std::optional<std::chrono::milliseconds> total = std::nullopt;
};

}  // namespace ooe
