#include "selfplay/belief.h"

#include <string>

#include <Eigen/LU>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "learn/as_index.h"
#include "selfplay/acquisition.h"
#include "selfplay/text_kernel.h"

namespace ooe::selfplay {
namespace {

using learn::as_index;

// A likeness of points on a line.
Eigen::MatrixXd line_likeness(Eigen::Index n) {
  Eigen::MatrixXd likeness(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j) {
      likeness(i, j) = std::exp(-std::abs(static_cast<double>(i - j)) / 3.0);
    }
  }
  return likeness;
}

TEST(Belief, IsTheConditionalDistributionByTheTextbook) {
  constexpr std::size_t kTexts = 12;
  const Eigen::MatrixXd likeness = line_likeness(kTexts);
  Rng rng(3);
  std::vector<Measurement> measured;
  for (int i = 0; i < 25; ++i) {
    measured.push_back({.text = rng.below(kTexts),
                        .expert = rng.below(2),
                        .score = static_cast<double>(rng.below(2)),
                        .noise = 0.1 + rng.uniform()});
  }
  const Belief belief(likeness, 3, measured);
  double prior_mean = 0.5;
  double weight = 1.0;
  for (const Measurement& one : measured) {
    prior_mean += 0.2 / one.noise * one.score;
    weight += 0.2 / one.noise;
  }
  prior_mean /= weight;
  const Eigen::MatrixXd prior = (0.06 * likeness).array() + 0.02;
  for (std::size_t j = 0; j < 3; ++j) {
    // With A picking what was measured: mean + S A' (A S A' + N)^-1 (y - mean).
    std::vector<Measurement> mine;
    for (const Measurement& one : measured) {
      if (one.expert == j) mine.push_back(one);
    }
    const auto k = as_index(mine.size());
    Eigen::MatrixXd a = Eigen::MatrixXd::Zero(k, kTexts);
    Eigen::MatrixXd noise = Eigen::MatrixXd::Zero(k, k);
    Eigen::VectorXd y(k);
    for (Eigen::Index i = 0; i < k; ++i) {
      const Measurement& one = mine[static_cast<std::size_t>(i)];
      a(i, as_index(one.text)) = 1.0;
      noise(i, i) = one.noise;
      y[i] = one.score - prior_mean;
    }
    const Eigen::MatrixXd gain =
        prior * a.transpose() * (a * prior * a.transpose() + noise).inverse();
    const Eigen::VectorXd mean = (gain * y).array() + prior_mean;
    const Eigen::MatrixXd covariance = prior - gain * a * prior;
    EXPECT_TRUE(belief.mean(0, kTexts).col(as_index(j)).isApprox(mean, 1e-9));
    EXPECT_TRUE(belief.mean(4, 5).col(as_index(j)).isApprox(mean.segment(4, 5), 1e-9));
    EXPECT_TRUE(belief.covariance(j, 2, 7).isApprox(covariance.block(2, 2, 7, 7), 1e-9));
  }
}

TEST(TextKernel, FindsFormAndDifficultyInWords) {
  const std::vector<std::string_view> texts{"What is 12 + 7?", "What is 31 + 8?",
                                            "What is 4120 + 9983 - 12 * 377 + 1204?",
                                            "Who wrote the novel about the white whale?",
                                            "Who wrote the novel about the scarlet letter?"};
  const Eigen::MatrixXd likeness = text_kernel(texts);
  EXPECT_TRUE(likeness.isApprox(likeness.transpose()));
  EXPECT_EQ(likeness.diagonal(), Eigen::VectorXd::Ones(5));
  EXPECT_GT(likeness(0, 1), likeness(0, 2));
  EXPECT_GT(likeness(0, 2), likeness(0, 3));
  EXPECT_GT(likeness(3, 4), likeness(3, 0));
}

// Three experts on a line of 20 targets and 20 questions at the same places: the first good, the
// second nearly as good as far as is known, the third surely bad.
Belief contenders(std::size_t answers_of_second) {
  const Eigen::MatrixXd line = line_likeness(20);
  Eigen::MatrixXd likeness(40, 40);
  likeness << line, line, line, line;
  std::vector<Measurement> measured;
  for (std::size_t i = 0; i < 200; ++i) {
    measured.push_back({.text = i % 20, .expert = 0, .score = i % 10 < 7 ? 1.0 : 0.0});
    measured.push_back({.text = i % 20, .expert = 2, .score = 0.0});
  }
  for (std::size_t i = 0; i < answers_of_second; ++i) {
    measured.push_back({.text = i % 20, .expert = 1, .score = i % 3 < 2 ? 1.0 : 0.0});
  }
  return Belief(likeness, 3, measured);
}

constexpr AcquisitionTexts kTexts{.target_first = 0, .targets = 20, .pool = 20};

TEST(ChooseCalls, AsksTheContenderAndNotWhoIsSurelyWorse) {
  const auto calls = choose_calls(contenders(6), kTexts, {.calls_max = 20});
  ASSERT_EQ(calls.size(), 20U);
  std::array<int, 3> asked{};
  for (const Call& call : calls) ++asked[call.expert];
  EXPECT_GE(asked[1], 15);
  EXPECT_EQ(asked[2], 0);
}

TEST(ChooseCalls, SpreadsAndNeverRepeats) {
  const auto calls = choose_calls(contenders(0), kTexts, {.calls_max = 8});
  std::set<std::size_t> places;
  for (const Call& call : calls) places.insert(call.question);
  EXPECT_GE(places.size(), 6U);
  const auto all = choose_calls(contenders(0), kTexts, {.calls_max = 500});
  EXPECT_EQ(std::set<Call>(all.begin(), all.end()).size(), 60U);
  EXPECT_EQ(all.size(), 60U);
}

TEST(ChooseCalls, LooksWhereTrafficIs) {
  AcquisitionTexts texts = kTexts;
  texts.weight.assign(20, 0.0);
  for (std::size_t t = 0; t < 4; ++t) texts.weight[t] = 1.0;
  for (const Call& call : choose_calls(contenders(4), texts, {.calls_max = 5})) {
    EXPECT_LT(call.question, 8U);
  }
}

TEST(ChooseCalls, CountsDollars) {
  // The first is known to be right in 7 of 10 cases; nothing is known of the two others.
  const Eigen::MatrixXd line = line_likeness(20);
  Eigen::MatrixXd likeness(40, 40);
  likeness << line, line, line, line;
  std::vector<Measurement> measured;
  for (std::size_t i = 0; i < 200; ++i) {
    measured.push_back({.text = i % 20, .expert = 0, .score = i % 10 < 7 ? 1.0 : 0.0});
  }
  const Belief belief(likeness, 3, measured);
  const auto asked = [&](const AcquisitionOptions& options) {
    std::array<int, 3> count{};
    for (const Call& call : choose_calls(belief, kTexts, options)) ++count[call.expert];
    return count;
  };
  EXPECT_EQ(asked({.calls_max = 10})[1], 5);
  EXPECT_EQ(asked({.calls_max = 10, .usd = {0.001, 0.05, 0.001}})[1], 0);
  EXPECT_EQ(asked({.calls_max = 10, .usd = {0.001, 0.001, 0.05}})[2], 0);
  AcquisitionOptions limited{.calls_max = 10, .usd_max = 0.0055, .usd = {0.001, 0.001, 0.001}};
  EXPECT_EQ(choose_calls(belief, kTexts, limited).size(), 5U);
  limited.usd_max = 0.0;
  EXPECT_TRUE(choose_calls(belief, kTexts, limited).empty());
}

TEST(ChooseCalls, TakesTheCallOfTheHighestValueByDefinition) {
  // One target, one question of likeness r, two experts: the value is E[max(0, s Z - gap)].
  Rng rng(11);
  for (int round = 0; round < 20; ++round) {
    Eigen::MatrixXd likeness = Eigen::MatrixXd::Identity(4, 4);
    for (Eigen::Index x = 1; x < 4; ++x) likeness(0, x) = likeness(x, 0) = rng.uniform() * 0.5;
    std::vector<Measurement> measured;
    for (int i = 0; i < 6; ++i) {
      measured.push_back({.text = rng.below(4), .expert = rng.below(2), .score = rng.uniform()});
    }
    const Belief belief(likeness, 2, measured);
    const Eigen::MatrixXd mean = belief.mean(0, 1);
    Call best;
    double best_value = -1.0;
    for (std::size_t j = 0; j < 2; ++j) {
      const Eigen::MatrixXd covariance = belief.covariance(j, 0, 4);
      for (Eigen::Index x = 1; x < 4; ++x) {
        const double s = std::abs(covariance(0, x)) / std::sqrt(covariance(x, x) + 0.05);
        const double gap = std::abs(mean(0, 0) - mean(0, 1));
        double value = 0.0;  // by summing over Z
        for (double z = -8.0; z < 8.0; z += 1e-3) {
          value += 1e-3 * std::exp(-0.5 * z * z) / 2.506628 * std::max(0.0, s * z - gap);
        }
        if (value > best_value) {
          best_value = value;
          best = {static_cast<std::size_t>(x - 1), j};
        }
      }
    }
    const auto calls =
        choose_calls(belief, {.target_first = 0, .targets = 1, .pool = 3}, {.calls_max = 1});
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls[0], best);
  }
}

