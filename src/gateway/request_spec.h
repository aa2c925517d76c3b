// From a chat request, its headers and its key to what the session must know, or to why the request
// is turned away. In: what the client sent. Out: a SessionSpec. Knows: orchestrator, policy.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "experts/chat_client.h"
#include "gateway/api_key.h"
#include "gateway/chat_request.h"
#include "gateway/conversations.h"
#include "gateway/key_account.h"
#include "gateway/request_privacy.h"
#include "http/message.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/session.h"

namespace ooe::gateway {

// An error for the client, before anything is asked.
struct Refusal {
  int status = 400;
  std::string code;  // stable, see docs/http.md
  std::string message;
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
  http::Headers headers = {};
};

[[nodiscard]] inline tl::unexpected<Refusal> refuse(int status, std::string_view code,
                                                    std::string message) {
  return tl::unexpected<Refusal>(
      Refusal{.status = status, .code = std::string(code), .message = std::move(message)});
}

// What the configuration in force says of every request.
struct RequestRules {
  PrivacyOptions privacy;
  SessionRules sessions;
  orchestrator::SessionLimits session;
  experts::ChatDeadlines experts;
  std::size_t fallbacks_max = 2;  // experts to try after the first, before giving up
  bool keep_foreseen = true;      // on receipts, for `ooe replay`
  double hedge_share_max = 0.05;  // extra calls by hedging, as a share of requests
};

// `said`: all that the body says (ChatRequestParser). `key`: the client's, null where none is
// needed. Takes the request's last_user_text, which is the query's from then on. Complete but for
// what Steering and LiveChat add.
[[nodiscard]] tl::expected<orchestrator::SessionSpec, Refusal> make_spec(
    ChatRequest& request, std::string_view said, const http::Headers& headers, const ApiKey* key,
    const orchestrator::Orchestrator& orchestrator, const RequestRules& rules);

// When the detector alone made the request too private for an expert with `redact = true`, notes
// what that expert would get instead, and the class of that. When redaction fails, nobody who is
// not cleared is asked. Requires: `spec` is make_spec() of the same request.
void redact_request(ChatRequest& request, const http::Headers& headers, const ApiKey* key,
                    const RequestRules& rules, const orchestrator::Orchestrator& orchestrator,
                    orchestrator::SessionSpec& spec);

// The most that the request should cost, whichever expert that may see it answers: what a key with
// a budget reserves. Prompts count double, since they are only estimated. An answer whose length
// the client does not limit costs as much as the expert's longest, or kLongAnswerTokens, within its
// context; among the tokens of a minute it counts kAnswerTokens until it is known.
inline constexpr std::int64_t kLongAnswerTokens = 16'384;
inline constexpr std::int64_t kAnswerTokens = 4'096;
[[nodiscard]] Demand demand_of(const orchestrator::SessionSpec& spec,
                               const orchestrator::Orchestrator& orchestrator);

}  // namespace ooe::gateway
