// How a call to an expert ended, as far as the next step depends on it. In: status, fault, body.
// Out: a CallOutcome. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "experts/openai_dialect.h"
#include "http/client.h"

namespace ooe::interview {

// What the end of a call means for the next step.
enum class CallVerdict {
  answered,
  retry,    // another call may do better
  refused,  // this question will not be answered
  gone,     // no question will: wrong key, unknown model, no credit
};

struct CallOutcome {
  CallVerdict verdict = CallVerdict::retry;
  std::string trouble;             // what to show; empty: answered
  experts::Completion completion;  // where answered
};

// `fault`: what went wrong below HTTP, if anything. A body of more than `answer_bytes_max` bytes is
// too long an answer.
[[nodiscard]] CallOutcome judge_call(int status, std::optional<std::string> fault,
                                     std::string_view body, std::size_t answer_bytes_max);

// The reason, for the record, why a call that brought no answer may be billed all the same. Empty
// where nobody would: a refusal, or a request that never arrived. `status`: 0 without a head.
[[nodiscard]] std::string why_it_may_be_billed(int status, std::optional<http::Fault> fault);

// Fewer calls at a time may do better.
[[nodiscard]] bool is_overload(int status, std::optional<http::Fault> fault);

}  // namespace ooe::interview
