// What the goal of a request demands of its decision. A model's own goal about money or ownership
// is paced: what its requests have really come to, over all workers, shifts the aim of the next
// (policy/pacing.h). A goal in the header `x-ooe-goal` takes the place of the model's, and is
// calibrated when it is first seen. In: headers and a SessionSpec. Out: the spec's trade-off, and
// what to report when the request is over. Knows: orchestrator, policy.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "core/receipt.h"
#include "gateway/request_spec.h"
#include "http/message.h"
#include "orchestrator/orchestrator.h"
#include "policy/pacing.h"

namespace ooe::gateway {

// A pacer that all workers share. Threads: any.
class SharedPacer {
 public:
  explicit SharedPacer(const policy::PacingPlan& plan) : pacer_(plan.target, plan.options) {}

  [[nodiscard]] double aim() const;
  void observe(double aim, double spent);

 private:
  mutable std::mutex mutex_;
  policy::Pacer pacer_;  // guarded by mutex_
};

// Pacers outlive generations: a reload forgets no debt, unless the goal itself has changed.
// Threads: any.
class ModelPacers {
 public:
  // Returns one pacer a model, in their order; null where the goal is not paced.
  [[nodiscard]] std::vector<std::shared_ptr<SharedPacer>> of(
      const orchestrator::Orchestrator& orchestrator);

 private:
  std::mutex mutex_;
  // By model and target. Guarded by mutex_.
  std::unordered_map<std::string, std::shared_ptr<SharedPacer>> pacers_;
};

// How a request was steered: keep it as long as the request lives, then report how it went.
struct Steered {
  std::shared_ptr<const orchestrator::RoutedModel> by_header = nullptr;  // the spec points into it
  std::shared_ptr<SharedPacer> pacer = nullptr;
  double aim = 0.0;
  bool counts_ownership = false;  // what the pacer counts: own answers, or USD

  // Refused requests and those that came to nothing teach nothing.
  void report(const Receipt& receipt, std::span<const Expert> experts) const;
};

// Of one generation. Threads: any.
class Steering {
 public:
  // `orchestrator` must outlive this.
  Steering(const orchestrator::Orchestrator& orchestrator,
           std::vector<std::shared_ptr<SharedPacer>> pacers)
      : orchestrator_(orchestrator), pacers_(std::move(pacers)) {}

  // Fills what the goal demands of `spec`: trade-off, zones, deadlines. `clock`: by which new goals
  // are given their share of time. Requires: make_spec() has accepted the request.
  // Errors: a Refusal, 400 for a goal that cannot be read or that has no model to steer, 422 for
  // one that cannot be met, with the nearest that can, 429 when too many new ones have come.
  [[nodiscard]] tl::expected<Steered, Refusal> steer(const http::Headers& headers,
                                                     orchestrator::SessionSpec& spec,
                                                     const Clock& clock);

 private:
  using Goals = Result<std::shared_ptr<const orchestrator::RoutedModel>>;
  // Errors: the Refusal of a goal that cannot be met, or must wait.
  [[nodiscard]] tl::expected<std::shared_ptr<const orchestrator::RoutedModel>, Refusal> calibrated(
      const orchestrator::RoutedModel& model, const std::string& text, Goal goal,
      const Clock& clock);

  // Calibrating takes up to some tenths of a second of a worker's time, during which its other
  // requests wait. Clients may have it do so for a tenth of the time, after kFirstGoals of it.
  static constexpr std::chrono::milliseconds kFirstGoals{2'000};
  static constexpr int kShareOfTime = 10;
  // Requires: mutex_ is held. Returns when the next goal may be calibrated, if not now.
  [[nodiscard]] std::optional<std::chrono::seconds> wait_for_credit(TimePoint now);

  const orchestrator::Orchestrator& orchestrator_;
  const std::vector<std::shared_ptr<SharedPacer>> pacers_;  // [models]
  std::mutex mutex_;
  std::chrono::nanoseconds credit_{kFirstGoals};  // guarded by mutex_; may fall below zero
  std::optional<TimePoint> credited_;             // guarded by mutex_
  // Goals of headers, impossible ones too: calibrated once, the oldest forgotten at kGoalsMax.
  std::unordered_map<std::string, Goals> goals_;  // guarded by mutex_
  std::deque<std::string> order_;                 // guarded by mutex_
};

}  // namespace ooe::gateway
