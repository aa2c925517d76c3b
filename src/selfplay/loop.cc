#include "selfplay/loop.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "predictor/folds.h"
#include "predictor/train.h"
#include "selfplay/aim.h"

namespace ooe::selfplay {
namespace {

// Boosted trees cost most of the training and gain nothing on few rows.
constexpr std::size_t kTreeRowsMin = 4'000;
// A first model has none before it to be compared with; it must at least have seen something.
constexpr std::size_t kFirstReadingsMin = 10;

// What one session of rounds has at hand.
struct Table {
  Journal& journal;
  Known& known;
  std::optional<predictor::Model> current;
  std::span<const Question> targets;
  const LoopOptions& options;
  const Seams& seams;
  Exam exam;
  bool out_of_money = false;  // somebody's next call might have exceeded the budget

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
  AcquisitionOptions options{.calls_max = table.options.calls_per_round, .usd_max = 1e9, .usd = {}};
  if (table.seams.usd_per_call) options.usd = table.seams.usd_per_call();
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

// An expert writes where it pays most. Before anything is known nobody can say where that is, nor
// who is strong enough to settle an answer.
std::vector<WritingSeed> wishes_of(const Table& table, int round) {
  const WritingOptions& writing = table.options.writing;
  if (writing.topics.empty() || table.known.readings.empty()) return {};
  return writing_seeds(needs_of(writing.topics, table.known, table.targets), table.seed_of(round),
                       writing.wishes, writing.open);
}

// Has the wishes fulfilled, for at most half of what the round's calls may cost.
Result<Writing> write(Table& table, int rounds_to_come, Round& round) {
  table.tell("writing", round);
  Usd budget = table.left() - round.spent;
  if (table.options.budget < Usd::max()) {
    budget = std::min(budget, Usd{table.left().nano / (4 * std::max(1, rounds_to_come))});
  }
  auto writing = table.seams.write(round, budget);
  if (!writing) return writing;
  round.spent += writing->spent;
  round.screened = writing->screened;
  round.malformed = writing->malformed;
  round.unsettled = writing->unsettled;
  round.settled = static_cast<std::int64_t>(writing->questions.size());
  round.writing_note = writing->note;
  round.exam_asked += writing->exam_asked;
  add_failures(writing->failures, round.failures);
  if (writing->agreement.tried()) round.agreement = writing->agreement;
  if (writing->judging.tried()) round.judging = writing->judging;
  table.known.agreement = round.agreement;
  table.known.trials = round.judging;
  return writing;
}

std::vector<Call> choose(const Table& table, std::span<const Question> pool,
                         const AcquisitionOptions& how, const Round& round) {
  if (table.options.random) {
    Rng rng(table.seed_of(round.number));
    return random_calls(pool.size(), table.known.experts.size(), how, rng);
  }
  table.tell("choosing", round);
  const Believed believed = believe(table.known, table.targets, pool);
  return choose_calls(believed.belief,
                      {.target_first = believed.texts.known,
                       .targets = believed.texts.targets,
                       .pool = believed.texts.pool},
                      how);
}

// Returns whether it goes on. Written questions come first, generated ones fill up the pool.
Result<bool> plan(Table& table, int rounds_to_come, Round& round) {
  std::vector<Question> pool;
  std::vector<Call> not_to_ask;
  std::vector<Call> calls;
  if (!round.wishes.empty()) {
    auto writing = write(table, rounds_to_come, round);
    if (!writing) return fail(writing.error());
    if (writing->stopped) return false;
    pool = std::move(writing->questions);
    calls = std::move(writing->answered);
    for (std::size_t i = 0; i < pool.size(); ++i) {
      for (const std::size_t expert : writing->insiders) not_to_ask.push_back({i, expert});
    }
  }
  table.tell("generating", round);
  auto generated = table.seams.generate(
      round.number, table.options.pool - std::min(table.options.pool, pool.size()));
  if (!generated) return fail(generated.error());
  std::ranges::move(generated->questions, std::back_inserter(pool));
  for (std::size_t i = 0; i < kScreenings; ++i) round.screened[i] += generated->screened[i];
  if (table.seams.given_up) {
    for (const std::size_t expert : table.seams.given_up()) {
      for (std::size_t i = 0; i < pool.size(); ++i) not_to_ask.push_back({i, expert});
    }
  }
  AcquisitionOptions how = acquisition_of(table, rounds_to_come);
  how.not_to_ask = std::move(not_to_ask);
  how.answered = calls;
  if (!pool.empty()) std::ranges::copy(choose(table, pool, how, round), std::back_inserter(calls));
  set_calls(pool, calls, round);
  return true;
}

// Puts the calls to the experts, and what they cost on the round.
Result<Asked> ask(Table& table, std::span<const Question> questions, std::span<const Call> calls,
                  Round& round) {
  auto asked = table.seams.ask(questions, calls, table.left() - round.spent);
  if (!asked) return asked;
  round.spent += asked->spent;
  add_failures(asked->failures, round.failures);
  table.out_of_money = table.out_of_money || asked->out_of_budget;
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
    const Call& call = round.calls[i];
    take_in(*asked->answers[i], round.questions[call.question], call.expert, table.known);
  }
  return !asked->stopped;
}

// What finished rounds have taught.
void remember(Table& table) {
  for (const Round& round : table.journal.rounds) {
    table.known.agreement = round.agreement;
    table.known.trials = round.judging;
    if (!round.finished) continue;
    const auto answers = table.seams.recall(round.questions, round.calls);
    for (std::size_t i = 0; i < round.calls.size(); ++i) {
      const Call& call = round.calls[i];
      if (!answers[i]) continue;
      take_in(*answers[i], round.questions[call.question], call.expert, table.known);
    }
  }
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
    // Who errs is no examiner.
    if (!asked->answers[i] || asked->answers[i]->basis != Basis::exact) continue;
    table.exam.at(calls[i].question, calls[i].expert) =
        static_cast<float>(asked->answers[i]->score);
    if (asked->on_record.empty() || !asked->on_record[i]) ++round.exam_asked;
  }
  round.exam = compare(table.exam, before, after, table.seed_of(round.number));
  round.ownership = ownership_of(table.options, after);
  return !asked->stopped;
}

std::string with_failures(std::string reason, const Round& round) {
  if (!round.failures.empty()) reason += "; no answer from " + failures_text(round.failures);
  return reason;
}

// Why nothing can be learned from the round; empty: something can.
std::string nothing_to_learn(const Table& table, const Round& round) {
  if (round.asked == 0) {
    return with_failures(table.out_of_money ? "what is left pays for no call"
                                            : "nobody answered: nothing to learn from",
                         round);
  }
  const std::size_t answers = table.known.readings.size();
  if (table.current || answers >= kFirstReadingsMin) return "";
  return with_failures(fmt::format("{} answers are too few for a first model, which takes {}",
                                   answers, kFirstReadingsMin),
                       round);
}

std::string verdict_on(const Round& round) {
  const ExamResult& exam = round.exam;
  if (exam.compared == 0) {
    return with_failures("no exam question was answered: nothing to compare by", round);
  }
  if (exam.changed == 0) return "it decides every exam question as the current model does";
  const std::string gain = fmt::format(
      "{:+.1f} points, 95% interval {:+.1f} to {:+.1f}, on {} questions", 100.0 * exam.gain.mean,
      100.0 * exam.gain.low, 100.0 * exam.gain.high, exam.compared);
  if (exam.surely_better()) return "better: " + gain;
  if (exam.gain.low <= 0.0) return "not surely better: " + gain;
  return fmt::format("not surely better: {}; only {} scores differ, and {} are the least", gain,
                     exam.differ, ExamResult::kDifferMin);
}

// One round from its plan on. Returns whether it goes on; a stopped round is not finished.
Result<bool> carry_out(Table& table, Round& round) {
  auto going = learn(table, round);
  if (!going || !*going) return going;
  round.reason = nothing_to_learn(table, round);
  if (!round.reason.empty()) {
    round.finished = true;
    return true;
  }
  table.tell("training", round);
  auto candidate =
      train_on(table.known, table.targets, table.seed_of(round.number), table.options.threads);
  if (!candidate) return fail(candidate.error());
  if (table.current) {
    going = examine(table, *candidate, round);
    if (!going || !*going) return going;
    round.promoted = round.exam.surely_better();
    round.reason = verdict_on(round);
  } else {
    round.promoted = true;
    round.reason = "the first model";
  }
  if (round.promoted && table.seams.fits) {
    if (const auto fits = table.seams.fits(*candidate); !fits) {
      round.promoted = false;
      round.reason += "; not promoted: " + fits.error().message;
    }
  }
  if (round.promoted) {
    if (auto promoted = table.seams.promote(*candidate); !promoted) return fail(promoted.error());
    table.current = std::move(*candidate);
  }
  round.finished = true;
  return true;
}

bool nobody_answered(const Round& round) {
  return !round.failures.empty() && round.asked == 0 && round.exam_asked == 0;
}

bool no_longer_pays(const Journal& journal, int patience) {
  int useless = 0;
  for (auto round = journal.rounds.rbegin(); round != journal.rounds.rend() && !round->promoted;
       ++round) {
    if (!nobody_answered(*round)) ++useless;  // a pool that was down says nothing of what pays
  }
  return useless >= patience;
}

Result<void> save(const Table& table) { return table.seams.save(table.journal); }

// The next round, planned, as the journal's last one and on record. Returns why there is none.
Result<std::optional<Ending>> begin_round(Table& table, int rounds_to_come) {
  std::vector<Round>& rounds = table.journal.rounds;
  const bool resumed = !rounds.empty() && !rounds.back().finished;
  if (!resumed) {
    if (table.left() <= Usd{}) return Ending::out_of_budget;
    const int number = static_cast<int>(rounds.size()) + 1;
    rounds.push_back({.number = number,
                      .wishes = wishes_of(table, number),
                      .agreement = table.known.agreement,
                      .judging = table.known.trials});
    // What is written must be on record before it is asked for; dice fall again as they did.
    if (!rounds.back().wishes.empty()) {
      if (auto saved = save(table); !saved) return fail(saved.error());
    }
  }
  if (!rounds.back().calls.empty()) return std::nullopt;
  Round planned = rounds.back();
  const auto going = plan(table, rounds_to_come, planned);
  if (!going) return fail(going.error());
  if (*going && planned.calls.empty() && planned.wishes.empty()) {
    rounds.pop_back();
    return Ending::out_of_budget;
  }
  if (*going && planned.calls.empty()) {
    planned.finished = true;
    planned.reason = "what is left pays for no call";
  }
  rounds.back() = std::move(planned);
  if (auto saved = save(table); !saved) return fail(saved.error());
  if (!*going) return Ending::stopped;
  if (rounds.back().finished) return Ending::out_of_budget;
  return std::nullopt;
}

Result<Ending> play_rounds(Table& table) {
  std::vector<Round>& rounds = table.journal.rounds;
  const std::size_t n_experts = table.known.experts.size();
  bool anybody = false;  // answered in this run
  for (int played = 0; played < table.options.rounds; ++played) {
    const auto none = begin_round(table, table.options.rounds - played);
    if (!none) return fail(none.error());
    if (*none) return **none;
    Round result = rounds.back();
    const auto going = carry_out(table, result);
    if (!going) return fail(going.error());
    if (!*going) {
      rounds.back().spent = result.spent;
      rounds.back().exam_asked = result.exam_asked;
      if (auto saved = save(table); !saved) return fail(saved.error());
      return Ending::stopped;
    }
    rounds.back() = std::move(result);
    if (auto saved = save(table); !saved) return fail(saved.error());
    table.tell("done", rounds.back());
    if (table.out_of_money) return Ending::out_of_budget;
    anybody = anybody || !nobody_answered(rounds.back());
    if (table.seams.given_up && table.seams.given_up().size() == n_experts) {
      return Ending::nobody_answers;
    }
    if (no_longer_pays(table.journal, table.options.patience)) return Ending::no_longer_pays;
  }
  return anybody ? Ending::rounds_played : Ending::nobody_answers;
}

}  // namespace

