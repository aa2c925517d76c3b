// What the policy's promises are worth on real outcomes: every model, threshold and multiplier
// comes from the training folds, through Orchestrator::make and policy::decide as in `ooe serve`;
// every figure is over queries of the fold left out. Five folds.
//
// What goals come to in money and shares (P1, P2, P4) needs no score, and is over all of the fold's
// queries: a goal is calibrated on queries of the same kind. What they come to in quality is over
// those that every expert of the pool was asked, on MMLU fewer than half and not drawn at random.
//
//   policy_tasks DATA [--trials N] [--seed S]   DATA: the folder of outcome files; N bootstrap
//                                               trials (200); S draws the folds (1)
//
// P1 budgets and shares without pacing: the miss beside its standard error
// P2 the same with pacing, over 10,000 and more queries resampled from held-out ones
// P3 matches: does the claim hold, how often over bootstrap trials, and what does it save
// P4 a simulated day of drifting traffic under a budget
// P5 the winner's curse: what is promised, and routing against the best single expert
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/rng.h"
#include "bench/tasks/open_models.h"
#include "core/table_part.h"
#include "core/token_estimate.h"
#include "dataset/dataset.h"
#include "evaluate/costs.h"
#include "orchestrator/orchestrator.h"
#include "policy/pacing.h"
#include "predictor/folds.h"
#include "predictor/train.h"

namespace {

using namespace ooe;
using orchestrator::Orchestrator;

constexpr std::size_t kFolds = 5;
std::uint64_t g_seed = 1;                   // of the folds and of what is drawn
constexpr std::size_t kResampled = 20'000;  // queries of a paced run

int g_missed = 0;
int g_trials = 200;

[[noreturn]] void die(const std::string& why) {
  fmt::print(stderr, "policy_tasks: {}\n", why);
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result) die(result.error().message);
  return std::move(*result);
}

const char* judge(bool met) {
  g_missed += met ? 0 : 1;
  return met ? "met" : "MISSED";
}

struct Mean {
  double n = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  void add(double x) {
    n += 1.0;
    sum += x;
    squares += x * x;
  }
  [[nodiscard]] double mean() const { return sum / n; }
  [[nodiscard]] double error() const {
    return std::sqrt(std::max(0.0, squares / n - mean() * mean()) / (n - 1.0));
  }
};

// One held-out query: predictions by a model that did not see it, and what really happened.
struct HeldOut {
  std::vector<Prediction> predictions;
  std::vector<float> score;     // NaN where not asked
  std::vector<float> cost_usd;  // as recorded; without records, as expected
  std::size_t text_bytes = 0;

  [[nodiscard]] bool complete() const {
    return std::ranges::none_of(score, [](float s) { return std::isnan(s); });
  }
};

struct Fold {
  std::vector<Expert> experts;
  std::optional<predictor::Model> model;
  std::vector<HeldOut> traffic;  // all
  std::vector<HeldOut> queries;  // those that every expert was asked

  [[nodiscard]] Orchestrator serving(const Goal& goal) const {
    auto catalogue = must(experts::Catalogue::make(experts));
    auto copy = must(predictor::Model::parse(model->serialise()));
    return must(Orchestrator::make(std::move(catalogue), std::move(copy), {{"auto", goal, {}}}));
  }
};

struct Pool {
  std::string name;
  std::vector<Fold> folds;

  [[nodiscard]] std::size_t index(const std::string& expert) const {
    const auto& experts = folds.front().experts;
    const auto at = std::ranges::find(experts, expert, &Expert::name);
    if (at == experts.end()) die("no expert " + expert);
    return static_cast<std::size_t>(at - experts.begin());
  }
};

std::size_t choose(const HeldOut& query, const std::vector<Expert>& experts,
                   const policy::Tradeoff& tradeoff) {
  Query asked;
  asked.privacy = PrivacyClass::public_;
  const Decision decision =
      policy::decide(query.predictions, experts, asked, tradeoff, {.plan_size_max = 1});
  return decision.plan.front().index();
}

