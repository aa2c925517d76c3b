#include "core/fault_word.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace ooe {
namespace {

template <std::size_t n>
bool is_one_of(std::string_view fault, const std::array<std::string_view, n>& words) {
  return std::ranges::find(words, fault) != words.end();
}

// Statuses that say "your request". 401, 403 and 404 are about a key or a model, which are the
// operator's.
constexpr std::array<std::string_view, 6> kOfRequest{
    "http_400", "http_413", "http_415", "http_422", fault_word::kModerated, fault_word::kDeferred};
constexpr std::array kOurs{fault_word::kClientGone, fault_word::kDeadline, fault_word::kShutDown,
                           fault_word::kHedgeLost, fault_word::kNoSocket};
constexpr std::array kOfSlowness{fault_word::kHeadTimeout, fault_word::kFirstTokenTimeout};

}  // namespace

std::string fault_word::http(int status) { return fmt::format("http_{}", status); }

Blame blame_of(std::string_view fault) {
  if (fault.empty()) return Blame::nobody;
  if (is_one_of(fault, kOfRequest)) return Blame::request;
  if (fault == fault_word::kDialect) return Blame::dialect;
  if (is_one_of(fault, kOurs)) return Blame::ours;
  if (fault == fault_word::kHttp429) return Blame::rate;
  if (is_one_of(fault, kOfSlowness)) return Blame::slowness;
  return Blame::expert;
}

}  // namespace ooe
