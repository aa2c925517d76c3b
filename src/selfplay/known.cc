#include "selfplay/known.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "core/query.h"
#include "learn/as_index.h"

namespace ooe::selfplay {
namespace {

using learn::as_index;

constexpr double kExpectedMin = 0.01;  // beliefs are not bounded, scores are

// The rows of a table, one for each text: training takes the mean of rows with equal texts, and a
// belief beside what was measured would halve it.
class Rows {
 public:
  explicit Rows(Dataset& data) : data_(data) {}

  // Returns the row of the question's text.
  std::size_t of(const Question& question) {
    Question unlabelled = question;
    unlabelled.subject.clear();
    unlabelled.category.clear();
    std::string text = presented_text(unlabelled);
    const QueryId id = query_id(text);
    const auto [at, is_new] = rows_.emplace(id, data_.texts.size());
    if (!is_new) return at->second;
    data_.texts.push_back(std::move(text));
    data_.query_ids.push_back(id);
    data_.outcomes.question_ids.push_back(question.id);
    data_.outcomes.score.resize(data_.outcomes.score.size() + data_.outcomes.n_experts(),
                                kNotMeasured);
    data_.questions.push_back(std::move(unlabelled));
    return at->second;
  }

 private:
  Dataset& data_;
  std::map<QueryId, std::size_t> rows_;
};

struct Sum {
  double sum = 0.0;
  double count = 0.0;
};

// Means by cell: a text may be on record under several ids.
class CellMeans {
 public:
  void add(std::size_t cell, double value) {
    Sum& sum = sums_[cell];
    sum.sum += value;
    sum.count += 1.0;
  }
  // Writes over what was measured; makes `column` of `cells` when it is not there.
  void put_into(std::vector<float>& column, std::size_t cells) const {
    if (sums_.empty()) return;
    column.resize(cells, kNotMeasured);
    for (const auto& [cell, sum] : sums_) column[cell] = static_cast<float>(sum.sum / sum.count);
  }

 private:
  std::map<std::size_t, Sum> sums_;
};

// What the answers on record took, as columns beside the scores.
void fill_usage(const Known& known, std::span<const std::size_t> row, OutcomeMatrix& outcomes) {
  CellMeans input_tokens;
  CellMeans output_tokens;
  CellMeans cost_usd;
  for (const Reading& reading : known.readings) {
    const std::size_t cell = outcomes.at(row[reading.question], reading.expert);
    const AnswerUsage& usage = reading.usage;
    if (usage.input_tokens) input_tokens.add(cell, *usage.input_tokens);
    if (usage.output_tokens) output_tokens.add(cell, *usage.output_tokens);
    if (usage.cost_usd) cost_usd.add(cell, *usage.cost_usd);
  }
  input_tokens.put_into(outcomes.input_tokens, outcomes.score.size());
  output_tokens.put_into(outcomes.output_tokens, outcomes.score.size());
  cost_usd.put_into(outcomes.cost_usd, outcomes.score.size());
}

}  // namespace

std::size_t Known::add(const Question& question) {
  // From the end: what is added again was mostly added last.
  for (std::size_t i = questions.size(); i-- > 0;) {
    if (questions[i].id == question.id) return i;
  }
  questions.push_back(question);
  return questions.size() - 1;
}

void take_in(const Answered& answer, const Question& asked, std::size_t expert, Known& known) {
  if (answer.right) known.judge.observe(answer.score, *answer.right);
  known.readings.push_back({.question = known.add(asked),
                            .expert = expert,
                            .score = answer.right ? (*answer.right ? 1.0 : 0.0) : answer.score,
                            .basis = answer.right ? Basis::exact : answer.basis,
                            .usage = answer.usage});
}

Believed believe(const Known& known, std::span<const Question> targets,
                 std::span<const Question> pool) {
  const std::size_t count = std::min(known.questions.size(), kBelievedMax);
  BelievedTexts texts{.known_first = known.questions.size() - count,
                      .known = count,
                      .targets = targets.size(),
                      .pool = pool.size()};
  std::vector<std::string> words;
  for (std::size_t i = texts.known_first; i < known.questions.size(); ++i) {
    words.push_back(presented_text(known.questions[i]));
  }
  for (const Question& question : targets) words.push_back(presented_text(question));
  for (const Question& question : pool) words.push_back(presented_text(question));
  const JudgeNoise judge = known.judge + known.trials;
  std::vector<Measurement> measured;
  for (const Reading& reading : known.readings) {
    if (reading.question < texts.known_first) continue;
    const std::size_t text = reading.question - texts.known_first;
    if (reading.basis == Basis::exact) {
      measured.push_back({.text = text, .expert = reading.expert, .score = reading.score});
      continue;
    }
    const JudgeNoise& noise = reading.basis == Basis::judged ? judge : known.agreement;
    if (const auto verdict = noise.measure(text, reading.expert, reading.score)) {
      measured.push_back(*verdict);
    }
  }
  const std::vector<std::string_view> views(words.begin(), words.end());
  return {texts, Belief(text_kernel(views), known.experts.size(), measured)};
}

Dataset training_table(const Known& known, std::span<const Question> targets,
                       const Believed& believed) {
  const std::size_t m = known.experts.size();
  const BelievedTexts& texts = believed.texts;
  Dataset data;
  data.outcomes.experts = known.experts;
  data.prices.resize(m);
  Rows rows(data);
  std::vector<std::size_t> row;  // of each known question, then of each target
  for (const Question& question : known.questions) row.push_back(rows.of(question));
  for (const Question& question : targets) row.push_back(rows.of(question));
  const Eigen::MatrixXd mean = believed.belief.mean(0, texts.known + texts.targets);
  for (std::size_t i = 0; i < texts.known + texts.targets; ++i) {
    for (std::size_t j = 0; j < m; ++j) {
      data.outcomes.score[data.outcomes.at(row[texts.known_first + i], j)] = static_cast<float>(
          std::clamp(mean(as_index(i), as_index(j)), kExpectedMin, 1.0 - kExpectedMin));
    }
  }
  CellMeans exact;
  for (const Reading& reading : known.readings) {
    if (reading.basis != Basis::exact) continue;
    exact.add(data.outcomes.at(row[reading.question], reading.expert), reading.score);
  }
  exact.put_into(data.outcomes.score, data.outcomes.score.size());
  fill_usage(known, row, data.outcomes);
  return data;
}

}  // namespace ooe::selfplay
