#include "predictor/model_card.h"

#include <algorithm>

namespace ooe::predictor {

bool is_baseline(const Candidate& candidate) {
  return candidate.verdict == kBaseline || candidate.verdict == kBetterBaseline;
}

double metric_of(const ModelCard& card, std::string_view name) {
  const auto found = std::ranges::find(card.metrics, name, &TrainingMetric::name);
  return found == card.metrics.end() ? 0.0 : found->value;
}

}  // namespace ooe::predictor
