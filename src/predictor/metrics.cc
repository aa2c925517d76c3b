#include "predictor/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "predictor/levels.h"

namespace ooe::predictor {
namespace {

constexpr std::size_t kEceBins = 15;
constexpr std::size_t kSdBinsMax = 10;
constexpr std::size_t kSdBinCellsMin = 20;
constexpr double kScoreVariance = 0.25;  // at most, for a score in [0, 1]

struct Cell {
  double score;
  double quality;
};

std::vector<Cell> cells_of(std::span<const float> scores, std::span<const float> qualities,
                           std::size_t n_experts, std::size_t expert) {
  std::vector<Cell> cells;
  for (std::size_t i = expert; i < scores.size(); i += n_experts) {
    if (std::isnan(scores[i]) || std::isnan(qualities[i])) continue;
    cells.push_back({double{scores[i]}, double{qualities[i]}});
  }
  return cells;
}

void sort_by_quality(std::vector<Cell>& cells) {
  std::ranges::stable_sort(cells, {}, &Cell::quality);
}

// Mann and Whitney: the share of (right, wrong) pairs in which the right one is ranked higher, ties
// half. Scores of at least one half count as right. Returns -1 when one kind is missing.
double area_under_curve(std::vector<Cell> cells) {
  sort_by_quality(cells);
  double wrong_below = 0.0;
  double right_total = 0.0;
  double pairs = 0.0;
  for (std::size_t i = 0; i < cells.size();) {
    double right = 0.0;
    double wrong = 0.0;
    const double quality = cells[i].quality;
    for (; i < cells.size() && cells[i].quality == quality; ++i) {
      (cells[i].score >= 0.5 ? right : wrong) += 1.0;
    }
    pairs += right * (wrong_below + 0.5 * wrong);
    wrong_below += wrong;
    right_total += right;
  }
  return right_total == 0.0 || wrong_below == 0.0 ? -1.0 : pairs / (right_total * wrong_below);
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
  const double p = std::clamp(quality, 1e-6, 1.0 - 1e-6);
  return -score * std::log(p) - (1.0 - score) * std::log1p(-p);
}

Quality measure(std::span<const float> scores, std::span<const float> qualities,
                std::size_t n_experts) {
  Quality quality;
  std::array<double, kEceBins> gap{};
  double auc_sum = 0.0;
  double auc_count = 0.0;
  for (std::size_t expert = 0; expert < n_experts; ++expert) {
    std::vector<Cell> cells = cells_of(scores, qualities, n_experts, expert);
    for (const Cell& cell : cells) {
      quality.log_loss += log_loss(cell.score, cell.quality);
      quality.brier += (cell.score - cell.quality) * (cell.score - cell.quality);
      const auto bin = static_cast<std::size_t>(cell.quality * kEceBins);
      gap[std::min(bin, kEceBins - 1)] += cell.score - cell.quality;
    }
    quality.cells += cells.size();
    const double auc = area_under_curve(std::move(cells));
    if (auc < 0.0) continue;
    auc_sum += auc;
    auc_count += 1.0;
  }
  if (quality.cells == 0) return quality;
  const auto n = static_cast<double>(quality.cells);
  quality.log_loss /= n;
  quality.brier /= n;
  for (const double sum : gap) quality.ece += std::abs(sum) / n;
  if (auc_count > 0.0) quality.auc = auc_sum / auc_count;
  return quality;
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
                                   std::size_t n_experts) {
  std::vector<double> sd;
  for (std::size_t expert = 0; expert < n_experts; ++expert) {
    std::vector<Cell> cells = cells_of(scores, qualities, n_experts, expert);
    double squares = kPriorOutcomes * kScoreVariance;
    for (const Cell& cell : cells) squares += std::pow(cell.score - cell.quality, 2);
    const double n = static_cast<double>(cells.size()) + kPriorOutcomes;
    sd.push_back(std::sqrt(miscalibration(std::move(cells)) + squares / n / n));
  }
  return sd;
}

}  // namespace ooe::predictor
