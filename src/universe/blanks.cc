#include "universe/blanks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <vector>

namespace ooe::universe {
namespace {

constexpr double kPriorOutcomes = 10.0;

struct Sum {
  double score = 0.0;
  double n = 0.0;

  void add(double value) {
    score += value;
    n += 1.0;
  }
  [[nodiscard]] double shrunk_to(double mean) const {
    return (score + kPriorOutcomes * mean) / (n + kPriorOutcomes);
  }
};

double mean_of_all(const OutcomeMatrix& outcomes) {
  Sum all;
  for (const float score : outcomes.score) {
    if (!std::isnan(score)) all.add(double{score});
  }
  return all.score / all.n;
}

void fill(const Dataset& data, std::size_t expert, double mean_of_all, OutcomeMatrix& outcomes) {
  Sum all;
  std::map<std::string_view, Sum> benchmarks;
  for (std::size_t query = 0; query < outcomes.n_queries(); ++query) {
    const float score = outcomes.score[outcomes.at(query, expert)];
    if (std::isnan(score)) continue;
    all.add(double{score});
    benchmarks[data.questions[query].benchmark].add(double{score});
  }
  if (all.n == 0.0) return;
  const double mean = all.shrunk_to(mean_of_all);
  for (std::size_t query = 0; query < outcomes.n_queries(); ++query) {
    float& score = outcomes.score[outcomes.at(query, expert)];
    if (!std::isnan(score)) continue;
    score = static_cast<float>(benchmarks[data.questions[query].benchmark].shrunk_to(mean));
  }
}

}  // namespace

WithoutBlanks without_blanks(const Dataset& data, std::span<const std::string> exclude) {
  WithoutBlanks result{.outcomes = data.outcomes};
  OutcomeMatrix& outcomes = result.outcomes;
  const std::size_t m = outcomes.n_experts();
  std::vector<std::size_t> pool;
  for (std::size_t expert = 0; expert < m; ++expert) {
    if (std::ranges::find(exclude, outcomes.experts[expert]) == exclude.end()) {
      pool.push_back(expert);
    }
  }
  std::vector<bool> common(outcomes.n_queries());
  std::vector<bool> counts(outcomes.n_queries());
  std::size_t n = 0;
  for (std::size_t query = 0; query < outcomes.n_queries(); ++query) {
    const auto measured =
        static_cast<std::size_t>(std::ranges::count_if(pool, [&](std::size_t expert) {
          return !std::isnan(outcomes.score[outcomes.at(query, expert)]);
        }));
    counts[query] = measured > 0;
    common[query] = measured > 0 && measured == pool.size();
    if (!counts[query]) continue;
    ++n;
    result.cells += pool.size();
    result.blank += pool.size() - measured;
    if (common[query]) ++result.common;
  }
  if (result.blank == 0) return result;
  result.only_common = result.common >= kCommonQuestionsMin && 2 * result.common >= n;
  if (!result.only_common) {
    const double mean = mean_of_all(data.outcomes);
    for (const std::size_t expert : pool) fill(data, expert, mean, outcomes);
  }
  const std::vector<bool>& kept = result.only_common ? common : counts;
  for (std::size_t query = 0; query < outcomes.n_queries(); ++query) {
    if (kept[query]) continue;
    for (std::size_t expert = 0; expert < m; ++expert) {
      outcomes.score[outcomes.at(query, expert)] = kNotMeasured;
    }
  }
  return result;
}

}  // namespace ooe::universe
