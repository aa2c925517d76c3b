// One expert's reply to one question of the bank: repeatable, and the same over HTTP or without.
#pragma once

#include <cstdint>
#include <string>

#include "core/query.h"
#include "core/question.h"
#include "simulate/world.h"

namespace ooe::simulate {

struct Reply {
  bool right = false;
  std::string text;
};

// Requires: has_known_answer(question); `id` is of its presented text.
[[nodiscard]] Reply reply_to(std::uint64_t seed, const SimulatedExpert& expert,
                             const Question& question, const QueryId& id);

}  // namespace ooe::simulate
