// What has been learnt so far, and the table a model is trained on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "core/outcome.h"
#include "core/question.h"
#include "selfplay/belief.h"
#include "selfplay/judge_noise.h"
#include "selfplay/text_kernel.h"

namespace ooe::selfplay {

// What a score is compared with.
enum class Basis : std::uint8_t {
  exact,   // an answer that is known
  agreed,  // what strong experts agreed on (agreement.h), which may be wrong
  judged,  // a judge's opinion, which may be wrong
};

// What an answer took; nothing where nobody recorded it.
struct AnswerUsage {
  std::optional<double> input_tokens = std::nullopt;
  std::optional<double> output_tokens = std::nullopt;
  std::optional<double> cost_usd = std::nullopt;
};

// One expert's graded answer to one question.
struct Reading {
  std::size_t question = 0;  // of Known::questions
  std::size_t expert = 0;    // of Known::experts
  double score = 0.0;
  Basis basis = Basis::exact;
  AnswerUsage usage = {};
};

// What came of one call.
struct Answered {
  double score = 0.0;
  Basis basis = Basis::exact;
  // The truth, where it is known beside a judge's verdict: tells how the judge errs.
  std::optional<bool> right = std::nullopt;
  AnswerUsage usage = {};
};

struct Known {
  std::vector<std::string> experts;
  std::vector<Question> questions = {};
  std::vector<Reading> readings = {};
  JudgeNoise judge = {};      // of judged readings whose truth is known
  JudgeNoise trials = {};     // of the judge, on exam questions
  JudgeNoise agreement = {};  // of the agreed readings

  // Returns the question's place; the one it had when its id is known.
  std::size_t add(const Question& question);
};

// What one answered call teaches: its score, or the truth where that is known, and how judges err.
void take_in(const Answered& answer, const Question& asked, std::size_t expert, Known& known);

// Of many questions on record only the newest make the belief: its cost grows with their square.
inline constexpr std::size_t kBelievedMax = 1'200;

// A belief over texts in this order: the newest known questions, the targets, the pool.
struct BelievedTexts {
  std::size_t known_first = 0;  // of Known::questions, the first that the belief covers
  std::size_t known = 0;
  std::size_t targets = 0;
  std::size_t pool = 0;
};
struct Believed {
  BelievedTexts texts;
  Belief belief;
};
[[nodiscard]] Believed believe(const Known& known, std::span<const Question> targets,
                               std::span<const Question> pool);

// The table to train on: a row for each text of known questions and of targets, so that the model
// knows what users ask. Exact scores are as they are; what was not measured, or by no exact answer,
// is as the belief expects it. (A model trained on the scores alone learns who was asked where:
// experts are asked where they may be best.) What answers took is as it was recorded, whoever graded
// them: without it a model expects the same length of everybody, and goals of cost cannot be kept.
// Labels are left out: only words teach.
[[nodiscard]] Dataset training_table(const Known& known, std::span<const Question> targets,
                                     const Believed& believed);

}  // namespace ooe::selfplay
