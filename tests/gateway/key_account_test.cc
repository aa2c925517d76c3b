#include "gateway/key_account.h"

#include <deque>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "base/rng.h"
#include "gateway/in_force.h"

namespace ooe::gateway {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;
using ::testing::HasSubstr;

const TimePoint kNow = TimePoint(hours(1));
const WallTime kToday = sys_days(year(2026) / 11 / 24);
const WallTime kNoon = kToday + hours(12);

Usd usd(const char* text) { return *parse_usd(text); }

TEST(KeyAccount, ReservesThenSettlesAndTurnsAwayWhenTheBudgetIsSpent) {
  KeyAccount account({.per_day_max = usd("1")}, {{kToday, usd("0.5")}}, kNoon);
  const auto first = account.reserve({.cost = usd("0.4")}, kNow, kNoon);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(*account.left(kNoon), usd("0.1"));
  const auto second = account.reserve({.cost = usd("0.4")}, kNow, kNoon);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->cost, usd("0.1")) << "the last of a budget goes to one request";
  auto denied = account.reserve({.cost = usd("0.4")}, kNow, kNoon);
  ASSERT_FALSE(denied.has_value());
  EXPECT_EQ(denied.error().code, "budget_exhausted");
  EXPECT_THAT(denied.error().message, HasSubstr("reserved for its running requests"));
  EXPECT_EQ(account.reserved(), usd("0.5"));
  account.settle(*first, usd("0.2"), 0, kNow, kNoon);
  account.settle(*second, usd("0.3"), 0, kNow, kNoon);
  EXPECT_EQ(account.spent(kNoon).day, usd("1"));
  EXPECT_EQ(account.spent(kNoon).month, usd("1"));
  EXPECT_EQ(*account.left(kNoon), usd("0"));
  denied = account.reserve({.cost = usd("0.1")}, kNow, kNoon);
  ASSERT_FALSE(denied.has_value());
  EXPECT_THAT(denied.error().message, HasSubstr("1 USD a day is spent"));
  EXPECT_EQ(denied.error().retry_after, hours(12));
  EXPECT_TRUE(account.reserve({.cost = usd("0.1")}, kNow, kNoon + hours(12)).has_value())
      << "a new day";
  EXPECT_EQ(account.spent(kNoon + hours(12)).day, usd("0"));
  EXPECT_EQ(account.spent(kNoon + hours(12)).month, usd("1"));
}

TEST(KeyAccount, ABudgetOfNothingIsNotSpentButNothing) {
  KeyAccount account({.per_day_max = usd("0"), .per_month_max = usd("5")}, {}, kNoon);
  const auto denied = account.reserve({.cost = usd("0.1")}, kNow, kNoon);
  ASSERT_FALSE(denied.has_value());
  EXPECT_THAT(denied.error().message, HasSubstr("budget is 0 USD"));
}

TEST(KeyAccount, TellsARequestWhatIsLeftAndWhenThereIsMore) {
  KeyAccount account({.per_day_max = usd("1"), .per_month_max = usd("5")},
                     {{kToday - hours(24), usd("3.7")}, {kToday, usd("0.5")}}, kNoon);
  ASSERT_TRUE(account.reserve({.cost = usd("0.1")}, kNow, kNoon).has_value());
  const auto second = account.reserve({.cost = usd("0.1")}, kNow, kNoon);
  ASSERT_TRUE(second.has_value() && second->budget.has_value());
  EXPECT_EQ(second->budget->left, usd("0.4"));
  const auto& [unreserved, tomorrow, next_month] = second->budget->later;
  EXPECT_EQ(unreserved.left, usd("0.5"));
  EXPECT_EQ(unreserved.in, seconds(1));
  EXPECT_EQ(tomorrow.left, usd("0.8")) << "the month has no more";
  EXPECT_EQ(tomorrow.in, hours(12));
  EXPECT_EQ(next_month.left, usd("1")) << "a day may have no more";
  EXPECT_EQ(next_month.in, hours(12 + 6 * 24));
  KeyAccount unlimited({}, {}, kNoon);
  EXPECT_FALSE(unlimited.reserve({.cost = usd("0.1")}, kNow, kNoon)->budget.has_value());
}

TEST(KeyAccount, HasNothingReservedWhereNoBudgetCouldBeOverrun) {
  KeyAccount account({.requests_per_minute = 10}, {}, kNoon);
  ASSERT_TRUE(account.reserve({.cost = usd("0.4")}, kNow, kNoon).has_value());
  EXPECT_EQ(account.reserved(), Usd{});
}

