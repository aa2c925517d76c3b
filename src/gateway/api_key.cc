#include "gateway/api_key.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "http/token.h"

namespace ooe::gateway {
namespace {

constexpr std::string_view kPrefix = "ooe_";
constexpr std::size_t kIdDigits = 8;
constexpr std::size_t kSecretDigits = 32;
constexpr std::size_t kKeyLength = kPrefix.size() + kIdDigits + 1 + kSecretDigits;

KeyHash hash_of(std::string_view pepper, std::string_view key) {
  return {keyed_blake2b_128(pepper, key)};
}

std::string random_hex() { return to_hex(KeyHash{random_bytes_128()}); }

}  // namespace

// RFC 6750, section 2.1; the scheme's name is not case-sensitive (RFC 9110, section 11.1).
std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!http::equal_names(authorization.substr(0, kScheme.size()), kScheme)) return {};
  authorization.remove_prefix(kScheme.size());
  authorization.remove_prefix(std::min(authorization.find_first_not_of(' '), authorization.size()));
  return authorization;
}

bool ApiKey::may_ask_for(std::string_view model) const {
  return models.empty() || std::ranges::find(models, model) != models.end();
}

NewKey make_key(std::string_view pepper, std::string name) {
  NewKey made;
  made.entry.id = random_hex().substr(0, kIdDigits);
  made.entry.name = std::move(name);
  made.text = std::string(kPrefix) + made.entry.id + "_" + random_hex();
  made.entry.hash = hash_of(pepper, made.text);
  return made;
}

Result<KeyRing> KeyRing::make(std::string pepper, std::vector<ApiKey> keys) {
  if (pepper.size() < kPepperBytesMin || pepper.size() > kPepperBytesMax) {
    return fail(ErrorCode::invalid_argument,
                "the secret that keys are hashed with has {} bytes; it needs {} to {}",
                pepper.size(), kPepperBytesMin, kPepperBytesMax);
  }
  std::unordered_set<std::string_view> names;
  std::unordered_set<std::string_view> ids;
  for (const ApiKey& key : keys) {
    if (!names.insert(key.name).second) {
      return fail(ErrorCode::invalid_argument, "key '{}' stands twice; rename one", key.name);
    }
    if (!ids.insert(key.id).second) {
      return fail(ErrorCode::invalid_argument, "key id '{}' stands twice; remove one", key.id);
    }
  }
  return KeyRing(std::move(pepper), std::move(keys));
}

KeyRing::KeyRing(std::string pepper, std::vector<ApiKey> keys)
    : pepper_(std::move(pepper)), keys_(std::move(keys)) {
  for (std::size_t i = 0; i < keys_.size(); ++i) by_id_.emplace(keys_[i].id, i);
}

KeyRing KeyRing::with_revoked(std::span<const KeyHash> hashes) const {
  KeyRing ring = *this;
  for (ApiKey& key : ring.keys_) {
    if (std::ranges::find(hashes, key.hash) != hashes.end()) key.revoked = true;
  }
  return ring;
}

NewKey KeyRing::make_key(std::string name) const {
  return gateway::make_key(pepper_, std::move(name));
}

const ApiKey* KeyRing::recognise(std::string_view authorization) const {
  const std::string_view text = bearer_token(authorization);
  if (text.size() != kKeyLength || !text.starts_with(kPrefix)) return nullptr;
  const auto at = by_id_.find(std::string(text.substr(kPrefix.size(), kIdDigits)));
  if (at == by_id_.end()) return nullptr;
  const ApiKey& key = keys_[at->second];
  if (!equal_in_constant_time(hash_of(pepper_, text).bytes, key.hash.bytes)) return nullptr;
  return key.revoked ? nullptr : &key;
}

}  // namespace ooe::gateway
