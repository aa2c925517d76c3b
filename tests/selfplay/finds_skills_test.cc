// The promise of self-play: in a world with hidden skills it finds out with 800 interviews what
// random ones tell with 2,000. Three worlds here; `make proof` asks for twenty (OOE_WORLDS).
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/selfplay/hidden_world.h"
#include "tests/worlds.h"

namespace ooe::selfplay {
namespace {

constexpr std::size_t kFirst = 50;
constexpr std::size_t kAsked = 800;
constexpr std::size_t kRandom = 2'000;
constexpr std::size_t kTargets = 250;
constexpr std::size_t kExam = 600;
constexpr std::size_t kJudged = 2'000;  // queries by which the truth is told

struct Figures {
  double first = 0.0;         // after the first 50
  double random_short = 0.0;  // after 800 random interviews
  double random_long = 0.0;   // after 2,000
  double found = 0.0;         // the promoted model after 800, most of them chosen
  double candidate = 0.0;     // a model of all that was learnt by then
  double oracle = 0.0;
  std::int64_t asked = 0;
  std::int64_t exam_asked = 0;
};

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

double standard_error(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const auto n = static_cast<double>(values.size());
  return std::sqrt(squares / (n - 1.0) / n);
}

Figures play_in(std::uint64_t seed) {
  const HiddenWorld world({.seed = seed});
  const auto targets = world.traffic(kTargets, 1);
  const auto judged_by = world.traffic(kJudged, 2);
  Figures figures{.oracle = world.oracle(judged_by)};
  const auto quality_after = [&](std::size_t count) {
    Known known{.experts = world.experts()};
    ask_at_random(world, count, seed, known);
    const auto model = train_on(known, targets, seed, 1);
    return model ? world.quality(*model, judged_by) : 0.0;
  };
  figures.first = quality_after(kFirst);
  figures.random_short = quality_after(kAsked);
  figures.random_long = quality_after(kRandom);

  Known known{.experts = world.experts()};
  ask_at_random(world, kFirst, seed, known);
  Journal journal{.seed = seed, .exam = world.traffic(kExam, 3)};
  WorldSeams outside{.world = world, .seed = seed};
  for (const Question& question : journal.exam) outside.filter.know_test(question);
  const auto played =
      play(journal, known, std::nullopt, targets,
           {.rounds = (kAsked - kFirst) / 75, .patience = 99, .calls_per_round = 75, .threads = 1},
           outside.seams());
  EXPECT_TRUE(played);
  if (!played) return figures;
  figures.asked = static_cast<std::int64_t>(kFirst);
  for (const Round& round : journal.rounds) {
    figures.asked += round.asked;
    figures.exam_asked += round.exam_asked;
  }
  figures.found = world.quality(*played->model, judged_by);
  const auto candidate = train_on(known, targets, seed, 1);
  figures.candidate = world.quality(*candidate, judged_by);
  return figures;
}

TEST(SelfPlay, FindsWith800InterviewsWhatRandomOnesTellWith2000) {
  std::vector<double> gap;   // of 800 random interviews to 2,000
  std::vector<double> lead;  // of self-play's 800 over 2,000 random ones
  std::vector<double> found;
  std::vector<double> random_long;
  fmt::print("{:>5} {:>8} {:>11} {:>13} {:>10} {:>10} {:>7} {:>6} {:>5}\n", "world", "first 50",
             "random 800", "random 2,000", "self-play", "candidate", "oracle", "asked", "exam");
  for (std::size_t seed = 1; seed <= n_worlds(); ++seed) {
    const Figures f = play_in(seed);
    fmt::print("{:>5} {:>8.3f} {:>11.3f} {:>13.3f} {:>10.3f} {:>10.3f} {:>7.3f} {:>6} {:>5}\n",
               seed, f.first, f.random_short, f.random_long, f.found, f.candidate, f.oracle,
               f.asked, f.exam_asked);
    EXPECT_LE(f.asked, static_cast<std::int64_t>(kAsked));
    gap.push_back(f.random_long - f.random_short);
    lead.push_back(f.found - f.random_long);
    found.push_back(f.found);
    random_long.push_back(f.random_long);
  }
  fmt::print(
      "median: self-play {:.3f}, random 2,000 {:.3f}; lead {:+.3f} (mean {:+.3f} +- {:.3f}); "
      "random 800 falls short by {:.3f} +- {:.3f}\n",
      median_of(found), median_of(random_long), median_of(lead), mean_of(lead),
      standard_error(lead), mean_of(gap), standard_error(gap));
  EXPECT_GE(median_of(lead), 0.0);
  EXPECT_GT(mean_of(gap), 0.0);
  if (n_worlds() >= 20) {
    EXPECT_GE(mean_of(gap), 3.0 * standard_error(gap));
  }
}

}  // namespace
}  // namespace ooe::selfplay
