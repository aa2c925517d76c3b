// ooe keys: clients' API keys. Each is shown once; what is kept are hashes.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/file.h"
#include "base/hash.h"
#include "cli/config.h"
#include "cli/key_file.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/workspace.h"
#include "report/terminal.h"

namespace ooe::cli {
namespace {

using gateway::ApiKey;

struct KeysOptions {
  std::string config = "ooe.toml";
  std::string name;
  std::vector<std::string> models;
  std::string privacy_default;
  std::string privacy_floor;
  std::string usd_per_day;
  std::string usd_per_month;
  std::int64_t requests_per_minute = 0;  // 0: no limit
  std::int64_t tokens_per_minute = 0;
  JsonOption json;
};

std::string key_file_of(const KeysOptions& options, const Config& config) {
  if (config.keys_file) return *config.keys_file;
  return (std::filesystem::path(options.config).parent_path() / kKeysFileDefault).string();
}

// A key for a name that nobody has would be of no use.
Result<void> check_models(const std::vector<std::string>& models, const Config& config) {
  for (const std::string& model : models) {
    if (config.catalogue.find(model) ||
        std::ranges::find(config.models, model, &orchestrator::ModelSpec::name) !=
            config.models.end()) {
      continue;
    }
    return fail(ErrorCode::not_found, "--models: there is no model or expert named '{}'", model);
  }
  return {};
}

std::string today() {
  const std::chrono::year_month_day date{
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Result<void> check_name(const std::string& name) {
  const bool plain = std::ranges::all_of(name, [](char c) {
    return is_alnum(c) || std::string_view("._-@").find(c) != std::string_view::npos;
  });
  if (plain && !name.empty() && name.size() <= 100) return {};
  return fail(ErrorCode::invalid_argument,
              "'{}' cannot name a key; use up to 100 letters, digits and . _ - @", name);
}

// Of a day or a month.
Result<Usd> parse_budget(std::string_view text) {
  auto usd = parse_usd(text);
  if (!usd || *usd <= kBudgetMax) return usd;
  return fail(ErrorCode::invalid_argument, "'{}' USD is too much; at most {} can be told", text,
              to_string(kBudgetMax));
}

void read_limits(const KeysOptions& options, ApiKey& key) {
  // The options' own checks have read them before.
  if (!options.usd_per_day.empty()) key.limits.per_day_max = *parse_usd(options.usd_per_day);
  if (!options.usd_per_month.empty()) key.limits.per_month_max = *parse_usd(options.usd_per_month);
  if (options.requests_per_minute > 0) key.limits.requests_per_minute = options.requests_per_minute;
  if (options.tokens_per_minute > 0) key.limits.tokens_per_minute = options.tokens_per_minute;
  key.models = options.models;
  if (!options.privacy_default.empty()) {
    key.privacy_default = parse_privacy_class(options.privacy_default);
  }
  if (!options.privacy_floor.empty()) {
    key.privacy_floor = *parse_privacy_class(options.privacy_floor);
  }
}

// A secret goes to whoever asked and into no file that others may read.
Result<void> check_no_file(const KeysOptions& options) {
  if (options.json.file.empty()) return {};
  return fail(ErrorCode::invalid_argument,
              "--json={}: the key is shown once and written nowhere; use --json",
              options.json.file);
}

// The first key makes both files; the secret first, since it is what commands lock.
Result<void> make_secret_if_missing(const std::string& key_file) {
  std::error_code unknown;
  if (std::filesystem::exists(secret_path(key_file), unknown)) return {};
  // A new one would end all the keys there are.
  const auto text = read_file(key_file);
  const auto keys = text ? parse_keys(*text, key_file) : std::vector<ApiKey>();
  if ((!text && text.error().code != ErrorCode::not_found) || !keys || !keys->empty()) {
    return fail(
        ErrorCode::not_found,
        "{}: the secret of its keys, {}, is missing; restore it, or move both away to begin "
        "anew",
        key_file, secret_path(key_file));
  }
  const auto hex = [] { return to_hex(gateway::KeyHash{random_bytes_128()}); };
  return write_secret_file(secret_path(key_file), hex() + hex() + "\n");
}

Result<void> make_key_file_if_missing(const std::string& key_file) {
  std::error_code unknown;
  if (std::filesystem::exists(key_file, unknown)) {
    const auto text = read_file(key_file);
    if (!text || !is_emptied(*text)) return {};
  }
  return write_file_atomically(key_file, render_keys({}));
}

nlohmann::ordered_json key_json(const ApiKey& key) {
  using nlohmann::ordered_json;
  const auto or_null = [](const auto& value, const auto& form) {
    return value ? ordered_json(form(*value)) : ordered_json(nullptr);
  };
  const auto money = [](Usd amount) { return to_string(amount); };
  const auto count = [](std::int64_t number) { return number; };
  const auto privacy = [](PrivacyClass of) { return std::string(to_string(of)); };
  return {{"name", key.name},
          {"id", key.id},
          {"created", key.created},
          {"revoked", key.revoked},
          {"models", key.models},
          {"usd_per_day", or_null(key.limits.per_day_max, money)},
          {"usd_per_month", or_null(key.limits.per_month_max, money)},
          {"requests_per_minute", or_null(key.limits.requests_per_minute, count)},
          {"tokens_per_minute", or_null(key.limits.tokens_per_minute, count)},
          {"privacy_default", or_null(key.privacy_default, privacy)},
          {"privacy_floor", privacy(key.privacy_floor)}};
}

Result<int> add(const KeysOptions& options) {
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  const std::string key_file = key_file_of(options, *config);
  if (auto ok = check_models(options.models, *config); !ok) return fail(ok.error());
  if (auto ok = make_secret_if_missing(key_file); !ok) return fail(ok.error());
  const KeyFileLock lock(key_file);
  if (auto ok = make_key_file_if_missing(key_file); !ok) return fail(ok.error());
  const auto ring = load_keys(key_file);
  if (!ring) return fail(ring.error());
  auto keys = ring->keys();
  if (std::ranges::find(keys, options.name, &ApiKey::name) != keys.end()) {
    return fail(ErrorCode::invalid_argument,
                "there is a key named '{}', perhaps revoked; receipts tell keys by name, so take "
                "another one",
                options.name);
  }
  auto made = ring->make_key(options.name);
  made.entry.created = today();
  read_limits(options, made.entry);
  keys.push_back(made.entry);
  const std::string text = render_keys(keys);
  if (const auto read = parse_keys(text, key_file); !read) return fail(read.error());
  if (auto ok = write_file_atomically(key_file, text); !ok) return fail(ok.error());
  const auto printed = print_result(options.json, made.text + "\n", [&] {
    nlohmann::ordered_json json = key_json(made.entry);
    json["key"] = made.text;
    return json.dump(2);
  });
  if (!printed) return fail(printed.error());
  note("This is the only time the key is shown. {} keeps its hash.\n", key_file);
  if (!config->keys_file) {
    note("The gateway asks for no key yet: add the table [keys] to {}.\n", options.config);
  }
  return 0;
}

std::string limits_of(const ApiKey& key) {
  std::string text;
  const auto say = [&](std::string_view piece) {
    text += text.empty() ? "" : ", ";
    text += piece;
  };
  if (!key.models.empty()) say(fmt::format("models {}", fmt::join(key.models, " ")));
  if (key.limits.per_day_max) say(to_string(*key.limits.per_day_max) + " USD a day");
  if (key.limits.per_month_max) say(to_string(*key.limits.per_month_max) + " USD a month");
  if (key.limits.requests_per_minute) {
    say(fmt::format("{} requests a minute", *key.limits.requests_per_minute));
  }
  if (key.limits.tokens_per_minute) {
    say(fmt::format("{} tokens a minute", *key.limits.tokens_per_minute));
  }
  if (key.privacy_default) say(fmt::format("default {}", to_string(*key.privacy_default)));
  if (key.privacy_floor != PrivacyClass::public_) {
    say(fmt::format("floor {}", to_string(key.privacy_floor)));
  }
  return text.empty() ? "none" : text;
}

Result<int> list(const KeysOptions& options) {
  const Inputs inputs = files_of(WorkspaceOptions{.db = {}, .config = options.config});
  if (auto ok = check_json_place(options.json, inputs); !ok) return fail(ok.error());
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  const std::string key_file = key_file_of(options, *config);
  const auto ring = load_keys(key_file);
  if (!ring) return fail(ring.error());
  std::string text = ring->keys().empty() ? "no keys\n" : "";
  nlohmann::ordered_json keys = nlohmann::ordered_json::array();
  for (const ApiKey& key : ring->keys()) {
    text += fmt::format("{:<20} ooe_{}_...  {}  {:<8} limits: {}\n", key.name, key.id, key.created,
                        key.revoked ? "revoked" : "in force", limits_of(key));
    keys.push_back(key_json(key));
  }
  const auto printed = print_result(options.json, text, [&] {
    return nlohmann::ordered_json{{"keys", std::move(keys)}}.dump(2);
  });
  if (!printed) return fail(printed.error());
  return 0;
}

Result<int> revoke(const KeysOptions& options) {
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  const std::string key_file = key_file_of(options, *config);
  if (auto ok = revoke_key(key_file, options.name); !ok) return fail(ok.error());
  say("{} is revoked\n", options.name);
  return 0;
}

void add_config_option(CLI::App& command, KeysOptions& options) {
  command
      .add_option("--config", options.config, "the configuration, whose [keys] file this is about")
      ->capture_default_str()
      ->type_name("FILE");
}

CLI::App& add_named(CLI::App& keys, KeysOptions& options, const char* name, const char* what) {
  CLI::App* command = keys.add_subcommand(name, what);
  command->add_option("NAME", options.name, "whose key; receipts say it")
      ->required()
      ->type_name("");
  add_config_option(*command, options);
  return *command;
}

}  // namespace

void add_keys(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<KeysOptions>();
  CLI::App* keys = app.add_subcommand("keys", "API keys of clients: add, list, revoke");
  keys->require_subcommand(1);
  keys->footer(
      "Example: ooe keys add alice --usd-per-day 5\n"
      "`ooe keys add --help` shows its options; so do list and revoke.");

  CLI::App& adding = add_named(*keys, *options, "add", "makes a key and shows it, once");
  const auto classes = CLI::IsMember({"public", "internal", "confidential", "restricted"});
  adding.get_option("NAME")->check(readable_by(check_name));
  adding.add_option("--models", options->models, "the only models it may ask for (default: all)")
      ->delimiter(',')
      ->type_name("A,B");
  adding
      .add_option("--privacy-default", options->privacy_default,
                  "class of its requests without x-ooe-privacy")
      ->check(classes);
  adding
      .add_option("--privacy-floor", options->privacy_floor,
                  "no request of it counts as less private")
      ->check(classes);
  adding
      .add_option("--usd-per-day", options->usd_per_day, "budget of a day, UTC; 0: none to spend")
      ->check(readable_by(parse_budget))
      ->type_name("USD");
  adding
      .add_option("--usd-per-month", options->usd_per_month,
                  "budget of a month, UTC; 0: none to spend")
      ->check(readable_by(parse_budget))
      ->type_name("USD");
  adding.add_option("--requests-per-minute", options->requests_per_minute, "0: no limit")
      ->check(whole_number())
      ->check(CLI::Range(std::int64_t{0}, kPerMinuteMax));
  adding
      .add_option("--tokens-per-minute", options->tokens_per_minute,
                  "of input and output together; 0: no limit")
      ->check(whole_number())
      ->check(CLI::Range(std::int64_t{0}, kPerMinuteMax));
  add_json_option(adding, options->json);
  adding.get_option("--json")->description("print JSON for machines; the key is in it, once");
  set_work(adding, options, runner, "ooe keys add alice --usd-per-day 5 --models auto", add,
           check_no_file);

  CLI::App* listing = keys->add_subcommand("list", "shows names and limits");
  add_config_option(*listing, *options);
  add_json_option(*listing, options->json);
  set_work(*listing, options, runner, "ooe keys list", list);

  CLI::App& revoking = add_named(*keys, *options, "revoke", "ends a key for good");
  set_work(revoking, options, runner, "ooe keys revoke alice", revoke);
}

}  // namespace ooe::cli
