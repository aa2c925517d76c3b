#include "selfplay/acquisition.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <set>

#include <Eigen/Core>

#include "learn/as_index.h"

namespace ooe::selfplay {
namespace {

using learn::as_index;

constexpr double kAnswersAhead = 4.0;
constexpr double kFarGap = 5.0;      // standard deviations; beyond it nothing is gained
constexpr double kFreeShare = 0.05;  // of the mean price: as dear as a free call is taken to be

// Relative prices, none of them zero.
std::vector<double> prices_of(std::span<const double> usd, std::size_t n_experts) {
  if (usd.empty()) return std::vector<double>(n_experts, 1.0);
  const double mean =
      std::accumulate(usd.begin(), usd.end(), 0.0) / static_cast<double>(usd.size());
  if (mean <= 0.0) return std::vector<double>(n_experts, 1.0);
  std::vector<double> prices;
  for (const double one : usd) prices.push_back(std::max(kFreeShare, one / mean));
  return prices;
}

double price_in_usd(const AcquisitionOptions& options, std::size_t expert) {
  return options.usd.empty() ? 0.0 : options.usd[expert];
}

// The value of every call, kept up to date while calls are chosen.
class Values {
 public:
  Values(const Belief& belief, const AcquisitionTexts& texts) : texts_(texts) {
    const std::size_t all = texts.targets + texts.pool;
    mean_ = belief.mean(texts.target_first, texts.targets);
    value_.resize(as_index(texts.pool), as_index(belief.n_experts()));
    for (std::size_t j = 0; j < belief.n_experts(); ++j) {
      covariance_.push_back(belief.covariance(j, texts.target_first, all));
      update(j);
    }
  }

  [[nodiscard]] double operator()(const Call& call) const {
    return value_(as_index(call.question), as_index(call.expert));
  }

  // The belief grows as sure as if the call had been answered.
  void answer(const Call& call) {
    Eigen::MatrixXd& covariance = covariance_[call.expert];
    const Eigen::VectorXd column = covariance.col(as_index(texts_.targets + call.question));
    const double variance = column[as_index(texts_.targets + call.question)] + kAnswerNoise;
    covariance.noalias() -= column * (column / variance).transpose();
    update(call.expert);
  }

 private:
  void update(std::size_t expert) {
    const Eigen::MatrixXd& covariance = covariance_[expert];
    const Eigen::Index targets = as_index(texts_.targets);
    Eigen::VectorXd gap(targets);
    for (Eigen::Index t = 0; t < gap.size(); ++t) {
      double best = -1e9;
      for (Eigen::Index j = 0; j < mean_.cols(); ++j) {
        if (j != as_index(expert)) best = std::max(best, mean_(t, j));
      }
      gap[t] = std::abs(mean_(t, as_index(expert)) - best);
    }
    for (Eigen::Index x = 0; x < value_.rows(); ++x) {
      const auto column = covariance.col(targets + x);
      const double sd =
          std::sqrt(std::max(0.0, column[targets + x]) + kAnswerNoise / kAnswersAhead);
      double sum = 0.0;
      for (Eigen::Index t = 0; t < targets; ++t) {
        const double weight =
            texts_.weight.empty() ? 1.0 : texts_.weight[static_cast<std::size_t>(t)];
        sum += weight * expected_gain(std::abs(column[t]) / sd, gap[t]);
      }
      value_(x, as_index(expert)) = sum;
    }
  }

  const AcquisitionTexts& texts_;
  Eigen::MatrixXd mean_;                     // [targets, n_experts]
  std::vector<Eigen::MatrixXd> covariance_;  // [n_experts], each [targets + pool, same]
  Eigen::MatrixXd value_;                    // [pool, n_experts]
};

std::set<Call> taken_of(const AcquisitionOptions& options) {
  std::set<Call> taken(options.not_to_ask.begin(), options.not_to_ask.end());
  taken.insert(options.answered.begin(), options.answered.end());
  return taken;
}

}  // namespace

double expected_gain(double s, double gap) {
  if (gap >= kFarGap * s) return 0.0;
  const double z = gap / s;
  return s * (std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi) -
              z * 0.5 * std::erfc(z / std::numbers::sqrt2));
}

std::vector<Call> choose_calls(const Belief& belief, const AcquisitionTexts& texts,
                               const AcquisitionOptions& options) {
  const std::vector<double> price = prices_of(options.usd, belief.n_experts());
  Values value(belief, texts);
  for (const Call& call : options.answered) value.answer(call);
  std::vector<Call> calls;
  std::set<Call> taken = taken_of(options);
  double usd = 0.0;
  while (calls.size() < options.calls_max) {
    Call best;
    double best_value = -1.0;
    for (std::size_t j = 0; j < belief.n_experts(); ++j) {
      if (usd + price_in_usd(options, j) > options.usd_max) continue;
      for (std::size_t x = 0; x < texts.pool; ++x) {
        const Call call{x, j};
        const double per_usd = value(call) / price[j];
        if (per_usd > best_value && !taken.contains(call)) {
          best = call;
          best_value = per_usd;
        }
      }
    }
    if (best_value < 0.0) break;
    calls.push_back(best);
    taken.insert(best);
    usd += price_in_usd(options, best.expert);
    value.answer(best);
  }
  return calls;
}

std::vector<Call> random_calls(std::size_t pool, std::size_t n_experts,
                               const AcquisitionOptions& options, Rng& rng) {
  std::vector<Call> calls;
  std::set<Call> taken = taken_of(options);
  double usd = 0.0;
  while (calls.size() < options.calls_max && taken.size() < pool * n_experts) {
    const Call call{rng.below(pool), rng.below(n_experts)};
    if (!taken.insert(call).second) continue;
    usd += price_in_usd(options, call.expert);
    if (usd > options.usd_max) break;
    calls.push_back(call);
  }
  return calls;
}

}  // namespace ooe::selfplay
