#include "experts/breaker.h"

#include <chrono>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::experts {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr BreakerOptions kOptions{.failures_max = 3,
                                  .cooldown = seconds(10),
                                  .cooldown_max = seconds(40),
                                  .probe_patience = seconds(100)};

TimePoint at(double s) { return TimePoint() + milliseconds(static_cast<std::int64_t>(s * 1'000)); }

Breaker opened_at(double s) {
  Breaker breaker(kOptions);
  for (int i = 0; i < kOptions.failures_max; ++i) breaker.on_failed(at(s));
  return breaker;
}

TEST(Breaker, OpensAfterFailuresInARow) {
  BreakerOptions in_a_row = kOptions;
  in_a_row.failure_share_max = 1.1;
  Breaker breaker(in_a_row);
  for (int i = 0; i < 100; ++i) {
    breaker.on_failed(at(i));
    breaker.on_failed(at(i));
    EXPECT_TRUE(breaker.start(at(i)));
    breaker.on_answered(at(i));
  }
  EXPECT_FALSE(breaker.open_until().has_value());
  for (int i = 0; i < 3; ++i) breaker.on_failed(at(100));
  EXPECT_FALSE(breaker.start(at(100)));
  EXPECT_FALSE(breaker.allows(at(109.9)));
  EXPECT_EQ(breaker.open_until(), at(110));
}

TEST(Breaker, TimeOutsBesideAnswersCountInTheShareAlone) {
  Breaker breaker(kOptions);
  for (int i = 0; i < 19; ++i) {
    if (i % 6 == 0) breaker.on_answered(at(100));
    breaker.on_timed_out(at(100), at(0));
  }
  EXPECT_TRUE(breaker.open_until().has_value()) << "too many of all";

  Breaker few(kOptions);
  few.on_answered(at(50));
  for (int i = 0; i < 10; ++i) few.on_timed_out(at(100), at(0));
  EXPECT_FALSE(few.open_until().has_value());
  few.on_failed(at(100));
  few.on_failed(at(100));
  EXPECT_FALSE(few.open_until().has_value()) << "they begin no row either";
  few.on_timed_out(at(100), at(60));
  EXPECT_TRUE(few.open_until().has_value()) << "nothing was heard since it started";
}

// One request a second, of which one in twelve is answered: seldom, and mostly too slow.
TEST(Breaker, ManyTimeOutsOpenHoweverSeldomOneAsks) {
  Breaker breaker(kOptions);
  int asked = 0;
  for (; asked < 60 && !breaker.open_until(); ++asked) {
    if (asked % 12 == 0) breaker.on_answered(at(asked));
    breaker.on_timed_out(at(asked), at(asked - 30));
  }
  EXPECT_LT(asked, 20);
  // As many answers as time-outs: no reason to.
  Breaker half(kOptions);
  for (int i = 0; i < 200; ++i) {
    half.on_answered(at(10 * i));
    half.on_timed_out(at(10 * i), at(10 * i - 30));
  }
  EXPECT_FALSE(half.open_until().has_value());
}

TEST(Breaker, AProbeThatTimesOutOpensAgain) {
  Breaker breaker = opened_at(0);
  breaker.on_answered(at(5));  // to a call from before
  ASSERT_TRUE(breaker.start(at(10)));
  breaker.on_timed_out(at(20), at(10));
  EXPECT_EQ(breaker.open_until(), at(40));
}

TEST(Breaker, LetsOneProbeThroughAndClosesWhenItIsAnswered) {
  Breaker breaker = opened_at(0);
  EXPECT_TRUE(breaker.start(at(10)));
  EXPECT_FALSE(breaker.start(at(10))) << "one probe at a time";
  breaker.on_answered(at(11));
  EXPECT_TRUE(breaker.start(at(11)));
  EXPECT_TRUE(breaker.start(at(11)));
  EXPECT_FALSE(breaker.open_until().has_value());
}

TEST(Breaker, DoublesTheCooldownWithEveryFailedProbeUpToItsMaximum) {
  Breaker breaker = opened_at(0);
  TimePoint now = at(10);
  for (const int cooldown : {20, 40, 40, 40}) {
    ASSERT_TRUE(breaker.start(now));
    breaker.on_failed(now);
    EXPECT_EQ(breaker.open_until(), now + seconds(cooldown));
    now += seconds(cooldown);
  }
  ASSERT_TRUE(breaker.start(now));
  breaker.on_answered(now);
  for (int i = 0; i < 3; ++i) breaker.on_failed(now);
  EXPECT_EQ(breaker.open_until(), now + kOptions.cooldown) << "an answer forgives";
}

TEST(Breaker, HonoursRetryAfterAtTheFirstTime) {
  Breaker breaker(kOptions);
  EXPECT_TRUE(breaker.start(at(0)));
  EXPECT_TRUE(breaker.start(at(0)));
  breaker.on_turned_away(at(0), seconds(30));
  breaker.on_answered(at(1));  // the other call of before
  EXPECT_FALSE(breaker.allows(at(29.9)));
  breaker.on_turned_away(at(2), seconds(1));  // a shorter one does not undo a longer one
  EXPECT_FALSE(breaker.allows(at(29.9)));
  EXPECT_TRUE(breaker.allows(at(30)));
}

// It is busy, not ill: one slow answer must not stand for a probe that everybody waits for.
TEST(Breaker, APauseThatABusyExpertAskedForNeedsNoProbe) {
  Breaker breaker(kOptions);
  EXPECT_TRUE(breaker.start(at(0)));
  breaker.on_turned_away(at(0), seconds(1));
  EXPECT_TRUE(breaker.start(at(1)));
  EXPECT_TRUE(breaker.start(at(1)));
  EXPECT_FALSE(breaker.open_until().has_value());
  // One that was failing when it said so still has to show that it is well.
  Breaker failing = opened_at(0);
  EXPECT_TRUE(failing.start(at(10)));
  failing.on_turned_away(at(10), seconds(1), at(10));
  EXPECT_TRUE(failing.start(at(11)));
  EXPECT_FALSE(failing.start(at(11)));
}

TEST(Breaker, AFailureThatSaysWhenItIsOverIsBelieved) {
  Breaker breaker(kOptions);
  EXPECT_TRUE(breaker.start(at(0)));
  breaker.on_failed(at(0), at(0), seconds(30));
  EXPECT_FALSE(breaker.allows(at(29.9)));
  EXPECT_TRUE(breaker.start(at(30)));
  EXPECT_FALSE(breaker.start(at(30))) << "one probe";
}

// Nor does it keep the count from being judged.
TEST(Breaker, AFailureThatIsOverAtOnceIsOneLikeOthers) {
  Breaker breaker(kOptions);
  for (int i = 0; i < 3; ++i) breaker.on_failed(at(0), at(0), seconds(0));
  EXPECT_FALSE(breaker.allows(at(9.9)));
  EXPECT_TRUE(breaker.start(at(10)));
  breaker.on_failed(at(10), at(10), seconds(1));
  EXPECT_FALSE(breaker.allows(at(29.9))) << "the cooldown has doubled";
  EXPECT_TRUE(breaker.allows(at(30)));
}

TEST(Breaker, CountsBeingTurnedAwayWithoutATimeAsAFailure) {
  Breaker breaker(kOptions);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(breaker.allows(at(0)));
    breaker.on_turned_away(at(0), std::nullopt);
  }
  EXPECT_FALSE(breaker.allows(at(0)));
}

TEST(Breaker, DoesNotWaitForeverForAProbe) {
  Breaker abandoned = opened_at(0);
  EXPECT_TRUE(abandoned.start(at(10)));
  abandoned.on_abandoned();
  EXPECT_TRUE(abandoned.start(at(10))) << "the client left: that says nothing about the expert";

  Breaker lost = opened_at(0);
  EXPECT_TRUE(lost.start(at(10)));
  EXPECT_FALSE(lost.start(at(109)));
  EXPECT_TRUE(lost.start(at(110)));
}

// Whatever happens in whatever order: never shut for longer than the rules allow, and never more
// than one call let through between an opening and the next answer.
TEST(Breaker, KeepsItsPromisesUnderRandomEvents) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    Breaker breaker(kOptions);
    TimePoint now = at(0);
    for (int step = 0; step < 300; ++step) {
      now += milliseconds(rng.below(15'000));
      const bool probes = breaker.start(now) && breaker.open_until().has_value();
      EXPECT_FALSE(probes && breaker.allows(now)) << "two probes";
      switch (rng.below(6)) {
        case 0:
          breaker.on_answered(now);
          break;
        case 1:
          breaker.on_turned_away(now, seconds(rng.below(60)));
          break;
        case 2:
          breaker.on_abandoned();
          break;
        case 3:
          breaker.on_failed(now, Breaker::kJustNow, seconds(rng.below(60)));
          break;
        default:
          breaker.on_failed(now);
      }
      EXPECT_TRUE(breaker.allows(now + seconds(60) + kOptions.probe_patience));
    }
  }
}

TEST(Breaker, OpensWhenHalfOfManyRecentCallsFailThoughNeverManyInARow) {
  Breaker breaker;
  TimePoint now{};
  int calls = 0;
  for (; breaker.allows(now) && calls < 100; ++calls) {
    ASSERT_TRUE(breaker.start(now));
    calls % 2 == 0 ? breaker.on_failed(now) : breaker.on_answered(now);
  }
  EXPECT_EQ(calls, 21) << "20 calls are enough to judge, the 21st fails";

  // Spread over time the same share says less: never twenty recent calls at once.
  Breaker seldom;
  for (int i = 0; i < 200; ++i) {
    now += std::chrono::seconds(5);
    ASSERT_TRUE(seldom.start(now)) << i;
    i % 2 == 0 ? seldom.on_failed(now) : seldom.on_answered(now);
  }
}

// Its client leaves, or it fails at last, while the probe is under way.
TEST(Breaker, ACallFromBeforeTheOpeningIsNotTheProbe) {
  const TimePoint start{};
  Breaker breaker({.failures_max = 1, .cooldown = seconds(5)});
  ASSERT_TRUE(breaker.start(start));  // the old one
  breaker.on_failed(start);
  const TimePoint later = start + seconds(6);
  ASSERT_TRUE(breaker.start(later));
  breaker.on_abandoned(start);
  EXPECT_FALSE(breaker.allows(later)) << "one probe at a time";
  breaker.on_failed(later, start);
  EXPECT_EQ(breaker.open_until(), start + seconds(5)) << "the probe is still to tell";
  breaker.on_failed(later, later);
  EXPECT_EQ(breaker.open_until(), later + seconds(10));
}

// A long answer keeps nobody waiting.
TEST(Breaker, TheFirstWordsOfTheProbeCloseIt) {
  const TimePoint start{};
  Breaker breaker({.failures_max = 1, .cooldown = seconds(5)});
  breaker.on_failed(start);
  breaker.on_first_words(start + seconds(1));
  EXPECT_FALSE(breaker.allows(start + seconds(1))) << "of a call from before";
  const TimePoint later = start + seconds(6);
  ASSERT_TRUE(breaker.start(later));
  EXPECT_FALSE(breaker.allows(later));
  breaker.on_first_words(later);
  EXPECT_TRUE(breaker.allows(later));
}

}  // namespace
}  // namespace ooe::experts