void add_failures(std::span<const Failure> more, std::vector<Failure>& failures) {
  for (const Failure& failure : more) {
    const auto same = std::ranges::find(failures, failure.expert, &Failure::expert);
    if (same == failures.end()) {
      failures.push_back(failure);
      continue;
    }
    same->questions += failure.questions;
    same->why = failure.why;
  }
}

std::string failures_text(std::span<const Failure> failures) {
  constexpr std::size_t kNamedMax = 6;
  constexpr std::size_t kWhyBytesMax = 90;
  std::string text;
  for (std::size_t i = 0; i < std::min(failures.size(), kNamedMax); ++i) {
    const Failure& failure = failures[i];
    std::string why = failure.why.substr(0, std::min(kWhyBytesMax, failure.why.find('\n')));
    if (why.size() < failure.why.size()) why += "...";
    text += i == 0 ? "" : ", ";
    text += failure.expert;
    if (failure.questions > 0) {
      text +=
          fmt::format(" to {} question{}", failure.questions, failure.questions == 1 ? "" : "s");
    }
    if (!why.empty()) text += fmt::format(" ({})", why);
  }
  if (failures.size() > kNamedMax)
    text += fmt::format(", and {} more", failures.size() - kNamedMax);
  return text;
}

Usd Journal::spent() const {
  Usd sum;
  for (const Round& round : rounds) sum += round.spent;
  return sum;
}

int Journal::unplanned_round() const {
  return !rounds.empty() && rounds.back().calls.empty() && !rounds.back().finished
             ? rounds.back().number
             : 0;
}

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::rounds_played:
      return "all rounds were played";
    case Ending::out_of_budget:
      return "the budget is used up";
    case Ending::no_longer_pays:
      return "the last rounds made no better model";
    case Ending::nobody_answers:
      return "no expert answered";
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
  remember(table);
  const auto ending = play_rounds(table);
  if (!ending) return fail(ending.error());
  return Played{*ending, std::move(table.current)};
}

}  // namespace ooe::selfplay
