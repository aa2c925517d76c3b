// A simulated expert as judge: it knows which answers of its simulated colleagues are right, since
// they are repeatable, and says so as often as it is said to. In: a prompt. Out: a verdict. Pure.
// Knows: core.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "simulate/question_bank.h"
#include "simulate/world.h"

namespace ooe::simulate {

// Returns the verdict; nothing when the prompt does not hold a question of the bank after
// "[Question]" and, between "[Answer]" and "[End of Answer]", an answer. The same answer gets the
// same verdict in either order. Answers of nobody are wrong. Requires: expert.judges.
[[nodiscard]] std::optional<std::string> verdict_text(std::uint64_t seed,
                                                      const SimulatedExpert& expert,
                                                      std::span<const SimulatedExpert> colleagues,
                                                      const QuestionBank& bank,
                                                      std::string_view prompt);

}  // namespace ooe::simulate
