#include "learn/non_negative.h"

#include <algorithm>
#include <cmath>

namespace ooe::learn {

Eigen::VectorXd non_negative_least_squares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) {
  constexpr int kSweepsMax = 2'000;
  const Eigen::MatrixXd aa = a.transpose() * a;
  const Eigen::VectorXd ab = a.transpose() * b;
  Eigen::VectorXd w = Eigen::VectorXd::Zero(a.cols());
  for (int sweep = 0; sweep < kSweepsMax; ++sweep) {
    double largest = 0.0;
    for (Eigen::Index k = 0; k < w.size(); ++k) {
      if (aa(k, k) <= 1e-12) continue;  // a prediction that never moves
      const double step = (ab[k] - aa.row(k).dot(w)) / aa(k, k);
      const double next = std::max(0.0, w[k] + step);
      largest = std::max(largest, std::abs(next - w[k]));
      w[k] = next;
    }
    if (largest < 1e-10) break;
  }
  return w;
}

}  // namespace ooe::learn
