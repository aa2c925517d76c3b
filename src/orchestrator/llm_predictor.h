// An LLM as predictor: which expert is asked for its opinion of the others, whom it is told of, and
// what its opinion makes of the built-in predictions. Pure; the gateway makes the call.
// In: the catalogue, a choice of names. Out: letters for experts, qualities. Knows: experts, core.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/expert.h"
#include "core/prediction.h"

namespace ooe::orchestrator {

// [predictor] of the configuration, kind = "llm".
struct LlmPredictorSpec {
  std::string expert;                       // the LLM, by its name in the catalogue
  std::vector<std::string> experts = {};    // whom it chooses among, A, B, ...; empty: all others
  std::chrono::milliseconds deadline{300};  // then the built-in predictor answers
};

struct LlmPredictor {
  ExpertId expert;
  std::vector<ExpertId> tagged;    // [letters]
  std::vector<std::string> names;  // [letters]
  std::chrono::milliseconds deadline{300};
};

// Without a list, all other experts are told by name in alphabetical order, as `ooe dedicated
// export --orchestrator` of a workspace does. Errors: invalid_argument for unknown or repeated
// names, fewer than two experts or more than there are letters, an LLM without OpenAI's dialect
// (others tell no log-probabilities), or one that has a price: its calls are on no receipt.
[[nodiscard]] Result<LlmPredictor> make_llm_predictor(std::span<const Expert> experts,
                                                      const LlmPredictorSpec& spec);

// Replaces the quality of every tagged expert by its probability over the highest one, times the
// built-in predictor's best quality among them: so the order is the LLM's, and the scale, by which
// money is weighed, the built-in predictor's. The others keep what was predicted of them, at most
// the lowest of the tagged. Requires: one probability a letter, not all zero.
void weigh_by_tags(const LlmPredictor& llm, std::span<const double> probability,
                   std::span<Prediction> predictions);

}  // namespace ooe::orchestrator
