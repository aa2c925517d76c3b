#include "predictor/model_faults.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "learn/as_index.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

using learn::MatrixRowsF;

bool finite(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float v) { return std::isfinite(v); });
}
bool finite(const MatrixRowsF& matrix) { return matrix.array().isFinite().all(); }

bool within(const std::vector<float>& values, float low, float high) {
  return std::ranges::all_of(values, [&](float v) { return v >= low && v <= high; });  // not NaN
}

bool not_negative(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float v) { return std::isfinite(v) && v >= 0.0F; });
}

// Returns what is wrong with the card, or nothing.
std::string_view fault(const ModelCard& card) {
  if (card.experts.empty()) return "it names no expert";
  if (std::set(card.experts.begin(), card.experts.end()).size() != card.experts.size()) {
    return "it names an expert twice";
  }
  return {};
}

std::string_view fault(const HeldOutSample& sample, std::size_t n_experts) {
  const std::size_t cells = sample.n_queries() * n_experts;
  if (sample.quality.size() != cells || sample.score.size() != cells ||
      sample.output_tokens.size() != cells) {
    return "its held-out sample has the wrong shape";
  }
  const bool scores = std::ranges::all_of(
      sample.score, [](float v) { return std::isnan(v) || (v >= 0.0F && v <= 1.0F); });
  if (!scores || !within(sample.quality, 0.0F, 1.0F) || !not_negative(sample.output_tokens) ||
      !not_negative(sample.prompt_tokens)) {
    return "a number of its held-out sample is out of range";
  }
  return {};
}

bool has_shape(const MatrixRowsF& matrix, std::size_t rows, std::size_t columns) {
  return matrix.rows() == as_index(rows) && matrix.cols() == as_index(columns);
}

// Shape: m experts, `width` n-grams, p dense features.
std::string_view fault(const DirectionModel& model, std::size_t m, std::size_t width,
                       std::size_t p) {
  const std::size_t k = model.n_directions();
  const std::size_t c = model.n_subjects();
  if (model.level.size() != m || !finite(model.level))
    return "its levels are not those of its experts";
  if (!has_shape(model.mix, k, 4) || !has_shape(model.slopes, k, m) || !finite(model.mix) ||
      !finite(model.slopes)) {
    return "its slopes have the wrong shape";
  }
  if (model.scale.mean.size() != p || model.scale.sd.size() != p ||
      model.scale.weight.size() != p || !finite(model.scale.mean) || !finite(model.scale.weight) ||
      !within(model.scale.sd, 1e-12F, 1e12F)) {
    return "its scale has the wrong shape";
  }
  if (k == 0) return {};
  if (model.subjects.share.size() != c || !within(model.subjects.share, 0.0F, 1.0F) ||
      !(model.subjects.sharpness >= 0.0F && model.subjects.sharpness < 1e6F)) {
    return "its subjects are out of range";
  }
  if (!has_shape(model.z_weights, p + c, 2 * k) || !has_shape(model.dense_weights, p, k) ||
      !finite(model.z_weights) || !finite(model.dense_weights)) {
    return "its weights have the wrong shape";
  }
  if ((width > 0 && model.table.columns() != c + 2 * k) || model.table.rows() != width ||
      !model.table.is_sound()) {
    return "its table has the wrong shape";
  }
  if (!model.trees.empty() && model.trees.size() != k) return "it has trees for other directions";
  for (const learn::BoostedTrees& trees : model.trees) {
    const auto reads_what_is_there = [&](const learn::TreeNode& node) {
      return node.feature < p + c + 2 * k;
    };
    if (!is_sound(trees) || !std::ranges::all_of(trees.nodes, reads_what_is_there)) {
      return "a tree leads nowhere";
    }
  }
  return {};
}

std::string_view fault(const Population& population, std::size_t d) {
  const auto n = as_index(d);
  if (population.mean.size() != n || population.covariance.rows() != n ||
      population.covariance.cols() != n || !population.mean.allFinite() ||
      !population.covariance.allFinite()) {
    return "its population of experts has the wrong shape";
  }
  return {};
}

// `judged`: of the questions, the first.
std::string_view fault(const AdaptBasis& basis, std::size_t judged, std::size_t k) {
  const std::size_t rows = basis.queries.size();
  const auto r = static_cast<std::size_t>(basis.factors.cols());
  if (rows < judged || !has_shape(basis.directions, rows, k) ||
      !has_shape(basis.factors, rows, r) || !finite(basis.directions) || !finite(basis.factors)) {
    return "what it keeps of its questions has the wrong shape";
  }
  const ExpertPrior& prior = basis.prior;
  if (const auto why = fault(prior.by_factors, r + 1); !why.empty()) return why;
  if (const auto why = fault(prior.deviations, k + 1); !why.empty()) return why;
  const auto& a = prior.factors_of_direction;
  if (a.rows() != as_index(k + 1) || a.cols() != as_index(r + 1) || !a.allFinite()) {
    return "its factors are expected from other directions";
  }
  return {};
}

std::string_view fault(const Novelty& novelty, bool reads) {
  const std::size_t p = reads ? encoder::kDenseCount : novelty.mean.size();
  const auto ramp_ok = [](const Ramp& ramp) {
    return std::isfinite(ramp.inside) && std::isfinite(ramp.outside) && ramp.inside != ramp.outside;
  };
  if (novelty.mean.size() != p || novelty.sd.size() != p || !finite(novelty.mean) ||
      !within(novelty.sd, 1e-6F, 1e9F) || !ramp_ok(novelty.known_share) ||
      !ramp_ok(novelty.distance)) {
    return "its novelty is out of range";
  }
  return {};
}

}  // namespace

std::string_view fault_of(const Model::Impl& model) {
  const std::size_t m = model.card.experts.size();
  if (const auto why = fault(model.card); !why.empty()) return why;
  if (const auto why = fault(model.held_out, m); !why.empty()) return why;
  if (model.quality_sd.size() != m || !within(model.quality_sd, 0.0F, 1.0F)) {
    return "its deviations are out of range";
  }
  const bool reads = model.encoder.has_value();
  const std::size_t width = reads ? encoder::ngram_width(*model.encoder) : 0;
  const std::size_t prior = model.prior ? model.prior->directions.n_directions() : 0;
  const std::size_t p = reads ? encoder::kDenseCount + prior : 0;
  if (!reads && model.directions.n_directions() > 0) return "it reads nothing but has directions";
  if (const auto why = fault(model.directions, m, width, p); !why.empty()) return why;
  if (const auto why = fault(model.novelty, reads); !why.empty()) return why;
  const TokenModel& tokens = model.tokens;
  if (tokens.log_level.size() != m || tokens.smear.size() != m ||
      (reads && tokens.weights.size() != p) || !finite(tokens.log_level) ||
      !not_negative(tokens.smear) || !finite(tokens.weights)) {
    return "its output tokens are out of range";
  }
  return fault(model.basis, model.held_out.n_queries(), model.directions.n_directions());
}

bool is_sound(const learn::BoostedTrees& trees) {
  const auto rises = [](const std::vector<std::uint32_t>& begin, std::size_t end) {
    return !begin.empty() && begin.front() == 0 && begin.back() == end &&
           std::ranges::is_sorted(begin);
  };
  return std::isfinite(trees.base) && finite(trees.leaves) &&
         rises(trees.node_begin, trees.nodes.size()) &&
         rises(trees.leaf_begin, trees.leaves.size()) &&
         trees.node_begin.size() == trees.leaf_begin.size() && learn::are_trees(trees);
}

}  // namespace ooe::predictor
