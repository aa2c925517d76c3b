// The experts of the outcome data whose weights are open.
#pragma once

#include <string>
#include <vector>

namespace ooe::tasks {

// Those that were there when the Leeroo Orchestrator was published (arXiv 2401.13979).
inline std::vector<std::string> open_models_then() {
  return {"mistralai/Mistral-7B-v0.1",
          "meta-math/MetaMath-Mistral-7B",
          "itpossible/Chinese-Mistral-7B-v0.1",
          "HuggingFaceH4/zephyr-7b-beta",
          "cognitivecomputations/dolphin-2.6-mistral-7b",
          "meta-llama/Meta-Llama-3-8B",
          "cognitivecomputations/dolphin-2.9-llama3-8b",
          "codellama/CodeLlama-34b-Instruct-hf",
          "meta-llama/Llama-2-70b-chat-hf",
          "meta-math/MetaMath-70B-V1.0",
          "mistralai/Mixtral-8x7B-Instruct-v0.1"};
}

// These and two later ones: the open experts of the core table.
inline std::vector<std::string> open_models_now() {
  std::vector<std::string> models = open_models_then();
  models.insert(models.end(), {"helm:meta/llama-3-70b", "helm:mistralai/mixtral-8x22b"});
  return models;
}

}  // namespace ooe::tasks
