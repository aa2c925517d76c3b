#include "gateway/request_spec.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/hash.h"
#include "experts/half_pairs.h"
#include "gateway/model_list.h"
#include "gateway/redaction.h"

namespace ooe::gateway {
namespace {

constexpr std::string_view kCostMax = "x-ooe-max-cost-usd";

Query query_of(ChatRequest& request, RequestPrivacy privacy) {
  Query query;
  query.text = std::move(request.last_user_text);
  query.prompt_tokens = request.prompt_tokens;
  query.media_tokens_spare = request.media_tokens - request.media_tokens_min;
  query.output_tokens_max = request.output_tokens_max;
  query.choices = request.choices;
  query.privacy = privacy.privacy;
  query.privacy_said = privacy.said;
  query.privacy_reasons = std::move(privacy.reasons);
  query.needs = request.needs;
  return query;
}

// Whoever sends a limit means it: one that cannot be read is an error, not "no limit".
Result<std::optional<Usd>> read_cost_max(const http::Headers& headers) {
  const std::size_t count = http::count_headers(headers, kCostMax);
  if (count == 0) return std::nullopt;
  if (count > 1) return fail(ErrorCode::invalid_argument, "{} is given {} times", kCostMax, count);
  const auto cost = parse_usd(http::find_header(headers, kCostMax));
  if (!cost) return fail(ErrorCode::invalid_argument, "{}: {}", kCostMax, cost.error().message);
  return *cost;
}

// A key's default stands in for that of [privacy]; floors add up: key's and model's.
PrivacyOptions privacy_rules(PrivacyOptions privacy, const ApiKey* key,
                             const orchestrator::RoutedModel* model) {
  if (key != nullptr && key->privacy_default) privacy.default_class = key->privacy_default;
  if (key != nullptr) privacy.floor = std::max(privacy.floor, key->privacy_floor);
  if (model != nullptr) privacy.floor = std::max(privacy.floor, model->privacy_floor);
  return privacy;
}

// Whom a key limited to models may be told of by name: the experts it may ask for. Empty: of all.
std::vector<bool> shown_to(const ApiKey* key, std::span<const Expert> experts) {
  if (key == nullptr || key->models.empty()) return {};
  std::vector<bool> shown;
  for (const Expert& expert : experts) shown.push_back(key->may_ask_for(expert.name));
  return shown;
}

}  // namespace

tl::expected<orchestrator::SessionSpec, Refusal> make_spec(
    ChatRequest& request, std::string_view said, const http::Headers& headers, const ApiKey* key,
    const orchestrator::Orchestrator& orchestrator, const RequestRules& rules) {
  tl::expected<orchestrator::SessionSpec, Refusal> made;  // filled where it is: it is large
  orchestrator::SessionSpec& spec = *made;
  spec.receipt_id = {unique_bytes_128()};
  const auto* const model = orchestrator.find_model(request.model);
  spec.query =
      query_of(request, request_privacy(headers, said, privacy_rules(rules.privacy, key, model)));
  spec.model = request.model;
  if (key != nullptr) spec.key = key->name;
  spec.streamed = request.stream;
  spec.limits = rules.session;
  spec.keep_foreseen = rules.keep_foreseen;
  spec.decide.plan_size_max = 1 + rules.fallbacks_max;
  const auto cost_max = read_cost_max(headers);
  if (!cost_max) return refuse(400, "invalid_header", cost_max.error().message);
  spec.decide.cost_max = *cost_max;

  spec.shown = shown_to(key, orchestrator.experts());
  spec.decide.pinned = orchestrator.find_expert(request.model);
  // A name that the key may not ask for is answered as one that does not exist: what else there is
  // is none of its business.
  const bool known = model != nullptr || spec.decide.pinned.has_value();
  if (!known || (key != nullptr && !key->may_ask_for(request.model))) {
    return refuse(404, "model_not_found", no_such_model(request.model));
  }
  return made;
}

void redact_request(ChatRequest& request, const http::Headers& headers, const ApiKey* key,
                    const RequestRules& rules, const orchestrator::Orchestrator& orchestrator,
                    orchestrator::SessionSpec& spec) {
  const std::span<const Expert> experts = orchestrator.experts();
  if (!rules.privacy.detector || std::ranges::none_of(experts, &Expert::redact)) return;
  // What the client, a default or a floor said is no text that could be replaced.
  const auto* const model = orchestrator.find_model(request.model);
  const PrivacyClass said =
      asked_privacy(headers, privacy_rules(rules.privacy, key, model)).privacy;
  const bool of_use = std::ranges::any_of(experts, [&](const Expert& expert) {
    return expert.redact && said <= expert.clearance && spec.query.privacy > expert.clearance;
  });
  if (!of_use) return;
  // Halves of surrogate pairs are mended, as when the request was read, and all places stay the
  // same.
  const auto mended = experts::without_half_pairs(request.body);
  auto redaction = redact(mended ? *mended : request.body, *rules.privacy.detector);
  if (!redaction) return;
  spec.query.privacy_redacted = std::max(said, redaction->left);
  spec.redacted = redaction->counts;
  redaction->answer_is_json = request.answer_is_json;
  request.redaction = std::make_shared<const Redaction>(std::move(*redaction));
}

namespace {

// Returns the longest answer of an expert when the client sets no limit.
std::int64_t longest_answer(const Expert& expert, std::size_t i, const Query& query) {
  const std::int64_t most =
      expert.output_tokens_max > 0 ? expert.output_tokens_max : kLongAnswerTokens;
  if (expert.context_tokens == 0) return most;
  return std::clamp<std::int64_t>(expert.context_tokens - least_prompt_tokens_for(query, i), 1,
                                  most);
}

}  // namespace

Demand demand_of(const orchestrator::SessionSpec& spec,
                 const orchestrator::Orchestrator& orchestrator) {
  const Query& query = spec.query;
  const std::int64_t limit = query.output_tokens_max;
  TokenCounts most;
  most.input = 2 * query.prompt_tokens;
  Demand demand{.cost = {},
                .tokens = most.input + query.choices * (limit > 0 ? limit : kAnswerTokens)};
  const auto experts = orchestrator.experts();
  Usd deferral;
  for (std::size_t i = 0; i < experts.size(); ++i) {
    if (spec.decide.pinned && spec.decide.pinned->index() != i) continue;
    const auto& only = spec.decide.only;
    const ExpertId expert{static_cast<std::int32_t>(i)};
    if (!only.empty() && std::ranges::find(only, expert) == only.end()) continue;
    if (!experts[i].prices || !may_see(experts[i], spec.query)) continue;
    most.output = query.choices * (limit > 0 ? limit : longest_answer(experts[i], i, query));
    const Usd cost = cost_max_of(most, *experts[i].prices);
    // An expert that may defer is paid beside the one that then answers.
    if (spec.tagger == expert) {
      deferral = cost;
    } else {
      demand.cost = std::max(demand.cost, cost);
    }
  }
  demand.cost += deferral;
  return demand;
}

}  // namespace ooe::gateway
