#include "selfplay/exam.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "base/check.h"
#include "core/question.h"
#include "evaluate/served.h"

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
  std::vector<std::size_t> ours;
  std::vector<std::size_t> columns;  // the model's
  for (std::size_t j = 0; j < experts.size(); ++j) {
    const auto known = model.card().column_of(experts[j]);
    if (!known) continue;
    ours.push_back(j);
    columns.push_back(*known);
  }
  OOE_CHECK(!ours.empty(), "the model knows one of the experts");
  std::vector<std::string> texts;
  for (const Question& question : questions) texts.push_back(presented_text(question));
  const auto predictions = evaluate::predict_as_served(model, texts, columns);
  std::vector<std::size_t> choices;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto row = std::span(predictions).subspan(i * ours.size(), ours.size());
    const auto best = std::ranges::max_element(row, {}, &Prediction::quality);
    choices.push_back(ours[static_cast<std::size_t>(best - row.begin())]);
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
