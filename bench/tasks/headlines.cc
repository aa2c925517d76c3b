// The published headline results of the Leeroo Orchestrator (arXiv 2401.13979, section 4) beside
// what this program gets on real outcomes, each with its interval and with what is not the same.
//
// In each of five folds, everything is learned from the other four: the predictor, the universe of
// three to seven experts (predictable objective, on predictions the predictor made out of fold
// inside those four), and the trade-off or threshold. The fold itself is only routed and judged.
//
//   headlines DATA                         DATA: the folder of outcome files
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "bench/tasks/open_models.h"
#include "bench/tasks/task_data.h"
#include "core/table_part.h"
#include "evaluate/bootstrap.h"
#include "evaluate/costs.h"
#include "evaluate/replay.h"
#include "predictor/folds.h"
#include "predictor/train.h"
#include "universe/select.h"

namespace {

using namespace ooe;
using namespace ooe::tasks;

constexpr std::size_t kFolds = 5;
constexpr std::size_t kFewest = 3;
constexpr std::size_t kMost = 7;

using Names = std::vector<std::string>;

// Questions with what is predicted of each, row by row.
struct Table {
  Dataset data;
  std::vector<Prediction> predictions;  // [n, m]
};

struct Fold {
  Table seen;    // what the model below was judged by, of the seen part
  Table unseen;  // predicted by the model of the seen part
};

std::vector<Fold> make_folds(const Dataset& data) {
  std::vector<Fold> folds;
  for (std::size_t f = 0; f < kFolds; ++f) {
    const auto [seen, unseen] = predictor::split_at_fold(data, 1, kFolds, f);
    const Dataset training = predictor::merge_equal_texts(subset_rows(data, seen));
    const auto model = predictor::train(training, {.judged_min = training.texts.size(),
                                                   .held_out_queries_max = training.texts.size(),
                                                   .rivals = false});
    if (!model) die(model.error().message);
    // Those of its questions that it keeps held-out predictions of.
    std::map<QueryId, std::size_t> row_of;
    for (std::size_t i = 0; i < training.query_ids.size(); ++i) row_of[training.query_ids[i]] = i;
    Rows judged;
    for (const QueryId& query : model->held_out_queries()) judged.push_back(row_of.at(query));
    Fold fold{.seen = {.data = subset_rows(training, judged), .predictions = {}},
              .unseen = {.data = subset_rows(data, unseen), .predictions = {}}};
    const predictor::HeldOutSample& sample = model->held_out();
    for (std::size_t i = 0; i < sample.quality.size(); ++i) {
      fold.seen.predictions.push_back({.quality = double{sample.quality[i]},
                                       .output_tokens = double{sample.output_tokens[i]},
                                       .cost = {}});
    }
    const std::size_t m = data.outcomes.n_experts();
    fold.unseen.predictions.resize(unseen.size() * m);
    predictor::Scratch scratch;
    for (std::size_t i = 0; i < unseen.size(); ++i) {
      model->predict(fold.unseen.data.texts[i], scratch,
                     std::span(fold.unseen.predictions).subspan(i * m, m));
    }
    folds.push_back(std::move(fold));
    fmt::print(stderr, "\r  fold {} of {} ", f + 1, kFolds);
  }
  fmt::print(stderr, "\r{:20}\r", "");
  return folds;
}

// The questions of a split (empty: of all) on which all of `experts` were measured, and what is
// known of these experts.
Table part_of(const Table& table, const Names& experts, const std::string& split) {
  Rows take;
  for (const std::string& expert : experts) take.push_back(column(table.data, expert));
  const std::size_t m = table.data.outcomes.n_experts();
  Rows rows;
  for (std::size_t i = 0; i < table.data.outcomes.n_queries(); ++i) {
    const bool measured = std::ranges::all_of(take, [&](std::size_t j) {
      return !std::isnan(table.data.outcomes.score[table.data.outcomes.at(i, j)]);
    });
    if (measured && (split.empty() || table.data.questions[i].split == split)) rows.push_back(i);
  }
  return {.data = subset_columns(subset_rows(table.data, rows), take),
          .predictions = subset_columns(subset_rows(table.predictions, rows, m), take, m)};
}

evaluate::Replay replay_of(const Table& table) {
  return evaluate::make_replay(table.data, table.predictions);
}

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

std::vector<double> of_one(const evaluate::Replay& replay, std::size_t expert, bool cost) {
  const std::vector<ExpertId> asked(replay.n(), ExpertId(static_cast<std::uint16_t>(expert)));
  return cost ? evaluate::costs_of(replay, asked) : evaluate::scores_of(replay, asked);
}

// The trade-off at which these questions cost no more than `usd_per_1k`, the highest quality first.
double trade_off_for(const evaluate::Replay& replay, double usd_per_1k) {
  std::vector<double> grid = evaluate::hull_multipliers(replay);
  grid.push_back(0.0);
  std::ranges::sort(grid);
  for (const double quality_per_usd : grid) {
    const double cost =
        mean_of(evaluate::costs_of(replay, evaluate::route(replay, quality_per_usd)));
    if (cost <= usd_per_1k) return quality_per_usd;
  }
  return grid.back();
}

// Three to seven experts that route best on the seen questions.
Names select_on(const evaluate::Replay& replay, double quality_per_usd) {
  Names names;
  for (const Expert& expert : replay.experts) names.push_back(expert.name);
  const auto utilities =
      universe::utilities(replay.outcomes, replay.cost_usd, replay.predictions, quality_per_usd);
  if (!utilities) die(utilities.error().message);
  universe::SelectOptions options{.size_max = kMost};
  auto chosen = universe::select(*utilities, names, options);
  if (chosen && chosen->members.size() < kFewest) {
    options.size_max = kFewest;
    options.fill_up = true;
    chosen = universe::select(*utilities, names, options);
  }
  if (!chosen) die(chosen.error().message);
  Names selected;
  for (const UniverseMember& member : chosen->members)
    selected.push_back(names[member.expert.index()]);
  return selected;
}

// Figures of the held-out questions of all folds.
struct Routed {
  std::vector<double> score;
  std::vector<double> cost;  // USD per 1,000 queries
  std::vector<double> reference_score;
  std::vector<double> reference_cost;
  std::map<std::string, std::size_t> chosen_in;  // folds that an expert was selected in
};

void append(std::vector<double>& to, const std::vector<double>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// Routing among experts selected from `pool` at `cost_share` of what the reference costs.
Routed route_at_cost(const std::vector<Fold>& folds, const Names& pool,
                     const std::string& reference, double cost_share,
                     const std::string& split = "test") {
  Routed routed;
  for (const Fold& fold : folds) {
    Names all = pool;
    if (std::ranges::find(all, reference) == all.end()) all.push_back(reference);
    const Table seen = part_of(fold.seen, all, split);
    const Table unseen = part_of(fold.unseen, all, split);
    const evaluate::Replay seen_all = replay_of(seen);
    const double budget =
        cost_share * mean_of(of_one(seen_all, column(seen.data, reference), true));
    const Table seen_pool = part_of(seen, pool, split);
    const evaluate::Replay pool_replay = replay_of(seen_pool);
    const Names selected = select_on(pool_replay, trade_off_for(pool_replay, budget));
    const Table seen_selected = part_of(seen, selected, split);
    const double quality_per_usd = trade_off_for(replay_of(seen_selected), budget);
    const Table unseen_selected = part_of(unseen, selected, split);
    const evaluate::Replay replay = replay_of(unseen_selected);
    const std::vector<ExpertId> asked = evaluate::route(replay, quality_per_usd);
    append(routed.score, evaluate::scores_of(replay, asked));
    append(routed.cost, evaluate::costs_of(replay, asked));
    const evaluate::Replay unseen_all = replay_of(unseen);
    append(routed.reference_score, of_one(unseen_all, column(unseen.data, reference), false));
    append(routed.reference_cost, of_one(unseen_all, column(unseen.data, reference), true));
    for (const std::string& name : selected) ++routed.chosen_in[name];
  }
  return routed;
}

// A strong expert answers what the threshold, set on the seen questions, leaves to it: as much that
// the others answer `open_share` of those.
Routed mix_with(const std::vector<Fold>& folds, const Names& pool, const std::string& strong,
                double open_share) {
  Routed routed;
  for (const Fold& fold : folds) {
    Names all = pool;
    all.push_back(strong);
    const Table seen = part_of(fold.seen, all, "test");
    const Table unseen = part_of(fold.unseen, all, "test");
    const Table seen_pool = part_of(seen, pool, "test");
    const Names selected = pool.size() > 1 ? select_on(replay_of(seen_pool), 0.0) : pool;
    Rows members;
    for (const std::string& name : selected) members.push_back(column(seen.data, name));
    const std::size_t at_strong = column(seen.data, strong);
    const auto gains = [&](const Table& table, Rows& best) {
      const std::size_t m = all.size();
      std::vector<double> gain;
      for (std::size_t i = 0; i < table.data.outcomes.n_queries(); ++i) {
        best.push_back(*std::ranges::max_element(
            members, {}, [&](std::size_t j) { return table.predictions[i * m + j].quality; }));
        gain.push_back(table.predictions[i * m + best.back()].quality -
                       table.predictions[i * m + at_strong].quality);
      }
      return gain;
    };
    Rows ignored;
    std::vector<double> sorted = gains(seen, ignored);
    std::ranges::sort(sorted, std::greater<>());
    const auto rank = static_cast<std::size_t>(open_share * static_cast<double>(sorted.size()));
    const double threshold = sorted[std::min(rank, sorted.size() - 1)];
    Rows best;
    const std::vector<double> gain = gains(unseen, best);
    const OutcomeMatrix& outcomes = unseen.data.outcomes;
    for (std::size_t i = 0; i < gain.size(); ++i) {
      const double own{outcomes.score[outcomes.at(i, best[i])]};
      const double other{outcomes.score[outcomes.at(i, at_strong)]};
      routed.score.push_back(gain[i] > threshold ? own : other);
      routed.cost.push_back(gain[i] > threshold ? 1.0 : 0.0);  // here: answered openly
      routed.reference_score.push_back(other);
    }
    for (const std::string& name : selected) ++routed.chosen_in[name];
  }
  return routed;
}

std::string interval(const std::vector<double>& values, double scale, const char* sign) {
  const evaluate::Interval i = evaluate::bootstrap(std::span(&values, 1), {}).front();
  return sign[0] == '+' ? fmt::format("{:+.1f} [{:+.1f}, {:+.1f}]", scale * i.mean, scale * i.low,
                                      scale * i.high)
                        : fmt::format("{:.1f} [{:.1f}, {:.1f}]", scale * i.mean, scale * i.low,
                                      scale * i.high);
}

void print_chosen(const Routed& routed) {
  std::string names;
  for (const auto& [name, folds] : routed.chosen_in) {
    names += fmt::format("{}{} ({}/{})", names.empty() ? "" : ", ", name, folds, kFolds);
  }
  fmt::print("      selected: {}\n", names);
}

void print_claim(const std::string& claim, const std::string& published) {
  fmt::print("\n{}\n   published: {}\n", claim, published);
}

void print_against(const std::string& what, const Routed& routed) {
  fmt::print("   ours, {}, {} questions: {} against {:.1f}, points {}; cost {:.0f}% of it\n", what,
             routed.score.size(), interval(routed.score, 100.0, ""),
             100.0 * mean_of(routed.reference_score),
             interval(evaluate::difference(routed.score, routed.reference_score), 100.0, "+"),
             100.0 * mean_of(routed.cost) / mean_of(routed.reference_cost));
  print_chosen(routed);
}

void print_mix(const std::string& what, const Routed& routed) {
  fmt::print("   ours, {}, {} questions: {} against {:.1f}, points {}; {:.0f}% open\n", what,
             routed.score.size(), interval(routed.score, 100.0, ""),
             100.0 * mean_of(routed.reference_score),
             interval(evaluate::difference(routed.score, routed.reference_score), 100.0, "+"),
             100.0 * mean_of(routed.cost));
  print_chosen(routed);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) die("headlines DATA");
  const std::string folder = argv[1];
  const Names open_then = open_models_then();
  const Names open_now = open_models_now();
  const std::string mixtral = "mistralai/Mixtral-8x7B-Instruct-v0.1";
  const std::string gpt35 = "routerbench:gpt-3.5-turbo-1106";  // 1 and 2 USD was its list price
  const std::string gpt4 = "gpt-4-1106-preview";
  fmt::print(
      "The published pool, GPT-4 and harness are not those of this data: the paper had seven\n"
      "experts tuned for domains, this data has mostly general 7B to 70B models, each measured by\n"
      "its own source. Prices are those of the price file; tokens are estimated where no usage\n"
      "was recorded. Points are of accuracy, with 95% intervals over questions, paired.\n");

  const std::vector<Fold> mmlu =
      make_folds(load(folder, "mmlu", {.prices = true, .more_prices = {gpt35 + "=1/2"}}));
  print_claim("MMLU: open experts against Mixtral at equal cost", "75.9 against 70.6, points +5.3");
  print_against("11 experts of its time", route_at_cost(mmlu, open_then, mixtral, 1.0));
  print_against("and two later ones", route_at_cost(mmlu, open_now, mixtral, 1.0));
  print_claim("MMLU: open experts against LLaMA-2-70B at no more than its cost", "better");
  print_against("11 experts of its time",
                route_at_cost(mmlu, open_then, "meta-llama/Llama-2-70b-chat-hf", 1.0));
  print_claim("MMLU: open experts against GPT-3.5 at 73.3% less cost", "better");
  print_against("11 experts of its time", route_at_cost(mmlu, open_then, gpt35, 0.267));
  print_against("and two later ones", route_at_cost(mmlu, open_now, gpt35, 0.267));
  print_claim("MMLU: half of the queries open, the rest to GPT-4, against GPT-4", "level");
  print_mix("11 experts of its time", mix_with(mmlu, open_then, gpt4, 0.50));
  print_mix("and two later ones", mix_with(mmlu, open_now, gpt4, 0.50));
  print_claim("MMLU: a quarter of the queries open, against GPT-4", "points +0.24");
  print_mix("11 experts of its time", mix_with(mmlu, open_then, gpt4, 0.25));
  print_mix("and two later ones", mix_with(mmlu, open_now, gpt4, 0.25));

  const std::vector<Fold> arc =
      make_folds(load(folder, "routerbench_arc", {.usage = true, .last_block = true}));
  const Names open_arc = {"meta/llama-2-70b-chat",
                          "mistralai/mixtral-8x7b-chat",
                          "zero-one-ai/Yi-34B-Chat",
                          "WizardLM/WizardLM-13B-V1.2",
                          "meta/code-llama-instruct-34b-chat",
                          "mistralai/mistral-7b-chat"};
  print_claim("ARC instead (recorded costs): open experts against GPT-3.5 at 73.3% less cost",
              "on MMLU: better");
  print_against("6 open experts", route_at_cost(arc, open_arc, "gpt-3.5-turbo-1106", 0.267, ""));

  const std::vector<Fold> gsm8k = make_folds(load(folder, "gsm8k", {.prices = true}));
  print_claim("GSM8K: a 7B model of one's own answers half, GPT-4 the rest",
              "84.77, its own model alone 68.84");
  print_mix("MetaMath-Mistral-7B and GPT-4 (MoT)",
            mix_with(gsm8k, {"meta-math/MetaMath-Mistral-7B"}, "gpt-4(MoT greedy CoT)", 0.50));
  print_claim("GSM8K: open experts against GPT-3.5 at 73.3% less cost", "(MMLU: better)");
  print_against("6 open experts",
                route_at_cost(gsm8k,
                              {"meta-math/MetaMath-Mistral-7B",
                               "cognitivecomputations/dolphin-2.9-llama3-8b", "GAIR/Abel-7B",
                               "GAIR/Abel-13B", "GAIR/Abel-70B", "llm-agents/tora-code-34b-v1.0"},
                              "zeroeval:gpt-3.5-turbo-0125", 0.267));
  return 0;
}