TEST(ChooseCalls, LeavesOutWhoIsNotToBeAsked) {
  AcquisitionOptions options{.calls_max = 500};
  for (std::size_t x = 0; x < 20; ++x) options.not_to_ask.push_back({x, 1});
  for (const Call& call : choose_calls(contenders(0), kTexts, options)) EXPECT_NE(call.expert, 1U);
  Rng rng(1);
  const auto random = random_calls(20, 2, options, rng);
  EXPECT_EQ(random.size(), 20U);
}

// A call that is answered already is not chosen, and makes likewise ones worth less.
TEST(ChooseCalls, ReckonsWithWhatIsAnswered) {
  const auto first = choose_calls(contenders(0), kTexts, {.calls_max = 3});
  ASSERT_EQ(first.size(), 3U);
  const auto rest = choose_calls(contenders(0), kTexts, {.calls_max = 2, .answered = {first[0]}});
  EXPECT_EQ(rest, std::vector<Call>(first.begin() + 1, first.end()));
}

TEST(RandomCalls, AreAsManyAsAskedAndDifferent) {
  Rng rng(1);
  const auto calls = random_calls(10, 4, {.calls_max = 30}, rng);
  EXPECT_EQ(std::set<Call>(calls.begin(), calls.end()).size(), 30U);
  EXPECT_EQ(random_calls(2, 2, {.calls_max = 30}, rng).size(), 4U);
}

}  // namespace
}  // namespace ooe::selfplay
