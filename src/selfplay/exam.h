// The exam: a fixed set of questions that no model is trained on. A model's answer to one is that
// of the expert it would choose, money aside; only experts that some model has chosen are ever
// asked. Two models are compared question by question.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/outcome.h"
#include "core/query.h"
#include "evaluate/bootstrap.h"
#include "predictor/model.h"
#include "selfplay/acquisition.h"

namespace ooe::selfplay {

struct Exam {
  std::vector<Question> questions;
  std::vector<float> score;  // [n_questions, n_experts], NaN: not asked yet
  std::size_t n_experts = 0;

  [[nodiscard]] static Exam make(std::vector<Question> questions, std::size_t n_experts);
  [[nodiscard]] float& at(std::size_t question, std::size_t expert) {
    return score[question * n_experts + expert];
  }
  [[nodiscard]] float at(std::size_t question, std::size_t expert) const {
    return score[question * n_experts + expert];
  }
};

// Which questions an exam holds, under whatever id: what is learnt of one is no surprise in it.
class HeldOut {
 public:
  explicit HeldOut(std::span<const Question> exam);
  [[nodiscard]] bool contains(const Question& question) const {
    return ids_.contains(question.id) || has_text_of(question);
  }
  // For questions of another file, whose ids say nothing of the exam's.
  [[nodiscard]] bool has_text_of(const Question& question) const;

 private:
  std::set<std::string> ids_;
  std::set<QueryId> texts_;
};

// Whom the model would choose for each question when it serves (evaluate/served.h): the highest
// quality among `experts`, ties to the lower. Experts that the model does not know are not chosen. Requires: it knows one of them.
[[nodiscard]] std::vector<std::size_t> choices_of(const predictor::Model& model,
                                                  std::span<const Question> questions,
                                                  std::span<const std::string> experts);

// The choices whose score is not known yet, each once.
[[nodiscard]] std::vector<Call> missing(const Exam& exam, std::span<const std::size_t> choices);

struct ExamResult {
  double quality = 0.0;      // mean score of the new model's choices
  evaluate::Interval gain;   // less that of the old one's, paired, 95%
  std::size_t compared = 0;  // questions on which both are known
  std::size_t changed = 0;   // of these, where the two choose differently
  std::size_t differ = 0;    // of those, where the scores differ, too
  // Of fewer questions than six even the clearest verdict comes by chance more often than in 2.5%:
  // five of five in 3.1% (sign test), which resampling does not know of.
  static constexpr std::size_t kDifferMin = 6;
  [[nodiscard]] bool surely_better() const { return differ >= kDifferMin && gain.low > 0.0; }
};
[[nodiscard]] ExamResult compare(const Exam& exam, std::span<const std::size_t> before,
                                 std::span<const std::size_t> after, std::uint64_t seed);

}  // namespace ooe::selfplay
