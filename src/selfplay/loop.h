// Self-play: new questions where asking pays, put to the experts, graded, learned from, until it
// stops paying, within a budget.
//
//   generate --screened questions--> plan --calls--> ask --scores--> learn --candidate--> exam
//      ^                                                                                    |
//      +---------- next round <-- promoted, when surely better; else why not --------------+
//
// A round is planned before anybody is asked, and its plan is on record before the first call:
// first what an expert is to write, if one does, then whom to ask what. After a kill the same calls
// are made again, and those already answered cost nothing. Everything else follows from the seed
// and the answers. In: what is known, what users ask, an exam. Out: the journal of rounds, perhaps
// a better model. Knows: predictor, evaluate, interview's graders. The world is behind `Seams`.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "predictor/model.h"
#include "selfplay/exam.h"
#include "selfplay/generator.h"
#include "selfplay/judge_noise.h"
#include "selfplay/known.h"
#include "selfplay/writer.h"

namespace ooe::selfplay {

// An expert that left questions unanswered.
struct Failure {
  std::string expert;
  std::int64_t questions = 0;  // without an answer; 0: it answered all, but is asked no more
  std::string why;             // the last reason
};
// Adds to those of the same expert. The last reason stands.
void add_failures(std::span<const Failure> more, std::vector<Failure>& failures);
// "a 20 times (connect: refused), b ...": in one line of bounded length.
[[nodiscard]] std::string failures_text(std::span<const Failure> failures);

struct Round {
  int number = 0;  // from 1
  // What an expert is asked to write for it, and what became of that; empty: nobody writes.
  std::vector<WritingSeed> wishes = {};
  std::int64_t malformed = 0;     // written questions that could not be read
  std::int64_t unsettled = 0;     // on whose answers strong experts did not agree with the writer
  std::int64_t settled = 0;       // the others: there to be chosen
  std::string writing_note = {};  // why the writer gave nothing; empty: it did
  JudgeNoise agreement = {};      // how far settled answers can be believed
  JudgeNoise judging = {};        // how far the judge can be
  // The plan. No calls: there is none yet.
  std::array<std::int64_t, kScreenings> screened{};
  std::vector<Question> questions = {};  // those of `calls`
  std::vector<Call> calls = {};
  // What became of it.
  bool finished = false;
  std::int64_t asked = 0;       // answered and graded
  std::int64_t failed = 0;      // not answered
  std::int64_t exam_asked = 0;  // of the exam, answered in this round and not before
  Usd spent = {};
  std::vector<Failure> failures = {};
  ExamResult exam = {};
  double ownership = 0.0;  // of the exam's answers, by the new model's choices
  bool promoted = false;
  std::string reason = {};  // why, or why not
};

struct Journal {
  std::uint64_t seed = 1;
  std::string focus = {};
  std::vector<std::string> experts = {};  // whom calls mean
  std::vector<Question> exam = {};
  std::size_t exam_size = 0;      // as asked for, of a generated one; 0: it came from a file
  Usd before = {};                // what questions like these had cost before the first round
  std::int64_t exam_before = -1;  // the exam's answers on record then; -1: nobody counted
  std::vector<Round> rounds = {};

