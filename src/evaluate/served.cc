#include "evaluate/served.h"

#include <array>

#include "base/check.h"
#include "core/table_part.h"
#include "policy/shrink.h"

namespace ooe::evaluate {
namespace {

// What was predicted of these experts, and happened.
predictor::HeldOutSample columns_of(const predictor::HeldOutSample& whole, std::size_t n_known,
                                    std::span<const std::size_t> columns) {
  predictor::HeldOutSample part;
  part.prompt_tokens = whole.prompt_tokens;
  part.quality = subset_columns(whole.quality, columns, n_known);
  part.score = subset_columns(whole.score, columns, n_known);
  return part;
}

}  // namespace

void as_served(std::span<Prediction> predictions, std::size_t n_experts,
               std::span<const std::uint32_t> fold,
               std::span<const predictor::HeldOutSample> held_out) {
  std::vector<policy::Shrinkage> shrinkage;
  for (const predictor::HeldOutSample& sample : held_out) {
    shrinkage.push_back(policy::fit_shrinkage({.quality = sample.quality,
                                               .cost_usd = {},
                                               .n_queries = sample.n_queries(),
                                               .score = sample.score},
                                              n_experts));
  }
  std::vector<double> quality(n_experts);
  for (std::size_t query = 0; query * n_experts < predictions.size(); ++query) {
    const std::size_t by = fold.empty() ? 0 : fold[query];
    OOE_CHECK(by < shrinkage.size(), "a held-out sample of every model");
    const auto row = predictions.subspan(query * n_experts, n_experts);
    for (std::size_t expert = 0; expert < n_experts; ++expert)
      quality[expert] = row[expert].quality;
    shrinkage[by].apply(quality);
    for (std::size_t expert = 0; expert < n_experts; ++expert)
      row[expert].quality = quality[expert];
  }
}

std::vector<Prediction> predict_as_served(const predictor::Model& model,
                                          std::span<const std::string> texts,
                                          std::span<const std::size_t> columns) {
  const std::size_t n_known = model.card().experts.size();
  std::vector<Prediction> predictions;
  predictions.reserve(texts.size() * columns.size());
  predictor::Scratch scratch;
  std::vector<Prediction> row(n_known);
  for (const std::string& text : texts) {
    model.predict(text, scratch, row);
    for (const std::size_t column : columns) predictions.push_back(row[column]);
  }
  as_served(predictions, columns.size(), {},
            std::array{columns_of(model.held_out(), n_known, columns)});
  return predictions;
}

}  // namespace ooe::evaluate
