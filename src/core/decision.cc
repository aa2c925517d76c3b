#include "core/decision.h"

namespace ooe {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::chosen:
      return "chosen";
    case Verdict::fallback:
      return "fallback";
    case Verdict::dominated:
      return "dominated";
    case Verdict::too_dear:
      return "too dear";
    case Verdict::not_cleared:
      return "not cleared";
    case Verdict::lacks_capability:
      return "lacks capability";
    case Verdict::context_too_short:
      return "context too short";
    case Verdict::unhealthy:
      return "unhealthy";
    case Verdict::busy:
      return "busy";
    case Verdict::over_budget:
      return "over budget";
    case Verdict::wrong_zone:
      return "wrong zone";
    case Verdict::too_slow:
      return "too slow";
    case Verdict::unpriced:
      return "no price";
    case Verdict::not_in_model:
      return "not in this model";
  }
  return "dominated";
}

}  // namespace ooe