  [[nodiscard]] Usd spent() const;
  // The last round's number while nobody knows whom it asks what; else 0.
  [[nodiscard]] int unplanned_round() const;
};

// What an expert writes, where one does (Seams::write).
struct WritingOptions {
  std::vector<std::string> topics = {};  // what about
  std::size_t wishes = 4;                // a round: calls to the writer; none without topics
  bool open = false;                     // open questions too: there is a judge
};

struct LoopOptions {
  int rounds = 3;                    // to play now, after those in the journal
  Usd budget = Usd::max();           // of all rounds in the journal, earlier ones included
  int patience = 3;                  // rounds in a row without a better model before it stops
  std::size_t calls_per_round = 75;  // beside those of the exam
  std::size_t pool = 250;            // generated questions to choose from
  bool random = false;               // choose calls at random: what to compare with
  std::vector<bool> own = {};        // [n_experts]; empty: none
  WritingOptions writing = {};
  std::size_t threads = 0;  // of training; the result does not depend on it
};

struct Asked {
  std::vector<std::optional<Answered>> answers;  // in the order of the calls
  std::vector<bool> on_record = {};              // [calls], answered before; empty: none was
  std::vector<Failure> failures = {};
  Usd spent;
  bool stopped = false;        // by the user
  bool out_of_budget = false;  // the next call might have exceeded it
};

// What came of a round's wishes.
struct Writing {
  std::vector<Question> questions = {};    // settled, and screened
  std::vector<std::size_t> insiders = {};  // who wrote or settled: not asked about these
  std::vector<Call> answered = {};  // but for these: on record, and no part of the settlement
  std::array<std::int64_t, kScreenings> screened{};  // by verdict
  std::int64_t malformed = 0;
  std::int64_t unsettled = 0;
  JudgeNoise agreement = {};
  JudgeNoise judging = {};
  std::string note = {};        // why the writer gave nothing; empty: it did
  std::int64_t exam_asked = 0;  // of the exam, answered on the way
  std::vector<Failure> failures = {};
  Usd spent = {};
  bool stopped = false;  // by the user
};

struct Seams {
  // What a call is expected to cost, [n_experts], by what is on record now; absent: alike.
  std::function<std::vector<double>()> usd_per_call = {};
  // Who is asked no more in this run, as in an interview that gives an expert up; absent: nobody.
  std::function<std::vector<std::size_t>()> given_up = {};
  // Has round.wishes fulfilled; the same for the same round. `generate` is to know what it admits.
  // Not called without wishes.
  std::function<Result<Writing>(const Round& round, Usd budget)> write = {};
  // Up to `count` questions of a round; the same for the same round.
  std::function<Result<Generated>(int round, std::size_t count)> generate;
  // Puts questions[calls[i].question] to the expert calls[i].expert.
  std::function<Result<Asked>(std::span<const Question> questions, std::span<const Call> calls,
                              Usd budget)>
      ask;
  // What calls of finished rounds came to, from the record: nobody is asked.
  std::function<std::vector<std::optional<Answered>>(std::span<const Question> questions,
                                                     std::span<const Call> calls)>
      recall;
  std::function<Result<void>(const Journal& journal)> save;
  // Whether the model can be put to use; the error says why not, and the round goes on record with
  // it. Absent: every model can.
  std::function<Result<void>(const predictor::Model& model)> fits = {};
  std::function<Result<void>(const predictor::Model& model)> promote;
  std::function<void(std::string_view phase, const Round& round)> progress = {};
};

enum class Ending : std::uint8_t {
  rounds_played,
  out_of_budget,
  no_longer_pays,
  nobody_answers,  // all that this run asked failed
  stopped
};
[[nodiscard]] std::string_view to_string(Ending ending);

struct Played {
  Ending ending = Ending::rounds_played;
  std::optional<predictor::Model> model;  // the last that was promoted, or `current`
};

// Plays rounds. `known` is what was known before the journal's first round, and grows by what
// rounds teach, in the order in which they asked: so a loop that was killed comes to the same as
// one that was not. `targets` are queries as users ask them. Without a current model, what was
// known before the first round makes the first one; else the first round from which enough is known
// does. A round that brought no answers is on record as useless, with who failed and why. Errors:
// those of the seams and of training. Requires: at least one expert and one target.
[[nodiscard]] Result<Played> play(Journal& journal, Known& known,
                                  std::optional<predictor::Model> current,
                                  std::span<const Question> targets, const LoopOptions& options,
                                  const Seams& seams);

// The model that the loop would train of what is known: for experiments.
[[nodiscard]] Result<predictor::Model> train_on(const Known& known,
                                                std::span<const Question> targets,
                                                std::uint64_t seed, std::size_t threads);

}  // namespace ooe::selfplay
