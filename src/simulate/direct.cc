#include <string>

#include "core/query.h"
#include "simulate/answer.h"
#include "simulate/reply.h"
#include "simulate/simulation.h"
#include "simulate/tokens.h"
#include "simulate/wire.h"

namespace ooe::simulate {

Result<OutcomeMatrix> direct_outcomes(const SimulationOptions& options,
                                      std::span<const Question> questions) {
  if (auto fine = check(options); !fine) return fail(fine.error());
  OutcomeMatrix matrix;
  for (const SimulatedExpert& expert : options.experts) matrix.experts.push_back(expert.name);
  for (const Question& question : questions) {
    matrix.question_ids.push_back(question.id);
    const std::string text = presented_text(question);
    const QueryId id = query_id(text);
    for (const SimulatedExpert& expert : options.experts) {
      if (!has_known_answer(question)) {
        for (auto* column :
             {&matrix.score, &matrix.cost_usd, &matrix.input_tokens, &matrix.output_tokens}) {
          column->push_back(kNotMeasured);
        }
        continue;
      }
      const Reply reply = reply_to(options.seed, expert, question, id);
      const TokenCounts tokens{.input = prompt_tokens(text), .output = count_tokens(reply.text)};
      matrix.score.push_back(reply.right ? 1.0F : 0.0F);
      matrix.cost_usd.push_back(static_cast<float>(to_double(cost_of(tokens, expert.prices))));
      matrix.input_tokens.push_back(static_cast<float>(tokens.input));
      matrix.output_tokens.push_back(static_cast<float>(tokens.output));
    }
  }
  return matrix;
}

}  // namespace ooe::simulate
