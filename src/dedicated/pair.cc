#include "dedicated/pair.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ooe::dedicated {
namespace {

constexpr const char* kTrainingSplit = "train";

struct Sums {
  double sum = 0.0;
  double squares = 0.0;
  double count = 0.0;

  void add(double score) {
    sum += score;
    squares += score * score;
    count += 1.0;
  }
  [[nodiscard]] double mean() const { return sum / count; }
  // Of the mean.
  [[nodiscard]] double variance() const { return (squares / count - mean() * mean()) / count; }
};

std::vector<SplitMeans> split_means(const Dataset& data, std::size_t expert) {
  std::map<std::string, std::pair<Sums, Sums>> by_benchmark;  // training, other
  for (std::size_t i = 0; i < data.questions.size(); ++i) {
    const float score = data.outcomes.score[data.outcomes.at(i, expert)];
    if (std::isnan(score)) continue;
    auto& [training, other] = by_benchmark[data.questions[i].benchmark];
    (data.questions[i].split == kTrainingSplit ? training : other).add(double{score});
  }
  std::vector<SplitMeans> splits;
  for (const auto& [benchmark, sums] : by_benchmark) {
    const auto& [training, other] = sums;
    if (training.count == 0.0 || other.count == 0.0) continue;
    const double error = std::sqrt(training.variance() + other.variance());
    const double difference = training.mean() - other.mean();
    splits.push_back({.benchmark = benchmark,
                      .n_training = static_cast<std::size_t>(training.count),
                      .n_other = static_cast<std::size_t>(other.count),
                      .training = training.mean(),
                      .other = other.mean(),
                      .z = error > 0.0 ? difference / error : 0.0});
  }
  return splits;
}

Result<std::size_t> column_of(const Dataset& data, const std::string& name) {
  const auto& experts = data.outcomes.experts;
  const auto at = std::ranges::find(experts, name);
  if (at == experts.end()) {
    return fail(ErrorCode::not_found, "there is no outcome of expert '{}'; interview it first",
                name);
  }
  return static_cast<std::size_t>(at - experts.begin());
}

}  // namespace

Result<Pair> make_pair(const Dataset& data, const std::string& own, const std::string& generic) {
  const auto own_column = column_of(data, own);
  if (!own_column) return fail(own_column.error());
  const auto generic_column = column_of(data, generic);
  if (!generic_column) return fail(generic_column.error());
  if (own == generic) {
    return fail(ErrorCode::invalid_argument, "'{}' cannot hand over to itself; name another", own);
  }
  Pair pair{.own = *own_column,
            .generic = *generic_column,
            .rows = {},
            .splits = split_means(data, *own_column)};
  const auto is_contaminated = [&](const Question& question) {
    if (question.split != kTrainingSplit) return false;
    const auto split = std::ranges::find(pair.splits, question.benchmark, &SplitMeans::benchmark);
    return split != pair.splits.end() && split->contaminated();
  };
  for (std::size_t i = 0; i < data.questions.size(); ++i) {
    if (std::isnan(data.outcomes.score[data.outcomes.at(i, pair.own)]) ||
        std::isnan(data.outcomes.score[data.outcomes.at(i, pair.generic)]) ||
        is_contaminated(data.questions[i])) {
      continue;
    }
    pair.rows.push_back(i);
  }
  if (pair.rows.empty()) {
    return fail(ErrorCode::invalid_argument,
                "'{}' and '{}' have no question in common to judge by; interview both on the same",
                own, generic);
  }
  return pair;
}

}  // namespace ooe::dedicated
