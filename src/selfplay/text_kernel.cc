#include "selfplay/text_kernel.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "encoder/lexical_encoder.h"
#include "learn/as_index.h"

namespace ooe::selfplay {
namespace {

using learn::as_index;

constexpr double kDenseShare = 0.5;  // of d beside 1 - c
constexpr double kLength = 0.6;      // the distance at which likeness is 1/e
constexpr double kVarianceMin = 1e-3;

// Each feature less its mean, in standard deviations.
void standardise(Eigen::MatrixXd& dense) {
  dense.rowwise() -= dense.colwise().mean().eval();
  const auto n = static_cast<double>(dense.rows());
  for (Eigen::Index k = 0; k < dense.cols(); ++k) {
    dense.col(k) /= std::sqrt(std::max(kVarianceMin, dense.col(k).squaredNorm() / n));
  }
}

}  // namespace

Eigen::MatrixXd text_kernel(std::span<const std::string_view> texts) {
  const auto n = as_index(texts.size());
  const auto encoder = encoder::LexicalEncoder::fit(texts, {}, 1);
  encoder::LexicalScratch scratch;
  encoder::Features features;
  struct Entry {
    Eigen::Index text;
    double value;
  };
  std::vector<std::vector<Entry>> texts_with(encoder.ngram_width());
  Eigen::MatrixXd dense(n, as_index(encoder::kDenseCount));
  for (Eigen::Index i = 0; i < n; ++i) {
    encoder.encode(texts[static_cast<std::size_t>(i)], scratch, features);
    for (std::size_t k = 0; k < features.ngrams.size(); ++k) {
      texts_with[features.ngrams.index[k]].push_back({i, double{features.ngrams.value[k]}});
    }
    dense.row(i) =
        Eigen::Map<const Eigen::RowVectorXf>(features.dense.data(), dense.cols()).cast<double>();
  }
  // Words and characters are of unit length each, so the product of two texts is twice the cosine.
  Eigen::MatrixXd product = Eigen::MatrixXd::Zero(n, n);
  for (const std::vector<Entry>& texts_here : texts_with) {
    for (const Entry& a : texts_here) {
      for (const Entry& b : texts_here) product(b.text, a.text) += a.value * b.value;
    }
  }
  standardise(dense);
  const Eigen::MatrixXd gram = dense * dense.transpose();
  const Eigen::VectorXd squares = gram.diagonal();
  const auto width = static_cast<double>(dense.cols());
  for (Eigen::Index j = 0; j < n; ++j) {
    for (Eigen::Index i = 0; i < n; ++i) {
      const double cosine = std::min(1.0, 0.5 * product(i, j));
      const double apart = std::max(0.0, squares[i] + squares[j] - 2.0 * gram(i, j)) / width;
      product(i, j) = i == j ? 1.0 : std::exp(-(1.0 - cosine + kDenseShare * apart) / kLength);
    }
  }
  return product;
}

}  // namespace ooe::selfplay
