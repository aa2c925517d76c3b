// A call to an expert that stands in several places goes to the replica that looks best and, when
// that one cannot be reached or its head says 429 or 5xx, to the others in turn, unseen by the
// caller. A replica's Retry-After is its own: the caller hears of one only when all replicas have
// asked to be left alone, and then it tells when the first of them is back. The caller hears of
// whatever goes wrong later, and blames the replica for what was no answer (Call::blame). Threads:
// the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/rng.h"
#include "experts/chat_client.h"
#include "experts/replicas.h"

namespace ooe::experts {

// Replicas and the dice that choose among them; shared by the calls under way.
struct ReplicaSet {
  // `clock` outlives every call.
  ReplicaSet(std::size_t count, std::uint64_t seed, const Clock& with_clock)
      : replicas(count), rng(seed), clock(with_clock) {}
  Replicas replicas;
  Rng rng;
  const Clock& clock;
};

// Starts the call at one replica.
using StartAt =
    std::function<std::unique_ptr<http::Call>(std::size_t replica, ChatHandlers handlers)>;

[[nodiscard]] std::unique_ptr<http::Call> replicated_call(std::shared_ptr<ReplicaSet> set,
                                                          StartAt start, ChatHandlers handlers);

}  // namespace ooe::experts
