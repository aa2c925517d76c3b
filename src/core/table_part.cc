#include "core/table_part.h"

namespace ooe {

OutcomeMatrix subset_columns(const OutcomeMatrix& outcomes,
                             const std::vector<std::size_t>& experts) {
  const std::size_t m = outcomes.n_experts();
  return {.question_ids = outcomes.question_ids,
          .experts = subset_rows(outcomes.experts, experts, 1),
          .score = subset_columns(outcomes.score, experts, m),
          .cost_usd = subset_columns(outcomes.cost_usd, experts, m),
          .input_tokens = subset_columns(outcomes.input_tokens, experts, m),
          .output_tokens = subset_columns(outcomes.output_tokens, experts, m)};
}

Dataset subset_rows(const Dataset& data, const std::vector<std::size_t>& rows) {
  const OutcomeMatrix& outcomes = data.outcomes;
  const std::size_t m = outcomes.n_experts();
  return {.questions = subset_rows(data.questions, rows, 1),
          .texts = subset_rows(data.texts, rows, 1),
          .query_ids = subset_rows(data.query_ids, rows, 1),
          .outcomes = {.question_ids = subset_rows(outcomes.question_ids, rows, 1),
                       .experts = outcomes.experts,
                       .score = subset_rows(outcomes.score, rows, m),
                       .cost_usd = subset_rows(outcomes.cost_usd, rows, m),
                       .input_tokens = subset_rows(outcomes.input_tokens, rows, m),
                       .output_tokens = subset_rows(outcomes.output_tokens, rows, m)},
          .prices = data.prices};
}

Dataset subset_columns(const Dataset& data, const std::vector<std::size_t>& experts) {
  Dataset part{.questions = data.questions,
               .texts = data.texts,
               .query_ids = data.query_ids,
               .outcomes = subset_columns(data.outcomes, experts),
               .prices = {}};
  for (const std::size_t expert : experts) {
    if (expert < data.prices.size()) part.prices.push_back(data.prices[expert]);
  }
  return part;
}

}  // namespace ooe
