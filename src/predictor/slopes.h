// How each expert responds to what the text says. Given the directions u_1 .. u_K of the outcomes
// as text predicts them (out of fold, centred, orthogonal), each expert's scores are regressed on
// them one after the other, and each direction's slopes are shrunk towards zero by as much as they
// would scatter by chance:
//   c_kj = u'r / u'u over the questions where j was measured, both around their means there,
//   v_kj = var(r - u c) / u'u
//   tau_k^2: the spread of true slopes that explains the scatter of c_kj beyond chance (moments,
//            weighted by 1/v_kj),          shrunk: p_k + (c_kj - p_k) tau_k^2 / (tau_k^2 + v_kj)
// p_k is zero but for the first direction, difficulty, where it is the experts' mean slope: a hard
// question is hard for an expert nobody has asked. This is what keeps an argmax over experts from
// chasing noise, the winner's curse, and it works for experts measured on a part of the questions:
// that those are easier than the text says is not held to be what it responds to.
// Sources: parametric empirical Bayes, Efron and Morris 1973; the moments, DerSimonian and Laird
// 1986.
#pragma once

#include <Eigen/Core>

namespace ooe::predictor {

// Shape: u is [n, K]; residual is [n, m], score - level, NaN where not measured. Returns [K, m].
[[nodiscard]] Eigen::MatrixXd fit_slopes(const Eigen::MatrixXd& u, const Eigen::MatrixXd& residual);

}  // namespace ooe::predictor
