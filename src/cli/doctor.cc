// ooe doctor: asks every expert a few small things and says what to mend.
#include <algorithm>
#include <span>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/near_names.h"
#include "cli/config.h"
#include "cli/fetch.h"
#include "cli/model_card_text.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/workspace.h"
#include "experts/http_chat_client.h"
#include "experts/openai_dialect.h"
#include "experts/stream_watcher.h"
#include "predictor/model.h"
#include "report/table.h"

namespace ooe::cli {
namespace {

using Json = nlohmann::ordered_json;

struct DoctorOptions {
  std::string config = "ooe.toml";
  std::string expert;
  int timeout_s = 60;
  JsonOption json;
};

// What one check found. A check that does not apply is left out.
struct Finding {
  std::string check;
  bool fine = false;
  std::string remedy;   // what was seen, and what to do about it
  std::string address;  // of the replica it is about; empty: the expert has but one
};

struct Patient {
  http::Loop& loop;
  experts::HttpChatClient& client;
  const Expert& expert;
  const experts::Endpoint& endpoint;
  std::chrono::milliseconds patience;
  std::vector<Finding> findings;

  void note(std::string check, bool fine, std::string remedy = {}) {
    findings.push_back({std::move(check), fine, fine ? std::string() : std::move(remedy), {}});
  }
  Fetched ask(const Json& body) { return post_chat(loop, client, expert, body.dump(), patience); }
};

Json question(const Expert& expert, const char* text) {
  return {{"model", expert.model},
          {"messages", Json::array({{{"role", "user"}, {"content", text}}})},
          {"max_tokens", 64}};
}

std::string what_happened(const Fetched& fetched) {
  if (!fetched.fault.empty()) return fetched.fault;
  const std::string message = experts::error_message(fetched.body);
  return fmt::format("HTTP {}{}{}", fetched.status, message.empty() ? "" : ": ", message);
}

// The list of models, where the server has one; many proxies do not.
void check_model(Patient& patient) {
  const auto url = http::parse_url(experts::url_under(patient.expert.base_url, "/models"));
  if (!url) return;
  const Fetched fetched =
      get(patient.loop, *url, experts::credentials_of(patient.expert, patient.endpoint),
          patient.patience);
  if (fetched.status != 200) return;
  const Json json = Json::parse(fetched.body, nullptr, false);
  if (!json.is_object() || !json.contains("data") || !json["data"].is_array()) return;
  std::vector<std::string> offered;
  for (const Json& model : json["data"]) {
    if (model.is_object() && model.contains("id") && model["id"].is_string()) {
      offered.push_back(model["id"].get<std::string>());
    }
  }
  const bool there = std::ranges::find(offered, patient.expert.model) != offered.end();
  patient.note("model exists", there,
               fmt::format("'{}' is not offered; {}", patient.expert.model,
                           name_hint(patient.expert.model, offered)));
}

// Returns false when nothing else needs to be tried.
bool check_answer(Patient& patient) {
  const Fetched fetched = patient.ask(question(patient.expert, "Reply with the word ok."));
  if (fetched.status == 0) {
    patient.note("reachable", false,
                 fmt::format("{}; is {} right, and the server running?", what_happened(fetched),
                             patient.expert.base_url));
    return false;
  }
  patient.note("reachable", true);
  if (fetched.status == 401 || fetched.status == 403) {
    patient.note("key accepted", false,
                 fmt::format("{}; put a valid key into {}", what_happened(fetched),
                             !patient.expert.api_key_env.empty()    ? patient.expert.api_key_env
                             : !patient.expert.api_key_file.empty() ? patient.expert.api_key_file
                                                                    : "api_key_env"));
    return false;
  }
  const auto answer = experts::parse_answer(fetched.body);
  if (fetched.status != 200 || !fetched.fault.empty() || !answer || answer->broken_off) {
    patient.note(
        "answers", false,
        fmt::format("{}; check base_url, model and dialect",
                    fetched.status != 200 || !fetched.fault.empty() ? what_happened(fetched)
                    : answer ? "it broke its answer off in an error"
                             : answer.error().message));
    return false;
  }
  patient.note("answers", true);
  patient.note("usage reported", answer->usage && !answer->usage->estimated,
               answer->usage_fault.empty()
                   ? "it does not say what an answer used; costs will be estimates, and interviews "
                     "count every call at its most"
                   : answer->usage_fault);
  return true;
}

void check_stream(Patient& patient) {
  Json body = question(patient.expert, "Count from 1 to 5.");
  body["stream"] = true;
  body["stream_options"] = {{"include_usage", true}};
  const Fetched fetched = patient.ask(body);
  experts::StreamWatcher watcher(true);
  const auto progress = watcher.feed(fetched.body);
  const bool whole = fetched.status == 200 && fetched.fault.empty() && watcher.complete();
  patient.note("streams", whole,
               progress.broken ? progress.broken->message
               : fetched.status == 200 && fetched.fault.empty()
                   ? std::string("the stream did not end with [DONE]")
                   : what_happened(fetched));
  if (!whole) return;
  const auto usage = watcher.usage();
  patient.note("usage in streams", usage && !usage->estimated,
               "streams do not say what they used; their cost will be estimates");
}

void check_tools(Patient& patient) {
  if (!patient.expert.capabilities.has(Capabilities::tools)) return;
  Json body = question(patient.expert, "What is the weather in Paris? Use the tool.");
  body["tools"] = Json::array({{{"type", "function"},
                                {"function",
                                 {{"name", "weather"},
                                  {"description", "Tells the weather of a city."},
                                  {"parameters",
                                   {{"type", "object"},
                                    {"properties", {{"city", {{"type", "string"}}}}},
                                    {"required", Json::array({"city"})}}}}}}});
  body["tool_choice"] = "required";
  const Fetched fetched = patient.ask(body);
  const Json json = Json::parse(fetched.body, nullptr, false);
  const auto calls = Json::json_pointer("/choices/0/message/tool_calls/0");
  const bool called = fetched.status == 200 && json.is_object() && json.contains(calls);
  patient.note("tools", called,
               fmt::format("no tool was called ({}); remove \"tools\" from its capabilities",
                           what_happened(fetched)));
}

void check_json_schema(Patient& patient) {
  if (!patient.expert.capabilities.has(Capabilities::json_schema)) return;
  Json body = question(patient.expert, "Give the capital of France.");
  body["response_format"] = {{"type", "json_schema"},
                             {"json_schema",
                              {{"name", "capital"},
                               {"strict", true},
                               {"schema",
                                {{"type", "object"},
                                 {"properties", {{"capital", {{"type", "string"}}}}},
                                 {"required", Json::array({"capital"})},
                                 {"additionalProperties", false}}}}}};
  const Fetched fetched = patient.ask(body);
  const auto answer = experts::parse_answer(fetched.body);
  const Json json = answer ? Json::parse(answer->text, nullptr, false) : Json();
  patient.note("JSON schema", json.is_object() && json.contains("capital"),
               fmt::format("the answer does not follow the schema ({}); remove \"json_schema\" "
                           "from its capabilities",
                           what_happened(fetched)));
}

struct Examined {
  std::string expert;
  std::vector<Finding> findings;