// Trains on the other folds with all columns of `data`, serves `pool` and predicts the fold's rows.
Fold make_fold(const Dataset& data, const std::vector<std::string>& pool, std::size_t fold) {
  const auto [seen, unseen] = predictor::split_at_fold(data, g_seed, kFolds, fold);
  const Dataset training = subset_rows(data, seen);
  Fold made;
  made.model = must(predictor::train(training, {.seed = g_seed, .rivals = false}));
  const std::vector<Expert> priced = evaluate::experts_of(training);
  std::vector<std::size_t> columns;
  for (const std::string& name : pool) {
    const auto at = std::ranges::find(priced, name, &Expert::name);
    if (at == priced.end()) die("no column " + name);
    columns.push_back(static_cast<std::size_t>(at - priced.begin()));
    made.experts.push_back(*at);
    made.experts.back().model = "m";
    made.experts.back().base_url = "http://127.0.0.1:1/v1";
  }
  const Orchestrator serving = made.serving({});
  Orchestrator::Scratch scratch;
  for (const std::size_t row : unseen) {
    HeldOut query;
    for (const std::size_t column : columns) {
      query.score.push_back(data.outcomes.score[data.outcomes.at(row, column)]);
    }
    query.predictions.resize(pool.size());
    Query asked;
    asked.text = data.texts[row];
    asked.prompt_tokens = estimate_tokens(asked.text);
    serving.predict(asked, scratch, query.predictions);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::size_t cell = data.outcomes.at(row, columns[i]);
      const float recorded =
          data.outcomes.cost_usd.empty() ? std::nanf("") : data.outcomes.cost_usd[cell];
      query.cost_usd.push_back(std::isnan(recorded)
                                   ? static_cast<float>(to_double(*query.predictions[i].cost))
                                   : recorded);
    }
    query.text_bytes = data.texts[row].size();
    if (query.complete()) made.queries.push_back(query);
    made.traffic.push_back(std::move(query));
  }
  return made;
}

Pool make_pool(const std::string& name, const Dataset& data, const std::vector<std::string>& pool,
               const std::string& not_own) {
  Pool made{name, {}};
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    made.folds.push_back(make_fold(data, pool, fold));
    for (Expert& expert : made.folds.back().experts) expert.own = expert.name != not_own;
  }
  std::size_t all = 0;
  std::size_t n = 0;
  for (const Fold& fold : made.folds) {
    all += fold.traffic.size();
    n += fold.queries.size();
  }
  fmt::print(
      "{}: {} experts, {} held-out queries, {} of them asked of all, {} to calibrate on in the "
      "first fold\n",
      name, pool.size(), all, n, made.folds.front().model->held_out().n_queries());
  std::fflush(stdout);
  return made;
}

// ---- P1, P2

// What one decided query comes to in the goal's own unit.
double amount(const Fold& fold, const HeldOut& query, std::size_t chosen, bool ownership) {
  return ownership ? (fold.experts[chosen].own ? 1.0 : 0.0) : double{query.cost_usd[chosen]};
}

// `unit` is how the target is written: a share, or 1,000 queries of USD.
void unpaced(const Pool& pool, const Goal& goal, double target, bool ownership) {
  Mean test;
  Mean quality;
  double sampling = 0.0;  // the threshold stands on a sample too
  for (const Fold& fold : pool.folds) {
    const Orchestrator serving = fold.serving(goal);
    const policy::Tradeoff tradeoff = serving.models().front().calibrated.tradeoff;
    for (const HeldOut& query : fold.traffic) {
      const std::size_t chosen = choose(query, fold.experts, tradeoff);
      test.add(amount(fold, query, chosen, ownership));
      if (query.complete()) quality.add(double{query.score[chosen]});
    }
    const auto n_seen = static_cast<double>(serving.held_out().n_queries);
    sampling = std::max(sampling, 1.0 / n_seen);
  }
  const double error = test.error() * std::sqrt(1.0 + test.n * sampling);
  const double miss = test.mean() - target;
  const double scale = ownership ? 1.0 : 1'000.0;
  // A share asked for is a least, a budget a most: the other side is no miss. (Shares here lie
  // above what own experts come to by being the best.)
  const bool met = ownership ? miss >= -2.0 * error : miss <= 2.0 * error;
  fmt::print(
      "P1 {:<22} {} {:>9.5f}  without pacing {:>9.5f}  miss {:+.5f}  se {:.5f}  ({:+.2f} se) {}"
      "  accuracy {:.4f}\n",
      pool.name, ownership ? "share " : "budget", scale * target, scale * test.mean(), scale * miss,
      scale * error, miss / error, judge(met), quality.mean());
}

