#include "gateway/conversations.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/fast_hash.h"
#include "base/hash.h"

namespace ooe::gateway {
namespace {

constexpr std::string_view kSessionHeader = "x-ooe-session";

std::uint64_t fresh_seed() {
  const auto bytes = random_bytes_128();
  std::uint64_t seed = 0;
  std::memcpy(&seed, bytes.data(), sizeof(seed));
  return seed;
}

// 0 marks a free slot.
std::uint64_t key_of(std::string_view bytes, std::uint64_t scope) {
  return std::max<std::uint64_t>(fast_hash(bytes, scope), 1);
}

std::uint64_t key_of(std::uint64_t said, std::uint64_t scope) {
  return key_of({reinterpret_cast<const char*>(&said), sizeof(said)}, scope);
}

}  // namespace

Result<std::optional<std::string_view>> session_of(const http::Headers& headers) {
  const std::size_t stated = http::count_headers(headers, kSessionHeader);
  if (stated == 0) return std::nullopt;
  if (stated > 1) {
    return fail(ErrorCode::invalid_argument, "{} is given {} times", kSessionHeader, stated);
  }
  const std::string_view id = http::find_header(headers, kSessionHeader);
  if (id.empty() || id.size() > kSessionBytesMax) {
    return fail(ErrorCode::invalid_argument,
                "{}: {} bytes; send 1 to {}, any that name the session", kSessionHeader, id.size(),
                kSessionBytesMax);
  }
  return id;
}

ConversationKeys conversation_keys(std::optional<std::string_view> session, const History& history,
                                   std::uint64_t scope) {
  if (session) {
    const std::uint64_t key = key_of(*session, scope);
    return {key, key};
  }
  ConversationKeys keys{.own = key_of(history.all, scope)};
  if (history.before_answer) keys.last = key_of(*history.before_answer, scope);
  return keys;
}

std::optional<Turn> turn_of(const Receipt& receipt, TimePoint now) {
  if (receipt.answered_by.empty()) return std::nullopt;
  Turn turn{.expert = fast_hash(receipt.answered_by), .at = now};
  const auto voice = std::ranges::find(receipt.attempts, receipt.answered_by, &Attempt::expert);
  if (voice != receipt.attempts.end()) turn.tokens = voice->tokens.input + voice->tokens.output;
  return turn;
}

std::optional<policy::Incumbent> incumbent_of(const Turn& turn, std::span<const Expert> experts,
                                              std::int64_t prompt_tokens, const SessionRules& rules,
                                              TimePoint now) {
  const auto expert = std::ranges::find(experts, turn.expert,
                                        [](const Expert& each) { return fast_hash(each.name); });
  if (expert == experts.end()) return std::nullopt;
  const bool still_cached = now - turn.at <= rules.prompt_cache;
  const std::int64_t cached = still_cached ? std::min(turn.tokens, prompt_tokens) : 0;
  return policy::Incumbent{.expert = ExpertId{static_cast<std::int32_t>(expert - experts.begin())},
                           .cache = policy::cache_saving(*expert, cached),
                           .handoff = rules.handoff_quality};
}

Conversations::Conversations(std::size_t turns_max)
    : seed_(fresh_seed()),
      n_sets_(std::max<std::size_t>(1, (turns_max + kWays - 1) / kWays)),
      slots_(n_sets_ * kWays) {}

std::optional<Turn> Conversations::find(std::uint64_t key) {
  const std::size_t set = set_of(key);
  const std::lock_guard lock(mutexes_[set % kLocks]);
  for (const Slot& slot : std::span(slots_).subspan(set * kWays, kWays)) {
    if (slot.key == key) return slot.turn;
  }
  return std::nullopt;
}

void Conversations::put(std::uint64_t key, const Turn& turn) {
  const std::size_t set = set_of(key);
  const std::lock_guard lock(mutexes_[set % kLocks]);
  const auto ways = std::span(slots_).subspan(set * kWays, kWays);
  auto place = std::ranges::find(ways, key, &Slot::key);
  if (place == ways.end()) place = std::ranges::find(ways, std::uint64_t{0}, &Slot::key);
  if (place == ways.end()) {
    place = std::ranges::min_element(ways, {}, [](const Slot& slot) { return slot.turn.at; });
  }
  *place = {key, turn};
}

}  // namespace ooe::gateway
