#include "predictor/slopes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ooe::predictor {
namespace {

struct Slope {
  double value = 0.0;
  double variance = std::numeric_limits<double>::infinity();  // of the value, by chance
};

Slope slope_of(const Eigen::Ref<const Eigen::VectorXd>& u,
               const Eigen::Ref<const Eigen::VectorXd>& residual) {
  double n = 0.0;
  double u_sum = 0.0;
  double r_sum = 0.0;
  for (Eigen::Index i = 0; i < u.size(); ++i) {
    if (std::isnan(residual[i])) continue;
    n += 1.0;
    u_sum += u[i];
    r_sum += residual[i];
  }
  if (n == 0.0) return {};
  const double u_mean = u_sum / n;
  const double r_mean = r_sum / n;
  double uu = 0.0;
  double ur = 0.0;
  double rr = 0.0;
  for (Eigen::Index i = 0; i < u.size(); ++i) {
    if (std::isnan(residual[i])) continue;
    const double x = u[i] - u_mean;
    const double r = residual[i] - r_mean;
    uu += x * x;
    ur += x * r;
    rr += r * r;
  }
  if (uu <= 1e-12) return {};
  const double c = ur / uu;
  const double squares = std::max(0.0, rr - c * ur);
  // Two outcomes lie on their line; a few say next to nothing of their scatter: one more, at the
  // variance of a coin, keeps them modest.
  return {.value = c, .variance = (squares + 0.25) / ((n + 1.0) * uu)};
}

// Where slopes come from: a normal distribution over experts.
struct Slopes {
  double mean = 0.0;
  double tau2 = 0.0;
};

double weighted_mean(const std::vector<Slope>& slopes, double tau2) {
  double sum = 0.0;
  double weight = 0.0;
  for (const Slope& slope : slopes) {
    sum += slope.value / (slope.variance + tau2);
    weight += 1.0 / (slope.variance + tau2);
  }
  return weight == 0.0 ? 0.0 : sum / weight;
}

Slopes population(const std::vector<Slope>& slopes, bool around_zero) {
  const double centre = around_zero ? 0.0 : weighted_mean(slopes, 0.0);
  double scatter = 0.0;  // sum of squares in units of chance
  double experts = 0.0;
  double weight = 0.0;
  double weight_squares = 0.0;
  for (const Slope& slope : slopes) {
    if (std::isinf(slope.variance)) continue;
    const double w = 1.0 / slope.variance;
    scatter += w * (slope.value - centre) * (slope.value - centre);
    weight += w;
    weight_squares += w * w;
    experts += 1.0;
  }
  if (experts == 0.0) return {};
  const double estimated = around_zero ? 0.0 : 1.0;  // the centre cost one of them
  const double scale = weight - estimated * weight_squares / weight;
  Slopes result;
  if (scale > 0.0) result.tau2 = std::max(0.0, (scatter - (experts - estimated)) / scale);
  if (!around_zero) result.mean = weighted_mean(slopes, result.tau2);
  return result;
}

}  // namespace

Eigen::MatrixXd fit_slopes(const Eigen::MatrixXd& u, const Eigen::MatrixXd& residual) {
  const Eigen::Index m = residual.cols();
  Eigen::MatrixXd left = residual;
  Eigen::MatrixXd shrunk = Eigen::MatrixXd::Zero(u.cols(), m);
  for (Eigen::Index k = 0; k < u.cols(); ++k) {
    std::vector<Slope> slopes;
    for (Eigen::Index j = 0; j < m; ++j) slopes.push_back(slope_of(u.col(k), left.col(j)));
    const Slopes from = population(slopes, k > 0);
    for (Eigen::Index j = 0; j < m; ++j) {
      const Slope& slope = slopes[static_cast<std::size_t>(j)];
      const double trust = from.tau2 == 0.0 ? 0.0 : from.tau2 / (from.tau2 + slope.variance);
      shrunk(k, j) = from.mean + (slope.value - from.mean) * trust;
      left.col(j) -= shrunk(k, j) * u.col(k);
    }
  }
  return shrunk;
}

}  // namespace ooe::predictor
