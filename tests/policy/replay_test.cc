#include "policy/replay.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "policy/explore.h"

namespace ooe::policy {
namespace {

std::vector<Expert> three_experts() {
  std::vector<Expert> experts(3);
  for (std::size_t i = 0; i < 3; ++i) {
    experts[i].name = std::string(1, "abc"[i]);
    experts[i].clearance = PrivacyClass::internal;
    const auto pico = static_cast<std::int64_t>(i + 1) * 1'000'000;  // 1, 2, 3 USD per million
    experts[i].prices = Prices{{pico}, {pico}, {pico}};
  }
  return experts;
}

// One request as the gateway serves it, and its receipt. What it really cost has nothing to do with
// what was foreseen: twice as much, and a tenth of a cent more for "b".
struct ReplayWorld {
  Rng rng;
  std::vector<Expert> experts = three_experts();
  Tradeoff tradeoff{.quality_per_usd = 20.0};
  ExploreOptions exploring{.share = 0.2, .within = 1.0};

  struct Served {
    Query query;
    std::vector<Prediction> predictions;
    Receipt receipt;
  };
  [[nodiscard]] double true_usd(const Served& served, std::size_t expert) const {
    return 2.0 * to_double(*served.predictions[expert].cost) + (expert == 1 ? 0.001 : 0.0);
  }
  Served serve() {
    Served served;
    served.query.prompt_tokens = static_cast<std::int64_t>(100 + rng.below(5'000));
    served.query.privacy = PrivacyClass::public_;
    for (const Expert& expert : experts) {
      Prediction prediction;
      // What the receipt can hold without loss.
      prediction.quality = static_cast<double>(rng.below(65'536)) / 65'535.0;
      prediction.output_tokens = static_cast<double>(rng.below(1'000));
      prediction.cost = expected_cost(expert, served.query.prompt_tokens, prediction.output_tokens);
      served.predictions.push_back(prediction);
    }
    Decision decision = decide(served.predictions, experts, served.query, tradeoff);
    Receipt& receipt = served.receipt;
    receipt.propensity = explore(decision, experts, tradeoff, {}, exploring, rng.uniform());
    receipt.chosen = experts[decision.plan.front().index()].name;
    receipt.privacy = served.query.privacy;
    receipt.foreseen = foreseen_bytes(served.query, experts, served.predictions, {}, {});
    receipt.ending = Ending::answered;
    receipt.cost = usd_from_double(true_usd(served, decision.plan.front().index()));
    return served;
  }
};

TEST(Replay, TheSamePolicyDecidesTheSame) {
  ReplayWorld world{.rng = Rng(1)};
  world.exploring.share = 0.0;
  Replay replay({.experts = world.experts, .tradeoff = world.tradeoff, .options = {}});
  Usd paid;
  for (int i = 0; i < 500; ++i) {
    const auto served = world.serve();
    paid += served.receipt.cost;
    replay.add(served.receipt);
  }
  const ReplayFigures& figures = replay.figures();
  EXPECT_EQ(figures.replayed, 500);
  EXPECT_EQ(figures.changed, 0);
  EXPECT_EQ(figures.paid, paid);
  EXPECT_EQ(figures.quality_difference.mean(), 0.0);
  EXPECT_EQ(figures.usd_difference.mean(), 0.0);
  EXPECT_EQ(figures.coverage(), 1.0);
  EXPECT_NEAR(figures.measured_usd.mean(), to_double(paid) / 500.0, 1e-12);
}

TEST(Replay, PredictsWhatDecideWouldHaveDoneAtOtherPricesAndAnotherGoal) {
  ReplayWorld world{.rng = Rng(2)};
  std::vector<Expert> dearer = world.experts;
  dearer[0].prices = Prices{{9'000'000}, {9'000'000}, {9'000'000}};
  dearer.pop_back();  // and "c" is gone
  const Tradeoff cheaper{.quality_per_usd = 60.0};
  Replay replay({.experts = dearer, .tradeoff = cheaper, .options = {}});
  double quality = 0.0;
  double usd = 0.0;
  std::int64_t changed = 0;
  std::int64_t gone = 0;
  std::int64_t n = 0;
  for (int i = 0; i < 500; ++i) {
    const auto served = world.serve();
    replay.add(served.receipt);
    std::vector<Prediction> predictions(served.predictions.begin(), served.predictions.end() - 1);
    for (std::size_t k = 0; k < 2; ++k) {
      predictions[k].cost =
          expected_cost(dearer[k], served.query.prompt_tokens, predictions[k].output_tokens);
    }
    const Decision decision = decide(predictions, dearer, served.query, cheaper);
    const std::size_t now = decision.plan.front().index();
    quality += predictions[now].quality;
    changed += dearer[now].name != served.receipt.chosen;
    if (served.receipt.chosen == "c") {
      ++gone;
      continue;
    }
    usd += to_double(*predictions[now].cost);
    ++n;
  }
  const ReplayFigures& figures = replay.figures();
  EXPECT_EQ(figures.changed, changed);
  EXPECT_EQ(figures.unpriced, gone);
  EXPECT_GT(gone, 50);
  EXPECT_NEAR(figures.quality_now.mean(), quality / 500.0, 1e-9);
  EXPECT_NEAR(figures.usd_now.mean(), usd / static_cast<double>(n), 1e-9);
}

// Against the truth, which the simulation knows: intervals of 95% from explored traffic hold what
// the other policy really costs, though predictions are wrong by half.
TEST(Replay, MeasuresByInversePropensitiesWhatPredictionsGetWrong) {
  int held = 0;
  constexpr int kTrials = 200;
  for (int trial = 0; trial < kTrials; ++trial) {
    ReplayWorld world{.rng = Rng(100 + static_cast<std::uint64_t>(trial))};
    const Tradeoff other{.quality_per_usd = 80.0};
    Replay replay({.experts = world.experts, .tradeoff = other, .options = {}});
    double truth = 0.0;
    constexpr int kRequests = 2'000;
    for (int i = 0; i < kRequests; ++i) {
      const auto served = world.serve();
      replay.add(served.receipt);
      const Decision decision = decide(served.predictions, world.experts, served.query, other);
      truth += world.true_usd(served, decision.plan.front().index()) / kRequests;
    }
    const ReplayFigures& figures = replay.figures();
    EXPECT_GT(figures.explored, 0);
    EXPECT_GT(figures.coverage(), 0.7);
    held += std::abs(figures.measured_usd.mean() - truth) <=
            1.96 * figures.measured_usd.standard_error();
    EXPECT_GT(std::abs(figures.usd_now.mean() - truth), 0.2 * truth) << "predictions are wrong";
  }
  EXPECT_GE(held, kTrials * 9 / 10);
}

TEST(Replay, CountsWhatCannotBeReplayed) {
  ReplayWorld world{.rng = Rng(3)};
  auto served = world.serve();
  Replay replay({.experts = world.experts, .tradeoff = world.tradeoff, .options = {}});
  Receipt pinned = served.receipt;
  pinned.foreseen.clear();
  replay.add(pinned);
  Receipt secret = served.receipt;
  secret.privacy = PrivacyClass::restricted;
  replay.add(secret);
  Receipt nobody = served.receipt;
  nobody.chosen.clear();
  nobody.ending = Ending::refused;
  replay.add(nobody);
  EXPECT_EQ(replay.figures().nobody_then, 1);
  EXPECT_EQ(replay.figures().changed, 0);
  EXPECT_EQ(replay.figures().nothing_foreseen, 1);
  EXPECT_EQ(replay.figures().refused, 1);
  EXPECT_EQ(replay.figures().replayed, 0);
}

TEST(RunningMean, AgreesWithTheTextbook) {
  RunningMean mean;
  for (const double x : {1.0, 2.0, 4.0, 9.0}) mean.add(x);
  EXPECT_DOUBLE_EQ(mean.mean(), 4.0);
  EXPECT_DOUBLE_EQ(mean.standard_error(), std::sqrt((9.0 + 4.0 + 0.0 + 25.0) / 3.0 / 4.0));
}

}  // namespace
}  // namespace ooe::policy
