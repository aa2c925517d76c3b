// What more training data would bring: ownership at equal quality when the predictor learns from a
// quarter, half, three quarters and all of the other folds' questions, and, on the line through
// these over the logarithm of the share, from half as many again.
// Intervals are over the questions judged, the same resamples at every share; which questions a
// share holds is one draw, nested, and its luck is not in them. So a curve whose points lie in each
// other's intervals is flat as far as these questions can tell.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "dedicated/pair_curve.h"
#include "predictor/train.h"

namespace ooe::dedicated {

struct LearningPoint {
  double share = 0.0;            // of the training questions
  std::size_t n_questions = 0;   // that is, on average over folds
  evaluate::Interval ownership;  // the most at `quality`, as in PairCurve
};

struct LearningCurve {
  double quality = 0.0;
  std::vector<LearningPoint> points;  // 25, 50, 75, 100%
  LearningPoint extrapolated;         // 150%
  evaluate::Interval per_doubling;    // what twice the data brings, on that line
};

// Cost: 3 trainings a fold; `all` are the scores with all of the data, on the same folds and seed.
// Errors: those of train().
[[nodiscard]] Result<LearningCurve> learning_curve(const Dataset& data, const Pair& pair,
                                                   const evaluate::TwoSides& all, double quality,
                                                   std::size_t folds,
                                                   const predictor::TrainOptions& options,
                                                   const evaluate::BootstrapOptions& bootstrap,
                                                   const predictor::Progress& progress = {});

}  // namespace ooe::dedicated
