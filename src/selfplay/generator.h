// The questions of a round, from dice alone: every family of the focus at every level in turn,
// screened, until there are enough.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "selfplay/family.h"
#include "selfplay/question_filter.h"

namespace ooe::selfplay {

struct Generated {
  std::vector<Question> questions;                   // admitted
  std::array<std::int64_t, kScreenings> screened{};  // by verdict
};

// Returns up to `count` admitted questions, the same for the same seed and filter; fewer when ten
// times as many were made and the filter refused the rest.
[[nodiscard]] Generated generate(const std::vector<const Family*>& families, std::uint64_t seed,
                                 std::size_t count, QuestionFilter filter);

}  // namespace ooe::selfplay
