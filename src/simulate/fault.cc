#include "simulate/fault.h"

#include <array>

#include "base/parse_number.h"

namespace ooe::simulate {
namespace {

struct FaultName {
  FaultKind kind;
  std::string_view name;  // ending in '-' (or empty): a number follows
  int number_min = 0;
  int number_max = 0;

  [[nodiscard]] bool numbered() const { return number_max > 0; }
};

constexpr std::array<FaultName, 13> kNames{{
    {FaultKind::status, "", 400, 599},
    {FaultKind::retry_after, "retry-after-", 0, 86'400},
    {FaultKind::context_length, "context-length"},
    {FaultKind::silence, "silence"},
    {FaultKind::stall, "stall"},
    {FaultKind::stall_after, "stall-after-", 0, 1'000'000},
    {FaultKind::heartbeat_after, "heartbeat-after-", 0, 1'000'000},
    {FaultKind::cut_after, "cut-after-", 0, 1'000'000},
    {FaultKind::early_close, "early-close"},
    {FaultKind::malformed, "malformed"},
    {FaultKind::error_event, "error-event"},
    {FaultKind::slow_drip, "slow-drip"},
    {FaultKind::wrong_usage, "wrong-usage"},
}};

}  // namespace

Result<Fault> parse_fault(std::string_view name) {
  for (const FaultName& known : kNames) {
    if (!known.numbered()) {
      if (name == known.name) return Fault{known.kind, 0};
      continue;
    }
    if (!name.starts_with(known.name)) continue;
    const auto number = parse_number<int>(name.substr(known.name.size()));
    if (number && *number >= known.number_min && *number <= known.number_max) {
      return Fault{known.kind, *number};
    }
  }
  return fail(ErrorCode::invalid_argument,
              "\"{}\" is no simulated fault; give a status from 400 to 599, retry-after-SECONDS, "
              "context-length, silence, stall, stall-after-EVENTS, heartbeat-after-EVENTS, "
              "cut-after-EVENTS, early-close, malformed, error-event, slow-drip or wrong-usage",
              name);
}

std::string to_string(const Fault& fault) {
  for (const FaultName& known : kNames) {
    if (known.kind != fault.kind) continue;
    return std::string(known.name) + (known.numbered() ? std::to_string(fault.number) : "");
  }
  return {};
}

}  // namespace ooe::simulate
