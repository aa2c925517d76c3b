#include "simulate/reply.h"

#include "simulate/answer.h"

namespace ooe::simulate {

Reply reply_to(std::uint64_t seed, const SimulatedExpert& expert, const Question& question,
               const QueryId& id) {
  const bool right = is_right(seed, expert, id, question.subject);
  Rng words = dice(seed, "words", expert.name, to_hex(id));
  return {right, answer_text(question, right, expert.verbosity, words)};
}

}  // namespace ooe::simulate
