#include "predictor/matrix_factorisation.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "learn/as_index.h"
#include "learn/sigmoid.h"
#include "predictor/levels.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

constexpr Eigen::Index kRank = 16;
constexpr Eigen::Index kProjected = 96;  // dimensions of the projected n-grams
constexpr int kEpochs = 12;
constexpr std::size_t kBatch = 64;
constexpr float kRate = 0.003F;
constexpr float kDecay = 0.02F;  // of weights but the experts' biases

using learn::MatrixRowsF;

// z of every text; the projection draws one vector an n-gram.
MatrixRowsF project(const EncodedTexts& texts, const learn::DenseScale& scale,
                    const MatrixRowsF& projection) {
  MatrixRowsF z(texts.dense.rows(), texts.dense.cols() + kProjected);
  z.leftCols(texts.dense.cols()) = learn::scaled(texts.dense, scale);
  for (std::size_t i = 0; i < texts.n(); ++i) {
    auto part = z.row(as_index(i)).tail(kProjected);
    part.setZero();
    for (std::size_t e = texts.ngrams.begin[i]; e < texts.ngrams.begin[i + 1]; ++e) {
      part += texts.ngrams.value[e] * projection.row(as_index(texts.ngrams.index[e]));
    }
  }
  return z * 3.0F;  // features of length near 3 let Adam's fixed steps reach the optimum
}

// One parameter matrix with Adam's moments (Kingma and Ba 2015).
struct Parameter {
  MatrixRowsF value;
  MatrixRowsF gradient;
  MatrixRowsF mean;
  MatrixRowsF square;

  Parameter(Eigen::Index rows, Eigen::Index columns, float scale, Rng& rng)
      : value(rows, columns),
        gradient(MatrixRowsF::Zero(rows, columns)),
        mean(gradient),
        square(gradient) {
    for (Eigen::Index i = 0; i < value.size(); ++i) {
      value.data()[i] = scale * static_cast<float>(rng.normal());
    }
  }

  void step(int t, float decay) {
    const float m = 1.0F - std::pow(0.9F, static_cast<float>(t));
    const float v = 1.0F - std::pow(0.999F, static_cast<float>(t));
    mean = 0.9F * mean + 0.1F * gradient;
    square = 0.999F * square + 0.001F * gradient.cwiseProduct(gradient);
    value.array() -= kRate * ((mean.array() / m) / ((square.array() / v).sqrt() + 1e-8F) +
                              decay * value.array());
    gradient.setZero();
  }
};

}  // namespace

std::vector<float> predict_by_factorisation(const OutcomeMatrix& outcomes,
                                            std::span<const std::size_t> rows,
                                            const EncodedTexts& seen, const EncodedTexts& unseen,
                                            const learn::DenseScale& scale, std::uint64_t seed) {
  Rng rng(seed);
  const auto m = as_index(outcomes.n_experts());
  MatrixRowsF projection(as_index(seen.ngrams.width), kProjected);
  const float spread = 1.0F / std::sqrt(static_cast<float>(kProjected));
  for (Eigen::Index i = 0; i < projection.size(); ++i) {
    projection.data()[i] = (rng.next() >> 63U) != 0 ? spread : -spread;
  }
  const MatrixRowsF z = project(seen, scale, projection);
  Parameter map(z.cols(), kRank, 0.1F, rng);
  Parameter expert(kRank, m, 0.1F, rng);
  Parameter bias(1, m, 0.0F, rng);
  const Levels levels = fit_levels(outcomes, rows);
  for (Eigen::Index j = 0; j < m; ++j) {
    bias.value(0, j) = static_cast<float>(learn::logit(levels.mean[static_cast<std::size_t>(j)]));
  }
  std::vector<std::size_t> order(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  int t = 0;
  for (int pass = 0; pass < kEpochs; ++pass) {
    rng.shuffle(std::span(order));
    for (std::size_t first = 0; first < order.size(); first += kBatch) {
      const std::size_t size = std::min(kBatch, order.size() - first);
      for (std::size_t b = 0; b < size; ++b) {
        const std::size_t i = order[first + b];
        const auto x = z.row(as_index(i));
        const Eigen::RowVectorXf point = x * map.value;
        Eigen::RowVectorXf error = point * expert.value + bias.value.row(0);
        for (Eigen::Index j = 0; j < m; ++j) {
          const float score = outcomes.score[outcomes.at(rows[i], static_cast<std::size_t>(j))];
          const auto quality = static_cast<float>(learn::sigmoid(double{error[j]}));
          error[j] = std::isnan(score) ? 0.0F : (quality - score) / static_cast<float>(size);
        }
        const Eigen::RowVectorXf back = error * expert.value.transpose();
        expert.gradient.noalias() += point.transpose() * error;
        map.gradient.noalias() += x.transpose() * back;
        bias.gradient += error;
      }
      ++t;
      map.step(t, kDecay);
      expert.step(t, kDecay);
      bias.step(t, 0.0F);
    }
  }
  const MatrixRowsF logits =
      ((project(unseen, scale, projection) * map.value) * expert.value).rowwise() +
      bias.value.row(0);
  std::vector<float> quality(static_cast<std::size_t>(logits.size()));
  for (std::size_t i = 0; i < quality.size(); ++i) {
    quality[i] = static_cast<float>(learn::sigmoid(double{logits.data()[i]}));
  }
  return quality;
}

}  // namespace ooe::predictor
