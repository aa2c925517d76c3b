// What is in force: everything that a reload replaces, in one immutable piece. A request keeps the
// piece it began with to its end.
#pragma once

#include <memory>
#include <optional>

#include "experts/http_chat_client.h"
#include "gateway/api_key.h"
#include "gateway/request_spec.h"
#include "orchestrator/nearest_questions.h"
#include "orchestrator/orchestrator.h"

namespace ooe::gateway {

struct Serving {
  std::shared_ptr<const orchestrator::Orchestrator> orchestrator = {};
  std::shared_ptr<const experts::Endpoints> endpoints = {};  // of the orchestrator's experts
  RequestRules rules = {};
  // Evidence for POST /v1/orchestrate; null: no interview on record.
  std::shared_ptr<const orchestrator::NearestQuestions> nearest = nullptr;
  std::optional<KeyRing> keys = std::nullopt;  // nothing: clients need no key
};

}  // namespace ooe::gateway
