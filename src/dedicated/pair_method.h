// Which way to tell who should answer serves a pair: the predictor, or text length alone, which is
// kept unless the predictor beats it. In: outcomes, a pair, what it is for. Out: out-of-fold
// predictions by the way that is kept, and what either brings. Knows: predictor, evaluate.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "core/prediction.h"
#include "dedicated/pair.h"
#include "dedicated/pair_curve.h"
#include "evaluate/bootstrap.h"
#include "evaluate/two_sides.h"
#include "predictor/train.h"

namespace ooe::dedicated {

// What the pair is for: the figure by which one way to decide is better than another.
struct Wanted {
  std::optional<double> quality = std::nullopt;    // as much of one's own as this allows
  std::optional<double> ownership = std::nullopt;  // as good as can be with this much; neither:
                                                   // over all ownerships
};

// One way to tell who should answer, and what it brings.
struct PairMethod {
  std::string name;
  PairCurve curve;
};

// Out-of-fold predictions by the method kept, and what they are worth.
struct Crossed {
  std::vector<Prediction> prediction;
  evaluate::TwoSides sides;
  std::string only;                      // as TrainOptions::only
  std::vector<PairMethod> methods = {};  // the predictor, text length
  std::size_t kept = 0;                  // of these
  evaluate::Interval lead = {};  // of the first over the second: mean quality, all ownerships
};

// As predictor::Progress; `only`: whose training it is, as TrainOptions::only.
using PairProgress = std::function<void(std::string_view phase, std::size_t done, std::size_t total,
                                        std::string_view only)>;

// Both ways are judged on the same folds, of `options.seed`; options.only is not looked at.
// Errors: those of predictor::cross_predict(). Cost: 2 trainings a fold.
[[nodiscard]] Result<Crossed> cross(const Dataset& data, const Pair& pair, const Wanted& wanted,
                                    std::size_t folds, const predictor::TrainOptions& options,
                                    const PairProgress& progress = {});

}  // namespace ooe::dedicated