TEST(KeyAccount, ChargesTheDayAndMonthOfTheRequestNotOfItsEnd) {
  const WallTime before = sys_days(year(2026) / 12 / 1) - seconds(1);
  KeyAccount account({.per_day_max = usd("1"), .per_month_max = usd("2")}, {}, before);
  const auto late = account.reserve({.cost = usd("1")}, kNow, before);
  account.settle(*late, usd("1"), 0, kNow, before + seconds(2));
  EXPECT_EQ(*account.left(before + seconds(2)), usd("1")) << "all of it was November's";
  const auto next = account.reserve({.cost = usd("1")}, kNow, before + seconds(2));
  account.settle(*next, usd("1"), 0, kNow, before + seconds(2));
  EXPECT_EQ(*account.left(before + hours(24)), usd("0"));
  EXPECT_EQ(*account.left(before + hours(25)), usd("1")) << "the month has one more";
  EXPECT_EQ(*account.left(before), usd("1")) << "a clock set back forgets nothing";
}

// A kill between the two would otherwise find the cost in neither place.
TEST(KeyAccount, HoldsAReservationForTheStoreUntilItsReceiptIsFiled) {
  KeyAccount account({.per_day_max = usd("1")}, {}, kNoon);
  const auto reservation = account.reserve({.cost = usd("0.4")}, kNow, kNoon);
  ASSERT_TRUE(reservation.has_value());
  account.settle(*reservation, usd("0.1"), 0, kNow, kNoon);
  EXPECT_EQ(account.left(kNoon), usd("0.9"));
  EXPECT_EQ(account.reserved(), usd("0.4"));
  account.filed(*reservation);
  EXPECT_EQ(account.reserved(), Usd{0});
}

// What receipts of the day of the start say is not the bill of another day.
TEST(KeyAccounts, AKeyThatComesLaterHasNotSpentTodayWhatItSpentThen) {
  struct HandClock final : Clock {
    [[nodiscard]] TimePoint now() const override { return kNow; }
    [[nodiscard]] WallTime wall_now() const override { return wall; }
    WallTime wall = kNoon;
  };
  HandClock clock;
  const SpentByDay spent{{kToday - hours(24), usd("4")}, {kToday, usd("3")}};
  KeyAccounts accounts({{"alice", spent}}, clock);
  clock.wall = kNoon + hours(24);
  auto key = make_key("a secret of the test", "alice");
  const auto ring = KeyRing::make("a secret of the test", {key.entry});
  ASSERT_TRUE(ring.has_value());
  const auto account = accounts.of(*ring).at(0);
  EXPECT_EQ(account->spent(clock.wall).day, Usd{0});
  EXPECT_EQ(account->spent(clock.wall).month, usd("7"));
}

// The clock of a machine that starts may be behind until somebody tells it the time.
TEST(KeyAccount, WhatWasSpentOnDaysToComeIsSpentWhenTheyCome) {
  const WallTime next_month = sys_days(year(2026) / 12 / 1);
  KeyAccount account({.per_day_max = usd("1"), .per_month_max = usd("4")},
                     {{kToday, usd("0.5")},
                      {kToday + hours(24), usd("0.7")},
                      {next_month, usd("0.2")},
                      {next_month + hours(24), usd("0.9")}},
                     kNoon);
  EXPECT_EQ(account.spent(kNoon).day, usd("0.5"));
  EXPECT_EQ(account.spent(kNoon).month, usd("1.2"));
  EXPECT_EQ(*account.left(kNoon + hours(24)), usd("0.3"));
  EXPECT_EQ(account.spent(kNoon + hours(24)).month, usd("1.2"));
  EXPECT_EQ(account.spent(next_month).day, usd("0.2"));
  EXPECT_EQ(account.spent(next_month).month, usd("1.1"));
  EXPECT_EQ(*account.left(next_month + hours(24)), usd("0.1"));
  EXPECT_EQ(*account.left(next_month + hours(48)), usd("1"));
}

TEST(KeyAccount, WhatIsSpentAfterAClockWasSetBackIsSpent) {
  const WallTime ahead = kNoon + hours(24 * 365);
  KeyAccount account({.per_day_max = usd("1"), .per_month_max = usd("1")}, {}, ahead);
  EXPECT_EQ(*account.left(kNoon), usd("1"));
  const auto reserved = account.reserve({.cost = usd("1")}, kNow, kNoon);
  ASSERT_TRUE(reserved.has_value());
  account.settle(*reserved, usd("1"), 0, kNow, kNoon);
  EXPECT_EQ(*account.left(kNoon), usd("0"));
  const auto denied = account.reserve({.cost = usd("1")}, kNow, kNoon);
  ASSERT_FALSE(denied.has_value());
  EXPECT_GT(denied.error().retry_after, seconds(0));
}

