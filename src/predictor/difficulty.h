// What all experts share: how easy a text is. One logistic regression predicts the mean score of a
// question over those who answered it, given how good those are on average:
//
//   mean_j y_ij  ~  sigmoid(a + s logit(mean_j level_j) + w x_i),     easiness(x) = w x
//
// Text says far more about this than about who of several equals is better, so each expert's own
// regression starts from it. Its value for a training question comes from a fit that did not see
// the question's fold ("cross-fitted"): the experts' regressions then learn how far to trust it, as
// it will be on new questions. Source: stacking, Wolpert 1992; multi-task regularisation towards a
// common part, Evgeniou and Pontil 2004.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <Eigen/Core>

#include "core/outcome.h"
#include "learn/sparse_rows.h"
#include "predictor/levels.h"

namespace ooe::predictor {

struct Difficulty {
  double penalty = 0.0;          // chosen from a small grid by cross-fitted loss
  Eigen::VectorXd weights;       // [features.width]
  Eigen::VectorXd cross_fitted;  // [rows.size()], easiness of each training question
};

// Shape: features has a row for each of `rows`, which are rows of `outcomes`; fold[i] < n_folds is
// the inner fold of rows[i].
[[nodiscard]] Difficulty fit_difficulty(const learn::SparseRows& features,
                                        const OutcomeMatrix& outcomes,
                                        std::span<const std::size_t> rows, const Levels& levels,
                                        std::span<const std::uint32_t> fold, std::size_t n_folds,
                                        std::size_t threads);

}  // namespace ooe::predictor
