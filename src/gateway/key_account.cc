#include "gateway/key_account.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace ooe::gateway {
namespace {

using std::chrono::ceil;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::months;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr double kMinuteMs = 60'000.0;

void adopt(std::optional<MinuteBucket>& bucket, const std::optional<std::int64_t>& per_minute) {
  if (!per_minute) {
    bucket.reset();
  } else if (bucket) {
    bucket->set_rate(*per_minute);
  } else {
    bucket.emplace(*per_minute);
  }
}

WallTime next_month(WallTime start) {
  return sys_days(year_month_day(floor<days>(start)) + months(1));
}

Denied too_fast(std::string_view what, std::int64_t per_minute, milliseconds wait) {
  return {.code = "rate_limited",
          .message = fmt::format("this key may use {} {} a minute; try again in {} s", per_minute,
                                 what, ceil<seconds>(wait).count()),
          .retry_after = std::max(ceil<seconds>(wait), seconds(1))};
}

}  // namespace

milliseconds MinuteBucket::wait_for(double amount, TimePoint now) {
  fill(now);
  const double missing = std::min(amount, per_minute_) - level_;
  if (missing <= 0.0) return milliseconds(0);
  return milliseconds(static_cast<std::int64_t>(missing / per_minute_ * kMinuteMs) + 1);
}

void MinuteBucket::take(double amount, TimePoint now) {
  fill(now);
  level_ = std::min(level_ - amount, per_minute_);
}

void MinuteBucket::set_rate(std::int64_t per_minute) {
  per_minute_ = static_cast<double>(per_minute);
  level_ = std::min(level_, per_minute_);
}

void MinuteBucket::fill(TimePoint now) {
  const TimePoint since = std::exchange(filled_, now).value_or(now);
  const double ms = std::chrono::duration<double, std::milli>(now - since).count();
  level_ = std::min(level_ + std::max(ms, 0.0) / kMinuteMs * per_minute_, per_minute_);
}

WallTime start_of_day(WallTime time) { return floor<days>(time); }

WallTime start_of_month(WallTime time) {
  const year_month_day date{floor<days>(time)};
  return sys_days(date.year() / date.month() / 1);
}

KeyAccount::KeyAccount(const KeyLimits& limits, SpentByDay spent, WallTime wall_now)
    : spent_earlier_(std::move(spent)) {
  set_limits(limits);
  turn_calendar(wall_now);
}

tl::expected<Reservation, Denied> KeyAccount::reserve(const Demand& demand, TimePoint now,
                                                      WallTime wall_now) {
  const std::lock_guard lock(mutex_);
  turn_calendar(wall_now);
  // The running day pays, whatever the clock says. If the clock was ahead and is right again, no
  // day would otherwise pay for the time until then.
  Reservation reservation{
      .cost = demand.cost, .tokens = demand.tokens, .received = std::max(wall_now, day_)};
  const auto left = left_now();
  if (auto denied = denied_now(left, now, wall_now)) return tl::unexpected(std::move(*denied));
  if (left) {
    reservation.cost = std::min(demand.cost, *left);
    reservation.budget = outlook(*left, wall_now);
  }
  if (tokens_) {
    const auto wait = tokens_->wait_for(static_cast<double>(demand.tokens), now);
    if (wait > milliseconds(0)) {
      return tl::unexpected(too_fast("tokens", *limits_.tokens_per_minute, wait));
    }
    tokens_->take(static_cast<double>(demand.tokens), now);
  }
  if (requests_) requests_->take(1.0, now);
  reserved_ += reservation.cost;
  unfiled_ += reservation.cost;
  return reservation;
}

std::optional<Denied> KeyAccount::denies_all(TimePoint now, WallTime wall_now) {
  const std::lock_guard lock(mutex_);
  turn_calendar(wall_now);
  return denied_now(left_now(), now, wall_now);
}

// Whatever is asked.
std::optional<Denied> KeyAccount::denied_now(const std::optional<Usd>& left, TimePoint now,
                                             WallTime wall_now) {
  // The last of a budget goes to one request, whole: the next one waits for its bill.
  if (left && *left <= Usd{0}) return broke(wall_now);
  if (!requests_) return std::nullopt;
  const auto wait = requests_->wait_for(1.0, now);
  if (wait <= milliseconds(0)) return std::nullopt;
  return too_fast("requests", *limits_.requests_per_minute, wait);
}

void KeyAccount::settle(const Reservation& reservation, Usd cost, std::int64_t tokens,
                        TimePoint now, WallTime wall_now) {
  const std::lock_guard lock(mutex_);
  turn_calendar(wall_now);
  reserved_ = reserved_ - reservation.cost;
  if (reservation.received >= day_) spent_.day += cost;
  if (reservation.received >= month_) spent_.month += cost;
  if (tokens_) tokens_->take(static_cast<double>(tokens - reservation.tokens), now);
}

