#include "selfplay/loop.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "predictor/folds.h"
#include "predictor/train.h"

namespace ooe::selfplay {
namespace {

// Boosted trees cost most of the training and gain nothing on few rows.
constexpr std::size_t kTreeRowsMin = 4'000;

// What one session of rounds has at hand.
struct Table {
  Journal& journal;
  Known& known;
  std::optional<predictor::Model> current;
  std::span<const Question> targets;
  const LoopOptions& options;
  const Seams& seams;
  Exam exam;

  [[nodiscard]] Usd left() const { return options.budget - journal.spent(); }
  [[nodiscard]] std::uint64_t seed_of(int round) const {
    return predictor::inner_seed(journal.seed, static_cast<std::uint64_t>(round));
  }
  void tell(std::string_view phase, const Round& round) const {
    if (seams.progress) seams.progress(phase, round);
  }
};

// Half of what is left for each round still to come; the exam takes of the other half.
AcquisitionOptions acquisition_of(const Table& table, int rounds_to_come) {
  AcquisitionOptions options{.calls_max = table.options.calls_per_round,
                             .usd_max = 1e9,
                             .usd = table.options.usd_per_call};
  if (table.options.budget < Usd::max()) {
    options.usd_max = to_double(table.left()) / (2.0 * std::max(1, rounds_to_come));
  }
  return options;
}

// Keeps the pool's questions that are asked.
void set_calls(std::span<const Question> pool, std::span<const Call> calls, Round& round) {
  std::map<std::size_t, std::size_t> place;
  for (const Call& call : calls) {
    const auto [at, is_new] = place.emplace(call.question, round.questions.size());
    if (is_new) round.questions.push_back(pool[call.question]);
    round.calls.push_back({at->second, call.expert});
  }
}

Result<Round> plan(const Table& table, int rounds_to_come) {
  Round round;
  round.number = static_cast<int>(table.journal.rounds.size()) + 1;
  table.tell("generating", round);
  auto generated = table.seams.generate(round.number, table.options.pool);
  if (!generated) return fail(generated.error());
  round.screened = generated->screened;
  const std::vector<Question>& pool = generated->questions;
  if (pool.empty()) return round;
  const AcquisitionOptions how = acquisition_of(table, rounds_to_come);
  if (table.options.random) {
    Rng rng(table.seed_of(round.number));
    set_calls(pool, random_calls(pool.size(), table.known.experts.size(), how, rng), round);
    return round;
  }
  table.tell("choosing", round);
  const Believed believed = believe(table.known, table.targets, pool);
  set_calls(pool,
            choose_calls(believed.belief,
                         {.target_first = believed.texts.known,
                          .targets = believed.texts.targets,
                          .pool = believed.texts.pool},
                         how),
            round);
  return round;
}

// Puts the calls to the experts, and what they cost on the round.
Result<Asked> ask(const Table& table, std::span<const Question> questions,
                  std::span<const Call> calls, Round& round) {
  auto asked = table.seams.ask(questions, calls, table.left() - round.spent);
  if (asked) round.spent += asked->spent;
  return asked;
}

// Returns whether it goes on.
Result<bool> learn(Table& table, Round& round) {
  table.tell("asking", round);
  const auto asked = ask(table, round.questions, round.calls, round);
  if (!asked) return fail(asked.error());
  for (std::size_t i = 0; i < round.calls.size(); ++i) {
    if (!asked->answers[i]) {
      ++round.failed;
      continue;
    }
    ++round.asked;
    const Answered& answer = *asked->answers[i];
    if (answer.right) table.known.judge.observe(answer.score, *answer.right);
    const std::size_t question = table.known.add(round.questions[round.calls[i].question]);
    const double exact = answer.right ? (*answer.right ? 1.0 : 0.0) : answer.score;
    table.known.readings.push_back({.question = question,
                                    .expert = round.calls[i].expert,
                                    .score = exact,
                                    .judged = answer.judged && !answer.right});
  }
  return !asked->stopped;
}

double ownership_of(const LoopOptions& options, std::span<const std::size_t> choices) {
  if (options.own.empty() || choices.empty()) return 0.0;
  const auto own = std::ranges::count_if(choices, [&](std::size_t j) { return options.own[j]; });
  return static_cast<double>(own) / static_cast<double>(choices.size());
}

// Sits the exam with the candidate beside the current model. Returns whether it goes on.
Result<bool> examine(Table& table, const predictor::Model& candidate, Round& round) {
  table.tell("exam", round);
  const auto after = choices_of(candidate, table.exam.questions, table.known.experts);
  const auto before = choices_of(*table.current, table.exam.questions, table.known.experts);
  std::vector<Call> calls = missing(table.exam, after);
  std::ranges::copy(missing(table.exam, before), std::back_inserter(calls));
  std::ranges::sort(calls);
  calls.erase(std::ranges::unique(calls).begin(), calls.end());
  const auto asked = ask(table, table.exam.questions, calls, round);
  if (!asked) return fail(asked.error());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    // A judge that errs is no examiner.
    if (!asked->answers[i] || asked->answers[i]->judged) continue;
    table.exam.at(calls[i].question, calls[i].expert) =
        static_cast<float>(asked->answers[i]->score);
    ++round.exam_asked;
  }
  round.exam = compare(table.exam, before, after, table.seed_of(round.number));
  round.ownership = ownership_of(table.options, after);
  return !asked->stopped;
}

std::string verdict_on(const ExamResult& exam) {
  if (exam.compared == 0) return "no exam question was answered: nothing to compare by";
  if (exam.changed == 0) return "it decides every exam question as the current model does";
  const std::string gain = fmt::format(
      "{:+.1f} points, 95% interval {:+.1f} to {:+.1f}, on {} questions", 100.0 * exam.gain.mean,
      100.0 * exam.gain.low, 100.0 * exam.gain.high, exam.compared);
  return exam.surely_better() ? "better: " + gain : "not surely better: " + gain;
}

// One round from its plan on. Returns whether it goes on; a stopped round is not finished.
Result<bool> carry_out(Table& table, Round& round) {
  auto going = learn(table, round);
  if (!going || !*going) return going;
  table.tell("training", round);
  auto candidate =
      train_on(table.known, table.targets, table.seed_of(round.number), table.options.threads);
  if (!candidate) return fail(candidate.error());
  if (table.current) {
    going = examine(table, *candidate, round);
    if (!going || !*going) return going;
    round.promoted = round.exam.surely_better();
    round.reason = verdict_on(round.exam);
  } else {
    round.promoted = true;
    round.reason = "the first model";
  }
  if (round.promoted) {
    if (auto promoted = table.seams.promote(*candidate); !promoted) return fail(promoted.error());
    table.current = std::move(*candidate);
  }
  round.finished = true;
  return true;
}

bool no_longer_pays(const Journal& journal, int patience) {
  int useless = 0;
  for (auto round = journal.rounds.rbegin(); round != journal.rounds.rend() && !round->promoted;
       ++round) {
    ++useless;
  }
  return useless >= patience;
}

Result<Ending> play_rounds(Table& table) {
  std::vector<Round>& rounds = table.journal.rounds;
  for (int played = 0; played < table.options.rounds; ++played) {
    const bool resumed = !rounds.empty() && !rounds.back().finished;
    if (!resumed) {
      if (table.left() <= Usd{}) return Ending::out_of_budget;
      auto round = plan(table, table.options.rounds - played);
      if (!round) return fail(round.error());
      if (round->calls.empty()) return Ending::out_of_budget;
      rounds.push_back(std::move(*round));
      if (auto saved = table.seams.save(table.journal); !saved) return fail(saved.error());
    }
    Round result = rounds.back();
    const auto going = carry_out(table, result);
    if (!going) return fail(going.error());
    if (!*going) {
      rounds.back().spent = result.spent;
      if (auto saved = table.seams.save(table.journal); !saved) return fail(saved.error());
      return Ending::stopped;
    }
    rounds.back() = std::move(result);
    if (auto saved = table.seams.save(table.journal); !saved) return fail(saved.error());
    table.tell("done", rounds.back());
    if (no_longer_pays(table.journal, table.options.patience)) return Ending::no_longer_pays;
  }
  return Ending::rounds_played;
}

}  // namespace

