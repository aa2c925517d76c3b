// How alike texts are, for beliefs about who answers what: what is learnt at one text says so much
// about another.
//   likeness = exp(-((1 - c) + d / 2) / 0.6)
// c: the cosine of their n-grams; d: the mean squared distance of their dense features, in standard
// deviations over these texts. Questions of one form at one difficulty come out near 0.5, of one
// form at another near 0.3, of other forms near 0.1.
#pragma once

#include <span>
#include <string_view>

#include <Eigen/Core>

namespace ooe::selfplay {

// Shape: [n, n], symmetric, 1 on the diagonal. Cost: O(n^2) and linear in the texts.
[[nodiscard]] Eigen::MatrixXd text_kernel(std::span<const std::string_view> texts);

}  // namespace ooe::selfplay
