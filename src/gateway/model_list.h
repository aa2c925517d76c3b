// What a client may ask for, as OpenAI lists models: the models that route, then the experts.
// In: who is served, and the key that asks. Out: JSON. Knows: orchestrator.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/api_key.h"
#include "orchestrator/orchestrator.h"

namespace ooe::gateway {

// `key`: null where none is needed; what it may not ask for is not there.
[[nodiscard]] std::string models_json(const orchestrator::Orchestrator& orchestrator,
                                      const ApiKey* key);

// One of them, or nothing.
[[nodiscard]] std::optional<std::string> model_json(const orchestrator::Orchestrator& orchestrator,
                                                    const ApiKey* key, std::string_view name);

// What a client is told that names another; a long name is cut.
[[nodiscard]] std::string no_such_model(std::string_view name);

}  // namespace ooe::gateway
