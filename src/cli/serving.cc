#include "cli/serving.h"

#include <filesystem>
#include <utility>

#include "base/log.h"
#include "cli/key_file.h"
#include "predictor/model.h"

namespace ooe::cli {

Result<orchestrator::Orchestrator> make_orchestrator(const Config& config) {
  std::optional<predictor::Model> predictor;
  if (std::filesystem::exists(config.predictor_file)) {
    auto model = predictor::load_model(config.predictor_file);
    if (!model) return fail(model.error());
    predictor = std::move(*model);
  } else if (!config.models.empty()) {
    return fail(ErrorCode::not_found,
                "{}: there is no such predictor, and model '{}' needs one; run `ooe train`, or set "
                "[predictor] file",
                config.predictor_file, config.models.front().name);
  }
  auto orchestrator =
      orchestrator::Orchestrator::make(config.catalogue, std::move(predictor), config.models);
  if (orchestrator && orchestrator->has_predictor()) {
    for (const std::string& name : orchestrator->strangers()) {
      spdlog::warn(
          "expert '{}' was never interviewed: it is only asked by name, or when all others fail",
          name);
    }
  }
  return orchestrator;
}

Result<gateway::Serving> make_serving(const Config& config) {
  gateway::Serving serving{.rules = config.rules};
  auto endpoints = experts::resolve_endpoints(config.catalogue);
  if (!endpoints) return fail(endpoints.error());
  auto orchestrator = make_orchestrator(config);
  if (!orchestrator) return fail(orchestrator.error());
  serving.endpoints = std::make_shared<const experts::Endpoints>(std::move(*endpoints));
  serving.orchestrator =
      std::make_shared<const orchestrator::Orchestrator>(std::move(*orchestrator));
  if (config.keys_file) {
    auto keys = load_keys(*config.keys_file);
    if (!keys) return fail(keys.error());
    serving.keys = std::move(*keys);
  }
  return serving;
}

}  // namespace ooe::cli
