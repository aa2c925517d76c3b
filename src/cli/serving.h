// What `serve` and `route` both stand on: the configuration with its trained predictor.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "cli/config.h"
#include "gateway/serving.h"
#include "http/server.h"
#include "orchestrator/nearest_questions.h"
#include "orchestrator/orchestrator.h"
#include "predictor/model.h"

namespace ooe::cli {

// Loads the predictor when the file is there, and calibrates the configured models.
// Errors: those of load_model, Orchestrator::make and use_llm, and TokenCounters::load, as placed()
// tells them; a missing file is one only when a model needs it.
[[nodiscard]] Result<orchestrator::Orchestrator> make_orchestrator(const Config& config);

// As above, with this predictor instead of the file's. Everything the configuration demands of its
// predictor: goals, experts, prices.
[[nodiscard]] Result<orchestrator::Orchestrator> make_orchestrator(const Config& config,
                                                                   predictor::Model predictor);

// The interview on record in the configuration's database, to explain decisions by; null when there
// is none.
[[nodiscard]] std::shared_ptr<const orchestrator::NearestQuestions> load_nearest(
    const Config& config);

// All that a reload replaces: the above, the experts' endpoints with their keys, the clients' keys.
// Errors: those of make_orchestrator, experts::resolve_endpoints and load_keys, as placed() tells
// them.
[[nodiscard]] Result<gateway::Serving> make_serving(const Config& config);

// Says in the log where a request ends before an expert that hangs is given up.
void warn_of_deadlines_that_never_come(const gateway::RequestRules& rules);

// Says in the log where clients will refuse the certificate that they are shown.
void warn_of_expired_certificate(const http::ServerOptions& server, WallTime now);

}  // namespace ooe::cli