void KeyAccount::filed(const Reservation& reservation) {
  const std::lock_guard lock(mutex_);
  unfiled_ = unfiled_ - reservation.cost;
}

void KeyAccount::set_limits(const KeyLimits& limits) {
  const std::lock_guard lock(mutex_);
  limits_ = limits;
  adopt(requests_, limits.requests_per_minute);
  adopt(tokens_, limits.tokens_per_minute);
}

std::optional<Usd> KeyAccount::left(WallTime wall_now) {
  const std::lock_guard lock(mutex_);
  turn_calendar(wall_now);
  return left_now();
}

Spent KeyAccount::spent(WallTime wall_now) {
  const std::lock_guard lock(mutex_);
  turn_calendar(wall_now);
  return spent_;
}

Usd KeyAccount::reserved() {
  const std::lock_guard lock(mutex_);
  return limits_.per_day_max || limits_.per_month_max ? unfiled_ : Usd{};
}

// A clock that is set back changes nothing: what was spent stays spent until its day is over again.
void KeyAccount::turn_calendar(WallTime wall_now) {
  const WallTime day = start_of_day(wall_now);
  const WallTime month = start_of_month(wall_now);
  if (day > day_) {
    day_ = day;
    spent_.day = spent_earlier(day_, day_ + days(1));
  }
  if (month > month_) {
    month_ = month;
    spent_.month = spent_earlier(month_, next_month(month_));
  }
}

Usd KeyAccount::spent_earlier(WallTime from, WallTime to) const {
  Usd sum;
  for (const auto& [day, cost] : spent_earlier_) {
    if (day >= from && day < to) sum += cost;
  }
  return sum;
}

std::optional<Usd> KeyAccount::left_now() const {
  std::optional<Usd> left;
  const auto narrow = [&](const std::optional<Usd>& budget, Usd spent) {
    if (!budget) return;
    const Usd here = *budget - spent - reserved_;
    left = left ? std::min(*left, here) : here;
  };
  narrow(limits_.per_day_max, spent_.day);
  narrow(limits_.per_month_max, spent_.month);
  return left;
}

// A day or a month without a limit always has enough left.
BudgetLeft KeyAccount::outlook(Usd left, WallTime wall_now) const {
  const auto rest = [](const std::optional<Usd>& budget, Usd spent) {
    return budget ? *budget - spent : Usd::max();
  };
  const Usd day = rest(limits_.per_day_max, spent_.day);
  const Usd month = rest(limits_.per_month_max, spent_.month);
  const Usd next_day = rest(limits_.per_day_max, Usd{});
  const Usd next_month = rest(limits_.per_month_max, Usd{});
  return {.left = left,
          .later = {{{std::min(day, month), seconds(1)},
                     {std::min(next_day, month), until_next_day(wall_now)},
                     {std::min(next_day, next_month), until_next_month(wall_now)}}}};
}

seconds KeyAccount::until_next_day(WallTime wall_now) const {
  return std::max(ceil<seconds>(day_ + days(1) - wall_now), seconds(1));
}

seconds KeyAccount::until_next_month(WallTime wall_now) const {
  return std::max(ceil<seconds>(next_month(month_) - wall_now), seconds(1));
}

// Says which budget it is, and when it starts anew, or that running requests hold the rest.
Denied KeyAccount::broke(WallTime wall_now) const {
  const auto spent_up = [](const std::optional<Usd>& budget, Usd spent) {
    return budget && spent >= *budget;
  };
  const auto nothing_at_all = [](const std::optional<Usd>& budget) {
    return budget && *budget <= Usd{0};
  };
  Denied denied{.code = "budget_exhausted", .message = {}, .retry_after = seconds(1)};
  // Nothing will change that but a reload; the time is for clients who try again all the same.
  if (nothing_at_all(limits_.per_month_max) || nothing_at_all(limits_.per_day_max)) {
    denied.message = "this key's budget is 0 USD: it may spend nothing until somebody raises it";
    denied.retry_after = until_next_day(wall_now);
  } else if (spent_up(limits_.per_month_max, spent_.month)) {
    denied.message = fmt::format("this key's budget of {} USD a month is spent",
                                 to_string(*limits_.per_month_max));
    denied.retry_after = until_next_month(wall_now);
  } else if (spent_up(limits_.per_day_max, spent_.day)) {
    denied.message =
        fmt::format("this key's budget of {} USD a day is spent", to_string(*limits_.per_day_max));
    denied.retry_after = until_next_day(wall_now);
  } else {
    denied.message = "the rest of this key's budget is reserved for its running requests";
  }
  return denied;
}

}  // namespace ooe::gateway
