#include "orchestrator/llm_predictor.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "experts/expert_tags.h"

namespace ooe::orchestrator {
namespace {

std::optional<ExpertId> find(std::span<const Expert> experts, const std::string& name) {
  const auto found = std::ranges::find(experts, name, &Expert::name);
  if (found == experts.end()) return std::nullopt;
  return ExpertId{static_cast<std::int32_t>(found - experts.begin())};
}

bool is_priced(const Expert& expert) {
  return expert.prices && (expert.prices->input.pico > 0 || expert.prices->output.pico > 0);
}

}  // namespace

Result<LlmPredictor> make_llm_predictor(std::span<const Expert> experts,
                                        const LlmPredictorSpec& spec) {
  const auto llm = find(experts, spec.expert);
  if (!llm) {
    return fail(ErrorCode::invalid_argument, "[predictor] expert: there is no [[expert]] '{}'",
                spec.expert);
  }
  const Expert& chosen = experts[llm->index()];
  if (chosen.dialect != Dialect::openai) {
    return fail(ErrorCode::invalid_argument,
                "[predictor] expert: '{}' does not speak OpenAI's dialect, the only one that tells "
                "log-probabilities",
                spec.expert);
  }
  if (is_priced(chosen)) {
    return fail(
        ErrorCode::invalid_argument,
        "[predictor] expert: '{}' has a price, and calls of the predictor are on no "
        "receipt; use a model of your own, with none, or with price = {{ input = 0, output = 0 }}",
        spec.expert);
  }
  std::vector<std::string> names = spec.experts;
  if (names.empty()) {
    for (const Expert& expert : experts) {
      if (expert.name != spec.expert) names.push_back(expert.name);
    }
    std::ranges::sort(names);
  }
  if (names.size() < 2 || names.size() > experts::kTaggedExpertsMax) {
    return fail(ErrorCode::invalid_argument,
                "[predictor] experts: {} names; an LLM chooses among 2 to {}", names.size(),
                experts::kTaggedExpertsMax);
  }
  LlmPredictor made{.expert = *llm, .tagged = {}, .names = names, .deadline = spec.deadline};
  for (const std::string& name : names) {
    const auto expert = find(experts, name);
    if (!expert || std::ranges::find(made.tagged, *expert) != made.tagged.end()) {
      return fail(ErrorCode::invalid_argument, "[predictor] experts: '{}' {}", name,
                  expert ? "stands there twice" : "is no [[expert]]");
    }
    made.tagged.push_back(*expert);
  }
  return made;
}

void weigh_by_tags(const LlmPredictor& llm, std::span<const double> probability,
                   std::span<Prediction> predictions) {
  OOE_CHECK(probability.size() == llm.tagged.size(), "a probability for every letter");
  const double highest = std::ranges::max(probability);
  double best = 0.0;
  for (const ExpertId expert : llm.tagged) {
    best = std::max(best, predictions[expert.index()].quality);
  }
  if (best <= 0.0) best = 1.0;  // the built-in predictor knows none of them
  double lowest = best;
  for (std::size_t i = 0; i < llm.tagged.size(); ++i) {
    const double quality = best * probability[i] / highest;
    predictions[llm.tagged[i].index()].quality = quality;
    lowest = std::min(lowest, quality);
  }
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const ExpertId expert{static_cast<std::int32_t>(i)};
    if (std::ranges::find(llm.tagged, expert) != llm.tagged.end()) continue;
    predictions[i].quality = std::min(predictions[i].quality, lowest);
  }
}

}  // namespace ooe::orchestrator
