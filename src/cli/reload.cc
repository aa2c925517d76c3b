#include "cli/reload.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/hex.h"
#include "base/system_words.h"
#include "cli/key_file.h"
#include "cli/serving.h"
#include "cli/toml_reader.h"
#include "http/certificates.h"
#include "report/numbers.h"

namespace ooe::cli {
namespace {

// What is compared of one thing: values by key, and what is never told, only whether it changed.
struct Facts {
  std::map<std::string, std::string> told;
  std::map<std::string, std::string> hidden;
};
using FactsByName = std::map<std::string, Facts>;

constexpr std::size_t kValueBytesMax = 120;  // a longer one is named, not shown

// The bytes of a file that stands behind the configuration.
std::string hash_behind(const Loaded& loaded, const std::string& path) {
  const auto hash = loaded.hashes.find(path);
  return hash == loaded.hashes.end() ? "" : hash->second;
}

Facts facts_of_table(const Config& config, const std::string& table) {
  const auto values = config.tables.find(table);
  return values == config.tables.end() ? Facts{} : Facts{values->second, {}};
}

// An address may have a key in its query.
void hide_queries(Facts& facts) {
  for (const char* key : {"base_url", "base_urls"}) {
    const auto value = facts.told.find(key);
    if (value == facts.told.end() || value->second.find('?') == std::string::npos) continue;
    facts.hidden.insert(facts.told.extract(value));
  }
}

FactsByName experts_of(const Loaded& loaded) {
  FactsByName all;
  for (const Expert& expert : loaded.config.catalogue.experts()) {
    Facts facts = facts_of_table(loaded.config, "expert " + expert.name);
    hide_queries(facts);
    const auto endpoint = loaded.serving.endpoints->find(expert.name);
    if (endpoint != loaded.serving.endpoints->end()) {
      facts.hidden["its API key"] = hex_of(blake2b_128(endpoint->second.key.reveal()));
    }
    facts.hidden["its tokenizer's file"] = hash_behind(loaded, expert.tokenizer_file);
    all.emplace(expert.name, std::move(facts));
  }
  return all;
}

FactsByName models_of(const Loaded& loaded) {
  FactsByName all;
  for (const auto& model : loaded.serving.orchestrator->models()) {
    Facts facts = facts_of_table(loaded.config, "model " + model.name);
    if (model.routes()) {
      facts.told["predicted quality"] = fmt::format("{:.3f}", model.calibrated.quality);
      facts.told["predicted USD per 1,000 queries"] =
          report::usd_text(1000.0 * model.calibrated.cost_usd);
    }
    all.emplace(model.name, std::move(facts));
  }
  return all;
}

constexpr const char* kRevoked = "revoked";

FactsByName keys_of(const Loaded& loaded) {
  FactsByName all;
  if (!loaded.serving.keys) return all;
  for (const gateway::ApiKey& key : loaded.serving.keys->keys()) {
    Facts facts;
    // As keys.toml says it, under the names that are used there.
    if (const auto table = TomlTable::parse(render_keys({key}), "keys")) {
      const std::string before = "key." + key.name + ".";
      for (const auto& [path, value] : table->values()) {
        facts.told[path.substr(before.size())] = value;
      }
    }
    facts.told.erase("id");
    facts.told.erase("hash");
    facts.hidden["the key itself"] = key.id + to_hex(key.hash);
    all.emplace(key.name, std::move(facts));
  }
  return all;
}

const std::string& or_not_set(const std::map<std::string, std::string>& values,
                              const std::string& key) {
  static const std::string not_set = "not set";
  const auto value = values.find(key);
  return value == values.end() ? not_set : value->second;
}

// "price.input from 1 to 2", "its API key".
std::vector<std::string> differences(const Facts& last, const Facts& next) {
  std::set<std::string> keys;
  for (const Facts* facts : {&last, &next}) {
    for (const auto& [key, _] : facts->told) keys.insert(key);
    for (const auto& [key, _] : facts->hidden) keys.insert(key);
  }
  std::vector<std::string> found;
  for (const std::string& key : keys) {
    const std::string& before = or_not_set(last.told, key);
    const std::string& after = or_not_set(next.told, key);
    if (or_not_set(last.hidden, key) != or_not_set(next.hidden, key)) {
      found.push_back(key);
    } else if (before != after) {
      const bool is_long = std::max(before.size(), after.size()) > kValueBytesMax;
      found.push_back(is_long ? key : fmt::format("{} from {} to {}", key, before, after));
    }
  }
  return found;
}

void compare(std::string_view kind, const FactsByName& last, const FactsByName& next,
             std::vector<std::string>& changes) {
  for (const auto& [name, facts] : next) {
    const auto before = last.find(name);
    if (before == last.end()) {
      changes.push_back(fmt::format("{} {} is new", kind, name));
      continue;
    }
    if (facts.told.contains(kRevoked) && !before->second.told.contains(kRevoked)) {
      changes.push_back(fmt::format("{} {} is revoked", kind, name));
    } else if (const auto found = differences(before->second, facts); !found.empty()) {
      changes.push_back(fmt::format("{} {} changed: {}", kind, name, fmt::join(found, ", ")));
    }
  }
  for (const auto& [name, _] : last) {
    if (!next.contains(name)) changes.push_back(fmt::format("{} {} is gone", kind, name));
  }
}

// Calls visit("[server] listen", differs) for each key, or whole table, that cannot be taken up
// while the process runs.
template <class Visit>
void visit_restart_keys(const Config& started, const Config& next, Visit visit) {
  const auto compare_key = [&](const char* key, const auto& before, const auto& after) {
    visit(key, before != after);
  };
  const gateway::GatewayOptions& was = started.gateway;
  const gateway::GatewayOptions& is = next.gateway;
  compare_key("[server] listen", was.server.listen, is.server.listen);
  compare_key("[server] workers", was.workers, is.workers);
  compare_key("[server] open_to_network", was.open_to_network, is.open_to_network);
  const http::TlsFiles no_tls;
  const http::TlsFiles& tls_was = was.server.tls ? *was.server.tls : no_tls;
  const http::TlsFiles& tls_is = is.server.tls ? *is.server.tls : no_tls;
  compare_key("[server] tls_certificate", tls_was.certificate, tls_is.certificate);
  compare_key("[server] tls_key", tls_was.key, tls_is.key);
  compare_key("[server] expert_ca_file", was.expert_ca_file, is.expert_ca_file);
  compare_key("[server] log_level", started.log_level, next.log_level);
  compare_key("[server] requests_max", was.requests_max, is.requests_max);
  compare_key("[server] connections_max", was.server.connections_max, is.server.connections_max);
  compare_key("[server] header_bytes_max", was.server.header_bytes_max, is.server.header_bytes_max);
  compare_key("[server] body_bytes_max", was.server.body_bytes_max, is.server.body_bytes_max);
  compare_key("[server] bodies_bytes_max", was.server.bodies_bytes_max, is.server.bodies_bytes_max);
  compare_key("[server] header_timeout_ms", was.server.header_timeout, is.server.header_timeout);
  compare_key("[server] body_timeout_ms", was.server.body_timeout, is.server.body_timeout);
  compare_key("[server] idle_timeout_ms", was.server.idle_timeout, is.server.idle_timeout);
  compare_key("[server] write_timeout_ms", was.server.write_timeout, is.server.write_timeout);
  compare_key("[server] lame_duck_ms", was.lame_duck, is.lame_duck);
  compare_key("[server] drain_ms", was.drain, is.drain);
  compare_key("[telemetry] otlp_endpoint", was.spans.endpoint, is.spans.endpoint);
  compare_key("[sessions] turns_max", was.turns_max, is.turns_max);
  compare_key("[store] url", started.store_url, next.store_url);
  if (started.admin && next.admin) {
    compare_key("[admin] listen", started.admin->listen, next.admin->listen);
  } else {
    compare_key("[admin]", started.admin.has_value(), next.admin.has_value());
  }
}

// What is in force anew of [server], [privacy], ...
void compare_tables(const Config& last, const Config& next, std::vector<std::string>& changes) {
  std::set<std::string> others;  // told by needs_restart()
  visit_restart_keys(last, next, [&](const char* key, bool) { others.insert(key); });
  std::set<std::string> tables;
  for (const Config* config : {&last, &next}) {
    for (const auto& [table, _] : config->tables) {
      if (table.starts_with('[') && !others.contains(table)) tables.insert(table);
    }
  }
  for (const std::string& table : tables) {
    Facts before = facts_of_table(last, table);
    Facts after = facts_of_table(next, table);
    const auto is_other = [&](const auto& value) {
      return others.contains(table + " " + value.first);
    };
    std::erase_if(before.told, is_other);
    std::erase_if(after.told, is_other);
    for (const std::string& found : differences(before, after)) {
      changes.push_back(table + " " + found);
    }
  }
}

// Files that stay where they are, with other bytes in them.
void compare_files(const Loaded& last, const Loaded& next, std::vector<std::string>& changes) {
  const auto compare_file = [&](const char* what, const std::string& before,
                                const std::string& after) {
    if (before != after || hash_behind(last, before) == hash_behind(next, after)) return;
    changes.push_back(fmt::format("{} {} changed", what, after));
  };
  const auto& tls_was = last.config.gateway.server.tls;
  const auto& tls_is = next.config.gateway.server.tls;
  if (tls_was && tls_is) {
    compare_file("the TLS certificate", tls_was->certificate, tls_is->certificate);
    compare_file("the TLS key", tls_was->key, tls_is->key);
  }
  compare_file("the predictor", last.config.predictor_file, next.config.predictor_file);
  if (last.config.keys_file && next.config.keys_file) {
    compare_file("the secret of clients' keys", secret_path(*last.config.keys_file),
                 secret_path(*next.config.keys_file));
  }
}

// In pieces: a model need not be in memory once more for it.
std::string hash_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return "absent";
  constexpr std::size_t kPiece = std::size_t{64} << 10U;
  std::string hash;
  std::string piece;
  do {
    piece.assign(kPiece, '\0');
    file.read(piece.data(), static_cast<std::streamsize>(kPiece));
    piece.resize(static_cast<std::size_t>(file.gcount()));
    hash = hex_of(blake2b_128(hash + piece));
  } while (file);
  return hash;
}

// OpenSSL says "system lib" of a file that is not there.
Result<void> check_tls_files(const http::TlsFiles& files) {
  for (const auto& [what, file] :
       {std::pair("certificate", &files.certificate), std::pair("key", &files.key)}) {
    if (::access(file->c_str(), R_OK) == 0) continue;
    return fail(ErrorCode::invalid_argument, "the TLS {} '{}' cannot be read: {}", what, *file,
                system_words(errno));
  }
  return {};
}

}  // namespace

