#include "learn/dense_scale.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ooe::learn {
namespace {

constexpr float kDeviationsMax = 4.0F;

}  // namespace

void DenseScale::apply(const float* raw, float* scaled) const {
  for (std::size_t f = 0; f < mean.size(); ++f) {
    scaled[f] = std::clamp((raw[f] - mean[f]) / sd[f], -kDeviationsMax, kDeviationsMax) * weight[f];
  }
}

DenseScale fit_dense_scale(const MatrixRowsF& raw, std::vector<float> weight) {
  DenseScale scale;
  scale.weight = std::move(weight);
  const auto n = static_cast<double>(std::max<Eigen::Index>(1, raw.rows()));
  for (Eigen::Index f = 0; f < raw.cols(); ++f) {
    const Eigen::VectorXd column = raw.col(f).cast<double>();
    const double mean = column.sum() / n;
    const double variance = (column.array() - mean).square().sum() / n;
    scale.mean.push_back(static_cast<float>(mean));
    // A feature that never varied says nothing, and must not shout when it varies later.
    scale.sd.push_back(variance < 1e-10 ? 1e6F : static_cast<float>(std::sqrt(variance)));
  }
  return scale;
}

MatrixRowsF scaled(const MatrixRowsF& raw, const DenseScale& scale) {
  MatrixRowsF out(raw.rows(), raw.cols());
  for (Eigen::Index i = 0; i < raw.rows(); ++i) {
    scale.apply(raw.row(i).data(), out.row(i).data());
  }
  return out;
}

}  // namespace ooe::learn
