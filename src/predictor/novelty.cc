#include "predictor/novelty.h"

#include <algorithm>
#include <cmath>

#include "learn/as_index.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

constexpr float kSquareMax = 16.0F;  // four deviations; one odd feature is not a new world
constexpr double kExtreme = 0.01;    // share of the training questions at the edge

// Ramps are at least this wide, for questions may all be alike without every other one being novel:
// a quarter of the words unknown; the typical feature two deviations further out.
constexpr float kKnownShareWidthMin = 0.25F;
constexpr float kDistanceWidthMin = 4.0F;

// `edge` is the quantile at which novelty begins; the ramp ends twice as far from the median.
Ramp ramp_of(std::vector<float> values, double edge, float width_min) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const auto at = [&](double quantile) {
    return values[static_cast<std::size_t>(quantile * static_cast<double>(values.size() - 1))];
  };
  const float inside = at(edge);
  const float step = inside - at(0.5);
  const float width = std::max(width_min, std::abs(step));
  return {inside, edge < 0.5 ? inside - width : inside + width};
}

}  // namespace

float Ramp::at(float value) const {
  return std::clamp((value - inside) / (outside - inside), 0.0F, 1.0F);
}

float Novelty::distance_of(const float* dense) const {
  float sum = 0.0F;
  for (std::size_t f = 0; f < mean.size(); ++f) {
    const float z = (dense[f] - mean[f]) / sd[f];
    sum += std::min(kSquareMax, z * z);
  }
  return mean.empty() ? 0.0F : sum / static_cast<float>(mean.size());
}

float Novelty::of(const encoder::Features& features) const {
  if (mean.empty()) return 0.0F;
  const float by_words = known_share.at(features.known_share);
  const float by_shape = distance.at(distance_of(features.dense.data()));
  return 1.0F - (1.0F - by_words) * (1.0F - by_shape);
}

Novelty fit_novelty(const EncodedTexts& texts) {
  Novelty novelty;
  if (texts.n() == 0) return novelty;
  for (std::size_t f = 0; f < encoder::kDenseCount; ++f) {
    const Eigen::ArrayXd column = texts.dense.col(as_index(f)).cast<double>().array();
    const double mean = column.mean();
    novelty.mean.push_back(static_cast<float>(mean));
    novelty.sd.push_back(
        std::max(Novelty::kSdMin, static_cast<float>(std::sqrt((column - mean).square().mean()))));
  }
  std::vector<float> distances;
  for (std::size_t i = 0; i < texts.n(); ++i) {
    distances.push_back(novelty.distance_of(texts.dense.row(as_index(i)).data()));
  }
  novelty.known_share = ramp_of(texts.left_out_share, kExtreme, kKnownShareWidthMin);
  novelty.distance = ramp_of(std::move(distances), 1.0 - kExtreme, kDistanceWidthMin);
  return novelty;
}

}  // namespace ooe::predictor
