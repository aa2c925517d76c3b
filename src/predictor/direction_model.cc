#include "predictor/direction_model.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "learn/as_index.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

constexpr double kBend = 0.02;  // within this of 0 and 1 predictions bend

using Row = Eigen::Map<Eigen::RowVectorXf>;

Row as_row(std::vector<float>& values, std::size_t begin, std::size_t count) {
  return {values.data() + begin, as_index(count)};
}

}  // namespace

void DirectionModel::read(const encoder::SparseVector& ngrams, std::span<const float> dense,
                          DirectionScratch& scratch) const {
  OOE_CHECK(scorers.size() == trees.size(), "make_scorers() comes before read()");
  const std::size_t k = n_directions();
  const std::size_t c = n_subjects();
  const std::size_t p = scale.mean.size();
  scratch.g.assign(k, 0.0F);
  scratch.z.resize(p + c);
  scale.apply(dense.data(), scratch.z.data());
  if (k == 0) return;

  scratch.sums.resize(c + 2 * k);
  table.sum_rows(ngrams.index, ngrams.value, scratch.sums);
  const std::span<float> subject(scratch.sums.data(), c);
  if (c > 0) subjects.to_probabilities(subject);
  for (std::size_t i = 0; i < c; ++i) scratch.z[p + i] = std::sqrt(kSubjectWeight) * subject[i];
  as_row(scratch.sums, c, 2 * k).noalias() += as_row(scratch.z, 0, p + c) * z_weights;

  as_row(scratch.g, 0, k).noalias() += as_row(scratch.z, 0, p) * dense_weights;
  if (!trees.empty()) {
    scratch.tree_row.resize(p + scratch.sums.size());
    std::ranges::copy(dense, scratch.tree_row.begin());
    std::ranges::copy(scratch.sums, scratch.tree_row.begin() + static_cast<std::ptrdiff_t>(p));
  }
  for (std::size_t i = 0; i < k; ++i) {
    const auto w = mix.row(as_index(i));
    scratch.g[i] += w[0] + w[1] * scratch.sums[c + i] + w[2] * scratch.sums[c + k + i];
    if (!trees.empty() && w[3] != 0.0F) scratch.g[i] += w[3] * scorers[i].predict(scratch.tree_row);
  }
}

void DirectionModel::qualities(std::span<const float> g, std::span<float> quality) const {
  const auto m = as_index(quality.size());
  Eigen::Map<Eigen::RowVectorXf> q(quality.data(), m);
  q = Eigen::Map<const Eigen::RowVectorXf>(level.data(), m);
  if (g.empty()) return;
  q.noalias() += Eigen::Map<const Eigen::RowVectorXf>(g.data(), as_index(g.size())) * slopes;
}

double bounded_quality(double quality) {
  if (quality > 1.0 - kBend) return 1.0 - kBend * std::exp(-(quality - (1.0 - kBend)) / kBend);
  if (quality < kBend) return kBend * std::exp((quality - kBend) / kBend);
  return quality;
}

}  // namespace ooe::predictor