Usd Journal::spent() const {
  Usd sum;
  for (const Round& round : rounds) sum += round.spent;
  return sum;
}

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::rounds_played:
      return "all rounds were played";
    case Ending::out_of_budget:
      return "the budget is used up";
    case Ending::no_longer_pays:
      return "the last rounds made no better model";
    case Ending::stopped:
      return "stopped; the same command goes on from here";
  }
  return "?";
}

Result<predictor::Model> train_on(const Known& known, std::span<const Question> targets,
                                  std::uint64_t seed, std::size_t threads) {
  const Dataset data = training_table(known, targets, believe(known, targets, {}));
  return predictor::train(data, {.seed = seed,
                                 .threads = threads,
                                 .trees = data.texts.size() >= kTreeRowsMin,
                                 .rivals = false});
}

Result<Played> play(Journal& journal, Known& known, std::optional<predictor::Model> current,
                    std::span<const Question> targets, const LoopOptions& options,
                    const Seams& seams) {
  Table table{journal,
              known,
              std::move(current),
              targets,
              options,
              seams,
              Exam::make(journal.exam, known.experts.size())};
  const bool unfinished = !journal.rounds.empty() && !journal.rounds.back().finished;
  if (options.budget <= Usd{} || (table.left() <= Usd{} && !unfinished)) {
    return Played{Ending::out_of_budget, std::move(table.current)};
  }
  if (!table.current && !known.readings.empty()) {
    auto first = train_on(known, targets, table.seed_of(0), options.threads);
    if (!first) return fail(first.error());
    table.current = std::move(*first);
  }
  const auto ending = play_rounds(table);
  if (!ending) return fail(ending.error());
  return Played{*ending, std::move(table.current)};
}

}  // namespace ooe::selfplay
