#include "policy/calibrate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::policy {
namespace {

using ::testing::HasSubstr;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

struct Sample {
  std::vector<Expert> experts;
  std::vector<float> quality;
  std::vector<float> cost_usd;
  std::size_t n = 0;

  [[nodiscard]] CalibrationSample view() const {
    return {.quality = quality, .cost_usd = cost_usd, .n_queries = n};
  }
};

std::vector<Expert> experts_named(std::vector<std::string> names) {
  std::vector<Expert> experts(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) experts[i].name = names[i];
  return experts;
}

// Later experts are better and dearer on average.
Sample random_sample(Rng& rng, std::size_t n, std::size_t m) {
  Sample sample;
  sample.n = n;
  for (std::size_t i = 0; i < m; ++i) {
    sample.experts.emplace_back().name = "e" + std::to_string(i);
  }
  for (std::size_t query = 0; query < n; ++query) {
    for (std::size_t i = 0; i < m; ++i) {
      const double lift = 0.1 * static_cast<double>(i);
      sample.quality.push_back(static_cast<float>(std::min(1.0, lift + 0.5 * rng.uniform())));
      const double nano =
          std::round((0.5 + rng.uniform()) * 1e5 * std::pow(3.0, static_cast<double>(i)));
      sample.cost_usd.push_back(static_cast<float>(nano * 1e-9));
    }
  }
  return sample;
}

struct Means {
  double quality = 0.0;
  double cost_usd = 0.0;
  double own_share = 0.0;
};

// The slow, obvious version: asks decide() itself, query by query.
Means replay(const Sample& sample, const Tradeoff& tradeoff) {
  const std::size_t m = sample.experts.size();
  std::vector<Expert> experts = sample.experts;
  for (Expert& expert : experts) expert.prices = Prices{};
  Query query;
  query.privacy = PrivacyClass::public_;
  Means means;
  for (std::size_t row = 0; row < sample.n; ++row) {
    std::vector<Prediction> predictions(m);
    for (std::size_t i = 0; i < m; ++i) {
      predictions[i].quality = sample.quality[row * m + i];
      predictions[i].cost = usd_from_double(sample.cost_usd[row * m + i]);
    }
    const Decision decision = decide(predictions, experts, query, tradeoff);
    const std::size_t chosen = decision.plan.front().index();
    means.quality += sample.quality[row * m + chosen];
    means.cost_usd += sample.cost_usd[row * m + chosen];
    means.own_share += experts[chosen].own ? 1.0 : 0.0;
  }
  means.own_share /= static_cast<double>(sample.n);
  means.quality /= static_cast<double>(sample.n);
  means.cost_usd /= static_cast<double>(sample.n);
  return means;
}

// Every multiplier at which some query changes its mind.
std::vector<double> breakpoints(const Sample& sample) {
  const std::size_t m = sample.experts.size();
  std::vector<double> points{0.0};
  for (std::size_t query = 0; query < sample.n; ++query) {
    for (std::size_t a = 0; a < m; ++a) {
      for (std::size_t b = 0; b < m; ++b) {
        const std::size_t i = query * m + a;
        const std::size_t j = query * m + b;
        const double cost = static_cast<double>(sample.cost_usd[i]) - sample.cost_usd[j];
        const double quality = static_cast<double>(sample.quality[i]) - sample.quality[j];
        if (cost > 0.0 && quality > 0.0) points.push_back(quality / cost);
      }
    }
  }
  std::ranges::sort(points);
  return points;
}

Goal budget(double usd_per_1k) { return {MaximiseQuality{usd_from_double(usd_per_1k)}, {}, {}}; }
Goal match(std::string expert, double tolerance, double confidence) {
  return {MatchExpert{std::move(expert), tolerance, confidence}, {}, {}};
}

TEST(Calibrate, WithoutABudgetMoneyDoesNotCount) {
  Rng rng(1);
  Sample sample = random_sample(rng, 50, 3);
  std::ranges::fill(sample.cost_usd, kNaN);
  const auto calibrated = calibrate({MaximiseQuality{}, {}, {}}, sample.experts, sample.view());
  ASSERT_TRUE(calibrated.has_value());
  EXPECT_EQ(calibrated->tradeoff.quality_per_usd, 0.0);
  EXPECT_TRUE(std::isnan(calibrated->cost_usd));
}

TEST(Calibrate, TheBudgetsMultiplierIsTheSmallestThatMeetsIt) {
  Rng rng(2);
  for (int round = 0; round < 100; ++round) {
    SCOPED_TRACE(round);
    const Sample sample = random_sample(rng, 1 + rng.below(12), 2 + rng.below(4));
    const double cheapest = replay(sample, {.quality_per_usd = kQualityPerUsdMax}).cost_usd;
    const double dearest = replay(sample, {.quality_per_usd = 0.0}).cost_usd;
    const double usd = cheapest + (dearest - cheapest) * 1.1 * rng.uniform() + 2e-9;
    const auto calibrated = calibrate(budget(1e3 * usd), sample.experts, sample.view());
    ASSERT_TRUE(calibrated.has_value()) << calibrated.error().message;
    const double multiplier = calibrated->tradeoff.quality_per_usd;
    const Means means = replay(sample, {.quality_per_usd = multiplier});
    EXPECT_LE(means.cost_usd, usd);
    EXPECT_NEAR(means.cost_usd, calibrated->cost_usd, 1e-9);
    EXPECT_NEAR(means.quality, calibrated->quality, 1e-6);
    for (const double point : breakpoints(sample)) {
      if (point >= multiplier * (1.0 - 2e-5)) break;
      EXPECT_GT(replay(sample, {.quality_per_usd = point * (1.0 + 1e-6)}).cost_usd, usd) << point;
    }
  }
}

TEST(Calibrate, RefusesAnImpossibleBudgetAndNamesTheNearest) {
  Sample sample{experts_named({"cheap", "dear"}), {0.2F, 0.9F}, {0.001F, 0.01F}, 1};
  const auto refused = calibrate(budget(0.5), sample.experts, sample.view());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  const std::string& message = refused.error().message;
  EXPECT_THAT(message, HasSubstr("0.5 USD per 1,000"));
  const std::string costs = "costs ";
  const double named = std::stod(message.substr(message.find(costs) + costs.size()));
  EXPECT_NEAR(named, 1.0, 1e-6);
  EXPECT_TRUE(calibrate(budget(named), sample.experts, sample.view()).has_value());
}

TEST(Calibrate, NamesTheExpertsWithoutAPrice) {
  Sample sample{experts_named({"a", "b", "c"}), {0.1F, 0.2F, 0.3F}, {kNaN, 0.01F, kNaN}, 1};
  for (const Goal& goal : {budget(1.0), match("b", 0.1, 0.9)}) {
    const auto refused = calibrate(goal, sample.experts, sample.view());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(refused.error().message, HasSubstr("'a', 'c'"));
    EXPECT_THAT(refused.error().message, HasSubstr("price = { input = ..., output = ... }"));
  }
}

TEST(Calibrate, MatchingIsAsCheapAsTheToleranceAllows) {
  Rng rng(3);
  const Sample sample = random_sample(rng, 400, 4);
  const double reference = [&] {
    double sum = 0.0;
    for (std::size_t query = 0; query < sample.n; ++query) sum += sample.quality[query * 4 + 3];
    return sum / static_cast<double>(sample.n);
  }();
  double cost_before = std::numeric_limits<double>::infinity();
  for (const double tolerance : {0.0, 0.02, 0.05, 0.1, 0.3}) {
    SCOPED_TRACE(tolerance);
    const auto calibrated = calibrate(match("e3", tolerance, 0.5), sample.experts, sample.view());
    ASSERT_TRUE(calibrated.has_value());
    // At confidence 0.5 the margin is zero: the point estimate itself.
    EXPECT_GE(calibrated->quality, reference - tolerance - 1e-9);
    const Means further =
        replay(sample, {.quality_per_usd = calibrated->tradeoff.quality_per_usd * 1.05});
    EXPECT_LT(further.quality, reference - tolerance);
    EXPECT_LT(calibrated->cost_usd, cost_before);
    cost_before = calibrated->cost_usd;
  }
}

TEST(Calibrate, MoreConfidenceCostsMore) {
  Rng rng(4);
  const Sample sample = random_sample(rng, 100, 4);
  double cost_before = 0.0;
  for (const double confidence : {0.5, 0.9, 0.99, 0.999999}) {
    const auto calibrated = calibrate(match("e3", 0.05, confidence), sample.experts, sample.view());
    ASSERT_TRUE(calibrated.has_value());
    EXPECT_GT(calibrated->cost_usd, cost_before) << confidence;
    cost_before = calibrated->cost_usd;
  }
}

// Differences 0.1 and 0.3 (mean 0.2, standard deviation 0.1 * sqrt 2): worked by hand.
TEST(Calibrate, TheMarginIsTheNormalBoundOfPairedDifferences) {
  Sample sample{experts_named({"cheap", "dear"}),
                {0.5F, 0.6F, 0.5F, 0.8F},
                {0.001F, 0.002F, 0.001F, 0.002F},
                2};
  const double z = 1.6448536269514722;  // of 0.95
  const double needed = 0.2 + z * 0.1;  // sd / sqrt(2) is 0.1
  const auto always_cheap = [&](double tolerance) {
    return calibrate(match("dear", tolerance, 0.95), sample.experts, sample.view())
               ->tradeoff.quality_per_usd == kQualityPerUsdMax;
  };
  EXPECT_TRUE(always_cheap(needed + 1e-5));
  EXPECT_FALSE(always_cheap(needed - 1e-5));
}

TEST(Calibrate, MatchingTheBestExactlyIsAlwaysPossible) {
  // One large gain among ties: the normal bound alone would call multiplier 0 too uncertain.
  Sample sample{
      experts_named({"a", "b"}), {0.5F, 0.5F, 0.9F, 0.5F}, {0.001F, 0.002F, 0.003F, 0.002F}, 2};
  const auto calibrated = calibrate(match("b", 0.0, 0.99), sample.experts, sample.view());
  ASSERT_TRUE(calibrated.has_value());
  EXPECT_GE(calibrated->quality, 0.5);
}

TEST(Calibrate, OwnershipTakesTheSmallestBonusThatReachesTheShare) {
  Rng rng(5);
  for (int round = 0; round < 100; ++round) {
    SCOPED_TRACE(round);
    Sample sample = random_sample(rng, 1 + rng.below(30), 2 + rng.below(4));
    sample.experts.front().own = true;  // the weakest on average
    const double share = rng.uniform();
    const auto calibrated =
        calibrate({OwnershipShare{share}, {}, {}}, sample.experts, sample.view());
    ASSERT_TRUE(calibrated.has_value()) << calibrated.error().message;
    const double bonus = calibrated->tradeoff.own_bonus;
    const Means means = replay(sample, calibrated->tradeoff);
    EXPECT_GE(means.own_share, share);
    EXPECT_DOUBLE_EQ(means.own_share, calibrated->own_share);
    if (bonus > 0.0) {
      EXPECT_LT(replay(sample, {.own_bonus = bonus * 0.999}).own_share, share);
    }
    // No choice of rows with as many own answers is better: the bonus takes those that lose least.
    std::vector<double> losses;
    double best = 0.0;
    const std::size_t m = sample.experts.size();
    for (std::size_t row = 0; row < sample.n; ++row) {
      double other = 0.0;
      for (std::size_t i = 1; i < m; ++i) {
        other = std::max(other, double{sample.quality[row * m + i]});
      }
      const double own = sample.quality[row * m];
      best += std::max(own, other);
      losses.push_back(std::max(0.0, other - own));
    }
    std::ranges::sort(losses);
    const auto n_own =
        static_cast<std::size_t>(std::lround(means.own_share * static_cast<double>(sample.n)));
    for (std::size_t i = 0; i < n_own; ++i) best -= losses[i];
    EXPECT_NEAR(means.quality, best / static_cast<double>(sample.n), 1e-6);
  }
}

TEST(Calibrate, RefusesAnImpossibleOwnershipAndNamesTheNearest) {
  Sample sample{experts_named({"mine", "other"}),
                {0.2F, 0.9F, kNaN, 0.9F, 0.1F, 0.8F},
                std::vector<float>(6, kNaN),
                3};
  sample.experts[0].own = true;
  const auto refused = calibrate({OwnershipShare{0.8}, {}, {}}, sample.experts, sample.view());
  ASSERT_FALSE(refused.has_value());
  const std::string& message = refused.error().message;
  const std::string can = "can answer ";
  const double named = std::stod(message.substr(message.find(can) + can.size()));
  EXPECT_NEAR(named, 2.0 / 3.0, 1e-6);
  EXPECT_TRUE(
      calibrate({OwnershipShare{named}, {}, {}}, sample.experts, sample.view()).has_value());
}

// A population whose predictor is over-confident: the cheap expert's scores are what they are, its
// predictions too high by `flattery`.
struct Population {
  double flattery = 0.0;

