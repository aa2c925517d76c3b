#include "experts/expert_gate.h"

#include "base/check.h"
#include "core/fault_word.h"

namespace ooe::experts {

CallEnd call_end(std::string_view fault) {
  switch (blame_of(fault)) {
    case Blame::nobody:
    case Blame::request:
      return CallEnd::answered;
    case Blame::dialect:
    case Blame::ours:
      return CallEnd::abandoned;
    case Blame::rate:
      return CallEnd::turned_away;
    case Blame::slowness:
      return CallEnd::timed_out;
    case Blame::expert:
      return CallEnd::failed;
  }
  return CallEnd::failed;
}

bool ExpertGate::start(TimePoint now) {
  if (is_full() || !breaker_.start(now)) return false;
  ++in_flight_;
  return true;
}

void ExpertGate::end(CallEnd how, std::chrono::milliseconds duration,
                     std::optional<std::chrono::seconds> retry_after, TimePoint now) {
  OOE_CHECK(in_flight_ > 0, "a call ends once");
  const int in_flight = in_flight_--;
  const TimePoint started = now - duration;
  switch (how) {
    case CallEnd::answered:
      breaker_.on_answered(now);
      return limit_.on_answered(duration, in_flight, now);
    case CallEnd::failed:
      if (retry_after && in_flight > kFewCalls) limit_.on_overloaded(in_flight, now);
      return breaker_.on_failed(now, started, retry_after);
    case CallEnd::timed_out:
      return breaker_.on_timed_out(now, started);
    case CallEnd::turned_away:
      // Few calls are no crowd: it counts something else, tokens a minute perhaps.
      if (in_flight > kFewCalls) limit_.on_overloaded(in_flight, now);
      return breaker_.on_turned_away(now, retry_after, started);
    case CallEnd::abandoned:
      return breaker_.on_abandoned(started);
  }
}

void ExpertGate::speaks(TimePoint now) { breaker_.on_first_words(now); }

ExpertGate ExpertGate::without_calls() const {
  ExpertGate next = *this;
  next.in_flight_ = 0;
  next.breaker_.on_abandoned();
  return next;
}

}  // namespace ooe::experts
