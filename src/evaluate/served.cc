#include "evaluate/served.h"

#include <vector>

#include "base/check.h"
#include "policy/shrink.h"

namespace ooe::evaluate {

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

}  // namespace ooe::evaluate
