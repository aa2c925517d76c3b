// Matrix factorisation with projected text, a baseline: every expert is a point in a small space,
// and so is every text, through a linear map of its features; their product says how well they go
// together.
//   logit quality_ij = b_j + e_j . (W z_i),   z = [dense features; n-grams, randomly projected]
// Fitted by Adam on the cross-entropy of the measured cells. Source: the predictor of EmbedLLM
// (Zhuang et al. 2024) and of RouteLLM's matrix factorisation (Ong et al. 2024), without their
// embeddings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/outcome.h"
#include "learn/dense_scale.h"
#include "predictor/encoded_texts.h"

namespace ooe::predictor {

// Returns predictions of `unseen`, [unseen.n(), n_experts], row-major. Shape: seen row i is
// rows[i] of the outcomes; dense parts are scaled. One thread; same input, same bits.
[[nodiscard]] std::vector<float> predict_by_factorisation(
    const OutcomeMatrix& outcomes, std::span<const std::size_t> rows, const EncodedTexts& seen,
    const EncodedTexts& unseen, const learn::DenseScale& scale, std::uint64_t seed);

}  // namespace ooe::predictor
