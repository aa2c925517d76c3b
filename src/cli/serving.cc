#include "cli/serving.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/chrono.h>

#include "base/log.h"
#include "cli/key_file.h"
#include "cli/model_card_text.h"
#include "dataset/dataset.h"
#include "http/certificates.h"
#include "http/via.h"
#include "predictor/model.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

Result<orchestrator::Orchestrator> made_of(const Config& config,
                                           std::optional<predictor::Model> predictor) {
  const bool found = predictor.has_value();
  const std::string optimistic =
      found ? optimistic_sample_text(*predictor, config.predictor_file) : std::string();
  auto orchestrator =
      orchestrator::Orchestrator::make(config.catalogue, std::move(predictor), config.models);
  if (!orchestrator) return fail(orchestrator.error());
  if (found && !orchestrator->has_predictor()) {
    spdlog::warn("{} knows none of the configured experts, and no model needs it: it is not used",
                 config.predictor_file);
  }
  auto counters = orchestrator::TokenCounters::load(config.catalogue.experts());
  if (!counters) return fail(counters.error());
  orchestrator->use_tokenizers(std::move(*counters));
  if (config.llm) {
    if (auto used = orchestrator->use_llm(*config.llm); !used) {
      return fail_about(kPredictorTable, used.error());
    }
  }
  if (orchestrator->has_predictor()) {
    if (!optimistic.empty()) spdlog::warn("{}", optimistic);
    for (const std::string& name : orchestrator->strangers()) {
      spdlog::warn(
          "expert '{}' is not in {}: it is only asked by name, or when all others fail; train with "
          "its outcomes, or `ooe adapt`",
          name, config.predictor_file);
    }
  }
  return orchestrator;
}

Result<orchestrator::Orchestrator> made_with_its_file(const Config& config) {
  auto model = predictor::load_model(config.predictor_file);
  if (model) return made_of(config, std::move(*model));
  if (model.error().code != ErrorCode::not_found) {
    return fail_about(kPredictorTable, model.error());
  }
  const auto needy = std::ranges::find_if(config.models, &orchestrator::ModelSpec::needs_predictor);
  if (needy != config.models.end()) {
    return fail_about(subject_of(*needy), ErrorCode::not_found,
                      "{0}: there is no such predictor, and model '{1}' needs one; `ooe train "
                      "--out {0}` makes one; or set [predictor] file",
                      config.predictor_file, needy->name);
  }
  return made_of(config, std::nullopt);
}

Result<gateway::Serving> serving_of(const Config& config) {
  gateway::Serving serving{.rules = config.rules};
  auto endpoints = experts::resolve_endpoints(config.catalogue, {{"via", http::own_via()}});
  if (!endpoints) return fail(endpoints.error());
  auto orchestrator = made_with_its_file(config);
  if (!orchestrator) return fail(orchestrator.error());
  serving.endpoints = std::make_shared<const experts::Endpoints>(std::move(*endpoints));
  serving.orchestrator =
      std::make_shared<const orchestrator::Orchestrator>(std::move(*orchestrator));
  serving.nearest = load_nearest(config);
  if (config.keys_file) {
    auto keys = load_keys(*config.keys_file);
    if (!keys) return fail_about(kKeysTable, keys.error());
    serving.keys = std::move(*keys);
  }
  return serving;
}

// Every rejection says where in the configuration the reason is.
template <class T>
Result<T> with_place(const Config& config, Result<T> made) {
  if (!made) return fail(placed(config.places, made.error()));
  return made;
}

}  // namespace

Result<orchestrator::Orchestrator> make_orchestrator(const Config& config) {
  return with_place(config, made_with_its_file(config));
}

Result<orchestrator::Orchestrator> make_orchestrator(const Config& config,
                                                     predictor::Model predictor) {
  return with_place(config, made_of(config, std::move(predictor)));
}

std::shared_ptr<const orchestrator::NearestQuestions> load_nearest(const Config& config) {
  const auto path = store::sqlite_path(config.store_url);
  std::error_code unknown;
  if (!path || !std::filesystem::exists(*path, unknown)) return nullptr;
  // Explanations are a courtesy: whatever is wrong here is told by those who cannot do without.
  const auto store = store::open_store_to_read(config.store_url);
  if (!store) return nullptr;
  auto questions = (*store)->questions();
  const auto outcomes = (*store)->outcomes();
  if (!questions || !outcomes || outcomes->empty()) return nullptr;
  const auto data = dataset::dataset_from_records(std::move(*questions), *outcomes, {}, {});
  if (!data) return nullptr;
  return std::make_shared<const orchestrator::NearestQuestions>(
      orchestrator::NearestQuestions::make(data->data, config.catalogue.experts()));
}

// A call that outlives its request is nobody's fault: no fallback, and no breaker hears of it.
void warn_of_deadlines_that_never_come(const gateway::RequestRules& rules) {
  if (rules.session.total > std::max(rules.experts.head, rules.session.first_token)) return;
  spdlog::warn(
      "total_timeout_ms ({}) is not above both head_timeout_ms ({}) and first_token_timeout_ms "
      "({}): an expert that hangs may take its request with it, and be asked again",
      rules.session.total.count(), rules.experts.head.count(), rules.session.first_token.count());
}

// A certificate that cannot be read is refused by who reads it to show it.
void warn_of_expired_certificate(const http::ServerOptions& server, WallTime now) {
  if (!server.tls) return;
  const auto expires = http::certificate_expires(server.tls->certificate);
  if (!expires || *expires > now) return;
  spdlog::warn(
      "the TLS certificate '{}' has expired at {:%Y-%m-%d %H:%M:%S} UTC: clients refuse it",
      server.tls->certificate, fmt::gmtime(std::chrono::system_clock::to_time_t(*expires)));
}

Result<gateway::Serving> make_serving(const Config& config) {
  return with_place(config, serving_of(config));
}

}  // namespace ooe::cli
