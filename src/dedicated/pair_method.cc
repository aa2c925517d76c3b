#include "dedicated/pair_method.h"

#include <array>
#include <cmath>
#include <utility>

namespace ooe::dedicated {
namespace {

constexpr const char* kLength = "length";  // the candidate that reads nothing but the length

double figure_of(const PairCurve& curve, const Wanted& wanted) {
  if (wanted.ownership) return quality_at(curve, *wanted.ownership);
  return std::isnan(curve.ownership_at.mean) ? -1.0 : curve.ownership_at.mean;
}

// Whether the first way to decide is better than the second, over which it leads by that much at
// all ownerships. (By the gap recovered there is nothing to compare where the own expert is the
// better of the pair.)
bool is_better(const std::vector<PairMethod>& methods, double lead, const Wanted& wanted) {
  if (!wanted.quality && !wanted.ownership) return lead > 0.0;
  return figure_of(methods[0].curve, wanted) > figure_of(methods[1].curve, wanted);
}

}  // namespace

Result<Crossed> cross(const Dataset& data, const Pair& pair, const Wanted& wanted,
                      std::size_t folds, const predictor::TrainOptions& options,
                      const PairProgress& progress) {
  const evaluate::BootstrapOptions bootstrap{.seed = options.seed};
  std::array<Crossed, 2> ways;  // the predictor, text length
  ways[1].only = kLength;
  std::vector<PairMethod> methods;
  for (Crossed& way : ways) {
    predictor::TrainOptions train = options;
    train.only = way.only;
    auto predictions = predictor::cross_predict(
        data, folds, train, [&](std::string_view phase, std::size_t done, std::size_t total) {
          if (progress) progress(phase, done, total, way.only);
        });
    if (!predictions) return fail(predictions.error());
    way.prediction = std::move(predictions->prediction);
    way.sides = pair_sides(data, pair, way.prediction, predictions->fold);
    methods.push_back({way.only.empty() ? "the predictor" : "text length",
                       pair_curve(way.sides, wanted.quality, bootstrap)});
  }
  const evaluate::Interval lead = lead_over(ways[0].sides, ways[1].sides, bootstrap);
  const std::size_t kept = is_better(methods, lead.mean, wanted) ? 0 : 1;
  Crossed crossed = std::move(ways[kept]);
  crossed.methods = std::move(methods);
  crossed.kept = kept;
  crossed.lead = lead;
  return crossed;
}

}  // namespace ooe::dedicated
