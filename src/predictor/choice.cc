#include "predictor/choice.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ooe::predictor {
namespace {

std::vector<std::size_t> pool_of(std::span<const float> scores, std::size_t m) {
  std::vector<std::size_t> count(m, 0);
  for (std::size_t cell = 0; cell < scores.size(); ++cell) {
    if (!std::isnan(scores[cell])) ++count[cell % m];
  }
  const std::size_t most = *std::ranges::max_element(count);
  std::vector<std::size_t> pool;
  for (std::size_t j = 0; j < m; ++j) {
    if (is_comparable(count[j], most)) pool.push_back(j);
  }
  return pool;
}

}  // namespace

Choice measure_choice(std::span<const float> scores, std::span<const float> qualities,
                      std::size_t n_experts) {
  if (scores.empty() || n_experts == 0) return {};
  const std::vector<std::size_t> pool = pool_of(scores, n_experts);
  if (pool.size() < 2) return {};
  std::vector<std::size_t> first_cell;  // of each question that counts
  for (std::size_t first = 0; first < scores.size(); first += n_experts) {
    if (std::ranges::all_of(pool, [&](std::size_t j) {
          return !std::isnan(scores[first + j]) && !std::isnan(qualities[first + j]);
        })) {
      first_cell.push_back(first);
    }
  }
  if (first_cell.empty()) return {};
  const auto n = static_cast<double>(first_cell.size());
  std::size_t best = pool[0];
  double best_sum = -1.0;
  for (const std::size_t j : pool) {
    double sum = 0.0;
    for (const std::size_t first : first_cell) sum += double{scores[first + j]};
    if (sum > best_sum) {
      best_sum = sum;
      best = j;
    }
  }
  Choice choice{.queries = first_cell.size()};
  double squares = 0.0;
  for (const std::size_t first : first_cell) {
    const std::size_t chosen =
        *std::ranges::max_element(pool, {}, [&](std::size_t j) { return qualities[first + j]; });
    const double gain = double{scores[first + chosen]} - double{scores[first + best]};
    choice.gain += gain / n;
    squares += gain * gain / n;
    choice.over_promise += (double{qualities[first + chosen]} - double{scores[first + chosen]}) / n;
  }
  choice.gain_se = std::sqrt(std::max(0.0, squares - choice.gain * choice.gain) / n);
  return choice;
}

}  // namespace ooe::predictor
