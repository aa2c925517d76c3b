#include "cli/config.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "cli/key_file.h"
#include "cli/toml_reader.h"
#include "encoder/token_split.h"
#include "experts/tag_scanner.h"
#include "http/message.h"
#include "privacy/detector.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20U;

void read_tls(TomlTable& table, std::optional<http::TlsFiles>& tls) {
  http::TlsFiles files;
  table.read("tls_certificate", files.certificate);
  table.read("tls_key", files.key);
  if (files.certificate.empty() != files.key.empty()) {
    table.reject(files.key.empty() ? "tls_certificate" : "tls_key",
                 "a certificate and its key come together: give both tls_certificate and tls_key");
  } else if (!files.certificate.empty()) {
    tls = std::move(files);
  }
}

void read_telemetry(TomlTable table, gateway::SpanExporterOptions& spans) {
  table.read("otlp_endpoint", spans.endpoint);
  if (!spans.endpoint.empty()) {
    if (const auto url = http::parse_url(spans.endpoint); !url) {
      table.reject("otlp_endpoint", url.error().message);
    }
  }
  table.finish();
}

AdminConfig read_admin(TomlTable table) {
  AdminConfig admin;
  table.read("listen", admin.listen);
  if (const auto address = http::parse_listen_address(admin.listen); !address) {
    table.reject("listen", address.error().message);
  }
  table.read("token_env", admin.token_env);
  table.read("token_file", admin.token_file);
  if (admin.token_env.empty() == admin.token_file.empty()) {
    table.reject(admin.token_file.empty() ? "token_env" : "token_file",
                 "say where the administrator's token is: token_env or token_file");
  }
  table.finish();
  return admin;
}

