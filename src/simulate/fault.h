// Named faults of a simulated expert: ways in which real ones fail, on request. A caller asks for
// one by the model name, "math-7b#cut-after-3", or an expert has one that strikes by chance.
//
//   name              a streamed answer                        a whole answer
//   429, 500, ...     that status with an error body           the same (400 to 599)
//   retry-after-2     429 with `Retry-After: 2`                the same
//   context-length    400, code context_length_exceeded        the same
//   silence           no head, ever                            the same
//   stall             head and role chunk, then nothing        head and a space, then nothing
//   stall-after-3     three events, then nothing               half the body, then nothing
//   heartbeat-after-3 three events, then comments alone        half the body, then nothing
//   cut-after-3       three events, then broken framing        half the body, then broken framing
//   early-close       two events, then a clean end, no [DONE]  half the body, then a clean end
//   malformed         a third event that is not JSON           a body that is not JSON
//   error-event       a third event with an error, no [DONE]   status 200 with an error body
//   slow-drip         every byte on its own, 16 a millisecond  the same
//   wrong-usage       usage with a negative count              the same
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ooe::simulate {

enum class FaultKind {
  status,
  retry_after,
  context_length,
  silence,
  stall,
  stall_after,
  heartbeat_after,
  cut_after,
  early_close,
  malformed,
  error_event,
  slow_drip,
  wrong_usage,
};

struct Fault {
  FaultKind kind = FaultKind::status;
  // The status, the seconds of retry_after, the events before a stall, heartbeat or cut; else
  // unused.
  int number = 500;

  friend bool operator==(const Fault&, const Fault&) = default;
};

// Errors: invalid_argument, listing the names.
[[nodiscard]] Result<Fault> parse_fault(std::string_view name);

[[nodiscard]] std::string to_string(const Fault& fault);

}  // namespace ooe::simulate
