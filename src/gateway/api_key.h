// API keys of clients: how one is recognised without being stored, and what each may do.
// In: an Authorization header. Out: the key's rules, or nothing. Knows: base, core.
//
// A key reads `ooe_<id>_<secret>`, 8 and 32 hexadecimal digits. The id is no secret: it finds the
// entry. What is stored is the hash of the whole key, BLAKE2b-128 under a pepper that is kept in a
// file of its own: who has the key file alone has no key, and cannot make one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "core/privacy.h"

namespace ooe::gateway {

// The TOKEN of an Authorization header `Bearer TOKEN`; empty for any other.
[[nodiscard]] std::string_view bearer_token(std::string_view authorization);

using KeyHash = Id128<struct KeyHashTag>;

// What a key may use. Nothing: no limit.
struct KeyLimits {
  std::optional<Usd> per_day_max = {};    // of a calendar day, UTC
  std::optional<Usd> per_month_max = {};  // of a calendar month, UTC
  std::optional<std::int64_t> requests_per_minute = {};
  std::optional<std::int64_t> tokens_per_minute = {};  // of input and output together
};

struct ApiKey {
  std::string id;    // 8 hexadecimal digits
  std::string name;  // unique, also among revoked ones; what receipts say
  KeyHash hash;
  std::string created;  // "2026-11-24", for people
  bool revoked = false;
  std::vector<std::string> models;              // names it may ask for; empty: all
  std::optional<PrivacyClass> privacy_default;  // instead of [privacy] default
  PrivacyClass privacy_floor = PrivacyClass::public_;
  KeyLimits limits;

  [[nodiscard]] bool may_ask_for(std::string_view model) const;
};

// What BLAKE2b takes as a key, and the least that nobody guesses.
inline constexpr std::size_t kPepperBytesMin = 16;
inline constexpr std::size_t kPepperBytesMax = 64;

struct NewKey {
  std::string text;  // the key itself: shown once, stored nowhere
  ApiKey entry;      // with id, name and hash
};
// Requires: a pepper of kPepperBytesMin to kPepperBytesMax bytes.
[[nodiscard]] NewKey make_key(std::string_view pepper, std::string name);

// Immutable. Threads: any.
class KeyRing {
 public:
  // Errors: invalid_argument for a pepper too short or too long, and for a name or an id that
  // stands twice.
  [[nodiscard]] static Result<KeyRing> make(std::string pepper, std::vector<ApiKey> keys);

  // Returns the key that an `Authorization: Bearer ...` value carries; null when it is not one of
  // ours or has been revoked. Hashes are compared in constant time.
  [[nodiscard]] const ApiKey* recognise(std::string_view authorization) const;

  // The same ring, in which the keys with these hashes are revoked.
  [[nodiscard]] KeyRing with_revoked(std::span<const KeyHash> hashes) const;

  // A key under this ring's pepper, not yet part of it.
  [[nodiscard]] NewKey make_key(std::string name) const;

  [[nodiscard]] const std::vector<ApiKey>& keys() const { return keys_; }

 private:
  KeyRing(std::string pepper, std::vector<ApiKey> keys);

  std::string pepper_;
  std::vector<ApiKey> keys_;
  std::unordered_map<std::string, std::size_t> by_id_;
};

}  // namespace ooe::gateway
