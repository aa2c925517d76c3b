// A query: what a user asks, and what answering it needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "core/expert.h"
#include "core/privacy.h"

namespace ooe {

// What the wire formats say about a query, reduced to what decisions need. The bytes that go to the
// expert stay in the gateway's ChatRequest.
struct Query {
  std::string text;                // what features are made of: the last user message
  std::int64_t prompt_tokens = 0;  // estimated, whole conversation
  // [n_experts], by the tokenizer that the expert's configuration names; 0: none. Empty: of nobody.
  std::vector<std::int64_t> counted_tokens;
  std::int64_t media_tokens_spare = 0;  // of those counted, what images and sound may not come to
  std::int64_t output_tokens_max = 0;   // what the client allows; 0: not said
  std::int64_t choices = 1;             // answers of that length, of one prompt
  PrivacyClass privacy = PrivacyClass::restricted;
  // What made it so private: what the client or the configuration said, then what was found in it.
  // Never words of the query.
  std::vector<std::string> privacy_reasons;
  PrivacyClass privacy_said = PrivacyClass::restricted;  // before anything was found
  // With everything replaced that the detector found; nothing when that cannot be done.
  std::optional<PrivacyClass> privacy_redacted = std::nullopt;
  Capabilities needs;
};

// Returns BLAKE2b-128 of normalise_text(text): equal texts share an id, a split and a fold. Of a
// text beyond kNormalisedMax bytes the rest counts as it is: there are letters that NFKC makes
// eighteen of, and 8 MB of them took three seconds.
inline constexpr std::size_t kNormalisedMax = std::size_t{64} << 10U;
[[nodiscard]] QueryId query_id(std::string_view text);

// The wall: whether the query may go to this expert, as it is or redacted.
[[nodiscard]] inline bool may_see(const Expert& expert, const Query& query) {
  if (query.privacy <= expert.clearance) return true;
  return expert.redact && query.privacy_redacted && *query.privacy_redacted <= expert.clearance;
}
// Whether the redacted form may go there, and nothing else.
[[nodiscard]] inline bool sees_redacted(const Expert& expert, const Query& query) {
  return query.privacy > expert.clearance && may_see(expert, query);
}

// The prompt's tokens for one expert: counted where it has a tokenizer, else estimated.
[[nodiscard]] inline std::int64_t prompt_tokens_for(const Query& query, std::size_t expert) {
  if (expert >= query.counted_tokens.size() || query.counted_tokens[expert] == 0) {
    return query.prompt_tokens;
  }
  return query.counted_tokens[expert];
}

// The least they may come to: too much for an expert is only what surely is.
[[nodiscard]] inline std::int64_t least_prompt_tokens_for(const Query& query, std::size_t expert) {
  return prompt_tokens_for(query, expert) - query.media_tokens_spare;
}

// Tokens of context that it needs, as far as we can tell: the prompt, and the answer it asks for.
[[nodiscard]] inline std::int64_t context_tokens_needed(const Query& query) {
  return query.prompt_tokens + query.output_tokens_max;
}

}  // namespace ooe
