#include "gateway/understood.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/fast_hash.h"
#include "gateway/request_spec.h"
#include "http/token.h"

namespace ooe::gateway {
namespace {

// What the detector is to look at; nothing where nobody looks.
std::string_view said_by(ChatRequestParser& parser, const RequestRules& rules) {
  return rules.privacy.detector ? parser.said() : std::string_view();
}

// Nobody here can read an encoded body as JSON. A client that is told so can send it plain.
std::optional<Refusal> encoded(const http::Headers& headers) {
  for (const http::Header& header : headers) {
    if (!http::equal_names(header.name, "content-encoding") || header.value.empty() ||
        http::equal_names(header.value, "identity")) {
      continue;
    }
    return Refusal{415,
                   "encoded_body",
                   fmt::format("the body comes with content-encoding: {}, which is not taken; send "
                               "it as it is, without the header",
                               header.value.substr(0, 32)),
                   std::nullopt,
                   {{"accept-encoding", "identity"}}};
  }
  return std::nullopt;
}

// Tells the decision who has the conversation, where there is a choice. Returns where its next turn
// is to be left.
tl::expected<std::optional<std::uint64_t>, Refusal> join_conversation(
    const http::Headers& headers, const ChatRequestParser& parser, const Serving& serving,
    Conversations& conversations, TimePoint now, orchestrator::SessionSpec& spec) {
  const auto session = session_of(headers);  // a header that is wrong is told, used or not
  if (!session) return refuse(400, "invalid_header", session.error().message);
  const SessionRules& rules = serving.rules.sessions;
  if (!rules.affinity || spec.decide.pinned || spec.tradeoff.anchor) return std::nullopt;
  const std::uint64_t scope = fast_hash(spec.key, fast_hash(spec.model, conversations.seed()));
  const auto keys = conversation_keys(*session, parser.history(), scope);
  if (keys.last) {
    if (const auto turn = conversations.find(*keys.last)) {
      spec.decide.incumbent = incumbent_of(*turn, serving.orchestrator->experts(),
                                           spec.query.prompt_tokens, rules, now);
    }
  }
  return keys.own;
}

// Whichever way the request goes.
struct GivesBack {
  ChatRequestParser& parser;
  ~GivesBack() { parser.give_back(); }
};

}  // namespace

tl::expected<Understood, Refusal> understand(ChatRequestParser& parser, const Caller& caller,
                                             http::Exchange& exchange, InForce& in_force,
                                             Conversations& conversations, const Clock& clock) {
  const Serving& serving = in_force.serving;
  const http::Headers& headers = exchange.request().headers;
  if (auto refusal = encoded(headers)) return tl::unexpected<Refusal>(std::move(*refusal));
  const GivesBack gives_back{parser};
  auto request = parser.parse(exchange.take_body());
  if (!request) return refuse(400, "invalid_request", request.error().message);
  auto spec = make_spec(*request, said_by(parser, serving.rules), headers, caller.key,
                        *serving.orchestrator, serving.rules);
  if (!spec) return tl::unexpected<Refusal>(spec.error());
  redact_request(*request, headers, caller.key, serving.rules, *serving.orchestrator, *spec);
  spec->query.counted_tokens = serving.orchestrator->counters().count(
      parser.prompt(), request->n_messages, request->media_tokens);
  auto steered = in_force.steering.steer(headers, *spec, clock);
  if (!steered) return tl::unexpected<Refusal>(steered.error());
  const auto conversation =
      join_conversation(headers, parser, serving, conversations, clock.now(), *spec);
  if (!conversation) return tl::unexpected<Refusal>(conversation.error());
  return Understood{std::move(*request), std::move(*spec), std::move(*steered), *conversation};
}

}  // namespace ooe::gateway
