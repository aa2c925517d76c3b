#include "cli/serving.h"

#include <filesystem>
#include <utility>

#include "base/log.h"
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

}  // namespace ooe::cli
