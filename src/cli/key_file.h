// The file of clients' API keys (keys.toml): what `ooe keys` writes and the gateway reads. Hashes
// only. Beside it lies the secret they are hashed with, readable by its owner alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "gateway/api_key.h"

namespace ooe::cli {

// The largest limits that a key can have.
inline constexpr std::int64_t kPerMinuteMax = 1'000'000'000'000;
inline constexpr Usd kBudgetMax{1'000'000'000'000'000'000};  // a thousand million

// Errors: corrupt when it is not TOML; invalid_argument with "name:line:", the key and the remedy
// for anything else.
[[nodiscard]] Result<std::vector<gateway::ApiKey>> parse_keys(std::string_view toml,
                                                              std::string_view name);
// Whether nothing is in a key file, not even the comment that each begins with.
[[nodiscard]] bool is_emptied(std::string_view text);
// What parse_keys() reads back.
[[nodiscard]] std::string render_keys(const std::vector<gateway::ApiKey>& keys);

// Where the secret of a key file is.
[[nodiscard]] std::string secret_path(const std::string& key_file);

// Errors: not_found, with how to make one, for either file; corrupt for one that is emptied;
// otherwise as parse_keys and gateway::KeyRing::make.
[[nodiscard]] Result<gateway::KeyRing> load_keys(const std::string& key_file);

// Held while somebody reads the keys and writes them back. The secret is what is locked: the key
// file itself is replaced.
class KeyFileLock {
 public:
  explicit KeyFileLock(const std::string& key_file);
  ~KeyFileLock();
  KeyFileLock(const KeyFileLock&) = delete;
  KeyFileLock& operator=(const KeyFileLock&) = delete;

 private:
  int descriptor_;
};

// Marks a key as revoked in its file; the gateway follows when it reads the file again. Waits for
// others who change it. Errors: not_found for an unknown name; otherwise as load_keys.
[[nodiscard]] Result<void> revoke_key(const std::string& key_file, const std::string& name);

}  // namespace ooe::cli
