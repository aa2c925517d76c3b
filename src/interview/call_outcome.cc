#include "interview/call_outcome.h"

#include <utility>

#include <fmt/format.h>

#include "core/event.h"

namespace ooe::interview {
namespace {

// No call will be answered before somebody pays. Some say it with a 429 or a 400.
bool has_no_credit(int status, std::string_view body) {
  return status == 402 || experts::objection_of(body) == Objection::unpaid;
}

CallVerdict verdict_of_refusal(int status, std::string_view body) {
  if (has_no_credit(status, body)) return CallVerdict::gone;
  if (status == 401 || status == 403 || status == 404) return CallVerdict::gone;
  const bool passes = status == 408 || status == 409 || status == 425 || status == 429;
  return passes || status >= 500 ? CallVerdict::retry : CallVerdict::refused;
}

}  // namespace

CallOutcome judge_call(int status, std::optional<std::string> fault, std::string_view body,
                       std::size_t answer_bytes_max) {
  if (fault) return {CallVerdict::retry, std::move(*fault), {}};
  if (status < 200 || status > 299) {
    return {verdict_of_refusal(status, body),
            fmt::format("{}HTTP {} {}", has_no_credit(status, body) ? "no credit: " : "", status,
                        experts::error_message(body)),
            {}};
  }
  if (body.size() > answer_bytes_max) {
    return {
        CallVerdict::refused, fmt::format("an answer of more than {} bytes", answer_bytes_max), {}};
  }
  auto parsed = experts::parse_answer(body);
  if (!parsed) return {CallVerdict::retry, parsed.error().message, {}};
  if (parsed->broken_off) return {CallVerdict::retry, "it broke its answer off in an error", {}};
  return {CallVerdict::answered, {}, std::move(*parsed)};
}

std::string why_it_may_be_billed(int status, std::optional<http::Fault> fault) {
  if (status >= 300 || fault == http::Fault::resolve || fault == http::Fault::connect ||
      fault == http::Fault::no_socket || fault == http::Fault::tls) {
    return {};
  }
  if (fault) return std::string(http::to_string(*fault));
  return status == 0 ? "no answer" : "no answer to read";
}

bool is_overload(int status, std::optional<http::Fault> fault) {
  return status == 429 || status == 503 || status == 529 || fault == http::Fault::head_timeout ||
         fault == http::Fault::stalled;
}

}  // namespace ooe::interview
