// A query: what a user asks, and what answering it needs.
#pragma once

#include <cstdint>
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
  QueryId id;
  std::string text;                    // what features are made of: the last user message
  std::int64_t prompt_tokens = 0;      // estimated, whole conversation
  std::int64_t output_tokens_max = 0;  // what the client allows; 0: not said
  PrivacyClass privacy = PrivacyClass::restricted;
  std::vector<std::string> privacy_reasons;  // what made it so private; never words of the query
  Capabilities needs;
};

// Returns BLAKE2b-128 of normalise_text(text): equal texts share an id, a split and a fold.
[[nodiscard]] QueryId query_id(std::string_view text);

// A rough count, one token per four bytes, at least one: for estimates before a call, never for
// bills.
[[nodiscard]] std::int64_t estimate_tokens(std::string_view text);

}  // namespace ooe
