// What a routed request was decided on, but for its words: enough to decide it again under another
// policy. A receipt carries it as bytes, 10 for the request and 13 for each expert. Experts are
// named by a hash, since catalogues change.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/expert.h"
#include "core/prediction.h"
#include "core/query.h"

namespace ooe {

struct ForeseenExpert {
  std::uint32_t name_hash = 0;     // name_hash_of()
  double quality = 0.0;            // to 1/65535
  double output_tokens = 0.0;      // whole, at most 65535
  std::int64_t prompt_tokens = 0;  // of this expert's tokenizer, or the request's estimate
  bool healthy = true;
  bool takes_length = true;
};

struct Foreseen {
  std::int64_t prompt_tokens = 0;      // at most 2^32 - 1
  std::int64_t output_tokens_max = 0;  // the same
  Capabilities needs;
  std::vector<ForeseenExpert> experts;  // in the catalogue's order
};

[[nodiscard]] std::uint32_t name_hash_of(std::string_view expert);

// `healthy` and `takes_length`: [n_experts] or empty, as in policy::DecideOptions.
[[nodiscard]] std::string foreseen_bytes(const Query& query, std::span<const Expert> experts,
                                         std::span<const Prediction> predictions,
                                         std::span<const bool> healthy,
                                         std::span<const bool> takes_length);

// Errors: corrupt for other bytes.
[[nodiscard]] Result<Foreseen> parse_foreseen(std::string_view bytes);

}  // namespace ooe
