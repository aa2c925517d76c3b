// Which of an expert's replicas a call goes to: the better of two drawn at random, by how long it
// takes to answer and how much it has to do; and who is left alone because it fails while the
// others do not, or because it asked to be. Pure: time and chance are arguments.
// Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001; the load
// measure, moving mean of the latency times the calls under way, is Finagle's "peak EWMA".
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/rng.h"

namespace ooe::experts {

struct ReplicaOptions {
  int failures_max = 3;                        // in a row; the one that reaches it ejects
  std::chrono::milliseconds ejection{10'000};  // the first one; doubles with every further one
  std::chrono::milliseconds ejection_max{300'000};
  std::chrono::milliseconds mean_half_life{10'000};  // of the moving mean of latencies
};

// Threads: none of its own.
class Replicas {
 public:
  // Requires: count >= 1.
  explicit Replicas(std::size_t count, ReplicaOptions options = {});

  [[nodiscard]] std::size_t size() const { return replicas_.size(); }

  // Returns whom to call. When more than half are ejected, the ejections are ignored: then it is
  // not the replicas that are ill. A replica that asked to be left alone is called only when all
  // have asked, and then the one that comes back first.
  [[nodiscard]] std::size_t choose(TimePoint now, Rng& rng) const;

  // Returns whom to call after those that were `tried`: one that is well, else one that is ejected;
  // nobody who asked to be left alone. Requires: tried.size() == size().
  [[nodiscard]] std::optional<std::size_t> choose_other(const std::vector<bool>& tried,
                                                        TimePoint now, Rng& rng) const;

  // Every start ends in exactly one of the four below.
  void start(std::size_t replica);
  void on_answered(std::size_t replica, std::chrono::microseconds until_head, TimePoint now);
  void on_failed(std::size_t replica, TimePoint now);
  // It asks to be left alone for `wait`, which never shortens an earlier wish. `failed`: it says
  // that it is ill, too.
  void on_turned_away(std::size_t replica, std::chrono::seconds wait, bool failed, TimePoint now);
  void on_abandoned(std::size_t replica);

  // Forgets that any of them has asked to be left alone.
  void wake();

  [[nodiscard]] bool ejected(std::size_t replica, TimePoint now) const;
  // It has asked to be left alone, and that time is not over.
  [[nodiscard]] bool resting(std::size_t replica, TimePoint now) const;
  // When the first may be called again, if all of them are resting; nothing while one is not.
  [[nodiscard]] std::optional<std::chrono::seconds> back_in(TimePoint now) const;

 private:
  struct Replica {
    double mean_us = 0.0;  // of latencies; 0: none yet
    TimePoint measured;
    int in_flight = 0;
    int failures = 0;  // in a row
    TimePoint ejected_until = TimePoint::min();
    TimePoint resting_until = TimePoint::min();
    std::chrono::milliseconds next_ejection{0};
  };

  [[nodiscard]] std::size_t first_back() const;
  // Requires: somebody is there.
  [[nodiscard]] std::size_t better_of_two(const std::vector<std::size_t>& among, TimePoint now,
                                          Rng& rng) const;
  // One that has not answered yet is taken for as quick as the quickest, so that it is tried soon,
  // and one that never answers is not tried for ever. Slowness is forgotten with time, also where
  // no call shows that it is over.
  [[nodiscard]] double load(const Replica& replica, double quickest_us, TimePoint now) const;
  // Returns how much of what was known at `then` still counts, from 0 to 1.
  [[nodiscard]] double kept(TimePoint then, TimePoint now) const;

  ReplicaOptions options_;
  std::vector<Replica> replicas_;
};

}  // namespace ooe::experts
