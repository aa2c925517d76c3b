#include "gateway/model_list.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ooe::gateway {
namespace {

nlohmann::ordered_json models_of(const orchestrator::Orchestrator& orchestrator,
                                 const ApiKey* key) {
  nlohmann::ordered_json models = nlohmann::ordered_json::array();
  const auto add = [&](const std::string& id, std::string_view owner) {
    if (key != nullptr && !key->may_ask_for(id)) return;
    models.push_back({{"id", id}, {"object", "model"}, {"created", 0}, {"owned_by", owner}});
  };
  for (const auto& model : orchestrator.models()) add(model.name, "ooe");
  for (const Expert& expert : orchestrator.experts()) add(expert.name, "expert");
  return models;
}

}  // namespace

std::string models_json(const orchestrator::Orchestrator& orchestrator, const ApiKey* key) {
  return nlohmann::ordered_json{{"object", "list"}, {"data", models_of(orchestrator, key)}}.dump();
}

std::optional<std::string> model_json(const orchestrator::Orchestrator& orchestrator,
                                      const ApiKey* key, std::string_view name) {
  for (const auto& model : models_of(orchestrator, key)) {
    if (model["id"] == name) return model.dump();
  }
  return std::nullopt;
}

std::string no_such_model(std::string_view name) {
  return fmt::format("there is no model '{}'; GET /v1/models lists them", name.substr(0, 100));
}

}  // namespace ooe::gateway
