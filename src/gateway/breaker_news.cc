#include "gateway/breaker_news.h"

#include <chrono>

#include "base/log.h"

namespace ooe::gateway {

void spread_breaker_news(const experts::ExpertGate& gate, experts::CallEnd how,
                         std::string_view fault, const std::string& name, std::size_t expert,
                         ExpertHealth& health, TimePoint now) {
  if (const auto until = gate.open_until()) {
    health.leave_alone(expert, *until);
    if (*until > now && health.open_breaker(expert)) {
      spdlog::warn("expert {} is left alone for {} s: its last call ended in {}", name,
                   std::chrono::ceil<std::chrono::seconds>(*until - now).count(), fault);
    }
  } else if (how == experts::CallEnd::answered && health.close_breaker(expert, now)) {
    spdlog::info("expert {} answers again", name);
  }
}

}  // namespace ooe::gateway