TEST(KeyAccount, LimitsRequestsAMinuteAndSaysWhenToComeBack) {
  KeyAccount account({.requests_per_minute = 2}, {}, kNoon);
  EXPECT_TRUE(account.reserve({}, kNow, kNoon).has_value());
  EXPECT_TRUE(account.reserve({}, kNow, kNoon).has_value());
  const auto denied = account.reserve({}, kNow, kNoon);
  ASSERT_FALSE(denied.has_value());
  EXPECT_EQ(denied.error().code, "rate_limited");
  EXPECT_GE(denied.error().retry_after, seconds(30));
  EXPECT_FALSE(account.reserve({}, kNow + seconds(29), kNoon).has_value());
  EXPECT_TRUE(account.reserve({}, kNow + denied.error().retry_after, kNoon).has_value());
}

TEST(KeyAccount, LimitsTokensAMinuteAndCorrectsTheEstimate) {
  KeyAccount account({.tokens_per_minute = 600}, {}, kNoon);  // ten a second
  const auto large = account.reserve({.tokens = 5'000}, kNow, kNoon);
  ASSERT_TRUE(large.has_value()) << "a full bucket lets everybody pass";
  EXPECT_FALSE(account.reserve({.tokens = 1}, kNow + seconds(60), kNoon).has_value());
  account.settle(*large, {}, 100, kNow + seconds(60), kNoon);
  EXPECT_TRUE(account.reserve({.tokens = 500}, kNow + seconds(60), kNoon).has_value());
  account.set_limits({});
  EXPECT_TRUE(account.reserve({.tokens = 1'000'000}, kNow, kNoon).has_value());
}

TEST(KeyAccount, SaysBeforehandWhatItWouldDenyWhateverIsAsked) {
  KeyAccount poor({.per_day_max = usd("1")}, {}, kNoon);
  EXPECT_FALSE(poor.denies_all(kNow, kNoon));
  EXPECT_TRUE(poor.reserve({.cost = usd("2")}, kNow, kNoon).has_value());
  const auto denied = poor.denies_all(kNow, kNoon);
  ASSERT_TRUE(denied);
  EXPECT_EQ(denied->code, "budget_exhausted");

  KeyAccount hasty({.requests_per_minute = 1}, {}, kNoon);
  EXPECT_FALSE(hasty.denies_all(kNow, kNoon));
  EXPECT_FALSE(hasty.denies_all(kNow, kNoon)) << "to ask takes nothing";
  EXPECT_TRUE(hasty.reserve({}, kNow, kNoon).has_value());
  EXPECT_EQ(hasty.denies_all(kNow, kNoon)->code, "rate_limited");
  EXPECT_FALSE(hasty.denies_all(kNow + seconds(60), kNoon));

  KeyAccount wordy({.tokens_per_minute = 1}, {}, kNoon);
  EXPECT_TRUE(wordy.reserve({.tokens = 100}, kNow, kNoon).has_value());
  EXPECT_FALSE(wordy.denies_all(kNow, kNoon)) << "that depends on what is asked";
}

// Whatever comes in whatever order, what is spent exceeds the budget by no more than the requests
// that were running when it ran out cost beyond their reservations: nothing, if none does.
TEST(KeyAccount, RequestsAtTheSameTimeNeverOverrunABudgetTogether) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    const Usd budget{static_cast<std::int64_t>(rng.below(2'000))};
    KeyAccount account({.per_day_max = budget}, {}, kNoon);
    std::deque<Reservation> running;
    Usd spent;
    for (int step = 0; step < 300; ++step) {
      if (rng.below(2) == 0) {
        const Usd wanted{static_cast<std::int64_t>(rng.below(300))};
        if (const auto got = account.reserve({.cost = wanted}, kNow, kNoon))
          running.push_back(*got);
      } else if (!running.empty()) {
        const Reservation reservation = running.front();
        running.pop_front();
        const Usd cost{static_cast<std::int64_t>(
            rng.below(static_cast<std::uint64_t>(reservation.cost.nano) + 1))};
        account.settle(reservation, cost, 0, kNow, kNoon);
        spent += cost;
      }
      ASSERT_LE(spent, budget);
    }
  }
}

TEST(KeyAccount, IsSafeFromManyThreads) {
  KeyAccount account({.per_day_max = Usd{1'000}, .requests_per_minute = 1'000'000}, {}, kNoon);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 500; ++n) {
        if (const auto got = account.reserve({.cost = Usd{1}}, kNow, kNoon)) {
          account.settle(*got, Usd{1}, 1, kNow, kNoon);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(*account.left(kNoon), Usd{0});
}

}  // namespace
}  // namespace ooe::gateway
