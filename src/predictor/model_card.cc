#include "predictor/model_card.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "core/outcome.h"

namespace ooe::predictor {
namespace {

using Words = std::pair<Verdict, std::string_view>;

constexpr std::array kVerdicts{
    Words{Verdict::kept, "kept"},
    Words{Verdict::higher_log_loss, "higher log loss"},
    Words{Verdict::not_asked_for, "not asked for"},
    Words{Verdict::too_large, "too large"},
    Words{Verdict::not_surely_better_than_constant, "not surely better than the constant"},
    Words{Verdict::baseline, "a baseline"},
    Words{Verdict::better_baseline, "a baseline, surely better"},
};

}  // namespace

std::string_view to_string(Verdict verdict) {
  const auto* const found = std::ranges::find(kVerdicts, verdict, &Words::first);
  OOE_CHECK(found != kVerdicts.end(), "every verdict has its words");
  return found->second;
}

std::optional<Verdict> parse_verdict(std::string_view words) {
  const auto* const found = std::ranges::find(kVerdicts, words, &Words::second);
  return found == kVerdicts.end() ? std::nullopt : std::optional(found->first);
}

std::optional<std::size_t> ModelCard::column_of(std::string_view expert) const {
  return ooe::column_of(experts, expert);
}

bool is_baseline(const Candidate& candidate) {
  return candidate.verdict == Verdict::baseline || candidate.verdict == Verdict::better_baseline;
}

double metric_of(const ModelCard& card, std::string_view name) {
  const auto found = std::ranges::find(card.metrics, name, &TrainingMetric::name);
  return found == card.metrics.end() ? 0.0 : found->value;
}

}  // namespace ooe::predictor
