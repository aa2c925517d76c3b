#include "learn/k_means.h"

#include <algorithm>

#include "base/parallel.h"
#include "base/rng.h"
#include "learn/as_index.h"

namespace ooe::learn {
namespace {

constexpr int kPasses = 12;

float dot(const SparseRows& rows, std::size_t row, const float* dense) {
  float sum = 0.0F;
  for (std::size_t e = rows.begin[row]; e < rows.begin[row + 1]; ++e) {
    sum += rows.value[e] * dense[rows.index[e]];
  }
  return sum;
}

void set_centre(const SparseRows& rows, std::size_t row, Eigen::Index centre,
                MatrixRowsF& centres) {
  centres.row(centre).setZero();
  for (std::size_t e = rows.begin[row]; e < rows.begin[row + 1]; ++e) {
    centres(centre, as_index(rows.index[e])) = rows.value[e];
  }
}

// Each next seed is a row drawn with a chance that grows with its distance from the seeds so far.
void seed_centres(const SparseRows& rows, Rng& rng, MatrixRowsF& centres) {
  std::vector<float> distance(rows.n_rows(), 2.0F);
  std::size_t row = rng.below(rows.n_rows());
  for (Eigen::Index c = 0; c < centres.rows(); ++c) {
    set_centre(rows, row, c, centres);
    double total = 0.0;
    for (std::size_t i = 0; i < rows.n_rows(); ++i) {
      distance[i] =
          std::min(distance[i], std::max(0.0F, 1.0F - dot(rows, i, centres.row(c).data())));
      total += double{distance[i]};
    }
    double draw = rng.uniform() * total;
    for (row = 0; row + 1 < rows.n_rows(); ++row) {
      draw -= double{distance[row]};
      if (draw < 0.0) break;
    }
  }
}

}  // namespace

std::uint32_t KMeans::nearest(const SparseRows& rows, std::size_t row) const {
  std::uint32_t best = 0;
  float most = 0.0F;
  for (Eigen::Index c = 0; c < centres.rows(); ++c) {
    const float similarity = dot(rows, row, centres.row(c).data());
    if (similarity <= most) continue;
    most = similarity;
    best = static_cast<std::uint32_t>(c);
  }
  return best;
}

KMeans fit_k_means(const SparseRows& rows, std::size_t k, std::uint64_t seed, std::size_t threads) {
  KMeans model;
  k = std::min(k, rows.n_rows());
  model.centres.setZero(as_index(k), as_index(rows.width));
  if (k == 0) return model;
  Rng rng(seed);
  seed_centres(rows, rng, model.centres);
  std::vector<std::uint32_t> cluster(rows.n_rows());
  for (int pass = 0; pass < kPasses; ++pass) {
    constexpr std::size_t kBlock = 256;
    parallel_for((rows.n_rows() + kBlock - 1) / kBlock, threads, [&](std::size_t block) {
      const std::size_t end = std::min(rows.n_rows(), (block + 1) * kBlock);
      for (std::size_t i = block * kBlock; i < end; ++i) cluster[i] = model.nearest(rows, i);
    });
    MatrixRowsF sums = MatrixRowsF::Zero(model.centres.rows(), model.centres.cols());
    for (std::size_t i = 0; i < rows.n_rows(); ++i) {
      float* sum = sums.row(as_index(cluster[i])).data();
      for (std::size_t e = rows.begin[i]; e < rows.begin[i + 1]; ++e)
        sum[rows.index[e]] += rows.value[e];
    }
    for (Eigen::Index c = 0; c < sums.rows(); ++c) {
      const float length = sums.row(c).norm();
      if (length > 0.0F) model.centres.row(c) = sums.row(c) / length;  // an empty one stays
    }
  }
  return model;
}

}  // namespace ooe::learn
