#include "cli/key_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/file.h"
#include "cli/toml_reader.h"

namespace ooe::cli {
namespace {

constexpr std::size_t kKeyFileBytesMax = std::size_t{16} << 20U;
constexpr std::size_t kSecretBytesMax = 4'096;

std::optional<PrivacyClass> read_class(TomlTable& table, std::string_view key) {
  std::string word;
  table.read(key, word);
  if (word.empty()) return std::nullopt;
  const auto privacy = parse_privacy_class(word);
  if (!privacy) {
    table.reject(key, fmt::format("'{}' is no privacy class; use public, internal, confidential or "
                                  "restricted",
                                  word));
  }
  return privacy;
}

// As text, since a binary fraction is not what was meant: "0.1".
std::optional<Usd> read_budget(TomlTable& table, std::string_view key) {
  std::string text;
  table.read(key, text);
  if (!table.has(key)) return std::nullopt;
  const auto usd = parse_usd(text);
  if (!usd) {
    table.reject(key, usd.error().message);
    return std::nullopt;
  }
  if (*usd > kBudgetMax) {
    table.reject(key, fmt::format("at most {} USD can be told", to_string(kBudgetMax)));
  }
  return *usd;
}

std::optional<std::int64_t> read_rate(TomlTable& table, std::string_view key) {
  std::int64_t rate = 1;
  table.read(key, rate, 1, kPerMinuteMax);
  return table.has(key) ? std::optional(rate) : std::nullopt;
}

gateway::ApiKey read_key(TomlTable& table) {
  gateway::ApiKey key;
  table.read("name", key.name);
  if (key.name.empty()) table.reject("name", "is missing; every key needs a name");
  table.read("id", key.id);
  std::string hash;
  table.read("hash", hash);
  const auto parsed = parse_hex_id<gateway::KeyHash>(hash);
  if (key.id.size() != 8 || !parsed) {
    table.reject("id", "an id has 8 and a hash 32 hexadecimal digits; `ooe keys add` writes them");
  } else {
    key.hash = *parsed;
  }
  table.read("created", key.created);
  table.read("revoked", key.revoked);
  table.read("models", key.models);
  key.privacy_default = read_class(table, "privacy_default");
  key.privacy_floor = read_class(table, "privacy_floor").value_or(PrivacyClass::public_);
  key.limits.per_day_max = read_budget(table, "usd_per_day");
  key.limits.per_month_max = read_budget(table, "usd_per_month");
  key.limits.requests_per_minute = read_rate(table, "requests_per_minute");
  key.limits.tokens_per_minute = read_rate(table, "tokens_per_minute");
  table.finish();
  return key;
}

std::string toml_quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string render(const gateway::ApiKey& key) {
  std::string text = "\n[[key]]\n";
  const auto line = [&](std::string_view name, std::string_view value) {
    text += fmt::format("{} = {}\n", name, value);
  };
  line("name", toml_quoted(key.name));
  line("id", toml_quoted(key.id));
  line("hash", toml_quoted(to_hex(key.hash)));
  if (!key.created.empty()) line("created", toml_quoted(key.created));
  if (key.revoked) line("revoked", "true");
  if (!key.models.empty()) {
    std::string list;
    for (const std::string& model : key.models)
      list += (list.empty() ? "" : ", ") + toml_quoted(model);
    line("models", "[" + list + "]");
  }
  if (key.privacy_default) line("privacy_default", toml_quoted(to_string(*key.privacy_default)));
  if (key.privacy_floor != PrivacyClass::public_) {
    line("privacy_floor", toml_quoted(to_string(key.privacy_floor)));
  }
  const gateway::KeyLimits& limits = key.limits;
  if (limits.per_day_max) line("usd_per_day", toml_quoted(to_string(*limits.per_day_max)));
  if (limits.per_month_max) line("usd_per_month", toml_quoted(to_string(*limits.per_month_max)));
  if (limits.requests_per_minute) {
    line("requests_per_minute", std::to_string(*limits.requests_per_minute));
  }
  if (limits.tokens_per_minute)
    line("tokens_per_minute", std::to_string(*limits.tokens_per_minute));
  return text;
}

}  // namespace

bool is_emptied(std::string_view text) { return std::ranges::all_of(text, is_space); }

Result<std::vector<gateway::ApiKey>> parse_keys(std::string_view toml, std::string_view name) {
  auto root = TomlTable::parse(toml, name);
  if (!root) return fail(root.error());
  std::vector<gateway::ApiKey> keys;
  for (TomlTable& table : root->tables("key")) keys.push_back(read_key(table));
  root->finish();
  if (root->error()) return fail(*root->error());
  return keys;
}

std::string render_keys(const std::vector<gateway::ApiKey>& keys) {
  std::string text =
      "# Clients' API keys, as hashes: the keys themselves were shown once, by `ooe keys add`.\n"
      "# Limits may be changed here; a running gateway takes them up.\n";
  for (const gateway::ApiKey& key : keys) text += render(key);
  return text;
}

std::string secret_path(const std::string& key_file) { return key_file + ".secret"; }

Result<gateway::KeyRing> load_keys(const std::string& key_file) {
  const auto text = read_file(key_file, kKeyFileBytesMax);
  if (!text && text.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::not_found,
                "{}: there are no keys yet; make one with `ooe keys add NAME`, or take [keys] out "
                "of the configuration",
                key_file);
  }
  if (!text) return fail(text.error());
  // Whoever ends every key, by revoking it or by hand, leaves at least the comment; what is cut
  // short or half written must not be taken for that.
  if (is_emptied(*text)) {
    return fail(ErrorCode::corrupt,
                "{}: it is empty, as if cut short; restore it, or begin anew with `ooe keys add "
                "NAME`; keys end by `ooe keys revoke NAME`",
                key_file);
  }
  auto keys = parse_keys(*text, key_file);
  if (!keys) return fail(keys.error());
  auto secret = read_file(secret_path(key_file), kSecretBytesMax);
  if (!secret && secret.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::not_found,
                "{}: the secret that the keys of {} are hashed with is gone; restore it, or remove "
                "both files and make new keys",
                secret_path(key_file), key_file);
  }
  if (!secret) return fail(secret.error());
  while (secret->ends_with('\n')) secret->pop_back();
  auto ring = gateway::KeyRing::make(std::move(*secret), std::move(*keys));
  if (!ring) return fail(ring.error().code, "{}: {}", key_file, ring.error().message);
  return ring;
}

KeyFileLock::KeyFileLock(const std::string& key_file)
    : descriptor_(::open(secret_path(key_file).c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ >= 0) ::flock(descriptor_, LOCK_EX);
}

KeyFileLock::~KeyFileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> revoke_key(const std::string& key_file, const std::string& name) {
  const KeyFileLock lock(key_file);
  const auto ring = load_keys(key_file);
  if (!ring) return fail(ring.error());
  auto keys = ring->keys();
  const auto key = std::ranges::find(keys, name, &gateway::ApiKey::name);
  if (key == keys.end()) {
    return fail(ErrorCode::not_found, "there is no key named '{}'; `ooe keys list` shows them",
                name);
  }
  key->revoked = true;
  return write_file_atomically(key_file, render_keys(keys));
}

}  // namespace ooe::cli