// Resamples of the held-out queries of each fold; the first half drawn evenly, the second half with
// long texts twice as often as short ones when `drift`.
void paced(const Pool& pool, const Goal& goal, double target, bool ownership, bool drift) {
  double worst = 0.0;
  double n = 0.0;
  Mean quality;
  for (const Fold& fold : pool.folds) {
    const Orchestrator serving = fold.serving(goal);
    const auto& plan = serving.models().front().pacing;
    if (!plan) die("the goal is not paced");
    std::vector<std::size_t> by_length(fold.traffic.size());
    for (std::size_t i = 0; i < by_length.size(); ++i) by_length[i] = i;
    std::ranges::sort(by_length, {}, [&](std::size_t i) { return fold.traffic[i].text_bytes; });
    policy::Pacer pacer(plan->target, plan->options);
    Rng rng(7);
    double sum = 0.0;
    for (std::size_t i = 0; i < kResampled; ++i) {
      double u = rng.uniform();
      if (drift && i > kResampled / 2) u = std::sqrt(u);
      const HeldOut& query = fold.traffic[by_length[static_cast<std::size_t>(
          u * static_cast<double>(by_length.size()))]];
      const double aim = pacer.aim();
      const std::size_t chosen = choose(query, fold.experts, plan->curve.at(aim));
      const double came_to = amount(fold, query, chosen, ownership);
      pacer.observe(aim, came_to);
      sum += came_to;
      if (query.complete()) quality.add(double{query.score[chosen]});
    }
    n = static_cast<double>(kResampled);
    const double miss = ownership ? sum / n - target : sum / (n * target) - 1.0;
    if (std::abs(miss) > std::abs(worst)) worst = miss;
  }
  const double limit = ownership ? 0.01 : 0.02;
  fmt::print(
      "P2 {:<22} {} {:>9.5f}  paced over {:.0f} queries{}: worst of {} folds {:+.3f}{}  {}"
      "  accuracy {:.4f}\n",
      pool.name, ownership ? "share " : "budget", (ownership ? 1.0 : 1'000.0) * target, n,
      drift ? ", drifting" : "", kFolds, 100.0 * worst, ownership ? " points" : " %",
      judge(std::abs(worst) <= limit), quality.mean());
  std::fflush(stdout);
}

Goal budget_goal(double usd_per_query) {
  return {MaximiseQuality{usd_from_double(1'000.0 * usd_per_query)}, std::nullopt, std::nullopt};
}

// Budgets between always the cheapest and money does not count, evenly in the logarithm.
std::vector<double> budgets(const Pool& pool) {
  const Fold& fold = pool.folds.front();
  const Orchestrator serving = fold.serving({});
  const double dear = policy::outlook({}, fold.experts, serving.held_out()).cost_usd;
  const double cheap = policy::outlook({.quality_per_usd = policy::kQualityPerUsdMax}, fold.experts,
                                       serving.held_out())
                           .cost_usd;
  std::vector<double> levels;
  for (const double part : {0.25, 0.5, 0.75}) {
    levels.push_back(cheap * std::pow(dear / cheap, part));
  }
  return levels;
}

// ---- P3

struct MatchFigures {
  Mean difference;
  double open = 0.0;
  double cost = 0.0;
  double reference_cost = 0.0;
  double n = 0.0;
};

void add_match(const Fold& fold, const policy::Tradeoff& tradeoff, std::size_t reference,
               MatchFigures& figures) {
  for (const HeldOut& query : fold.queries) {
    const std::size_t chosen = choose(query, fold.experts, tradeoff);
    figures.difference.add(double{query.score[chosen]} - double{query.score[reference]});
    figures.open += chosen == reference ? 0.0 : 1.0;
    figures.cost += double{query.cost_usd[chosen]};
    figures.reference_cost += double{query.cost_usd[reference]};
    figures.n += 1.0;
  }
}

// Rows of a sample drawn again with replacement.
struct Resample {
  std::vector<float> quality;
  std::vector<float> cost_usd;
  std::vector<float> score;
  std::size_t n_queries;

  Resample(const policy::CalibrationSample& of, std::size_t m, Rng& rng) : n_queries(of.n_queries) {
    for (std::size_t i = 0; i < n_queries; ++i) {
      const std::size_t row = rng.below(n_queries) * m;
      const auto copy = [&](std::span<const float> from, std::vector<float>& to) {
        to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(row),
                  from.begin() + static_cast<std::ptrdiff_t>(row + m));
      };
      copy(of.quality, quality);
      copy(of.cost_usd, cost_usd);
      copy(of.score, score);
    }
  }
  [[nodiscard]] policy::CalibrationSample view() const {
    return {.quality = quality, .cost_usd = cost_usd, .n_queries = n_queries, .score = score};
  }
};

void match(const Pool& pool, const std::string& expert, double tolerance,
           std::optional<double> open_least) {
  const std::size_t reference = pool.index(expert);
  const Goal goal{MatchExpert{expert, tolerance, 0.95}, std::nullopt, std::nullopt};
  MatchFigures held_out;
  std::vector<Orchestrator> servings;
  for (const Fold& fold : pool.folds) {
    servings.push_back(fold.serving(goal));
    add_match(fold, servings.back().models().front().calibrated.tradeoff, reference, held_out);
  }
  int holds = 0;
  for (int trial = 0; trial < g_trials; ++trial) {
    Rng rng(static_cast<std::uint64_t>(trial) + 1);
    MatchFigures figures;
    for (std::size_t f = 0; f < pool.folds.size(); ++f) {
      const Fold& fold = pool.folds[f];
      const Resample resample(servings[f].held_out(), fold.experts.size(), rng);
      const auto calibrated = must(policy::calibrate(goal, fold.experts, resample.view()));
      add_match(fold, calibrated.tradeoff, reference, figures);
    }
    holds += figures.difference.mean() >= -tolerance ? 1 : 0;
  }
  const Mean& difference = held_out.difference;
  const double share = static_cast<double>(holds) / g_trials;
  const double open = held_out.open / held_out.n;
  const bool met = difference.mean() >= -tolerance - 2.0 * difference.error();
  fmt::print(
      "P3 match {} within {}: held-out difference {:+.4f} se {:.4f} {}; holds in {:.1f} % of {} "
      "trials {}; {:.1f} % not by it, saves {:.1f} % of {:.3f} USD per 1k{}\n",
      expert, tolerance, difference.mean(), difference.error(), judge(met), 100.0 * share, g_trials,
      judge(share >= 0.95), 100.0 * open, 100.0 * (1.0 - held_out.cost / held_out.reference_cost),
      1'000.0 * held_out.reference_cost / held_out.n,
      open_least ? fmt::format("  (at least {:.0f} % open: {})", 100.0 * *open_least,
                               judge(open >= *open_least))
                 : "");
  std::fflush(stdout);
}

// ---- P4

// Busier at noon; long texts in the afternoon, short ones at night; answers cost up to twice what
// they did, and scatter.
void day(const Pool& pool, double budget) {
  const Fold& fold = pool.folds.front();
  const Orchestrator serving = fold.serving(budget_goal(budget));
  const auto& model = serving.models().front();
  std::vector<std::size_t> by_length(fold.traffic.size());
  for (std::size_t i = 0; i < by_length.size(); ++i) by_length[i] = i;
  std::ranges::sort(by_length, {}, [&](std::size_t i) { return fold.traffic[i].text_bytes; });
  Rng rng(g_seed);
  policy::Pacer pacer(model.pacing->target, model.pacing->options);
  double n = 0.0;
  double spent = 0.0;
  double unpaced = 0.0;
  double worst_minute = 0.0;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    const double phase = std::numbers::pi * minute / (24.0 * 60.0);
    const int queries = static_cast<int>(20.0 + 100.0 * std::sin(phase));
    const double lean = std::exp(-std::sin(2.0 * phase));  // below 1: long texts
    const double dearer = 1.0 + std::pow(std::sin(phase), 4.0);
    double in_minute = 0.0;
    for (int i = 0; i < queries; ++i) {
      const double u = std::pow(rng.uniform(), lean);
      const HeldOut& query = fold.traffic[by_length[static_cast<std::size_t>(
          u * static_cast<double>(by_length.size()))]];
      const double luck = dearer * 2.0 * rng.uniform();
      const double aim = pacer.aim();
      const double cost =
          luck * double{query.cost_usd[choose(query, fold.experts, model.pacing->curve.at(aim))]};
      pacer.observe(aim, cost);
      in_minute += cost;
      unpaced +=
          luck * double{query.cost_usd[choose(query, fold.experts, model.calibrated.tradeoff)]};
      n += 1.0;
    }
    spent += in_minute;
    worst_minute = std::max(worst_minute, in_minute / (budget * queries));
  }
  fmt::print(
      "P4 {:<22} a day, {:.0f} queries at {:.5f} USD per 1k: spent {:+.2f} % off the budget {} "
      "(without pacing {:+.1f} %), worst minute {:.2f} times it {}\n",
      pool.name, n, 1'000.0 * budget, 100.0 * (spent / (n * budget) - 1.0),
      judge(std::abs(spent / (n * budget) - 1.0) <= 0.01), 100.0 * (unpaced / (n * budget) - 1.0),
      worst_minute, judge(worst_minute <= 3.0));
}

// ---- P5

void winners_curse(const Pool& pool) {
  const std::size_t m = pool.folds.front().experts.size();
  std::vector<double> single(m, 0.0);
  for (const Fold& fold : pool.folds) {
    for (const HeldOut& query : fold.queries) {
      for (std::size_t i = 0; i < m; ++i) single[i] += double{query.score[i]};
    }
  }
  // With hindsight, which favours the single expert.
  const auto best = static_cast<std::size_t>(std::ranges::max_element(single) - single.begin());
  Mean gain;
  Mean promise;
  double before = 0.0;
  for (const Fold& fold : pool.folds) {
    const Orchestrator serving = fold.serving({});
    before += serving.shrinkage().optimism_before / kFolds;
    for (const HeldOut& query : fold.queries) {
      const std::size_t chosen =
          choose(query, fold.experts, serving.models().front().calibrated.tradeoff);
      gain.add(double{query.score[chosen]} - double{query.score[best]});
      promise.add(query.predictions[chosen].quality - double{query.score[chosen]});
    }
  }
  fmt::print(
      "P5 {:<22} routed - best single ({}) {:+.4f} se {:.4f} {}; promised too much {:+.4f} se "
      "{:.4f} ({:+.4f} before shrinking, on the sample)\n",
      pool.name, pool.folds.front().experts[best].name, gain.mean(), gain.error(),
      judge(gain.mean() >= -2.0 * gain.error()), promise.mean(), promise.error(), before);
  std::fflush(stdout);
}

void all_tasks(const Pool& pool, bool with_shares) {
  winners_curse(pool);
  const std::vector<double> levels = budgets(pool);
  for (const double budget : levels) unpaced(pool, budget_goal(budget), budget, false);
  const std::vector<double> shares =
      with_shares ? std::vector{0.5, 0.65, 0.8} : std::vector<double>{};
  const auto share_goal = [](double share) {
    return Goal{OwnershipShare{share}, std::nullopt, std::nullopt};
  };
  for (const double share : shares) unpaced(pool, share_goal(share), share, true);
  for (const bool drift : {false, true}) {
    for (const double budget : levels) paced(pool, budget_goal(budget), budget, false, drift);
    for (const double share : shares) paced(pool, share_goal(share), share, true, drift);
  }
  day(pool, levels[1]);
}

Dataset load(const std::string& folder, const std::string& name, bool usage, bool last_block,
             const std::string& experts) {
  return must(dataset::load_dataset({.questions = folder + "/" + name + ".questions.jsonl.gz",
                                     .outcomes = folder + "/" + name + ".outcomes.tsv.gz",
                                     .usage = usage ? folder + "/" + name + ".usage.tsv.gz" : "",
                                     .prices = usage ? "" : folder + "/prices.tsv",
                                     .experts = experts,
                                     .text_last_block = last_block}))
      .data;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) die("give the folder of outcome data");
  const std::string folder = argv[1];
  for (int i = 2; i + 1 < argc; ++i) {
    if (std::string(argv[i]) == "--trials") g_trials = std::atoi(argv[i + 1]);
    if (std::string(argv[i]) == "--seed") g_seed = std::strtoull(argv[i + 1], nullptr, 10);
  }
  // Pool B: the open experts of the core table.
  const std::vector<std::string> open = tasks::open_models_now();
  const auto core = must(dataset::load_dataset({.questions = folder + "/mmlu.questions.jsonl.gz",
                                                .outcomes = folder + "/mmlu_core.tsv.gz"}));
  std::string columns;
  for (const std::string& name : core.data.outcomes.experts) {
    columns += (columns.empty() ? "" : ",") + name;
  }
  {
    const Dataset routerbench = load(folder, "routerbench_arc", true, false, "");
    all_tasks(make_pool("RouterBench ARC", routerbench, routerbench.outcomes.experts,
                        "gpt-4-1106-preview"),
              true);
  }
  Dataset mmlu = load(folder, "mmlu", false, false, columns);
  std::vector<std::size_t> test;
  for (std::size_t i = 0; i < mmlu.questions.size(); ++i) {
    if (mmlu.questions[i].split == "test") test.push_back(i);
  }
  mmlu = subset_rows(mmlu, test);
  std::vector<std::string> newer = open;
  newer.emplace_back("gpt-4-1106-preview");
  const Pool pool_b = make_pool("MMLU, pool B + 1106", mmlu, newer, newer.back());
  all_tasks(pool_b, true);
  match(pool_b, "gpt-4-1106-preview", 0.01, 0.7);
  match(pool_b, "gpt-4-1106-preview", 0.0, std::nullopt);
  fmt::print("{}\n", g_missed == 0 ? "every promise is kept"
                                   : fmt::format("{} promises are not kept", g_missed));
  return g_missed == 0 ? 0 : 1;
}