Result<Loaded> load_all(const std::string& config_path) {
  auto config = load_config(config_path);
  if (!config) return fail(config.error());
  if (const auto& tls = config->gateway.server.tls) {
    if (auto ok = check_tls_files(*tls); !ok) return fail(ok.error());
  }
  // Each worker reads it when it first calls an https address: too late to say so.
  if (const std::string& file = config->gateway.expert_ca_file; !file.empty()) {
    if (auto ok = http::check_ca_file(file); !ok) {
      return fail(ok.error().code, "[server] expert_ca_file {}", ok.error().message);
    }
  }
  std::map<std::string, std::string> hashes;
  for (const std::string& file : files_behind(config_path, *config)) hashes[file] = hash_of(file);
  auto serving = make_serving(*config);
  if (!serving) return fail(serving.error());
  return Loaded{std::move(*config), std::move(*serving), std::move(hashes)};
}

std::vector<std::string> files_behind(const std::string& config_path, const Config& config) {
  std::vector<std::string> files{config_path, config.predictor_file};
  if (config.keys_file) {
    files.push_back(*config.keys_file);
    files.push_back(secret_path(*config.keys_file));
  }
  if (const auto& tls = config.gateway.server.tls) {
    files.push_back(tls->certificate);
    files.push_back(tls->key);
  }
  if (const std::string& file = config.gateway.expert_ca_file; !file.empty()) files.push_back(file);
  if (config.admin && !config.admin->token_file.empty()) files.push_back(config.admin->token_file);
  for (const Expert& expert : config.catalogue.experts()) {
    if (!expert.api_key_file.empty()) files.push_back(expert.api_key_file);
    if (!expert.tokenizer_file.empty()) files.push_back(expert.tokenizer_file);
  }
  return files;
}

