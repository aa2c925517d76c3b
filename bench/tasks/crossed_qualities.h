// The qualities that each method predicts of the same outcomes out of fold, and the curve that one
// method's qualities make of a weak pool against a strong expert.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "bench/tasks/task_data.h"
#include "evaluate/deferral_curve.h"
#include "predictor/train.h"

namespace ooe::tasks {

using Qualities = std::map<std::string, std::vector<float>>;  // by method, [n, m]

inline constexpr std::size_t kFolds = 5;

// Ours and its rivals', each on folds it has not seen.
[[nodiscard]] Qualities cross_predicted(const Dataset& data,
                                        const predictor::TrainOptions& options = {});

[[nodiscard]] std::vector<std::string> names_of(const Qualities& qualities);

// The curve of a weak pool against a strong expert on some of `rows`, given by their `places`.
[[nodiscard]] evaluate::DeferralCurve curve_of(const Dataset& data,
                                               const std::vector<float>& quality, const Rows& rows,
                                               const Rows& places, const Rows& pool,
                                               std::size_t strong);

}  // namespace ooe::tasks
