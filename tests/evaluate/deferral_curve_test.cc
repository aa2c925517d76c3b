#include "evaluate/deferral_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "evaluate/two_sides.h"

namespace ooe::evaluate {
namespace {

struct CurveCase {
  std::vector<double> gain;
  std::vector<float> weak;
  std::vector<float> strong;
  std::vector<std::uint32_t> fold;
  [[nodiscard]] DeferralCurve curve() const { return deferral_curve(gain, weak, strong); }
};

// Few distinct gains and scores, so that ties and equal sides are common.
CurveCase random_case(Rng& rng) {
  CurveCase made;
  for (std::size_t i = 1 + rng.below(25); i > 0; --i) {
    made.gain.push_back(static_cast<double>(rng.below(8)) / 8.0 - 0.5);
    made.weak.push_back(static_cast<float>(rng.below(3)) / 2.0F);
    made.strong.push_back(static_cast<float>(rng.below(3)) / 2.0F);
    made.fold.push_back(static_cast<std::uint32_t>(rng.below(3)));
  }
  return made;
}

// The definition: a query is among the first k when fewer than k go before it. Among those of equal
// gain each goes first as often as any other.
double accuracy_by_counting(const CurveCase& c, std::size_t k) {
  double sum = 0.0;
  for (std::size_t i = 0; i < c.gain.size(); ++i) {
    double before = 0.0;
    double ties = 0.0;
    for (const double other : c.gain) {
      before += other > c.gain[i] ? 1.0 : 0.0;
      ties += other == c.gain[i] ? 1.0 : 0.0;
    }
    const double weak = std::clamp((static_cast<double>(k) - before) / ties, 0.0, 1.0);
    sum += weak * double{c.weak[i]} + (1.0 - weak) * double{c.strong[i]};
  }
  return sum / static_cast<double>(c.gain.size());
}

TEST(DeferralCurve, AgreesWithCountingWhoGoesFirst) {
  Rng rng(11);
  for (int round = 0; round < 300; ++round) {
    const CurveCase c = random_case(rng);
    const DeferralCurve curve = c.curve();
    ASSERT_EQ(curve.n_queries(), c.gain.size());
    for (std::size_t k = 0; k <= c.gain.size(); ++k) {
      EXPECT_NEAR(curve.accuracy[k], accuracy_by_counting(c, k), 1e-12);
    }
  }
}

TEST(DeferralCurve, FiguresAgreeWithTryingEveryShare) {
  Rng rng(12);
  for (int round = 0; round < 300; ++round) {
    const CurveCase c = random_case(rng);
    const DeferralCurve curve = c.curve();
    const std::size_t n = c.gain.size();
    const double strong = accuracy_by_counting(c, 0);
    const double weak = accuracy_by_counting(c, n);
    double area = 0.0;
    double parity = 0.0;
    double cpt80 = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t k = 0; k <= n; ++k) {
      const double here = accuracy_by_counting(c, k);
      const double share = static_cast<double>(k) / static_cast<double>(n);
      if (k > 0) area += 0.5 * (here + accuracy_by_counting(c, k - 1)) / static_cast<double>(n);
      if (here >= strong - 1e-12) parity = share;
      if (here >= weak + 0.8 * (strong - weak) - 1e-12) cpt80 = 1.0 - share;
    }
    EXPECT_NEAR(weak_share_at(curve, curve.strong()), parity, 1e-12);
    if (strong > weak) {
      EXPECT_NEAR(cpt(curve, 0.8), cpt80, 1e-12);
    } else {
      EXPECT_TRUE(std::isnan(cpt(curve, 0.8)));
    }
    if (strong > weak) {
      EXPECT_NEAR(apgr(curve), (area - weak) / (strong - weak), 1e-9);
    } else {
      EXPECT_TRUE(std::isnan(apgr(curve))) << "no gap to recover";
    }
  }
}

TEST(DeferralCurve, WorkedByHand) {
  // The weak side is right on the first and third, the strong one on all but the third.
  const CurveCase c{{0.3, -0.2, 0.1, -0.4}, {1, 0, 1, 0}, {1, 1, 0, 1}, {}};
  const DeferralCurve curve = c.curve();
  const std::vector<double> expected{0.75, 0.75, 1.0, 0.75, 0.5};
  EXPECT_EQ(curve.accuracy, expected);
  EXPECT_DOUBLE_EQ(apgr(curve), ((0.75 / 2 + 0.75 + 1.0 + 0.75 + 0.5 / 2) / 4 - 0.5) / 0.25);
  EXPECT_DOUBLE_EQ(weak_share_at(curve, curve.strong()), 0.75) << "the last point still at parity";
  EXPECT_DOUBLE_EQ(cpt(curve, 0.5), 0.25);
  EXPECT_DOUBLE_EQ(accuracy_at(curve, 0.375), 0.875) << "half way between two queries";
  EXPECT_DOUBLE_EQ(accuracy_at(curve, 2.0), 0.5);
  EXPECT_TRUE(std::isnan(weak_share_at(curve, 1.1))) << "nothing is that good";
}

TEST(DeferralCurve, RandomGainsRecoverHalfTheGap) {
  Rng rng(13);
  CurveCase c;
  for (int i = 0; i < 20'000; ++i) {
    c.gain.push_back(rng.uniform());
    c.weak.push_back(rng.uniform() < 0.6 ? 1.0F : 0.0F);
    c.strong.push_back(rng.uniform() < 0.9 ? 1.0F : 0.0F);
  }
  EXPECT_NEAR(apgr(c.curve()), 0.5, 0.02);
  EXPECT_NEAR(cpt(c.curve(), 0.8), 0.8, 0.03);
}

// A predictor that knows nothing ranks nobody, whatever order a file has its questions in.
TEST(DeferralCurve, OfEqualGainsIsThatOfAnyOrder) {
  std::vector<float> weak;
  std::vector<float> strong;
  for (int i = 0; i < 60; ++i) {  // those that the weak side wins first
    weak.push_back(i < 30 ? 1.0F : 0.0F);
    strong.push_back(i < 20 ? 0.0F : 1.0F);
  }
  const std::vector<double> gain(60, 0.25);
  const DeferralCurve curve = deferral_curve(gain, weak, strong);
  EXPECT_NEAR(apgr(curve), 0.5, 1e-12);
  std::ranges::reverse(weak);
  std::ranges::reverse(strong);
  EXPECT_EQ(deferral_curve(gain, weak, strong).accuracy, curve.accuracy);
}

TEST(DeferralCurve, CountsNoOrderAmongTies) {
  Rng rng(11);
  for (int round = 0; round < 50; ++round) {
    const std::size_t n = 1 + rng.below(40);
    TwoSides sides;
    std::vector<std::uint32_t> fold;
    for (std::size_t i = 0; i < n; ++i) {
      sides.gain.push_back(static_cast<double>(rng.below(5)));
      sides.weak_score.push_back(static_cast<float>(rng.below(2)));
      sides.strong_score.push_back(static_cast<float>(rng.below(2)));
      sides.weak_usd.push_back(static_cast<double>(rng.below(8)));
      sides.strong_usd.push_back(static_cast<double>(rng.below(64)));
      fold.push_back(static_cast<std::uint32_t>(rng.below(3)));
    }
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
    TwoSides shuffled;
    std::vector<std::uint32_t> shuffled_fold;
    for (const std::size_t i : order) {
      shuffled.gain.push_back(sides.gain[i]);
      shuffled.weak_score.push_back(sides.weak_score[i]);
      shuffled.strong_score.push_back(sides.strong_score[i]);
      shuffled.weak_usd.push_back(sides.weak_usd[i]);
      shuffled.strong_usd.push_back(sides.strong_usd[i]);
      shuffled_fold.push_back(fold[i]);
    }
    rank_within_folds(sides, fold);
    rank_within_folds(shuffled, shuffled_fold);
    const DeferralCurve curve = deferral_curve(sides);
    const DeferralCurve other = deferral_curve(shuffled);
    for (std::size_t k = 0; k <= n; ++k) {
      EXPECT_NEAR(curve.accuracy[k], other.accuracy[k], 1e-12);
      const double share = static_cast<double>(k) / static_cast<double>(n);
      EXPECT_NEAR(usd_at(rank(sides).rows, share), usd_at(rank(shuffled).rows, share), 1e-9);
    }
    const auto honest = [](const TwoSides& of, const std::vector<std::uint32_t>& folds) {
      return share_from_other_folds(of.gain, of.weak_score, of.strong_score, folds, 0.1).accuracy;
    };
    const double accuracy = honest(sides, fold);
    if (std::isnan(accuracy)) continue;  // one fold alone
    EXPECT_NEAR(accuracy, honest(shuffled, shuffled_fold), 1e-12);
  }
}

TEST(DeferralCurve, NothingIsKnownWithoutQueries) {
  const DeferralCurve curve = deferral_curve({}, {}, {});
  EXPECT_TRUE(std::isnan(curve.strong()));
  EXPECT_TRUE(std::isnan(apgr(curve)));
  EXPECT_TRUE(std::isnan(cpt(curve, 0.5)));
  EXPECT_TRUE(std::isnan(weak_share_at(curve, 0.5)));
  EXPECT_TRUE(std::isnan(accuracy_at(curve, 0.5)));
}

TEST(DeferralCurveDeathTest, RefusesNaN) {
  const std::vector<double> gain{std::nan("")};
  const std::vector<float> score{1.0F};
  EXPECT_DEATH((void)deferral_curve(gain, score, score), "NaN");
}

TEST(ShareFromOtherFolds, UsesNoScoreOfItsOwnFold) {
  Rng rng(14);
  for (int round = 0; round < 100; ++round) {
    CurveCase c = random_case(rng);
    if (c.gain.size() < 2) continue;  // one fold alone has no others
    // Whoever is the only one of fold 7 has no say in where it goes itself: try both its scores.
    c.fold.front() = 7;
    DeferredShare shares[2];
    for (const bool right : {false, true}) {
      CurveCase changed = c;
      changed.weak.front() = changed.strong.front() = right ? 1.0F : 0.0F;
      shares[right] =
          share_from_other_folds(changed.gain, changed.weak, changed.strong, changed.fold, 0.01);
    }
    // Equal scores of both sides move no other fold's threshold either.
    EXPECT_NEAR(shares[0].weak_share, shares[1].weak_share, 1e-12);
  }
}

TEST(ShareFromOtherFolds, ThresholdTravelsFromFoldToFold) {
  // Fold 0 says: down to a gain of 0.5 the weak side is as good. Fold 1 says: down to 0.2.
  const std::vector<double> gain{0.9, 0.5, 0.1, 0.8, 0.2, 0.0};
  const std::vector<float> weak{1, 1, 0, 1, 1, 0};
  const std::vector<float> strong{1, 1, 1, 1, 1, 1};
  const std::vector<std::uint32_t> fold{0, 0, 0, 1, 1, 1};
  const DeferredShare share = share_from_other_folds(gain, weak, strong, fold, 0.0);
  EXPECT_DOUBLE_EQ(share.weak_share, 3.0 / 6.0) << "0.9 and 0.5 in fold 0, 0.8 in fold 1";
  EXPECT_DOUBLE_EQ(share.accuracy, 1.0);
  EXPECT_DOUBLE_EQ(share.strong_accuracy, 1.0);
  EXPECT_TRUE(
      std::isnan(share_from_other_folds(gain, weak, strong, std::vector<std::uint32_t>(6, 0), 0.0)
                     .weak_share));
}

}  // namespace
}  // namespace ooe::evaluate
