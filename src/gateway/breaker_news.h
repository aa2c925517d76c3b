// What a call's end says about its expert's breaker: to the other workers, who share the health of
// experts, and to whoever reads the log. One line when an expert is left alone, one when it answers
// again, not one a call. In: the end of a call, and what the worker's gate makes of it. Out:
// health, log lines. Knows: expert_health, experts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "experts/expert_gate.h"
#include "gateway/expert_health.h"

namespace ooe::gateway {

// Requires: `gate` has heard of the end. `fault`: the word of the receipt, empty for an answer, and
// what the connection said, where that is known: "tls: certificate has expired".
void spread_breaker_news(const experts::ExpertGate& gate, experts::CallEnd how,
                         std::string_view fault, const std::string& name, std::size_t expert,
                         ExpertHealth& health, TimePoint now);

}  // namespace ooe::gateway
