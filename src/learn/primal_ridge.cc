#include "learn/primal_ridge.h"

#include <algorithm>
#include <array>
#include <vector>

#include <Eigen/Eigenvalues>

#include "base/check.h"
#include "learn/as_index.h"

namespace ooe::learn {
namespace {

// Rows have length near 1, so a penalty counts questions' worth of evidence against the weights.
constexpr std::array kPenalties = {0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0};

// One eigendecomposition serves every penalty: X'X = V D V'.
class Solver {
 public:
  Solver(const Eigen::MatrixXd& xx, const Eigen::MatrixXd& xy)
      : eigen_(xx), projected_(eigen_.eigenvectors().transpose() * xy) {}

  [[nodiscard]] Eigen::MatrixXd weights(double penalty) const {
    const Eigen::VectorXd shrunk =
        (eigen_.eigenvalues().array().max(0.0) + penalty).inverse().matrix();
    return eigen_.eigenvectors() * shrunk.asDiagonal() * projected_;
  }

 private:
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen_;
  Eigen::MatrixXd projected_;  // [d, q]
};

}  // namespace

PrimalRidgeFit fit_primal_ridge(const MatrixRowsF& x, const MatrixRowsF& target,
                                std::span<const std::uint32_t> fold) {
  OOE_CHECK(static_cast<std::size_t>(x.rows()) == fold.size() && x.rows() == target.rows(),
            "features, targets and folds describe the same questions");
  const Eigen::MatrixXd xx = (x.transpose() * x).cast<double>();
  const Eigen::MatrixXd xy = (x.transpose() * target).cast<double>();
  const std::uint32_t n_folds = fold.empty() ? 0 : *std::ranges::max_element(fold) + 1;
  std::vector<MatrixRowsF> out(kPenalties.size(), MatrixRowsF::Zero(x.rows(), target.cols()));
  for (std::uint32_t f = 0; f < n_folds; ++f) {
    std::vector<Eigen::Index> held;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (fold[i] == f) held.push_back(as_index(i));
    }
    if (held.empty() || held.size() == fold.size()) continue;
    const MatrixRowsF x_held = x(held, Eigen::all);
    const MatrixRowsF y_held = target(held, Eigen::all);
    const Solver solver(xx - (x_held.transpose() * x_held).cast<double>(),
                        xy - (x_held.transpose() * y_held).cast<double>());
    for (std::size_t p = 0; p < kPenalties.size(); ++p) {
      out[p](held, Eigen::all) = x_held * solver.weights(kPenalties[p]).cast<float>();
    }
  }
  const Solver solver(xx, xy);
  PrimalRidgeFit fit{.out_of_fold = MatrixRowsF::Zero(x.rows(), target.cols()),
                     .weights = MatrixRowsF::Zero(x.cols(), target.cols())};
  for (Eigen::Index k = 0; k < target.cols(); ++k) {
    const auto error = [&](const MatrixRowsF& predicted) {
      return (predicted.col(k) - target.col(k)).squaredNorm();
    };
    const auto best = std::ranges::min_element(out, {}, error);
    fit.out_of_fold.col(k) = best->col(k);
    fit.weights.col(k) = solver.weights(kPenalties[static_cast<std::size_t>(best - out.begin())])
                             .col(k)
                             .cast<float>();
  }
  return fit;
}

}  // namespace ooe::learn
