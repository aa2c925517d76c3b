// The record of one served query: what was decided, who answered, what it cost, how it ended. Never
// the prompt, the answer or a key.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "core/expert.h"
#include "core/name_list.h"
#include "core/privacy.h"

namespace ooe {

enum class Ending {
  answered,            // the whole answer came, and is on its way to the client
  client_gone,         // the client left before that
  upstream_truncated,  // the expert broke off after the commit point; the client saw an error event
  experts_failed,      // every expert of the plan failed before the commit point
  refused,             // nobody was allowed to answer, or the request was wrong for everybody
  deadline_exceeded,   // our own deadline, before the commit point
  shut_down,           // the gateway went down first
};
inline constexpr std::size_t kEndings = 7;

[[nodiscard]] std::string_view to_string(Ending ending);
// Returns nothing for an unknown word.
[[nodiscard]] std::optional<Ending> parse_ending(std::string_view word);

// One call to one expert.
struct Attempt {
  std::string expert;
  std::string fault;  // empty: it answered; else a word of core/fault_word.h, "stalled"
  TokenCounts tokens;
  Usd cost;
  std::chrono::microseconds duration{0};

  friend bool operator==(const Attempt&, const Attempt&) = default;
};

struct Receipt {
  ReceiptId id;
  QueryId query;
  WallTime received;
  std::string model;  // what the client asked for
  std::string key;    // the name of the client's key, never the key; empty: none was needed
  PrivacyClass privacy = PrivacyClass::restricted;
  std::vector<std::string>
      privacy_reasons;  // why: "header", "email", ...; never words of the query
  NameList cleared;     // experts that may see this class
  // Empty: nobody else was asked. Else all others that were saw the request without these, "email
  // 2": how many different texts of which kind were replaced.
  std::vector<std::string> redacted;
  bool streamed = false;
  std::string chosen;              // the plan's first expert; empty when refused
  double propensity = 1.0;         // with which it came to be first; below 0.5: by exploration
  std::string answered_by;         // empty when nobody's words reached the client
  std::string foreseen;            // core/foreseen.h; empty where there was no choice
  double predicted_quality = 0.0;  // of `answered_by`, else of `chosen`
  std::vector<Attempt> attempts;   // in order
  Usd cost;                        // the sum over attempts
  std::chrono::microseconds decide{0};
  std::chrono::microseconds first_byte{0};  // 0: no byte was sent
  std::chrono::microseconds total{0};
  Ending ending = Ending::refused;

  friend bool operator==(const Receipt&, const Receipt&) = default;
};

// How long the expert that answered took for its first byte, whoever had failed before it.
// Requires: `voice` is its attempt. The call that answered ended with the request.
[[nodiscard]] inline std::chrono::microseconds first_byte_of(const Attempt& voice,
                                                             const Receipt& receipt) {
  const auto first = receipt.first_byte - (receipt.total - voice.duration);
  return std::clamp(first, std::chrono::microseconds(0), voice.duration);
}

}  // namespace ooe
