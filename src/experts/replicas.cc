#include "experts/replicas.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace ooe::experts {
namespace {

// Times this much of another's load is clearly less; the rest is noise, which must not decide for
// ever where there is little to do.
constexpr double kClearly = 0.9;

}  // namespace

Replicas::Replicas(std::size_t count, ReplicaOptions options)
    : options_(options), replicas_(count) {
  OOE_CHECK(count >= 1, "an expert stands somewhere");
  for (Replica& replica : replicas_) replica.next_ejection = options.ejection;
}

bool Replicas::ejected(std::size_t replica, TimePoint now) const {
  return now < replicas_[replica].ejected_until;
}

bool Replicas::resting(std::size_t replica, TimePoint now) const {
  return now < replicas_[replica].resting_until;
}

std::size_t Replicas::first_back() const {
  const auto first = std::ranges::min_element(replicas_, {}, &Replica::resting_until);
  return static_cast<std::size_t>(first - replicas_.begin());
}

std::optional<std::chrono::seconds> Replicas::back_in(TimePoint now) const {
  const TimePoint until = replicas_[first_back()].resting_until;
  if (until <= now) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(until - now);
}

std::size_t Replicas::choose(TimePoint now, Rng& rng) const {
  std::size_t ejected_ones = 0;
  std::vector<std::size_t> awake;
  std::vector<std::size_t> well;  // of those
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    if (ejected(i, now)) ++ejected_ones;
    if (resting(i, now)) continue;
    awake.push_back(i);
    if (!ejected(i, now)) well.push_back(i);
  }
  if (awake.empty()) return first_back();
  if (2 * ejected_ones > replicas_.size() || well.empty()) well = std::move(awake);
  return better_of_two(well, now, rng);
}

std::optional<std::size_t> Replicas::choose_other(const std::vector<bool>& tried, TimePoint now,
                                                  Rng& rng) const {
  std::vector<std::size_t> well;
  std::vector<std::size_t> ill;
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    if (tried[i] || resting(i, now)) continue;
    (ejected(i, now) ? ill : well).push_back(i);
  }
  const std::vector<std::size_t>& left = well.empty() ? ill : well;
  if (left.empty()) return std::nullopt;
  return better_of_two(left, now, rng);
}

std::size_t Replicas::better_of_two(const std::vector<std::size_t>& among, TimePoint now,
                                    Rng& rng) const {
  if (among.size() == 1) return among.front();
  const auto first = static_cast<std::size_t>(rng.below(among.size()));
  auto second = static_cast<std::size_t>(rng.below(among.size() - 1));
  if (second >= first) ++second;
  const std::size_t a = among[first];
  const std::size_t b = among[second];
  double quickest_us = 0.0;
  for (const Replica& replica : replicas_) {
    if (replica.mean_us > 0.0 && (quickest_us == 0.0 || replica.mean_us < quickest_us)) {
      quickest_us = replica.mean_us;
    }
  }
  if (quickest_us == 0.0) quickest_us = 1.0;
  const double load_a = load(replicas_[a], quickest_us, now);
  return load(replicas_[b], quickest_us, now) < kClearly * load_a ? b : a;
}

double Replicas::kept(TimePoint then, TimePoint now) const {
  const std::chrono::duration<double, std::milli> passed = now - then;
  return std::exp2(-passed.count() / static_cast<double>(options_.mean_half_life.count()));
}

double Replicas::load(const Replica& replica, double quickest_us, TimePoint now) const {
  const double slower = replica.mean_us > 0.0 ? replica.mean_us - quickest_us : 0.0;
  return (quickest_us + kept(replica.measured, now) * slower) * (replica.in_flight + 1);
}

void Replicas::start(std::size_t replica) { ++replicas_[replica].in_flight; }

void Replicas::on_answered(std::size_t replica, std::chrono::microseconds until_head,
                           TimePoint now) {
  Replica& it = replicas_[replica];
  --it.in_flight;
  it.failures = 0;
  it.next_ejection = options_.ejection;
  const auto latency = static_cast<double>(until_head.count());
  // A peak is believed at once, and forgotten with time: a replica that slows down is spared soon.
  const double old = kept(it.measured, now);
  it.mean_us = latency > it.mean_us ? latency : latency + old * (it.mean_us - latency);
  it.measured = now;
}

void Replicas::on_failed(std::size_t replica, TimePoint now) {
  Replica& it = replicas_[replica];
  --it.in_flight;
  if (++it.failures < options_.failures_max) return;
  // One more failure after an ejection ejects again.
  it.ejected_until = now + it.next_ejection;
  it.next_ejection = std::min(it.next_ejection * 2, options_.ejection_max);
}

void Replicas::on_turned_away(std::size_t replica, std::chrono::seconds wait, bool failed,
                              TimePoint now) {
  if (failed) {
    on_failed(replica, now);
  } else {
    --replicas_[replica].in_flight;
  }
  TimePoint& until = replicas_[replica].resting_until;
  until = std::max(until, now + wait);
}

void Replicas::wake() {
  for (Replica& replica : replicas_) replica.resting_until = TimePoint::min();
}

void Replicas::on_abandoned(std::size_t replica) { --replicas_[replica].in_flight; }

}  // namespace ooe::experts