  [[nodiscard]] bool well() const { return std::ranges::all_of(findings, &Finding::fine); }
};

// `expert`: with one address. `ca_file`: vouches for it beside the system's authorities; empty: none.
std::vector<Finding> examine_there(const Expert& expert, const std::string& ca_file,
                                   int timeout_s) {
  const auto alone = experts::Catalogue::make({expert});
  if (!alone) return {{"configuration", false, alone.error().message, {}}};
  auto endpoints = experts::resolve_endpoints(*alone);
  if (!endpoints) return {{"key", false, endpoints.error().message, {}}};
  const experts::Endpoint endpoint = endpoints->at(expert.name);
  http::Loop loop;
  const SystemClock clock;
  experts::HttpChatClient client(loop, clock,
                                 std::make_shared<const experts::Endpoints>(std::move(*endpoints)),
                                 {.ca_file = ca_file});
  Patient patient{loop, client, expert, endpoint, std::chrono::seconds(timeout_s), {}};
  check_model(patient);
  if (check_answer(patient)) {
    check_stream(patient);
    check_tools(patient);
    check_json_schema(patient);
  }
  return std::move(patient.findings);
}

// Each replica by itself: asked as one expert, the well ones would answer for a dead one.
Examined examine(const Expert& expert, const std::string& ca_file, int timeout_s) {
  Examined examined{expert.name, {}};
  std::vector<std::string> addresses{expert.base_url};
  addresses.insert(addresses.end(), expert.more_base_urls.begin(), expert.more_base_urls.end());
  for (const std::string& address : addresses) {
    Expert there = expert;
    there.base_url = address;
    there.more_base_urls.clear();
    for (Finding& finding : examine_there(there, ca_file, timeout_s)) {
      if (addresses.size() > 1) finding.address = address;
      examined.findings.push_back(std::move(finding));
    }
  }
  if (!expert.prices) {
    examined.findings.push_back(
        {"price",
         false,
         "none; give price = { input = ..., output = ... } in USD per million tokens, or budgets "
         "cannot be kept",
         {}});
  }
  return examined;
}

std::string doctor_text(std::span<const Examined> all, std::ptrdiff_t ill) {
  report::Table table;
  table.columns = {{"expert", report::Align::left},
                   {"check", report::Align::left},
                   {"", report::Align::left},
                   {"what to do", report::Align::left}};
  for (const Examined& one : all) {
    for (const Finding& finding : one.findings) {
      const std::string where = finding.address.empty() ? "" : " at " + finding.address;
      table.rows.push_back(
          {one.expert + where, finding.check, finding.fine ? "ok" : "FAILED", finding.remedy});
    }
  }
  return report::to_text(table, stdout_terminal()) +
         (ill == 0 ? "all experts are well\n" : fmt::format("{} need mending\n", ill));
}

std::string doctor_json(std::span<const Examined> all, std::ptrdiff_t ill) {
  Json experts = Json::array();
  for (const Examined& one : all) {
    Json checks = Json::array();
    for (const Finding& finding : one.findings) {
      checks.push_back(
          {{"check", finding.check}, {"ok", finding.fine}, {"what_to_do", finding.remedy}});
      if (!finding.address.empty()) checks.back()["base_url"] = finding.address;
    }
    experts.push_back({{"name", one.expert}, {"well", one.well()}, {"checks", std::move(checks)}});
  }
  return Json{{"need_mending", ill}, {"experts", std::move(experts)}}.dump(2);
}

// Of a predictor that can serve. One that cannot is refused by whoever serves, and there may be none.
void warn_of_predictor(const Config& config) {
  const auto model = predictor::load_model(config.predictor_file);
  if (!model) return;
  if (const std::string warning = optimistic_sample_text(*model, config.predictor_file);
      !warning.empty()) {
    note("{}\n", warning);
  }
}

Result<int> doctor(const DoctorOptions& options) {
  const Inputs inputs = files_of(WorkspaceOptions{.db = {}, .config = options.config});
  if (auto ok = check_json_place(options.json, inputs); !ok) return fail(ok.error());
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  if (!options.expert.empty() && !config->catalogue.find(options.expert)) {
    return fail(ErrorCode::invalid_argument, "{}: there is no expert named '{}'", options.config,
                options.expert);
  }
  std::vector<Examined> all;
  for (const Expert& expert : config->catalogue.experts()) {
    if (!options.expert.empty() && expert.name != options.expert) continue;
    all.push_back(examine(expert, config->gateway.expert_ca_file, options.timeout_s));
  }
  const auto ill = std::ranges::count_if(all, [](const Examined& one) { return !one.well(); });
  const auto printed =
      print_result(options.json, doctor_text(all, ill), [&] { return doctor_json(all, ill); });
  if (!printed) return fail(printed.error());
  warn_of_predictor(*config);
  return ill == 0 ? 0 : 1;
}

}  // namespace

void add_doctor(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<DoctorOptions>();
  CLI::App* command =
      app.add_subcommand("doctor",
                         "ask every expert, at each of its base_urls, up to four small things, say "
                         "what to mend");
  command->add_option("--config", options->config, "the configuration")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--expert", options->expert, "only this one")->type_name("NAME");
  command->add_option("--timeout", options->timeout_s, "seconds for each answer")
      ->capture_default_str()
      ->check(CLI::Range(1, 3'600));
  add_json_option(*command, options->json);
  set_work(*command, options, runner, "ooe doctor --config ooe.toml", doctor);
}

}  // namespace ooe::cli
