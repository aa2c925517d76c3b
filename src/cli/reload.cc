#include "cli/reload.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/hex.h"
#include "cli/key_file.h"
#include "cli/serving.h"

namespace ooe::cli {
namespace {

// What is compared of each named thing; equal text means that nothing changed.
using Facts = std::map<std::string, std::string>;

std::string price_text(const std::optional<Prices>& prices) {
  if (!prices) return "no price";
  return fmt::format("{}/{}/{}/{}", prices->input.pico, prices->cached_input.pico,
                     prices->output.pico, prices->reasoning.value_or(prices->output).pico);
}

Facts experts_of(const Loaded& loaded) {
  Facts facts;
  for (const Expert& expert : loaded.config.catalogue.experts()) {
    facts[expert.name] =
        fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", expert.base_url,
                    fmt::join(expert.more_base_urls, " "), expert.model, expert.api_key_env,
                    expert.api_key_file, price_text(expert.prices), expert.context_tokens,
                    expert.output_tokens_max, expert.stream_options, to_string(expert.clearance),
                    expert.redact, expert.zone, expert.tokenizer_file, expert.tokenizer_split,
                    static_cast<int>(expert.dialect), expert.own,
                    fmt::join(names_of(expert.capabilities), ","));
  }
  return facts;
}

Facts models_of(const Loaded& loaded) {
  Facts facts;
  for (const auto& model : loaded.serving.orchestrator->models()) {
    facts[model.name] = fmt::format("predicted quality {:.3f} at {:.4f} USD per 1,000 queries",
                                    model.calibrated.quality, 1000.0 * model.calibrated.cost_usd);
  }
  return facts;
}

Facts keys_of(const Loaded& loaded) {
  Facts facts;
  if (!loaded.serving.keys) return facts;
  for (const gateway::ApiKey& key : loaded.serving.keys->keys()) {
    facts[key.name] = key.revoked ? "revoked" : render_keys({key});
  }
  return facts;
}

void compare(std::string_view kind, const Facts& last, const Facts& next,
             std::vector<std::string>& changes) {
  for (const auto& [name, fact] : next) {
    const auto before = last.find(name);
    if (before == last.end()) {
      changes.push_back(fmt::format("{} {} is new", kind, name));
    } else if (before->second != fact) {
      changes.push_back(
          fmt::format("{} {} {}", kind, name, fact == "revoked" ? "is revoked" : "changed"));
    }
  }
  for (const auto& [name, fact] : last) {
    if (!next.contains(name)) changes.push_back(fmt::format("{} {} is gone", kind, name));
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

}  // namespace

Result<Loaded> load_all(const std::string& config_path) {
  auto config = load_config(config_path);
  if (!config) return fail(config.error());
  auto serving = make_serving(*config);
  if (!serving) return fail(serving.error());
  return Loaded{std::move(*config), std::move(*serving)};
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
  const auto compare_key = [&](const char* key, const auto& before, const auto& after) {
    if (before != after) keys.emplace_back(key);
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
  return keys;
}

std::string describe_changes(const Config& started, const Loaded& last, const Loaded& next) {
  std::vector<std::string> changes;
  compare("expert", experts_of(last), experts_of(next), changes);
  compare("model", models_of(last), models_of(next), changes);
  compare("key", keys_of(last), keys_of(next), changes);
  if (last.config.keys_file.has_value() != next.config.keys_file.has_value()) {
    changes.emplace_back(next.config.keys_file ? "clients need a key" : "clients need no key");
  }
  if (const auto keys = needs_restart(started, next.config); !keys.empty()) {
    changes.push_back(
        fmt::format("{} differs from what is running and takes a restart", fmt::join(keys, ", ")));
  }
  if (changes.empty()) return "no expert, model or key changed";
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
