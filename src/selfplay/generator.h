// The questions of a round, from dice alone: every family of the focus at every level in turn,
// screened, until there are enough.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "selfplay/family.h"
#include "selfplay/question_filter.h"

namespace ooe::selfplay {

// Returns up to `count` admitted questions, the same for the same seed and filter; fewer when ten
// times as many were made and the filter refused the rest.
[[nodiscard]] std::vector<Question> generate(const std::vector<const Family*>& families,
                                             std::uint64_t seed, std::size_t count,
                                             QuestionFilter& filter);

}  // namespace ooe::selfplay
