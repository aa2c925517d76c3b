// From a body and its headers to what is to be decided: read, looked through for personal data,
// redacted where that is allowed, its tokens counted, its goal and its conversation found. The same
// for chats and for decisions alone. Knows: http, orchestrator; of its own room chat_request,
// conversations, in_force, steering.
#pragma once

#include <cstdint>
#include <optional>

#include <tl/expected.hpp>

#include "base/clock.h"
#include "gateway/chat_request.h"
#include "gateway/conversations.h"
#include "gateway/in_force.h"
#include "gateway/steering.h"
#include "http/server.h"
#include "orchestrator/session.h"

namespace ooe::gateway {

// A request as whatever comes after it sees it, whether it is to be answered or only decided.
struct Understood {
  ChatRequest request;
  orchestrator::SessionSpec spec;
  Steered steered;
  std::optional<std::uint64_t> conversation;  // where its turn is to be left
};

// Takes the exchange's body. Errors: a Refusal that says what is wrong with the body or a header,
// or who is missing.
[[nodiscard]] tl::expected<Understood, Refusal> understand(
    ChatRequestParser& parser, const Caller& caller, http::Exchange& exchange, InForce& in_force,
    Conversations& conversations, const Clock& clock);

}  // namespace ooe::gateway
