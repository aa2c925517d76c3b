#include "selfplay/exam.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "core/question.h"

namespace ooe::selfplay {

Exam Exam::make(std::vector<Question> questions, std::size_t n_experts) {
  Exam exam{.questions = std::move(questions), .score = {}, .n_experts = n_experts};
  exam.score.assign(exam.questions.size() * n_experts, kNotMeasured);
  return exam;
}

HeldOut::HeldOut(std::span<const Question> exam) {
  for (const Question& question : exam) {
    ids_.insert(question.id);
    texts_.insert(query_id(presented_text(question)));
  }
}

bool HeldOut::has_text_of(const Question& question) const {
  return texts_.contains(query_id(presented_text(question)));
}

std::vector<std::size_t> choices_of(const predictor::Model& model,
                                    std::span<const Question> questions,
                                    std::span<const std::string> experts) {
  std::vector<std::pair<std::size_t, std::size_t>> column;  // ours, the model's
  for (std::size_t j = 0; j < experts.size(); ++j) {
    if (const auto known = model.card().column_of(experts[j])) column.emplace_back(j, *known);
  }
  OOE_CHECK(!column.empty(), "the model knows one of the experts");
  predictor::Scratch scratch;
  std::vector<Prediction> predictions(model.card().experts.size());
  std::vector<std::size_t> choices;
  for (const Question& question : questions) {
    model.predict(presented_text(question), scratch, predictions);
    const auto best = std::ranges::max_element(
        column, {}, [&](const auto& pair) { return predictions[pair.second].quality; });
    choices.push_back(best->first);
  }
  return choices;
}

std::vector<Call> missing(const Exam& exam, std::span<const std::size_t> choices) {
  std::vector<Call> calls;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (std::isnan(exam.at(i, choices[i]))) calls.push_back({i, choices[i]});
  }
  return calls;
}

ExamResult compare(const Exam& exam, std::span<const std::size_t> before,
                   std::span<const std::size_t> after, std::uint64_t seed) {
  std::vector<double> new_score;
  std::vector<double> gain;
  ExamResult result;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double was{exam.at(i, before[i])};
    const double is{exam.at(i, after[i])};
    if (std::isnan(was) || std::isnan(is)) continue;
    new_score.push_back(is);
    gain.push_back(is - was);
    ++result.compared;
    result.changed += before[i] == after[i] ? 0 : 1;
    result.differ += was == is ? 0 : 1;
  }
  const std::vector<std::vector<double>> columns{new_score, gain};
  const auto intervals = evaluate::bootstrap(columns, {.seed = seed});
  result.quality = intervals[0].mean;
  result.gain = intervals[1];
  return result;
}

}  // namespace ooe::selfplay
