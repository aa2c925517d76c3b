#include "evaluate/methods.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "evaluate/deferral.h"
#include "evaluate/evaluate.h"
#include "evaluate/regret.h"
#include "evaluate/replay.h"
#include "policy/decide.h"

namespace ooe::evaluate {
namespace {

constexpr BootstrapOptions kMethodResamples{.resamples = 20, .seed = 1};

struct MethodCase {
  Dataset data;
  std::vector<Prediction> predictions;
  std::vector<std::uint32_t> fold;

  [[nodiscard]] std::size_t m() const { return data.outcomes.n_experts(); }
  [[nodiscard]] float score(std::size_t row, std::size_t i) const {
    return data.outcomes.score[row * m() + i];
  }
  [[nodiscard]] double quality(std::size_t row, std::size_t i) const {
    return predictions[row * m() + i].quality;
  }
};

// A complete table with few distinct scores and predictions, so that ties are common.
MethodCase random_case(Rng& rng, std::size_t n, std::size_t m) {
  MethodCase c;
  for (std::size_t i = 0; i < m; ++i) {
    c.data.outcomes.experts.push_back("e" + std::to_string(i));
    const TokenPrice price = *token_price(0.1 * std::pow(3.0, static_cast<double>(i)));
    c.data.prices.push_back(Prices{price, price, price});
  }
  for (std::size_t query = 0; query < n; ++query) {
    c.data.outcomes.question_ids.push_back("q" + std::to_string(query));
    c.data.texts.emplace_back(100 + rng.below(400), 'x');
    c.data.questions.emplace_back().subject = "s" + std::to_string(rng.below(3));
    c.fold.push_back(static_cast<std::uint32_t>(rng.below(3)));
    for (std::size_t i = 0; i < m; ++i) {
      c.data.outcomes.score.push_back(static_cast<float>(rng.below(3)) / 2.0F);
      Prediction prediction;
      prediction.quality = static_cast<double>(rng.below(8)) / 8.0;
      prediction.output_tokens = static_cast<double>(rng.below(200));
      c.predictions.push_back(prediction);
    }
  }
  return c;
}

std::vector<float> other_quality(Rng& rng, std::size_t cells) {
  std::vector<float> quality(cells);
  for (float& q : quality) q = static_cast<float>(rng.uniform());
  return quality;
}

TEST(Shortfall, PartsAddUpAndFollowTheirDefinitions) {
  Rng rng(31);
  for (int round = 0; round < 100; ++round) {
    const MethodCase c = random_case(rng, 20, 2 + rng.below(3));
    const Replay replay = make_replay(c.data, c.predictions);
    const double multiplier = round % 3 == 0 ? 0.0 : std::pow(10.0, 2.0 + 4.0 * rng.uniform());
    const auto asked = route(replay, multiplier);
    const Shortfall parts = shortfall(replay, asked, multiplier);
    for (std::size_t row = 0; row < replay.n(); ++row) {
      const double total = parts.recall[row] + parts.prediction[row] + parts.policy[row];
      EXPECT_NEAR(total, 1.0 - c.score(row, asked[row].index()), 1e-6);
      EXPECT_GE(parts.recall[row], 0.0);
      EXPECT_GE(parts.prediction[row], 0.0);
      if (multiplier == 0.0) {
        EXPECT_EQ(parts.policy[row], 0.0);
      }

      // What a perfect predictor would get at this trade-off is 1 - recall failure, where answers
      // are right or wrong.
      std::vector<Prediction> truth = replay.predictions;
      bool graded_in_halves = false;
      for (std::size_t i = 0; i < c.m(); ++i) {
        truth[replay.cell(row, i)].quality = c.score(row, i);
        graded_in_halves = graded_in_halves || c.score(row, i) == 0.5F;
      }
      const Decision perfect = policy::decide(std::span(truth).subspan(replay.cell(row, 0), c.m()),
                                              replay.experts, replay.queries[row], {multiplier});
      if (!graded_in_halves) {
        EXPECT_EQ(1.0 - parts.recall[row], c.score(row, perfect.plan.front().index()));
      }
    }
  }
}

TEST(CompareMethods, TheKeptOneLeadsItselfByNothing) {
  Rng rng(32);
  const MethodCase c = random_case(rng, 60, 3);
  const Replay replay = make_replay(c.data, c.predictions);
  std::vector<float> same;
  for (const Prediction& prediction : c.predictions) {
    same.push_back(static_cast<float>(prediction.quality));
  }
  const std::vector<Rival> rivals{{"itself", same}};
  const MethodTable table = compare_methods(replay, rivals, {0}, {}, true, kMethodResamples);
  ASSERT_EQ(table.methods.size(), 2U);
  EXPECT_EQ(table.methods[1].lead.mean, 0.0);
  EXPECT_EQ(table.methods[1].lead.low, 0.0);
  EXPECT_EQ(table.methods[1].aiq.mean, table.methods[0].aiq.mean);
  EXPECT_EQ(table.methods[1].prediction.log_loss, table.methods[0].prediction.log_loss);
}

// By log loss over all cells, with questions as the units of chance; a label is no method.
TEST(CompareMethods, SaysWhoSurelyPredictsBetter) {
  Rng rng(37);
  const MethodCase c = random_case(rng, 60, 3);
  const Replay replay = make_replay(c.data, c.predictions);
  const std::vector<float>& truth = c.data.outcomes.score;
  std::vector<float> lies;
  for (const float score : truth) lies.push_back(1.0F - score);
  const std::vector<Rival> rivals{
      {"truth", truth}, {"lies", lies}, {std::string(kTrueSubject), truth}};
  const MethodTable table = compare_methods(replay, rivals, {0}, {}, false, kMethodResamples);
  double sum = 0.0;
  for (std::size_t cell = 0; cell < truth.size(); ++cell) {
    sum += predictor::log_loss(truth[cell], truth[cell]) -
           predictor::log_loss(truth[cell], static_cast<float>(c.predictions[cell].quality));
  }
  EXPECT_NEAR(table.methods[1].log_loss_lead.mean, sum / static_cast<double>(truth.size()), 1e-6);
  EXPECT_EQ(table.methods[0].log_loss_lead.mean, 0.0);
  const std::vector<MethodFigures> better = better_methods(table);
  ASSERT_EQ(better.size(), 1U);
  EXPECT_EQ(better[0].name, "truth");
}

TEST(CompareMethods, AgreesWithPlainLoops) {
  Rng rng(33);
  for (int round = 0; round < 30; ++round) {
    const MethodCase c = random_case(rng, 40, 3);
    const Replay replay = make_replay(c.data, c.predictions);
    const std::vector<Rival> rivals{{"other", other_quality(rng, c.predictions.size())}};
    const MethodTable table = compare_methods(replay, rivals, {2}, {}, true, kMethodResamples);
    double kept = 0.0;
    double other = 0.0;
    double best = 0.0;
    for (std::size_t row = 0; row < 40; ++row) {
      std::size_t by_kept = 0;
      std::size_t by_other = 0;
      const auto cost = [&](std::size_t i) { return *replay.predictions[row * 3 + i].cost; };
      for (std::size_t i = 1; i < 3; ++i) {
        const double ahead = c.quality(row, i) - c.quality(row, by_kept);
        if (ahead > 0.0 || (ahead == 0.0 && cost(i) < cost(by_kept))) by_kept = i;
        if (rivals[0].quality[row * 3 + i] > rivals[0].quality[row * 3 + by_other]) by_other = i;
      }
      kept += c.score(row, by_kept) / 40.0;
      other += c.score(row, by_other) / 40.0;
      best += c.score(row, 2) / 40.0;
    }
    EXPECT_NEAR(table.methods[0].accuracy.mean, kept, 1e-9);
    EXPECT_NEAR(table.methods[1].accuracy.mean, other, 1e-9);
    EXPECT_NEAR(table.methods[1].gain.mean, other - best, 1e-9);
    EXPECT_NEAR(table.methods[1].lead.mean, kept - other, 1e-9);
  }
}

TEST(CompareMethods, APerfectPredictorIsFarAboveTheZeroRouterAndAConstantOneOnIt) {
  Rng rng(34);
  MethodCase c = random_case(rng, 200, 3);
  // Of equal length, or a constant predictor would tell questions apart by their price.
  std::ranges::fill(c.data.texts, std::string(300, 'x'));
  std::vector<float> constant;
  for (std::size_t cell = 0; cell < c.predictions.size(); ++cell) {
    c.predictions[cell].quality = c.data.outcomes.score[cell];
    c.predictions[cell].output_tokens = 100.0;
    constant.push_back(0.5F + 0.1F * static_cast<float>(cell % 3));
  }
  const Replay replay = make_replay(c.data, c.predictions);
  const std::vector<Rival> rivals{{"constant", constant}};
  const MethodTable table = compare_methods(replay, rivals, {2}, {}, true, kMethodResamples);
  EXPECT_GT(table.methods[0].aiq_over_zero.low, 0.2);
  EXPECT_LE(table.methods[1].aiq_over_zero.mean, 1e-3) << "mixes of singles are on its hull";
  EXPECT_FALSE(table.zero_router.empty());
}

TEST(SubjectMeans, AgreeWithCountingInOtherFolds) {
  Rng rng(35);
  MethodCase c = random_case(rng, 50, 2);
  for (std::size_t cell = 0; cell < 100; cell += 7) c.data.outcomes.score[cell] = kNotMeasured;
  const auto quality = subject_means(c.data, c.fold);
  ASSERT_EQ(quality.size(), 100U);
  for (std::size_t row = 0; row < 50; ++row) {
    for (std::size_t i = 0; i < 2; ++i) {
      double sum = 0.0;
      double count = 0.0;
      double all = 0.0;
      double n = 0.0;
      for (std::size_t other = 0; other < 50; ++other) {
        if (c.fold[other] == c.fold[row] || std::isnan(c.score(other, i))) continue;
        all += c.score(other, i);
        n += 1.0;
        if (c.data.questions[other].subject != c.data.questions[row].subject) continue;
        sum += c.score(other, i);
        count += 1.0;
      }
      EXPECT_NEAR(quality[row * 2 + i], (sum + 20.0 * all / n) / (count + 20.0), 1e-6);
    }
  }
  for (Question& question : c.data.questions) question.subject = "one";
  EXPECT_TRUE(subject_means(c.data, c.fold).empty()) << "one subject tells nothing apart";
}

// How early in its fold each query goes, by counting those that go before, and half of its ties.
std::vector<double> places_by_hand(const std::vector<double>& gain,
                                   const std::vector<std::uint32_t>& fold) {
  std::vector<double> places;
  for (std::size_t i = 0; i < gain.size(); ++i) {
    double before = 0.0;
    double size = 0.0;
    for (std::size_t j = 0; j < gain.size(); ++j) {
      if (fold[j] != fold[i]) continue;
      size += 1.0;
      before += gain[j] > gain[i] ? 1.0 : gain[j] == gain[i] ? 0.5 : 0.0;
    }
    places.push_back(-before / size);
  }
  return places;
}

TEST(Deferral, IsTheCurveOfTheBestOther) {
  Rng rng(36);
  for (int round = 0; round < 30; ++round) {
    const MethodCase c = random_case(rng, 30, 3);
    const Replay replay = make_replay(c.data, c.predictions);
    const Deferral result = deferral(replay, {}, {1}, c.fold, true, kMethodResamples);
    std::vector<double> gain;
    std::vector<float> others;
    std::vector<float> strong;
    for (std::size_t row = 0; row < 30; ++row) {
      const std::size_t other = c.quality(row, 2) > c.quality(row, 0) ? 2 : 0;
      gain.push_back(c.quality(row, other) - c.quality(row, 1));
      others.push_back(c.score(row, other));
      strong.push_back(c.score(row, 1));
    }
    const DeferralCurve curve = deferral_curve(places_by_hand(gain, c.fold), others, strong);
    EXPECT_EQ(result.n_queries, 30U);
    EXPECT_EQ(result.curve.accuracy, curve.accuracy);
    const auto same = [](double a, double b) {
      return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) < 1e-9;
    };
    EXPECT_TRUE(same(result.methods[0].apgr.mean, apgr(curve)));
    EXPECT_TRUE(same(result.methods[0].cpt80.mean, cpt(curve, 0.8)));
    EXPECT_NEAR(result.methods[0].accuracy_25.mean, accuracy_at(curve, 0.25), 1e-9);
    EXPECT_NEAR(result.strong_accuracy.mean, curve.strong(), 1e-6);
    EXPECT_EQ(result.methods[0].lead.mean, 0.0);
    const DeferredShare honest = share_from_other_folds(gain, others, strong, c.fold, 0.01);
    EXPECT_NEAR(result.methods[0].honest_minus_point.weak_share, honest.weak_share, 1e-9);
  }
}

// Models that know nothing of any query: that of the fold where the first expert does well has seen
// the other folds only, and expects the least of it.
TEST(Evaluate, TheLevelsOfFoldsCountNeitherForNorAgainst) {
  Rng rng(38);
  MethodCase c = random_case(rng, 3'000, 2);
  for (std::size_t row = 0; row < 3'000; ++row) {
    const bool good = c.fold[row] == 1;
    for (std::size_t i = 0; i < 2; ++i) {
      const double chance = i == 0 && good ? 0.7 : 0.5;
      c.data.outcomes.score[row * 2 + i] = rng.uniform() < chance ? 1.0F : 0.0F;
      const double level = i == 0 && good ? 0.4 : 0.6;
      c.predictions[row * 2 + i].quality = level + 1e-3 * rng.uniform();
    }
  }
  const auto evaluation =
      evaluate(c.data, c.predictions,
               {.bootstrap = kMethodResamples, .fold = c.fold, .strong = ExpertId{1}});
  ASSERT_TRUE(evaluation.has_value());
  EXPECT_NEAR(evaluation->experts[0].prediction.auc, 0.5, 0.03);
  EXPECT_NEAR(evaluation->methods.methods[0].prediction.auc, 0.5, 0.03);
  const DeferralCurve& curve = evaluation->deferral->curve;
  EXPECT_NEAR(accuracy_at(curve, 0.5), 0.5 * (curve.strong() + curve.weak()), 0.02);
}

TEST(Deferral, SavesTheShareTimesThePriceWhenCostsAreFlat) {
  Rng rng(37);
  MethodCase c = random_case(rng, 100, 2);
  c.data.outcomes.cost_usd.assign(200, 0.0F);
  for (std::size_t row = 0; row < 100; ++row) {
    c.data.outcomes.cost_usd[row * 2] = 0.001F;
    c.data.outcomes.cost_usd[row * 2 + 1] = 0.010F;
  }
  const Replay replay = make_replay(c.data, c.predictions);
  const Deferral result = deferral(replay, {}, {1}, {}, true, kMethodResamples);
  EXPECT_NEAR(result.methods[0].saved_at_minus_point.mean,
              0.9 * result.methods[0].share_at_minus_point.mean, 1e-6);
  EXPECT_TRUE(std::isnan(result.methods[0].honest_parity.weak_share)) << "no folds";
}

TEST(Evaluate, RefusesARivalThatIsNotANumber) {
  Rng rng(38);
  const MethodCase c = random_case(rng, 10, 2);
  EvaluateOptions options;
  options.rivals = {{"broken", std::vector<float>(20, std::nanf(""))}};
  const auto refused = evaluate(c.data, c.predictions, options);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("'broken'"), std::string::npos);
}

TEST(Evaluate, ReliabilityCountsEveryCellOnce) {
  Rng rng(39);
  const MethodCase c = random_case(rng, 50, 2);
  EvaluateOptions options;
  options.bootstrap.resamples = 5;
  options.fold = c.fold;
  const auto evaluation = evaluate(c.data, c.predictions, options);
  ASSERT_TRUE(evaluation.has_value());
  std::size_t n = 0;
  double error = 0.0;
  for (const ReliabilityBin& bin : evaluation->reliability) {
    n += bin.n;
    error += static_cast<double>(bin.n) * std::abs(bin.quality - bin.score) / 100.0;
  }
  EXPECT_EQ(n, 100U);
  EXPECT_NEAR(error, evaluation->prediction.calibration_error, 1e-9);
  EXPECT_EQ(evaluation->methods.methods.back().name, "true subject");
}

}  // namespace
}  // namespace ooe::evaluate
