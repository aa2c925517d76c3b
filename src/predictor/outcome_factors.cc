#include "predictor/outcome_factors.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "base/parallel.h"
#include "learn/as_index.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

constexpr int kPasses = 25;
constexpr double kColumnNoiseMin = 0.01;  // a column that others explain whole still has noise
constexpr double kLoadingRidge = 5.0;     // as if five questions had said "nothing in common"
constexpr std::size_t kBlock = 1'024;

// The posterior of one question's factors given its measured scores.
struct Posterior {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

Posterior posterior(const OutcomeFactors& model, const Eigen::Ref<const Eigen::VectorXd>& row) {
  const Eigen::Index r = model.loadings.cols();
  Eigen::MatrixXd precision = Eigen::MatrixXd::Identity(r, r);
  Eigen::VectorXd pull = Eigen::VectorXd::Zero(r);
  for (Eigen::Index j = 0; j < row.size(); ++j) {
    if (std::isnan(row[j])) continue;
    const auto loading = model.loadings.row(j).transpose();
    precision += loading * loading.transpose() / model.noise[j];
    pull += loading * ((row[j] - model.mean[j]) / model.noise[j]);
  }
  const Eigen::LLT<Eigen::MatrixXd> llt(precision);
  return {.mean = llt.solve(pull), .covariance = llt.solve(Eigen::MatrixXd::Identity(r, r))};
}

// FactorSums over questions that the M-step needs of each expert.
struct FactorSums {
  std::vector<Eigen::MatrixXd> ff;  // sum of E[f f'] where measured
  Eigen::MatrixXd yf;               // [m, r]
  Eigen::VectorXd yy;
  Eigen::VectorXd count;

  FactorSums(Eigen::Index m, Eigen::Index r)
      : ff(static_cast<std::size_t>(m), Eigen::MatrixXd::Zero(r, r)),
        yf(Eigen::MatrixXd::Zero(m, r)),
        yy(Eigen::VectorXd::Zero(m)),
        count(Eigen::VectorXd::Zero(m)) {}

  void add(const FactorSums& other) {
    for (std::size_t j = 0; j < ff.size(); ++j) ff[j] += other.ff[j];
    yf += other.yf;
    yy += other.yy;
    count += other.count;
  }
};

FactorSums expect(const Eigen::MatrixXd& score, const OutcomeFactors& model, std::size_t threads) {
  const auto n = static_cast<std::size_t>(score.rows());
  const Eigen::Index r = model.loadings.cols();
  std::vector<FactorSums> parts((n + kBlock - 1) / kBlock, FactorSums(score.cols(), r));
  parallel_for(parts.size(), threads, [&](std::size_t block) {
    FactorSums& sums = parts[block];
    for (std::size_t i = block * kBlock; i < std::min(n, (block + 1) * kBlock); ++i) {
      const Eigen::VectorXd row = score.row(as_index(i));
      const Posterior f = posterior(model, row);
      const Eigen::MatrixXd second = f.covariance + f.mean * f.mean.transpose();
      for (Eigen::Index j = 0; j < row.size(); ++j) {
        if (std::isnan(row[j])) continue;
        const double y = row[j] - model.mean[j];
        sums.ff[static_cast<std::size_t>(j)] += second;
        sums.yf.row(j) += y * f.mean.transpose();
        sums.yy[j] += y * y;
        sums.count[j] += 1.0;
      }
    }
  });
  FactorSums total(score.cols(), r);
  for (const FactorSums& part : parts) total.add(part);  // in order: no thread decides a bit
  return total;
}

void maximise(const FactorSums& sums, OutcomeFactors& model) {
  const Eigen::Index r = model.loadings.cols();
  for (Eigen::Index j = 0; j < model.mean.size(); ++j) {
    if (sums.count[j] == 0.0) continue;
    const Eigen::MatrixXd& ff = sums.ff[static_cast<std::size_t>(j)];
    const Eigen::VectorXd yf = sums.yf.row(j);
    const Eigen::VectorXd loading =
        (ff + kLoadingRidge * Eigen::MatrixXd::Identity(r, r)).llt().solve(yf);
    model.loadings.row(j) = loading.transpose();
    const double left = sums.yy[j] - 2.0 * loading.dot(yf) + loading.dot(ff * loading);
    model.noise[j] = std::max(kColumnNoiseMin, left / sums.count[j]);
  }
}

// Principal directions of the table with blanks at the mean.
Eigen::MatrixXd first_loadings(const Eigen::MatrixXd& score, const Eigen::VectorXd& mean,
                               Eigen::Index r) {
  Eigen::MatrixXd centred = score.rowwise() - mean.transpose();
  centred = centred.unaryExpr([](double v) { return std::isnan(v) ? 0.0 : v; });
  const Eigen::MatrixXd covariance =
      centred.transpose() * centred / static_cast<double>(std::max<Eigen::Index>(1, score.rows()));
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(covariance);
  Eigen::MatrixXd loadings(score.cols(), r);
  for (Eigen::Index k = 0; k < r; ++k) {
    const Eigen::Index from = score.cols() - 1 - k;  // eigenvalues ascend
    loadings.col(k) =
        eigen.eigenvectors().col(from) * std::sqrt(std::max(1e-6, eigen.eigenvalues()[from]));
  }
  return loadings;
}

}  // namespace

Eigen::VectorXd OutcomeFactors::scores(const Eigen::Ref<const Eigen::VectorXd>& row) const {
  return posterior(*this, row).mean;
}

OutcomeFactors fit_outcome_factors(const Eigen::MatrixXd& score, const Eigen::VectorXd& mean,
                                   std::size_t factors, std::size_t threads) {
  const Eigen::Index r = std::min(as_index(factors), score.cols());
  OutcomeFactors model{.mean = mean,
                       .loadings = first_loadings(score, mean, r),
                       .noise = Eigen::VectorXd::Constant(score.cols(), 0.15)};
  for (Eigen::Index j = 0; j < score.cols(); ++j) {
    if (score.col(j).array().isNaN().all()) model.loadings.row(j).setZero();
  }
  for (int pass = 0; pass < kPasses; ++pass) maximise(expect(score, model, threads), model);
  return model;
}

Eigen::MatrixXd impute(const Eigen::MatrixXd& score, const OutcomeFactors& factors) {
  Eigen::MatrixXd whole = score;
  for (Eigen::Index i = 0; i < score.rows(); ++i) {
    const Eigen::VectorXd row = score.row(i);
    if (!row.array().isNaN().any()) continue;
    const Eigen::VectorXd f = factors.scores(row);
    for (Eigen::Index j = 0; j < row.size(); ++j) {
      if (std::isnan(row[j])) whole(i, j) = factors.mean[j] + factors.loadings.row(j).dot(f);
    }
  }
  return whole;
}

}  // namespace ooe::predictor
