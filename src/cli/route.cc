// ooe route: who would answer this, and why. Asks nobody.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/unicode.h"
#include "base/utf8.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/serving.h"
#include "cli/workspace.h"
#include "core/query.h"
#include "core/token_estimate.h"
#include "gateway/decision_json.h"
#include "gateway/redaction.h"
#include "gateway/request_privacy.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "policy/why_nobody.h"
#include "report/table.h"

namespace ooe::cli {
namespace {

struct RouteOptions {
  std::string config = "ooe.toml";
  std::string model;
  std::string privacy;
  std::string text;
  bool explain = false;
  JsonOption json;
};

std::string read_standard_input() {
  std::string text;
  for (int c = std::getchar(); c != EOF; c = std::getchar()) text.push_back(static_cast<char>(c));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Result<void> check_text(const std::string& text) {
  if (is_valid_utf8(text)) return {};
  return fail(ErrorCode::invalid_argument, "the text is not valid UTF-8");
}

// From where on the first place would change hands: "0.91 or 0.02" is a quality, or USD per 1k.
std::string changes_at(const policy::Counterfactual& change) {
  if (!change.quality) return "-";
  const bool reachable = *change.quality >= 0.0 && *change.quality <= 1.0;
  std::string text = reachable ? fmt::format("{:.3f}", *change.quality) : "no quality";
  if (change.cost_usd) text += fmt::format(" or {:.4f} USD", 1000.0 * *change.cost_usd);
  return text;
}

std::string verdict_of(const gateway::ExplainedDecision& explained, std::size_t expert) {
  const bool redacted = sees_redacted(explained.experts[expert], explained.query);
  return fmt::format("{}{}", to_string(explained.decision.verdicts[expert].verdict),
                     redacted ? ", redacted" : "");
}

std::string experts_table(const gateway::ExplainedDecision& explained) {
  report::Table table;
  table.columns = {{"expert", report::Align::left},      {"quality", report::Align::right},
                   {"+-", report::Align::right},         {"tokens", report::Align::right},
                   {"USD per 1k", report::Align::right}, {"verdict", report::Align::left},
                   {"changes at", report::Align::left}};
  // The plan first, in its order, then the others.
  std::vector<std::size_t> order;
  for (const ExpertId expert : explained.decision.plan) order.push_back(expert.index());
  for (std::size_t i = 0; i < explained.experts.size(); ++i) {
    if (std::ranges::find(order, i) == order.end()) order.push_back(i);
  }
  for (const std::size_t i : order) {
    const Prediction& prediction = explained.predictions[i];
    table.rows.push_back(
        {explained.experts[i].name, fmt::format("{:.3f}", prediction.quality),
         fmt::format("{:.3f}", prediction.quality_sd),
         fmt::format("{:.0f}", prediction.output_tokens),
         prediction.cost ? fmt::format("{:.4f}", 1000.0 * to_double(*prediction.cost)) : "-",
         verdict_of(explained, i), changes_at(explained.changes[i])});
  }
  return report::to_text(table, stdout_terminal());
}

constexpr std::size_t kTextShown = 60;

std::string first_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  if (text.size() <= kTextShown) return std::string(text);
  return std::string(whole_characters(text, kTextShown)) + "...";
}

std::string nearest_lines(const gateway::ExplainedDecision& explained) {
  std::string text;
  for (const orchestrator::NearQuestion& question : explained.nearest) {
    text += fmt::format("{:.2f}  {} {}  {}\n", question.similarity, question.benchmark, question.id,
                        first_line(question.text));
    std::string scores;
    for (std::size_t i = 0; i < explained.experts.size(); ++i) {
      if (std::isnan(question.scores[i])) continue;
      scores += fmt::format("{}{} {:g}", scores.empty() ? "" : ", ", explained.experts[i].name,
                            question.scores[i]);
    }
    text += fmt::format("      {}\n", scores.empty() ? "nobody of these was asked" : scores);
  }
  return text.empty() ? text
                      : "\nnearest interview questions, and what experts scored there\n" + text;
}

std::string explanation(const gateway::ExplainedDecision& explained) {
  const Query& query = explained.query;
  return fmt::format("privacy {} ({}), about {} prompt tokens\n\n{}{}", to_string(query.privacy),
                     fmt::join(query.privacy_reasons, ", "), query.prompt_tokens,
                     experts_table(explained), nearest_lines(explained));
}

// As the gateway does with a request's header and body.
void settle_privacy(const std::string& stated, const gateway::PrivacyOptions& options,
                    Query& query) {
  http::Headers headers;
  if (!stated.empty()) headers.push_back({"x-ooe-privacy", stated});
  gateway::RequestPrivacy privacy = gateway::asked_privacy(headers, options);
  query.privacy_said = privacy.privacy;
  if (options.detector) {
    privacy = gateway::raised(std::move(privacy), options.detector->inspect(query.text));
  }
  query.privacy = privacy.privacy;
  query.privacy_reasons = std::move(privacy.reasons);
  if (!options.detector) return;
  const auto redaction = gateway::redact(nlohmann::json(query.text).dump(), *options.detector);
  if (redaction) {
    query.privacy_redacted = std::max(query.privacy_said, redaction->left);
  }
}

Result<int> route(const RouteOptions& options) {
  const Inputs inputs = files_of(WorkspaceOptions{.db = {}, .config = options.config});
  if (auto ok = check_json_place(options.json, inputs); !ok) return fail(ok.error());
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  const auto orchestrator = make_orchestrator(*config);
  if (!orchestrator) return fail(orchestrator.error());
  if (orchestrator->models().empty()) {
    return fail(ErrorCode::invalid_argument, "{}: no [[model]] to route; add one", options.config);
  }
  const auto* model = options.model.empty() ? &orchestrator->models().front()
                                            : orchestrator->find_model(options.model);
  if (model == nullptr) {
    return fail(ErrorCode::not_found, "{}: there is no [[model]] named '{}'", options.config,
                options.model);
  }
  Query query;
  query.text = options.text == "-" ? read_standard_input() : options.text;
  if (auto ok = check_text(query.text); !ok) return fail(ok.error());
  TokenEstimate estimate;
  estimate.add(query.text);
  query.prompt_tokens = estimate.tokens() + orchestrator::TokenCounters::kFrameTokens +
                        orchestrator::TokenCounters::kAnswerFrameTokens;
  const std::string_view texts[] = {query.text};
  query.counted_tokens = orchestrator->counters().count(texts, 1);
  gateway::PrivacyOptions privacy = config->rules.privacy;
  privacy.floor = std::max(privacy.floor, model->privacy_floor);
  settle_privacy(options.privacy, privacy, query);

  const auto experts = orchestrator->experts();
  orchestrator::Orchestrator::Scratch scratch;
  std::vector<Prediction> predictions(experts.size());
  orchestrator->predict(query, scratch, predictions);
  policy::Tradeoff tradeoff;
  policy::DecideOptions rules{.plan_size_max = 1 + config->rules.fallbacks_max};
  model->steer(tradeoff, rules);
  const Decision decision = policy::decide(predictions, experts, query, tradeoff, rules);
  std::string text = decision.plan.empty()
                         ? report::wrap("nobody may answer this: " +
                                            policy::why_nobody(decision, experts, query,
                                                               query.privacy_reasons, rules),
                                        "", stdout_terminal())
                         : experts[decision.plan.front().index()].name + "\n";
  const auto changes = policy::explain(decision, predictions, tradeoff, rules);
  std::vector<orchestrator::NearQuestion> nearest;
  if (options.explain || options.json.asked) {
    const auto known = load_nearest(*config);
    if (known) nearest = known->find(query.text, gateway::kNearestShown);
  }
  const gateway::ExplainedDecision explained{model->name, query,   experts, predictions,
                                             decision,    changes, nearest};
  if (options.explain) text += explanation(explained);
  const auto printed =
      print_result(options.json, text, [&] { return gateway::decision_json(explained); });
  if (!printed) return fail(printed.error());
  return decision.plan.empty() ? 1 : 0;
}

}  // namespace

void add_route(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<RouteOptions>();
  CLI::App* command = app.add_subcommand("route", "who would answer this, and why; asks nobody");
  command->add_option("TEXT", options->text, "the query; - reads standard input")
      ->required()
      ->check(readable_by(check_text))
      ->type_name("");
  command->add_flag("--explain", options->explain,
                    "every expert's predicted quality, price and verdict; where the choice would "
                    "change; the nearest interview questions");
  command->add_option("--config", options->config, "the configuration")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--model", options->model, "which [[model]] (default: the first)")
      ->type_name("NAME");
  command
      ->add_option("--privacy", options->privacy,
                   "public, internal, confidential or restricted (default: the configuration's)")
      ->check(CLI::IsMember({"public", "internal", "confidential", "restricted"}));
  add_json_option(*command, options->json);
  set_work(*command, options, runner, "ooe route --explain \"Prove that 17 is prime.\"", route);
}

}  // namespace ooe::cli
