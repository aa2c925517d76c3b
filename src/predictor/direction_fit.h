// Training of a DirectionModel, in steps that each see the one before out of fold:
//   1. blanks of the score table are filled from the other experts' outcomes (outcome_factors.h),
//      for experts with enough outcomes to have a column of their own
//   2. subjects, then ridge on everything with a light and a strong penalty, out of fold
//   3. directions: principal axes of what the strong ridge predicts out of fold, [experts, K]; from
//      the seventh on, those whose predictions surely follow the outcomes
//   4. ridge on dense features and on length alone, trees; out of fold, per direction
//   5. for a set of learners: the mix, by non-negative least squares; then slopes and levels
// Step 5 is cheap and done for several sets: the simple ones are candidates too, and small data
// chooses them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "learn/kernel_ridge.h"
#include "predictor/direction_model.h"
#include "predictor/encoded_texts.h"
#include "predictor/outcome_factors.h"

namespace ooe::predictor {

// Shape: n questions, m experts.
struct DirectionData {
  const EncodedTexts& texts;             // [n]
  const learn::DenseScale& scale;        // of texts.dense
  const Eigen::MatrixXd& score;          // [n, m], NaN where not measured
  const Eigen::VectorXd& level;          // [m], each expert's shrunk mean
  std::span<const std::string> subject;  // [n], empty: unknown
  std::span<const std::uint32_t> fold;   // [n], of all out-of-fold predictions
  std::size_t n_folds = 0;
};

enum class Learner : std::uint8_t { length, dense, near_ridge, far_ridge, trees };
inline constexpr std::size_t kLearners = 5;
using LearnerSet = std::array<bool, kLearners>;

struct DirectionFit {
  DirectionModel parts;               // all but mix, dense_weights, slopes and level
  OutcomeFactors factors;             // of the experts `anchors`
  std::vector<Eigen::Index> anchors;  // experts with a column of their own in the regressions
  std::array<learn::MatrixRowsF, kLearners> out_of_fold;  // [n, K] each
  learn::MatrixRowsF length_weights;                      // [dense, K]
  learn::MatrixRowsF dense_weights;                       // [dense, K]
  learn::MatrixRowsF target;                              // [n, K], centred

  // What the chosen learners make of it.
  struct Mixed {
    DirectionModel model;
    Eigen::MatrixXd directions;  // [n, K], g out of fold
  };
  // `score` and `level`: those of the DirectionData that was fitted, which need not live until then.
  [[nodiscard]] Mixed mix(const Eigen::MatrixXd& score, const Eigen::VectorXd& level,
                          const LearnerSet& learners) const;
};

// `trees`: false leaves step 4's trees out; a set with them may not be mixed then.
[[nodiscard]] DirectionFit fit_directions(const DirectionData& data,
                                          const learn::RidgeOptions& options, bool trees = true);

}  // namespace ooe::predictor
