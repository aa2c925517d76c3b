#include "predictor/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "base/nan.h"
#include "predictor/levels.h"

namespace ooe::predictor {
namespace {

constexpr std::size_t kSdBinsMax = 10;
constexpr std::size_t kSdBinCellsMin = 20;
constexpr double kScoreVariance = 0.25;  // at most, for a score in [0, 1]

struct Cell {
  double score;
  double quality;
  std::size_t query;
};

std::vector<Cell> cells_of(std::span<const float> scores, std::span<const float> qualities,
                           std::size_t n_experts, std::size_t expert) {
  std::vector<Cell> cells;
  for (std::size_t i = expert; i < scores.size(); i += n_experts) {
    if (std::isnan(scores[i]) || std::isnan(qualities[i])) continue;
    cells.push_back({double{scores[i]}, double{qualities[i]}, i / n_experts});
  }
  return cells;
}

void sort_by_quality(std::vector<Cell>& cells) {
  std::ranges::stable_sort(cells, {}, &Cell::quality);
}

// Mean and variance of score - quality.
struct Residuals {
  double mean = 0.0;
  double variance = 0.0;
};

Residuals residuals(std::span<const Cell> cells) {
  const auto n = static_cast<double>(cells.size());
  Residuals result;
  for (const Cell& cell : cells) result.mean += (cell.score - cell.quality) / n;
  for (const Cell& cell : cells) {
    const double deviation = cell.score - cell.quality - result.mean;
    result.variance += deviation * deviation / std::max(1.0, n - 1.0);
  }
  return result;
}

double miscalibration(std::vector<Cell> cells) {
  sort_by_quality(cells);
  const std::size_t bins = std::min(kSdBinsMax, cells.size() / kSdBinCellsMin);
  double sum = 0.0;
  for (std::size_t b = 0; b < bins; ++b) {
    const std::size_t first = b * cells.size() / bins;
    const std::size_t last = (b + 1) * cells.size() / bins;
    const auto n = static_cast<double>(last - first);
    const Residuals bin = residuals(std::span(cells).subspan(first, last - first));
    sum += n * (bin.mean * bin.mean - bin.variance / n);
  }
  return cells.empty() ? 0.0 : std::max(0.0, sum / static_cast<double>(cells.size()));
}

}  // namespace

double log_loss(double score, double quality) {
  const double p = std::clamp(quality, kProbabilityMin, 1.0 - kProbabilityMin);
  return -score * std::log(p) - (1.0 - score) * std::log1p(-p);
}

double log_loss(std::span<const double> scores, std::span<const double> qualities) {
  double sum = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) sum += log_loss(scores[i], qualities[i]);
  return scores.empty() ? kNaN : sum / static_cast<double>(scores.size());
}

double brier(std::span<const double> scores, std::span<const double> qualities) {
  double sum = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    sum += (scores[i] - qualities[i]) * (scores[i] - qualities[i]);
  }
  return scores.empty() ? kNaN : sum / static_cast<double>(scores.size());
}

double auc(std::span<const double> scores, std::span<const double> qualities) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return qualities[i]; });
  double wrong_below = 0.0;
  double right_total = 0.0;
  double pairs = 0.0;
  for (std::size_t i = 0; i < order.size();) {
    double right = 0.0;
    double wrong = 0.0;
    const double quality = qualities[order[i]];
    for (; i < order.size() && qualities[order[i]] == quality; ++i) {
      right += scores[order[i]];
      wrong += 1.0 - scores[order[i]];
    }
    pairs += right * (wrong_below + 0.5 * wrong);
    wrong_below += wrong;
    right_total += right;
  }
  const double all = right_total * wrong_below;
  return all > 0.0 ? pairs / all : kNaN;
}

