// What one key has used, and what is promised to its running requests: reserve, then settle. A
// request reserves the most it may need before anything is asked, so that requests at the same time
// cannot together overrun a budget; its receipt settles what it did need. The overshoot is at most
// what a single request costs beyond its own reservation. Pure: time is an argument.
// In: demands and bills. Out: reservations, or why not. Knows: base, core.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include <tl/expected.hpp>

#include "base/clock.h"
#include "base/money.h"
#include "core/budget.h"
#include "gateway/api_key.h"

namespace ooe::gateway {

// A bucket that fills evenly to `per_minute` and no further. It may go below zero: what was used is
// used, and is waited for.
class MinuteBucket {
 public:
  explicit MinuteBucket(std::int64_t per_minute)
      : per_minute_(static_cast<double>(per_minute)), level_(per_minute_) {}

  // How long until `amount` is there (an amount that never fits: until the bucket is full); zero
  // when it is.
  [[nodiscard]] std::chrono::milliseconds wait_for(double amount, TimePoint now);
  void take(double amount, TimePoint now);  // a negative amount gives back
  void set_rate(std::int64_t per_minute);

 private:
  void fill(TimePoint now);

  double per_minute_;
  double level_;
  std::optional<TimePoint> filled_;
};

// The most that a request may need.
struct Demand {
  Usd cost = {};
  std::int64_t tokens = 0;
};

struct Reservation {
  Usd cost = {};  // at most the demand's: what was left, when that is less
  std::int64_t tokens = 0;
  std::optional<BudgetLeft> budget = {};  // before this one; nothing without a budget
  WallTime received = {};                 // its day and month pay
};

struct Denied {
  std::string code;  // "rate_limited" or "budget_exhausted"
  std::string message;
  std::chrono::seconds retry_after{1};
};

// What a key has spent of the running day and month.
struct Spent {
  Usd day = {};
  Usd month = {};
};

using SpentByKey = std::unordered_map<std::string, Spent>;  // by name

using UsdByKey = std::unordered_map<std::string, Usd>;  // by name

// What a key has spent on each day, by the first moment of the day, UTC. Days to come may be among
// them: a clock that is behind when we start, and is then set right, reaches days that have been
// paid for already.
using SpentByDay = std::map<WallTime, Usd>;
using SpentByKeyAndDay = std::unordered_map<std::string, SpentByDay>;  // by name

// The first moment of the day or month that `time` lies in, UTC.
[[nodiscard]] WallTime start_of_day(WallTime time);
[[nodiscard]] WallTime start_of_month(WallTime time);

// Threads: any.
class KeyAccount {
 public:
  // `spent`: by whoever served before, from the start of the month of `wall_now`.
  KeyAccount(const KeyLimits& limits, SpentByDay spent, WallTime wall_now);

  [[nodiscard]] tl::expected<Reservation, Denied> reserve(const Demand& demand, TimePoint now,
                                                          WallTime wall_now);
  // Returns why reserve() would now deny any demand; nothing when that depends on the demand. It is
  // asked before a request is read, since reading may take longer than answering.
  [[nodiscard]] std::optional<Denied> denies_all(TimePoint now, WallTime wall_now);
  // Every reservation is settled once.
  void settle(const Reservation& reservation, Usd cost, std::int64_t tokens, TimePoint now,
              WallTime wall_now);
  // Sets the limits of a reloaded configuration. What was used stays used.
  void set_limits(const KeyLimits& limits);

  // What a budget leaves for new requests; nothing without one.
  [[nodiscard]] std::optional<Usd> left(WallTime wall_now);
  // What was spent in the running day and month, with a budget or without. Running requests are not
  // in it yet.
  [[nodiscard]] Spent spent(WallTime wall_now);
  // The receipt of a request that was settled is on its way to the store: until then a kill would
  // find its cost in neither place.
  void filed(const Reservation& reservation);
  // What requests whose receipts are not filed have reserved of its budget; zero without a budget.
  [[nodiscard]] Usd reserved();

 private:
  void turn_calendar(WallTime wall_now);
  [[nodiscard]] Usd spent_earlier(WallTime from, WallTime to) const;
  [[nodiscard]] std::optional<Usd> left_now() const;
  [[nodiscard]] std::optional<Denied> denied_now(const std::optional<Usd>& left, TimePoint now,
                                                 WallTime wall_now);
  [[nodiscard]] BudgetLeft outlook(Usd left, WallTime wall_now) const;
  [[nodiscard]] std::chrono::seconds until_next_day(WallTime wall_now) const;
  [[nodiscard]] std::chrono::seconds until_next_month(WallTime wall_now) const;
  [[nodiscard]] Denied broke(WallTime wall_now) const;

  std::mutex mutex_;
  // All guarded by mutex_.
  KeyLimits limits_;
  std::optional<MinuteBucket> requests_;
  std::optional<MinuteBucket> tokens_;
  const SpentByDay spent_earlier_;    // by processes that served before
  WallTime day_ = WallTime::min();    // start of the running day
  WallTime month_ = WallTime::min();  // start of the running month
  Spent spent_;
  Usd reserved_;  // by requests that are not settled
  Usd unfiled_;   // by requests that are not filed
};

}  // namespace ooe::gateway
