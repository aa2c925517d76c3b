// A dedicated model's figures for people and for machines.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "dedicated/learning_curve.h"
#include "dedicated/pair.h"
#include "dedicated/pair_curve.h"
#include "dedicated/pair_method.h"
#include "report/terminal.h"

namespace ooe::cli {

struct PairReport {
  std::string title;
  std::string own;
  std::string generic;
  dedicated::Pair pair;
  dedicated::PairCurve curve;  // of the method kept
  std::vector<dedicated::PairMethod> methods;
  std::size_t kept = 0;     // of these
  evaluate::Interval lead;  // of the first method over the second: mean quality, all ownerships
  std::optional<dedicated::LearningCurve> learning;
};

[[nodiscard]] std::string pair_text(const PairReport& report, const report::Terminal& terminal);
[[nodiscard]] nlohmann::ordered_json pair_json(const PairReport& report);

}  // namespace ooe::cli
