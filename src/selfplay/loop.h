// Self-play: new questions where asking pays, put to the experts, graded, learned from, until it
// stops paying, within a budget.
//
//   generate --screened questions--> plan --calls--> ask --scores--> learn --candidate--> exam
//      ^                                                                                    |
//      +---------- next round <-- promoted, when surely better; else why not --------------+
//
// A round is planned before anybody is asked, and its plan is on record before the first call:
// after a kill the same calls are made again, and those already answered cost nothing. Everything
// else follows from the seed and the answers. In: what is known, what users ask, an exam. Out: the
// journal of rounds, perhaps a better model. Knows: predictor, evaluate, interview's graders. The
// world is behind `Seams`.
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
#include "selfplay/known.h"

namespace ooe::selfplay {

struct Round {
  int number = 0;  // from 1
  // The plan.
  std::array<std::int64_t, kScreenings> screened{};
  std::vector<Question> questions;  // those of `calls`
  std::vector<Call> calls;
  // What became of it.
  bool finished = false;
  std::int64_t asked = 0;       // answered and graded
  std::int64_t failed = 0;      // not answered
  std::int64_t exam_asked = 0;  // answered for the exam
  Usd spent;
  ExamResult exam;
  double ownership = 0.0;  // of the exam's answers, by the new model's choices
  bool promoted = false;
  std::string reason;  // why, or why not
};

struct Journal {
  std::uint64_t seed = 1;
  std::string focus = {};
  std::vector<std::string> experts = {};  // whom calls mean
  std::vector<Question> exam = {};
  std::vector<Round> rounds = {};

  [[nodiscard]] Usd spent() const;
};

struct LoopOptions {
  int rounds = 3;                         // to play now, after those in the journal
  Usd budget = Usd::max();                // of all rounds in the journal, earlier ones included
  int patience = 3;                       // rounds in a row without a better model before it stops
  std::size_t calls_per_round = 75;       // beside those of the exam
  std::size_t pool = 250;                 // generated questions to choose from
  bool random = false;                    // choose calls at random: what to compare with
  std::vector<double> usd_per_call = {};  // [n_experts], expected; empty: alike
  std::vector<bool> own = {};             // [n_experts]; empty: none
  std::size_t threads = 0;                // of training; the result does not depend on it
};

struct Answered {
  double score = 0.0;
  bool judged = false;  // by a judge; see Reading
  // The truth, where it is known beside the verdict: tells how the judge errs.
  std::optional<bool> right = std::nullopt;
};

struct Asked {
  std::vector<std::optional<Answered>> answers;  // in the order of the calls
  Usd spent;
  bool stopped = false;        // by the user
  bool out_of_budget = false;  // the next call might have exceeded it
};

struct Seams {
  // Up to `count` questions of a round; the same for the same round.
  std::function<Result<Generated>(int round, std::size_t count)> generate;
  // Puts questions[calls[i].question] to the expert calls[i].expert.
  std::function<Result<Asked>(std::span<const Question> questions, std::span<const Call> calls,
                              Usd budget)>
      ask;
  std::function<Result<void>(const Journal& journal)> save;
  std::function<Result<void>(const predictor::Model& model)> promote;
  std::function<void(std::string_view phase, const Round& round)> progress = {};
};

enum class Ending : std::uint8_t { rounds_played, out_of_budget, no_longer_pays, stopped };
[[nodiscard]] std::string_view to_string(Ending ending);

struct Played {
  Ending ending = Ending::rounds_played;
  std::optional<predictor::Model> model;  // the last that was promoted, or `current`
};

// Plays rounds. `known` grows by what is learnt; `targets` are queries as users ask them.
// Without a current model, what is known so far makes the first one.
// Errors: those of the seams and of training. Requires: at least one expert and one target.
[[nodiscard]] Result<Played> play(Journal& journal, Known& known,
                                  std::optional<predictor::Model> current,
                                  std::span<const Question> targets, const LoopOptions& options,
                                  const Seams& seams);

// The model that the loop would train of what is known: for experiments.
[[nodiscard]] Result<predictor::Model> train_on(const Known& known,
                                                std::span<const Question> targets,
                                                std::uint64_t seed, std::size_t threads);

}  // namespace ooe::selfplay