void read_server(TomlTable table, Config& config) {
  gateway::GatewayOptions& gateway = config.gateway;
  gateway::RequestRules& rules = config.rules;
  http::ServerOptions& server = gateway.server;
  table.read("listen", server.listen);
  if (const auto address = http::parse_listen_address(server.listen); !address) {
    table.reject("listen", address.error().message);
  }
  read_tls(table, server.tls);
  table.read("expert_ca_file", gateway.expert_ca_file);
  table.read("workers", gateway.workers, 0, 1'024);
  table.read("open_to_network", gateway.open_to_network);
  table.read("log_level", config.log_level);
  if (const auto known = check_log_level(config.log_level); !known) {
    table.reject("log_level", known.error().message);
  }
  table.read("requests_max", gateway.requests_max, 1, 1'000'000);
  table.read("connections_max", server.connections_max, 1, 1'000'000);
  table.read("header_bytes_max", server.header_bytes_max, 1'024, kMiB);
  table.read("body_bytes_max", server.body_bytes_max, 1'024, 256 * kMiB);
  table.read("bodies_bytes_max", server.bodies_bytes_max, 1'024, 1'024 * 1'024 * kMiB);
  server.bodies_bytes_max = std::max(server.bodies_bytes_max, server.body_bytes_max);
  table.read("json_hold_bytes", rules.session.hold_bytes_max, 1'024, 256 * kMiB);
  table.read("fallbacks_max", rules.fallbacks_max, 0, 100);
  table.read("hedge_after_ms", rules.session.hedge_after, std::chrono::milliseconds(0));
  table.read("hedge_share_max", rules.hedge_share_max, 0.0, 1.0);
  table.read("bytes_per_second_min", rules.session.bytes_per_second_min, 0, kMiB);
  table.read("header_timeout_ms", server.header_timeout);
  table.read("body_timeout_ms", server.body_timeout);
  table.read("idle_timeout_ms", server.idle_timeout);
  table.read("write_timeout_ms", server.write_timeout);
  table.read("lame_duck_ms", gateway.lame_duck, std::chrono::milliseconds(0));
  table.read("drain_ms", gateway.drain);
  table.read("total_timeout_ms", rules.session.total);
  table.read("connect_timeout_ms", rules.experts.connect);
  table.read("head_timeout_ms", rules.experts.head);
  table.read("first_token_timeout_ms", rules.session.first_token);
  table.read("stall_timeout_ms", rules.experts.stall);
  rules.session.stall = rules.experts.stall;
  table.finish();
}

void read_privacy_class(TomlTable& table, std::string_view key, PrivacyClass& value) {
  std::string word(to_string(value));
  table.read(key, word);
  if (const auto parsed = parse_privacy_class(word)) {
    value = *parsed;
  } else {
    table.reject(key, fmt::format("'{}' is no privacy class; use public, internal, confidential or "
                                  "restricted",
                                  word));
  }
}

privacy::Rule read_rule(TomlTable table) {
  privacy::Rule rule;
  table.read("name", rule.name);
  table.read("pattern", rule.pattern);
  if (rule.pattern.empty()) table.reject("pattern", "is missing; give a regular expression (RE2)");
  read_privacy_class(table, "raises_to", rule.raises_to);
  table.finish();
  return rule;
}

// What the detector looks for; null when it is off.
std::shared_ptr<const privacy::Detector> read_detector(TomlTable& table) {
  bool detect = true;
  table.read("detect", detect);
  privacy::DetectorOptions options;
  TomlTable raises = table.table("raises");
  for (std::size_t type = 0; type < privacy::kFindingTypes; ++type) {
    const auto kind = to_string(static_cast<privacy::FindingType>(type));
    read_privacy_class(raises, kind, options.classes[type]);
  }
  raises.finish();
  for (const TomlTable& rule : table.tables("rule")) options.rules.push_back(read_rule(rule));
  if (!detect && !options.rules.empty()) {
    table.reject("rule", "needs detect, which is false: nobody would look for it");
  }
  auto detector = privacy::Detector::make(std::move(options));
  if (!detector) {
    table.reject("rule", detector.error().message);
    return nullptr;
  }
  return detect ? std::make_shared<const privacy::Detector>(std::move(*detector)) : nullptr;
}

void read_privacy(TomlTable table, gateway::PrivacyOptions& privacy) {
  PrivacyClass said = PrivacyClass::restricted;
  read_privacy_class(table, "default", said);
  if (table.has("default")) privacy.default_class = said;
  read_privacy_class(table, "floor", privacy.floor);
  privacy.detector = read_detector(table);
  table.finish();
}

// Requests that redaction was to make fit would go out as they are.
void check_redaction(TomlTable& root, const gateway::PrivacyOptions& privacy) {
  if (privacy.detector) return;
  for (TomlTable& table : root.tables("expert")) {
    bool redact = false;
    table.read("redact", redact);
    if (redact) {
      table.reject("redact",
                   "needs [privacy] detect, which is false: nobody would look for what to replace");
    }
  }
}

void read_sessions(TomlTable table, Config& config) {
  gateway::SessionRules& sessions = config.rules.sessions;
  table.read("affinity", sessions.affinity);
  table.read("handoff_quality", sessions.handoff_quality, 0.0, 1.0);
  table.read("prompt_cache_seconds", sessions.prompt_cache, std::chrono::seconds(0));
  table.read("turns_max", config.gateway.turns_max, 8, 100'000'000);
  table.finish();
}

std::optional<TokenPrice> read_price(TomlTable& table, std::string_view key) {
  double usd = 0.0;
  table.read(key, usd, 0.0, kTokenPriceUsdPerMillionMax);
  const auto price = token_price(usd);
  return price ? std::optional(*price) : std::nullopt;
}

void read_prices(TomlTable& expert, std::optional<Prices>& prices) {
  auto given = expert.table_if("price");
  if (!given) return;
  TomlTable& table = *given;
  for (const std::string_view key : {"input", "output"}) {
    if (!table.has(key)) table.reject(key, "is missing; give USD per million tokens");
  }
  Prices read;
  read.input = read_price(table, "input").value_or(TokenPrice{});
  read.cached_input = table.has("cached_input")
                          ? read_price(table, "cached_input").value_or(TokenPrice{})
                          : read.input;
  read.output = read_price(table, "output").value_or(TokenPrice{});
  if (table.has("reasoning")) read.reasoning = read_price(table, "reasoning");
  if (table.has("cache_write")) read.cache_write = read_price(table, "cache_write");
  table.finish();
  prices = read;
}

void read_tokenizer(TomlTable table, Expert& expert) {
  table.read("file", expert.tokenizer_file);
  if (expert.tokenizer_file.empty()) {
    table.reject("file", "is missing; name a file in tiktoken's format");
  }
  table.read("split", expert.tokenizer_split);
  if (!encoder::parse_token_split(expert.tokenizer_split)) {
    table.reject("split", fmt::format("'{}' is unknown; use gpt2, cl100k, qwen2 or o200k",
                                      expert.tokenizer_split));
  }
  table.finish();
}

void read_addresses(TomlTable& table, Expert& expert) {
  table.read("base_url", expert.base_url);
  std::vector<std::string> base_urls;
  table.read("base_urls", base_urls);
  if (!base_urls.empty()) {
    if (!expert.base_url.empty()) {
      table.reject("base_urls", "stands beside base_url; give one of the two");
    }
    for (const std::string& url : base_urls) {
      if (const auto parsed = http::parse_url(url); !parsed) {
        table.reject("base_urls", parsed.error().message);
      }
    }
    expert.base_url = base_urls.front();
    expert.more_base_urls.assign(base_urls.begin() + 1, base_urls.end());
  }
  if (const auto url = http::parse_url(expert.base_url); !url) {
    table.reject("base_url", expert.base_url.empty()
                                 ? "is missing; give the address up to and including /v1"
                                 : url.error().message);
  }
}

// Requires: the dialect has been read.
void read_capabilities(TomlTable& table, Expert& expert) {
  std::vector<std::string> words;
  table.read("capabilities", words);
  for (const std::string& word : words) {
    if (expert.dialect == Dialect::anthropic && word != "tools" && word != "vision" &&
        parse_capability(word)) {
      table.reject("capabilities",
                   fmt::format("'{}' is not offered in the anthropic dialect", word));
      continue;
    }
    if (const auto bit = parse_capability(word)) {
      expert.capabilities.add(*bit);
    } else {
      table.reject("capabilities", fmt::format("'{}' is unknown; use tools, json_schema, vision, "
                                               "audio, logprobs or n",
                                               word));
    }
  }
}

Expert read_expert(TomlTable& table) {
  Expert expert;
  table.read("name", expert.name);
  if (expert.name.empty()) table.reject("name", "is missing; every expert needs a name");
  read_addresses(table, expert);
  std::string dialect = "openai";
  table.read("dialect", dialect);
  if (dialect == "anthropic") {
    expert.dialect = Dialect::anthropic;
  } else if (dialect != "openai") {
    table.reject("dialect", fmt::format("'{}' is unknown; use openai or anthropic", dialect));
  }
  table.read("model", expert.model);
  table.read("api_key_env", expert.api_key_env);
  table.read("api_key_file", expert.api_key_file);
  if (table.has("api_key")) {
    table.reject("api_key",
                 "keys are never written here; name the variable that holds it with "
                 "api_key_env, or a file with api_key_file");
  }
  read_prices(table, expert.prices);
  table.read("context_tokens", expert.context_tokens, 0, 1'000'000'000);
  table.read("output_tokens_max", expert.output_tokens_max, 0, 1'000'000'000);
  if (const auto tokenizer = table.table_if("tokenizer")) read_tokenizer(*tokenizer, expert);
  read_capabilities(table, expert);
  read_privacy_class(table, "clearance", expert.clearance);
  table.read("redact", expert.redact);
  if (expert.redact && expert.clearance == PrivacyClass::restricted) {
    table.reject("redact",
                 "is for experts that may not see everything; this one is cleared for it");
  }
  table.read("zone", expert.zone);
  table.read("own", expert.own);
  table.read("stream_options", expert.stream_options);
  table.finish();
  return expert;
}

Goal read_goal(TomlTable table) {
  Goal goal;
  const int aims = static_cast<int>(table.has("maximise")) + static_cast<int>(table.has("match")) +
                   static_cast<int>(table.has("ownership"));
  if (aims > 1) table.reject("maximise", "a goal has one of maximise, match and ownership");
  if (table.has("match")) {
    MatchExpert match;
    table.read("match", match.expert);
    table.read("tolerance", match.tolerance, 0.0, 1.0);
    table.read("confidence", match.confidence, 0.5, 0.9999);
    goal.aim = match;
  } else if (table.has("ownership")) {
    OwnershipShare ownership;
    table.read("ownership", ownership.share, 0.0, 1.0);
    goal.aim = ownership;
  } else {
    std::string what = "quality";
    table.read("maximise", what);
    if (what != "quality") table.reject("maximise", "only \"quality\" can be maximised");
    MaximiseQuality maximise;
    if (table.has("usd_per_1k_queries")) {
      double usd = 0.0;
      table.read("usd_per_1k_queries", usd, 0.0, 1e6);
      maximise.per_1k_queries_max = usd_from_double(usd);
    }
    goal.aim = maximise;
  }
  const auto read_limit = [&](std::string_view key,
                              std::optional<std::chrono::milliseconds>& limit) {
    std::chrono::milliseconds value{0};
    table.read(key, value);
    if (value.count() > 0) limit = value;
  };
  read_limit("deadline_ms", goal.deadline);
  read_limit("first_token_ms", goal.first_token);
  static constexpr std::array kOfOneAim{
      TomlTable::Elsewhere{"usd_per_1k_queries", "maximise = \"quality\""},
      TomlTable::Elsewhere{"tolerance", "match"}, TomlTable::Elsewhere{"confidence", "match"}};
  table.finish(kOfOneAim);
  return goal;
}

orchestrator::DedicatedSpec read_dedicated(TomlTable& table) {
  orchestrator::DedicatedSpec spec;
  table.read("own", spec.own);
  table.read("generic", spec.generic);
  for (const auto& [key, name] :
       {std::pair("own", &spec.own), std::pair("generic", &spec.generic)}) {
    if (name->empty()) table.reject(key, "is missing; name an expert");
  }
  if (!spec.own.empty() && spec.own == spec.generic) {
    table.reject("generic",
                 fmt::format("'{}' is the own expert too; own and generic must be two", spec.own));
  }
  std::string mode = "route";
  table.read("mode", mode);
  if (mode == "tag") {
    spec.mode = orchestrator::DedicatedMode::tag;
  } else if (mode == "tag-only") {
    spec.mode = orchestrator::DedicatedMode::tag_only;
  } else if (mode != "route") {
    table.reject("mode", fmt::format("'{}' is unknown; use route, tag or tag-only", mode));
  }
  table.read("tag", spec.tag);
  if (const auto tag = experts::check_tag(spec.tag); !tag) table.reject("tag", tag.error().message);
  if (spec.mode != orchestrator::DedicatedMode::route && table.has("goal")) {
    table.reject("goal", "is only for mode = \"route\": with a tag the own expert decides");
  }
  return spec;
}

orchestrator::ModelSpec read_model(TomlTable& table) {
  orchestrator::ModelSpec model;
  table.read("name", model.name);
  if (model.name.empty()) table.reject("name", "is missing; every model needs a name");
  std::string kind = "routed";
  table.read("kind", kind);
  if (kind == "dedicated") {
    model.dedicated = read_dedicated(table);
  } else if (kind != "routed") {
    table.reject("kind", fmt::format("'{}' is unknown; use routed or dedicated", kind));
  }
  model.goal = read_goal(table.table("goal"));
  table.read("zones", model.zones);
  read_privacy_class(table, "privacy_floor", model.privacy_floor);
  TomlTable explore = table.table("explore");
  explore.read("share", model.explore.share, 0.0, policy::kExploreShareMax);
  explore.read("within", model.explore.within, 0.0, 1.0);
  explore.finish();
  if (model.explore.share > 0.0 && !model.needs_predictor()) {
    table.reject("explore", "is only for mode = \"route\": with a tag the own expert decides");
  }
  static constexpr std::string_view kDedicated = "kind = \"dedicated\"";
  static constexpr std::array kOfDedicated{
      TomlTable::Elsewhere{"own", kDedicated}, TomlTable::Elsewhere{"generic", kDedicated},
      TomlTable::Elsewhere{"mode", kDedicated}, TomlTable::Elsewhere{"tag", kDedicated}};
  table.finish(kOfDedicated);
  return model;
}

void read_predictor(TomlTable table, Config& config) {
  table.read("file", config.predictor_file);
  std::string kind = "built-in";
  table.read("kind", kind);
  if (kind == "llm") {
    config.llm.emplace();
    table.read("expert", config.llm->expert);
    table.read("experts", config.llm->experts);
    table.read("deadline_ms", config.llm->deadline);
    if (config.llm->expert.empty()) {
      table.reject("expert", "kind = \"llm\" needs the name of the [[expert]] that is asked");
    }
  } else if (kind != "built-in") {
    table.reject("kind", fmt::format("'{}' is unknown; use built-in or llm", kind));
  }
  static constexpr std::string_view kLlm = "kind = \"llm\"";
  static constexpr std::array kOfLlm{TomlTable::Elsewhere{"expert", kLlm},
                                     TomlTable::Elsewhere{"experts", kLlm},
                                     TomlTable::Elsewhere{"deadline_ms", kLlm}};
  table.finish(kOfLlm);
}

}  // namespace

Error placed(const std::map<std::string, std::string>& places, Error error) {
  const auto about = places.find(error.subject);
  const auto it = about == places.end() ? places.find("") : about;
  if (it != places.end()) error.message = it->second + ": " + error.message;
  return error;
}

Result<Config> parse_config(std::string_view toml, std::string_view name) {
  auto parsed = TomlTable::parse(toml, name);
  if (!parsed) return fail(parsed.error());
  TomlTable& root = *parsed;
  // The catalogue and the orchestrator check names too, but only here is the line known.
  std::unordered_set<std::string> names;
  const auto claim = [&names](TomlTable& table, const std::string& taken) {
    if (!taken.empty() && !names.insert(taken).second) {
      table.reject("name", fmt::format("'{}' is taken by a table above; rename one", taken));
    }
  };
  std::map<std::string, std::map<std::string, std::string>> tables;
  std::map<std::string, std::string> places{{"", std::string(name)}};
  std::vector<Expert> experts;
  for (TomlTable& table : root.tables("expert")) {
    experts.push_back(read_expert(table));
    tables.emplace("expert " + experts.back().name, table.values());
    places.emplace(subject_of(experts.back()), table.place());
    claim(table, experts.back().name);
  }
  std::vector<orchestrator::ModelSpec> models;
  for (TomlTable& table : root.tables("model")) {
    models.push_back(read_model(table));
    tables.emplace("model " + models.back().name, table.values());
    places.emplace(subject_of(models.back()), table.place());
    claim(table, models.back().name);
  }
  if (root.error()) return fail(*root.error());
  auto catalogue = experts::Catalogue::make(std::move(experts));
  if (!catalogue) return fail(placed(places, catalogue.error()));

  for (auto& [path, value] : root.values()) {
    const auto dot = path.find('.');
    const std::string table = path.substr(0, dot);
    if (dot == std::string::npos || table == "expert" || table == "model") continue;
    tables["[" + table + "]"].emplace(path.substr(dot + 1), value);
  }
  Config config{.catalogue = std::move(*catalogue),
                .models = std::move(models),
                .tables = std::move(tables),
                .places = std::move(places)};
  read_server(root.table("server"), config);
  read_privacy(root.table("privacy"), config.rules.privacy);
  check_redaction(root, config.rules.privacy);
  read_sessions(root.table("sessions"), config);
  TomlTable store = root.table("store");
  store.read("url", config.store_url);
  store.read("replay", config.rules.keep_foreseen);
  store.finish();
  if (const auto predictor = root.table_if("predictor")) {
    config.places.emplace(kPredictorTable, predictor->place());
    read_predictor(*predictor, config);
  }
  if (auto keys = root.table_if("keys")) {
    config.places.emplace(kKeysTable, keys->place());
    config.keys_file = kKeysFileDefault;
    keys->read("file", *config.keys_file);
    keys->finish();
  }
  if (const auto admin = root.table_if("admin")) config.admin = read_admin(*admin);
  read_telemetry(root.table("telemetry"), config.gateway.spans);
  if (root.has("budgets")) {
    root.reject("budgets", "this table is not offered yet; leave it out");
  }
  root.finish();
  if (root.error()) return fail(*root.error());
  return config;
}

Result<Config> load_config(const std::string& path) {
  const auto text = read_file(path, kMiB);
  if (!text) {
    if (text.error().code != ErrorCode::not_found) return fail(text.error());
    return fail(ErrorCode::not_found,
                "{}: there is no such file; examples/ooe.toml shows what belongs in it", path);
  }
  auto config = parse_config(*text, path);
  if (!config) return config;
  const auto folder = std::filesystem::path(path).parent_path();
  const auto beside = [&](std::string_view file) { return (folder / file).string(); };
  // What is none, whoever opens the store says.
  if (const auto database = store::sqlite_path(config->store_url)) {
    config->store_url = "sqlite:" + beside(*database);
  }
  config->predictor_file = beside(config->predictor_file);
  if (config->keys_file) config->keys_file = beside(*config->keys_file);
  const auto move_beside = [&](std::string& file) {
    if (!file.empty()) file = beside(file);
  };
  if (auto& tls = config->gateway.server.tls) {
    move_beside(tls->certificate);
    move_beside(tls->key);
  }
  move_beside(config->gateway.expert_ca_file);
  config->gateway.spans.ca_file = config->gateway.expert_ca_file;
  if (config->admin) move_beside(config->admin->token_file);
  const auto listed = config->catalogue.experts();
  std::vector<Expert> experts(listed.begin(), listed.end());
  for (Expert& expert : experts) {
    move_beside(expert.api_key_file);
    move_beside(expert.tokenizer_file);
  }
  auto catalogue = experts::Catalogue::make(std::move(experts));
  if (!catalogue) return fail(placed(config->places, catalogue.error()));
  config->catalogue = std::move(*catalogue);
  return config;
}

std::vector<std::string> files_named_by(const Config& config) {
  std::vector<std::string> files{config.gateway.expert_ca_file};
  if (const auto& tls = config.gateway.server.tls) {
    files.insert(files.end(), {tls->certificate, tls->key});
  }
  if (config.admin) files.push_back(config.admin->token_file);
  if (config.keys_file) {
    files.insert(files.end(), {*config.keys_file, secret_path(*config.keys_file)});
  }
  for (const Expert& expert : config.catalogue.experts()) {
    files.insert(files.end(), {expert.api_key_file, expert.tokenizer_file});
  }
  std::erase(files, "");
  return files;
}

}  // namespace ooe::cli
