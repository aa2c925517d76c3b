// How many extra calls hedging may make: a share of all requests, saved up to a few. When every
// expert slows down at once, hedging would double the load just then; the budget ends that. Pure.
// Source: Dean, Barroso, "The Tail at Scale", CACM 56(2), 2013.
#pragma once

#include <algorithm>

namespace ooe::experts {

// Threads: none of its own.
class HedgeBudget {
 public:
  static constexpr double kSavedMax = 10.0;  // hedges

  // `share`: hedges a request, in [0, 1].
  void on_request(double share) { saved_ = std::min(saved_ + share, kSavedMax); }
  [[nodiscard]] bool has_room() const { return saved_ >= 1.0; }
  void take() { saved_ -= 1.0; }

 private:
  double saved_ = 0.0;
};

}  // namespace ooe::experts