  // Appends one query: experts "cheap" and "dear".
  void draw(Rng& rng, Sample& sample, std::vector<float>& score) const {
    const double cheap = 0.3 + 0.6 * rng.uniform();
    const double dear = std::min(1.0, cheap + 0.3 * rng.uniform());
    sample.quality.push_back(static_cast<float>(std::min(1.0, cheap + flattery)));
    sample.quality.push_back(static_cast<float>(dear));
    sample.cost_usd.push_back(0.001F);
    sample.cost_usd.push_back(0.01F);
    score.push_back(rng.uniform() < cheap ? 1.0F : 0.0F);
    score.push_back(rng.uniform() < dear ? 1.0F : 0.0F);
    ++sample.n;
  }
};

// "cheap" loses what "dear" gets right in `losses` of n queries, and wins none.
bool takes_cheap(std::size_t n, std::size_t losses) {
  Sample sample{experts_named({"cheap", "dear"}), {}, {}, n};
  std::vector<float> score;
  for (std::size_t i = 0; i < n; ++i) {
    sample.quality.insert(sample.quality.end(), {0.9F, 0.9F});
    sample.cost_usd.insert(sample.cost_usd.end(), {0.001F, 0.01F});
    score.insert(score.end(), {i < losses ? 0.0F : 1.0F, 1.0F});
  }
  CalibrationSample view = sample.view();
  view.score = score;
  const auto tested = calibrate(match("dear", 0.01, 0.95), sample.experts, view);
  EXPECT_TRUE(tested.has_value());
  return tested->cost_usd < 0.009;
}

// Were the true loss the tolerance, so few losses or fewer would be seen in at most 5%: the exact
// binomial test, which the bound must not be better than.
TEST(Calibrate, AMatchOfFewQueriesDoesNotTakeARareLossForNone) {
  EXPECT_FALSE(takes_cheap(40, 0));
  for (std::size_t losses = 0; losses <= 8; ++losses) {
    std::size_t n = 100;
    while (!takes_cheap(n, losses)) n += 5;
    double term = std::pow(0.99, static_cast<double>(n));
    double so_few = term;
    for (std::size_t k = 1; k <= losses; ++k) {
      term *= static_cast<double>(n - k + 1) / static_cast<double>(k) * (0.01 / 0.99);
      so_few += term;
    }
    EXPECT_LE(so_few, 0.055) << losses << " losses of " << n;
    EXPECT_GE(so_few, 0.02) << "not for want of trying: " << losses << " losses of " << n;
  }
}

TEST(Calibrate, AMatchTestedOnScoresHoldsAsOftenAsItClaimsEvenIfThePredictorFlatters) {
  constexpr double kTolerance = 0.05;
  constexpr int kTrials = 400;
  const Population population{.flattery = 0.1};
  Rng rng(6);
  Sample world{experts_named({"cheap", "dear"}), {}, {}, 0};
  std::vector<float> world_score;
  for (int i = 0; i < 20'000; ++i) population.draw(rng, world, world_score);
  int broken = 0;
  int saving = 0;
  int naive_broken = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    Sample sample{world.experts, {}, {}, 0};
    std::vector<float> score;
    for (int i = 0; i < 1'000; ++i) population.draw(rng, sample, score);
    CalibrationSample view = sample.view();
    // What a trade-off really loses, on the whole population.
    const auto loss = [&](const Tradeoff& tradeoff) {
      CalibrationSample all = world.view();
      all.score = world_score;
      double lost = 0.0;
      for (std::size_t row = 0; row < world.n; ++row) {
        const double gain = world.quality[2 * row + 1] - world.quality[2 * row];
        const bool cheap = !tradeoff.anchor && gain <= tradeoff.quality_per_usd * 0.009;
        if (cheap) lost += world_score[2 * row + 1] - world_score[2 * row];
      }
      return lost / static_cast<double>(world.n);
    };
    const auto naive = calibrate(match("dear", kTolerance, 0.95), sample.experts, view);
    naive_broken += loss(naive->tradeoff) > kTolerance ? 1 : 0;
    view.score = score;
    const auto tested = calibrate(match("dear", kTolerance, 0.95), sample.experts, view);
    ASSERT_TRUE(tested.has_value());
    EXPECT_GE(tested->difference_bound, -kTolerance);
    broken += loss(tested->tradeoff) > kTolerance ? 1 : 0;
    saving += tested->cost_usd < 0.0099 ? 1 : 0;
  }
  // 5% of 400 is 20; three standard deviations more are 33.
  EXPECT_LE(broken, 33);
  std::printf("tested: broken %d, saving %d; predicted only: broken %d; of %d\n", broken, saving,
              naive_broken, kTrials);
  EXPECT_GT(saving, kTrials / 2);        // and the promise is not kept by doing nothing
  EXPECT_GT(naive_broken, kTrials / 2);  // as predictions alone would have it
}

TEST(Calibrate, AMatchThatCannotBeShownAnchorsOnTheExpertItself) {
  // Predicted equal, measured much worse.
  Sample sample{experts_named({"cheap", "dear"}), {}, {}, 0};
  std::vector<float> score;
  for (int i = 0; i < 200; ++i) {
    sample.quality.insert(sample.quality.end(), {0.81F, 0.8F});
    sample.cost_usd.insert(sample.cost_usd.end(), {0.001F, 0.01F});
    score.insert(score.end(), {i % 2 == 0 ? 1.0F : 0.0F, 1.0F});
    ++sample.n;
  }
  CalibrationSample view = sample.view();
  view.score = score;
  const auto calibrated = calibrate(match("dear", 0.1, 0.95), sample.experts, view);
  ASSERT_TRUE(calibrated.has_value());
  ASSERT_TRUE(calibrated->tradeoff.anchor.has_value());
  EXPECT_EQ(calibrated->tradeoff.anchor->value, 1);
  EXPECT_NEAR(calibrated->cost_usd, 0.01, 1e-9);
  EXPECT_EQ(calibrated->difference, 0.0);
}

// Equal differences have a standard error of 0, however few they are.
TEST(Calibrate, AFewPairsShowNoMatch) {
  for (const std::size_t pairs : {0U, 3U, 29U, 30U}) {
    Sample sample{experts_named({"cheap", "dear"}), {}, {}, 0};
    std::vector<float> score;
    for (std::size_t i = 0; i < 40; ++i) {
      sample.quality.insert(sample.quality.end(), {0.8F, 0.8F});
      sample.cost_usd.insert(sample.cost_usd.end(), {0.001F, 0.01F});
      score.insert(score.end(), {i < pairs ? 1.0F : kNaN, 1.0F});
      ++sample.n;
    }
    CalibrationSample view = sample.view();
    view.score = score;
    const auto calibrated = calibrate(match("dear", 0.2, 0.95), sample.experts, view);
    ASSERT_TRUE(calibrated.has_value());
    EXPECT_EQ(calibrated->tradeoff.anchor.has_value(), pairs < 30) << pairs;
  }
}

TEST(Calibrate, RefusesWhatMakesNoSense) {
  const Sample sample{experts_named({"a"}), {0.5F}, {0.001F}, 1};
  const float nothing = 0.0F;
  const auto error = [&](const Goal& goal) {
    const auto refused = calibrate(goal, sample.experts, sample.view());
    return refused ? std::string() : refused.error().message;
  };
  EXPECT_THAT(error(match("z", 0.1, 0.9)), HasSubstr("'z'"));
  EXPECT_THAT(error(match("a", -0.1, 0.9)), HasSubstr("-0.1"));
  EXPECT_THAT(error(match("a", kNaN, 0.9)), HasSubstr("nan"));
  EXPECT_THAT(error(match("a", 0.1, 1.0)), HasSubstr("confidence 1"));
  EXPECT_THAT(error(match("a", 0.1, 0.4)), HasSubstr("0.4"));
  EXPECT_THAT(error({OwnershipShare{0.5}, {}, {}}), HasSubstr("none is marked"));
  EXPECT_THAT(error({OwnershipShare{-0.5}, {}, {}}), HasSubstr("-0.5"));
  EXPECT_THAT(error({OwnershipShare{kNaN}, {}, {}}), HasSubstr("nan"));
  EXPECT_FALSE(calibrate(budget(1.0), {}, {}).has_value());
  EXPECT_FALSE(
      calibrate(budget(1.0), sample.experts, {{&nothing, 0}, {&nothing, 0}, 0}).has_value());
}

}  // namespace
}  // namespace ooe::policy