std::string fingerprint_of(const std::vector<std::string>& files) {
  std::string text;
  for (const std::string& file : files) {
    text += fmt::format("{} {};", file, hash_of(file));
  }
  return text;
}

std::vector<std::string> needs_restart(const Config& started, const Config& next) {
  std::vector<std::string> keys;
  visit_restart_keys(started, next, [&](const char* key, bool differs) {
    if (differs) keys.emplace_back(key);
  });
  return keys;
}

std::string describe_changes(const Config& started, const Loaded& last, const Loaded& next,
                             std::vector<std::string> more) {
  std::vector<std::string> changes;
  compare("expert", experts_of(last), experts_of(next), changes);
  compare("model", models_of(last), models_of(next), changes);
  compare("key", keys_of(last), keys_of(next), changes);
  if (last.config.keys_file.has_value() != next.config.keys_file.has_value()) {
    changes.emplace_back(next.config.keys_file ? "clients need a key" : "clients need no key");
  }
  compare_tables(last.config, next.config, changes);
  compare_files(last, next, changes);
  std::ranges::move(more, std::back_inserter(changes));
  if (const auto keys = needs_restart(started, next.config); !keys.empty()) {
    changes.push_back(
        fmt::format("{} differs from what is running and takes a restart", fmt::join(keys, ", ")));
  }
  if (changes.empty()) return "nothing changed in the configuration and the files behind it";
  return fmt::format("{}", fmt::join(changes, "; "));
}

std::string describe_key_changes(const Loaded& last, const Loaded& next) {
  std::vector<std::string> changes;
  compare("key", keys_of(last), keys_of(next), changes);
  return fmt::format("{}", fmt::join(changes, "; "));
}

FileWatch::FileWatch(std::vector<std::string> paths)
    : paths_(std::move(paths)), seen_(look()), reported_(seen_) {}

bool FileWatch::changed() {
  std::string now = look();
  const bool still = now == seen_;
  seen_ = std::move(now);
  if (!still || seen_ == reported_) return false;
  reported_ = seen_;
  return true;
}

void FileWatch::follow(std::vector<std::string> paths) {
  if (paths == paths_) return;
  paths_ = std::move(paths);
  seen_ = look();
  reported_.clear();
}

std::string FileWatch::look() const {
  std::string text;
  for (const std::string& path : paths_) {
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) {
      text += "absent;";
      continue;
    }
    text += fmt::format("{} {} {}.{};", status.st_ino, status.st_size, status.st_mtim.tv_sec,
                        status.st_mtim.tv_nsec);
  }
  return text;
}

}  // namespace ooe::cli
