// A decision as JSON: what POST /v1/orchestrate answers and `ooe route --json` prints.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/decision.h"
#include "core/expert.h"
#include "core/prediction.h"
#include "core/query.h"

namespace ooe::gateway {

// {"object":"ooe.decision","model","privacy","privacy_reasons","query_id","chosen","plan":[...],"experts":[{"name","verdict","quality",
// "quality_sd","output_tokens","cost_usd","utility"}]}; `chosen` is null when nobody may answer.
[[nodiscard]] std::string decision_json(std::string_view model, const Query& query,
                                        std::span<const Expert> experts,
                                        std::span<const Prediction> predictions,
                                        const Decision& decision);

}  // namespace ooe::gateway
