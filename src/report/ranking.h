// The order and the letters of experts in a report: A is the most accurate.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "evaluate/evaluate.h"

namespace ooe::report {

struct Ranking {
  std::vector<std::size_t> order;  // of experts, by falling accuracy, the cheaper of equals first,
                                   // those never measured last
  std::vector<std::string> letters;  // [n_experts]; Latin, then Greek; "·" beyond 76
};

[[nodiscard]] Ranking rank(const evaluate::Evaluation& evaluation);

// "62% A, 30% C, 8% others": who answers under a trade-off.
[[nodiscard]] std::string mix_text(const evaluate::Routed& routed, const Ranking& ranking);

}  // namespace ooe::report
