// Which expert has a conversation: a client that sends `x-ooe-session` says which one it is, and
// any other shows it by repeating what has been said. A request is what the last one said, an
// answer, and something new; so the messages before its last answer name the request before it.
// In: messages and headers. Out: who answered last. Knows: policy, core. Never holds a word: keys
// are hashes under a seed of this process, experts are hashes of their names.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/receipt.h"
#include "gateway/chat_request.h"
#include "http/message.h"
#include "policy/decide.h"

namespace ooe::gateway {

// What the configuration in force says of conversations.
struct SessionRules {
  bool affinity = true;           // false: every request is decided as if it were the first
  double handoff_quality = 0.02;  // what another expert must be better by, in quality points
  // For how long experts keep a prompt they have read; providers say 5 to 10 minutes.
  std::chrono::seconds prompt_cache{300};
};

// Where a request looks for the turn before it, and where it leaves its own.
struct ConversationKeys {
  std::optional<std::uint64_t> last = std::nullopt;  // nothing: it begins the conversation
  std::uint64_t own = 0;
};

inline constexpr std::size_t kSessionBytesMax = 256;

// Which session the client says it is in. Errors: invalid_argument when `x-ooe-session` is empty,
// longer than kSessionBytesMax, or given twice.
[[nodiscard]] Result<std::optional<std::string_view>> session_of(const http::Headers& headers);

// `scope`: the client's key and the model, so that nobody meets another's conversation.
[[nodiscard]] ConversationKeys conversation_keys(std::optional<std::string_view> session,
                                                 const History& history, std::uint64_t scope);

struct Turn {
  std::uint64_t expert = 0;  // fast_hash of its name: names outlive reloads, positions do not
  std::int64_t tokens = 0;   // that it has seen or said by now
  TimePoint at{};            // when it answered
};

// What a served request leaves for the next; nothing when nobody's words reached the client.
[[nodiscard]] std::optional<Turn> turn_of(const Receipt& receipt, TimePoint now);

// Whoever answered `turn`, if still among `experts`, and what leaving them costs a prompt of
// `prompt_tokens`.
[[nodiscard]] std::optional<policy::Incumbent> incumbent_of(const Turn& turn,
                                                            std::span<const Expert> experts,
                                                            std::int64_t prompt_tokens,
                                                            const SessionRules& rules,
                                                            TimePoint now);

// A fixed number of turns; the one not used for longest makes room. Threads: any.
class Conversations {
 public:
  // Holds at least `turns_max` turns, 32 bytes each.
  explicit Conversations(std::size_t turns_max);

  [[nodiscard]] std::optional<Turn> find(std::uint64_t key);
  void put(std::uint64_t key, const Turn& turn);

  // The seed cannot be guessed and is drawn anew at each start.
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] std::size_t turns_max() const { return slots_.size(); }

 private:
  // A key may lie in any slot of its set, so that what is found is one short scan and what goes is
  // the oldest of a few: nearly the oldest of all.
  static constexpr std::size_t kWays = 8;
  static constexpr std::size_t kLocks = 64;  // each for every kLocks-th set
  struct Slot {
    std::uint64_t key = 0;  // 0: free
    Turn turn;
  };

  [[nodiscard]] std::size_t set_of(std::uint64_t key) const { return key % n_sets_; }

  std::uint64_t seed_;
  std::size_t n_sets_;
  std::array<std::mutex, kLocks> mutexes_;
  std::vector<Slot> slots_;  // [n_sets, kWays]; a set is guarded by mutexes_[set % kLocks]
};

}  // namespace ooe::gateway
