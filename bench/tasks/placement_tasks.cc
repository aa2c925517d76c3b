// What chosen questions are worth when an expert is new, on real outcomes: each expert in turn is
// new to a model trained without it; a few of its outcomes, chosen by predictor/placement.h or at
// random, teach the model, which is judged on questions of another fold.
//
//   placement_tasks DATA [--folds N] [--experts N]
//
// The scale: 0 is the expert's own full mean for every question, 1 a model trained with all its
// outcomes. Intervals are over experts, the units that are new. Then: how many questions
// `interview --adaptive` asks until the mean is known to a precision, and how often it is right.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/rng.h"
#include "core/table_part.h"
#include "dataset/dataset.h"
#include "evaluate/bootstrap.h"
#include "predictor/adapt.h"
#include "predictor/folds.h"
#include "predictor/metrics.h"
#include "predictor/placement.h"
#include "predictor/train.h"

namespace {

using namespace ooe;  // NOLINT(google-build-using-namespace): a program of its own
using Rows = std::vector<std::size_t>;

constexpr std::size_t kFolds = 5;
constexpr std::uint64_t kSeeds = 8;  // of questions, chosen and random
constexpr std::size_t kCounts[] = {20, 50, 100};
constexpr double kPrecisions[] = {0.05, 0.03};

[[noreturn]] void die(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  std::exit(1);
}

double loss(const predictor::Model& model, const Dataset& judged, std::size_t j) {
  const std::size_t at = model.card().column_of(judged.outcomes.experts[j]).value();
  predictor::Scratch scratch;
  std::vector<Prediction> predictions(model.card().experts.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < judged.texts.size(); ++i) {
    model.predict(judged.texts[i], scratch, predictions);
    sum += predictor::log_loss(double{judged.outcomes.score[judged.outcomes.at(i, j)]},
                               predictions[at].quality);
  }
  return sum / static_cast<double>(judged.texts.size());
}

// Log losses of one expert as the new one.
struct NewExpert {
  double mean = 0.0;  // of the constant
  double full = 0.0;
  std::map<std::size_t, double> chosen;  // by count
  std::map<std::size_t, double> random;
};

// How a stop at a precision went.
struct Stop {
  double asked = 0.0;
  double inside = 0.0;  // whether the interval held the true mean
  double error = 0.0;
};

NewExpert measure(const Dataset& training, const Dataset& judged, std::size_t j,
                  const predictor::Model& full, std::map<double, std::vector<Stop>>& stops) {
  const OutcomeMatrix& outcomes = training.outcomes;
  Rows others;
  for (std::size_t k = 0; k < outcomes.n_experts(); ++k) {
    if (k != j) others.push_back(k);
  }
  const Dataset known = subset_columns(training, others);
  const auto without = predictor::train(known, {.held_out_queries_max = 16'384, .rivals = false});
  if (!without) die(without.error().message);
  const Dataset own = subset_columns(training, {j});
  const auto taught = [&](const Rows& rows) {
    const auto adapted = predictor::adapt(*without, subset_rows(own, rows));
    if (!adapted) die(adapted.error().message);
    return loss(*adapted, judged, j);
  };
  const auto score = [&](std::size_t row) { return double{own.outcomes.score[row]}; };

  NewExpert result;
  double mean = 0.0;
  const std::size_t n = training.texts.size();
  for (std::size_t i = 0; i < n; ++i) mean += score(i) / static_cast<double>(n);
  for (std::size_t i = 0; i < judged.texts.size(); ++i) {
    result.mean +=
        predictor::log_loss(double{judged.outcomes.score[judged.outcomes.at(i, j)]}, mean) /
        static_cast<double>(judged.texts.size());
  }
  result.full = loss(full, judged, j);

  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Rng rng(seed);
    Rows order = predictor::all_rows(training);
    rng.shuffle(std::span(order));
    predictor::Placement placement(known.outcomes, {.seed = seed});
    Rows asked;
    for (const std::size_t count : kCounts) {
      for (const std::size_t row : placement.choose(count - asked.size())) {
        placement.answer(row, score(row));
        asked.push_back(row);
      }
      result.chosen[count] += taught(asked) / double{kSeeds};
      result.random[count] +=
          taught(Rows(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count))) /
          double{kSeeds};
    }
  }

  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    predictor::Placement stopping(known.outcomes, {.seed = seed});
    for (const double precision : kPrecisions) {
      while (1.96 * stopping.quality().sd > precision) {
        for (const std::size_t row : stopping.choose(10)) stopping.answer(row, score(row));
      }
      const auto quality = stopping.quality();
      stops[precision].push_back({static_cast<double>(stopping.answered()),
                                  std::abs(quality.mean - mean) <= 1.96 * quality.sd ? 1.0 : 0.0,
                                  std::abs(quality.mean - mean)});
    }
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) die("give the folder of outcome data");
  const std::string folder = argv[1];
  std::size_t folds = 1;
  std::size_t experts_max = 1'000;
  for (int i = 2; i + 1 < argc; i += 2) {
    const auto value = static_cast<std::size_t>(std::atoi(argv[i + 1]));
    if (std::string(argv[i]) == "--folds") folds = value;
    if (std::string(argv[i]) == "--experts") experts_max = value;
  }
  const auto loaded = dataset::load_dataset(
      {.questions = folder + "/mmlu.questions.jsonl.gz", .outcomes = folder + "/mmlu_core.tsv.gz"});
  if (!loaded) die(loaded.error().message);
  const Dataset& data = loaded->data;
  const std::size_t m = std::min(experts_max, data.outcomes.n_experts());
  std::vector<NewExpert> results(m);  // sums over folds: ratios of sums do not mind
  std::map<double, std::vector<Stop>> stops;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    const auto [seen, unseen] = predictor::split_at_fold(data, 1, kFolds, fold);
    const Dataset training = subset_rows(data, seen);
    const Dataset judged = subset_rows(data, unseen);
    const auto full = predictor::train(training, {.rivals = false});
    if (!full) die(full.error().message);
    for (std::size_t j = 0; j < m; ++j) {
      const NewExpert one = measure(training, judged, j, *full, stops);
      results[j].mean += one.mean;
      results[j].full += one.full;
      for (const std::size_t count : kCounts) {
        results[j].chosen[count] += one.chosen.at(count);
        results[j].random[count] += one.random.at(count);
      }
      fmt::print("  fold {} {}: mean {:.4f}, all {:.4f}, 20 chosen {:.4f}, 20 random {:.4f}\n",
                 fold, data.outcomes.experts[j], one.mean, one.full, one.chosen.at(20),
                 one.random.at(20));
      std::fflush(stdout);
    }
  }

  int missed = 0;
  for (const std::size_t count : kCounts) {
    const auto figures = evaluate::bootstrap(
        m,
        [&](std::span<const double> times) {
          double gain = 0.0;
          double by_chosen = 0.0;
          double by_random = 0.0;
          double drawn = 0.0;
          for (std::size_t j = 0; j < m; ++j) {
            gain += times[j] * (results[j].mean - results[j].full);
            by_chosen += times[j] * (results[j].mean - results[j].chosen.at(count));
            by_random += times[j] * (results[j].mean - results[j].random.at(count));
            drawn += times[j] * static_cast<double>(folds);
          }
          return std::vector<double>{by_chosen / gain, by_random / gain,
                                     (by_chosen - by_random) / drawn};
        },
        {.resamples = 10'000});
    fmt::print(
        "{} outcomes: share of the gain, chosen {:.3f} [{:.3f}, {:.3f}], random {:.3f} [{:.3f}, "
        "{:.3f}]; log loss lower by {:.4f} [{:.4f}, {:.4f}]\n",
        count, figures[0].mean, figures[0].low, figures[0].high, figures[1].mean, figures[1].low,
        figures[1].high, figures[2].mean, figures[2].low, figures[2].high);
    const double wanted = count == 20 ? 0.88 : count == 50 ? 0.91 : 0.0;
    if (wanted == 0.0) continue;
    const bool reaches = figures[0].high >= wanted;
    const bool beats = count != 20 || figures[2].low > 0.0;
    fmt::print("   interval reaches {}: {}{}\n", wanted, reaches ? "met" : "MISSED",
               count != 20 ? ""
               : beats     ? "; chosen beats random: met"
                           : "; chosen beats random: MISSED");
    if (!reaches || !beats) ++missed;
  }
  for (const double precision : kPrecisions) {
    const std::vector<Stop>& all = stops[precision];
    Stop sum;
    for (const Stop& stop : all) {
      sum.asked += stop.asked;
      sum.inside += stop.inside;
      sum.error += stop.error;
    }
    const auto n = static_cast<double>(all.size());
    fmt::print(
        "stop at +-{}: {:.0f} questions asked of {} on average, true mean inside {:.0f}% of {} "
        "intervals, mean error {:.4f}\n",
        precision, sum.asked / n, data.texts.size() * 4 / kFolds, 100.0 * sum.inside / n,
        all.size(), sum.error / n);
  }
  return missed == 0 ? 0 : 1;
}
