// A simulated expert as writer of questions: it takes them from a list and hands them out as it is
// asked, about a subject that the prompt names, choices or numbers, each with the answer
// that it believes in. In: a prompt. Out: a JSON array. Pure. Knows: core.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/question.h"
#include "simulate/world.h"

namespace ooe::simulate {

// Returns what the expert writes; nothing when the prompt does not ask for questions: it names the
// keys "question" and "answer", and, for choices, "choices", else "a number" or else words, and
// begins with "Write N". The same prompt gets the same questions. Where nothing of the list fits,
// the array is empty.
[[nodiscard]] std::optional<std::string> written_text(std::uint64_t seed,
                                                      const SimulatedExpert& expert,
                                                      std::span<const Question> list,
                                                      std::string_view prompt);

}  // namespace ooe::simulate
