#include "policy/why_nobody.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ooe::policy {
namespace {

// "confidential: email": the class with what made it so. What was found comes after what was said,
// and counts when it is what raised the class.
std::string privacy_text(const Query& query, std::span<const std::string> reasons) {
  if (reasons.empty()) return std::string(to_string(query.privacy));
  const bool raised = query.privacy > query.privacy_said && reasons.size() > 1;
  const auto why = raised ? reasons.subspan(1) : reasons.first(1);
  return fmt::format("{}: {}", to_string(query.privacy), fmt::join(why, ", "));
}

// `expert`: null where nothing of it is to be told, only of the request.
std::string reason(Verdict verdict, const Expert* expert, const Query& query,
                   std::span<const std::string> privacy_reasons, const DecideOptions& options) {
  switch (verdict) {
    case Verdict::not_cleared:
      return fmt::format("not cleared ({}the request is {})",
                         expert ? fmt::format("sees {}, ", to_string(expert->clearance)) : "",
                         privacy_text(query, privacy_reasons));
    case Verdict::wrong_zone:
      if (!expert) break;
      return fmt::format("wrong zone ({}; the request may go to {})",
                         expert->zone.empty() ? "none is set" : expert->zone,
                         fmt::join(options.zones, ", "));
    case Verdict::lacks_capability:
      if (!expert) break;
      return fmt::format("lacks {}",
                         fmt::join(names_of(query.needs.without(expert->capabilities)), ", "));
    case Verdict::context_too_short:
      if (!expert) break;
      return expert->context_tokens > 0
                 ? fmt::format("context too short ({} tokens)", expert->context_tokens)
                 : "context too short (it has refused prompts of this length)";
    case Verdict::too_dear:
      return fmt::format("too dear (predicted above {} USD)",
                         to_string(options.cost_max.value_or(Usd{})));
    case Verdict::over_budget:
      return fmt::format("over budget (predicted above {} USD, what its key has left)",
                         to_string(options.cost_max.value_or(Usd{})));
    case Verdict::busy:
      return "busy (as many calls are under way as it takes)";
    default:
      break;
  }
  return std::string(to_string(verdict));
}

}  // namespace

std::string_view name_shown(std::span<const Expert> experts, std::size_t index,
                            const std::vector<bool>& shown) {
  return is_shown(index, shown) ? std::string_view(experts[index].name) : "an expert";
}

std::string why_nobody(const Decision& decision, std::span<const Expert> experts,
                       const Query& query, std::span<const std::string> privacy_reasons,
                       const DecideOptions& options, const std::vector<bool>& shown) {
  const auto is_part = [](const ExpertVerdict& verdict) {
    return verdict.verdict != Verdict::not_in_model;
  };
  const bool any_part = std::ranges::any_of(decision.verdicts, is_part);
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < experts.size(); ++i) {
    if (options.pinned ? options.pinned->index() != i
                       : any_part && !is_part(decision.verdicts[i])) {
      continue;
    }
    const Expert* const told = is_shown(i, shown) ? &experts[i] : nullptr;
    auto why =
        fmt::format("{}: {}", name_shown(experts, i, shown),
                    reason(decision.verdicts[i].verdict, told, query, privacy_reasons, options));
    // How many there are that nobody is told of is not told either.
    if (told || std::ranges::find(reasons, why) == reasons.end()) reasons.push_back(std::move(why));
  }
  return fmt::format("{}", fmt::join(reasons, "; "));
}

}  // namespace ooe::policy
