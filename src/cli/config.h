// ooe.toml: the one configuration file, read strictly. docs/configuration.md explains every key.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/expert.h"
#include "experts/catalogue.h"
#include "gateway/gateway.h"
#include "orchestrator/orchestrator.h"

namespace ooe::cli {

inline constexpr const char* kStoreDefault = "sqlite:ooe.db";
inline constexpr const char* kKeysFileDefault = "keys.toml";

// Error::subject of what is wrong with a file or a spec that these tables name.
inline constexpr const char* kPredictorTable = "[predictor]";
inline constexpr const char* kKeysTable = "[keys]";

// [admin]: the administrator's surface, off unless the table is there.
struct AdminConfig {
  std::string listen = "127.0.0.1:8081";
  std::string token_env = {};
  std::string token_file = {};

  friend bool operator==(const AdminConfig&, const AdminConfig&) = default;
};

struct Config {
  gateway::GatewayOptions gateway = {};  // [server], what stays until a restart
  gateway::RequestRules rules = {};      // the rest of [server], and [privacy]
  std::string log_level = "info";
  std::string store_url = kStoreDefault;  // as store::sqlite_path()
  std::string predictor_file = "model.ooe";
  std::optional<orchestrator::LlmPredictorSpec> llm = std::nullopt;  // [predictor] kind = "llm"
  std::optional<std::string> keys_file = std::nullopt;  // [keys] is there: clients need one
  std::optional<AdminConfig> admin = std::nullopt;
  experts::Catalogue catalogue;
  std::vector<orchestrator::ModelSpec> models;
  // What the file says, as TomlTable::values(), of "[server]", "[privacy]", ..., "expert NAME" and
  // "model NAME": for who tells what a reload changed.
  std::map<std::string, std::map<std::string, std::string>> tables = {};
  // "name:line" by Error::subject: of experts, of models, of the two tables named above where they
  // are there; "name" of all else, by "".
  std::map<std::string, std::string> places = {};
};

// The error with its place before it: that of its subject, where that has one, else the file's.
// An error is placed once: where it leaves what was made of the configuration.
// For what is wrong though the file by itself is right: a key that is missing, a goal that cannot
// be met.
[[nodiscard]] Error placed(const std::map<std::string, std::string>& places, Error error);

// Errors: corrupt when it is not TOML; invalid_argument with "name:line:", the key and the remedy
// for anything else.
[[nodiscard]] Result<Config> parse_config(std::string_view toml, std::string_view name);

// Relative paths inside the file (store, predictor, key files) are relative to its folder.
// Errors: as parse_config; not_found with how to make one.
[[nodiscard]] Result<Config> load_config(const std::string& path);

// The files of secrets, certificates and tokenizers that it names, of which some may not be there.
[[nodiscard]] std::vector<std::string> files_named_by(const Config& config);

}  // namespace ooe::cli