double auc(std::span<const double> scores, std::span<const double> qualities,
           std::span<const std::uint32_t> fold) {
  if (fold.empty()) return auc(scores, qualities);
  struct Cells {
    std::vector<double> scores;
    std::vector<double> qualities;
  };
  std::map<std::uint32_t, Cells> folds;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    folds[fold[i]].scores.push_back(scores[i]);
    folds[fold[i]].qualities.push_back(qualities[i]);
  }
  double sum = 0.0;
  double cells = 0.0;
  for (const auto& [name, of_fold] : folds) {
    const double within = auc(of_fold.scores, of_fold.qualities);
    if (std::isnan(within)) continue;
    const auto n = static_cast<double>(of_fold.scores.size());
    sum += n * within;
    cells += n;
  }
  return cells > 0.0 ? sum / cells : kNaN;
}

double calibration_error(std::span<const double> scores, std::span<const double> qualities) {
  std::array<double, kCalibrationBins> gap{};  // sum of score - quality
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double place = std::clamp(qualities[i], 0.0, 1.0) * double{kCalibrationBins};
    const auto bin = std::min(static_cast<std::size_t>(place), kCalibrationBins - 1);
    gap[bin] += scores[i] - qualities[i];
  }
  double sum = 0.0;
  for (const double of_bin : gap) sum += std::abs(of_bin);
  return scores.empty() ? kNaN : sum / static_cast<double>(scores.size());
}

Quality measure(std::span<const float> scores, std::span<const float> qualities,
                std::size_t n_experts, std::span<const std::uint32_t> fold) {
  std::vector<double> all_scores;
  std::vector<double> all_qualities;
  double auc_sum = 0.0;
  double auc_count = 0.0;
  for (std::size_t expert = 0; expert < n_experts; ++expert) {
    const std::size_t first = all_scores.size();
    std::vector<std::uint32_t> fold_of_cell;
    for (const Cell& cell : cells_of(scores, qualities, n_experts, expert)) {
      all_scores.push_back(cell.score);
      all_qualities.push_back(cell.quality);
      if (!fold.empty()) fold_of_cell.push_back(fold[cell.query]);
    }
    const double of_expert = auc(std::span(all_scores).subspan(first),
                                 std::span(all_qualities).subspan(first), fold_of_cell);
    if (std::isnan(of_expert)) continue;
    auc_sum += of_expert;
    auc_count += 1.0;
  }
  if (all_scores.empty()) return {};
  return {.cells = all_scores.size(),
          .log_loss = log_loss(all_scores, all_qualities),
          .brier = brier(all_scores, all_qualities),
          .auc = auc_count > 0.0 ? auc_sum / auc_count : 0.5,
          .ece = calibration_error(all_scores, all_qualities)};
}

Gain log_loss_gain(std::span<const float> scores, std::span<const float> qualities,
                   std::span<const float> baseline, std::size_t n_experts) {
  double sum = 0.0;
  double squares = 0.0;
  double cells = 0.0;
  for (std::size_t first = 0; first < scores.size(); first += n_experts) {
    double of_question = 0.0;
    for (std::size_t i = first; i < first + n_experts; ++i) {
      if (std::isnan(scores[i]) || std::isnan(qualities[i]) || std::isnan(baseline[i])) continue;
      const auto score = double{scores[i]};
      of_question += log_loss(score, double{baseline[i]}) - log_loss(score, double{qualities[i]});
      cells += 1.0;
    }
    sum += of_question;
    squares += of_question * of_question;
  }
  if (cells == 0.0) return {};
  return {.mean = sum / cells, .standard_error = std::sqrt(squares) / cells};
}

std::vector<double> calibration_sd(std::span<const float> scores, std::span<const float> qualities,
                                   std::span<const std::size_t> outcomes) {
  std::vector<double> sd;
  for (std::size_t expert = 0; expert < outcomes.size(); ++expert) {
    std::vector<Cell> cells = cells_of(scores, qualities, outcomes.size(), expert);
    double squares = kPriorOutcomes * kScoreVariance;
    for (const Cell& cell : cells) squares += std::pow(cell.score - cell.quality, 2);
    const double variance = squares / (static_cast<double>(cells.size()) + kPriorOutcomes);
    const double of_level = variance / (static_cast<double>(outcomes[expert]) + kPriorOutcomes);
    sd.push_back(std::sqrt(miscalibration(std::move(cells)) + of_level));
  }
  return sd;
}

}  // namespace ooe::predictor
