// What a text says of all experts at once, as it serves. Several learners predict a few directions
// of the outcomes, the first being how hard a question is; each direction is a mix of their
// predictions, and each expert responds to each direction with a slope of its own:
//
//   dense     of the text, then the directions a prior model sees in it, if there is one
//   s(x)      subjects the text looks like               subject_scores.h
//   z(x)      = [dense, scaled; sqrt(1/2) s]             dense_scale.h
//   near, far = [n-grams, z] W                           ridge, light and strong: kernel_ridge.h
//   tree_k(x)   over [dense, s, near, far]               boosted_trees.h
//   g_k(x)    = b_k + w_1k near_k + w_2k far_k + v_k . dense + w_3k tree_k
//                                                        v: length, dense ridge
//   quality_j = level_j + sum_k slope_kj g_k(x)          slopes.h
//
// The mix is fitted out of fold in direction_fit.h. Without directions this is the constant model.
// Shape: m experts, K directions, c subjects, p dense features, width n-grams.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "encoder/features.h"
#include "learn/boosted_trees.h"
#include "learn/dense_scale.h"
#include "learn/symmetric_tiles.h"
#include "learn/tree_scorer.h"
#include "predictor/subject_scores.h"
#include "predictor/weight_table.h"

namespace ooe::predictor {

inline constexpr float kSubjectWeight = 0.5F;  // of s s' in the kernel, beside unit n-grams

struct DirectionScratch {
  std::vector<float> sums;      // [c + 2K] subject scores, near, far
  std::vector<float> z;         // [p + c]
  std::vector<float> tree_row;  // [p + c + 2K]
  std::vector<float> g;         // [K]
};

struct DirectionModel {
  learn::DenseScale scale;
  SubjectScores subjects;            // without its n-gram weights, which are columns of `table`
  WeightTable table;                 // [width, c + 2K]: subjects, near, far
  learn::MatrixRowsF z_weights;      // [p + c, 2K]: near, far
  learn::MatrixRowsF dense_weights;  // [p, K]: v
  std::vector<learn::BoostedTrees> trees;  // [K], or none
  std::vector<learn::TreeScorer> scorers;  // the same, made by make_scorers()
  learn::MatrixRowsF mix;                  // [K, 4]: b, w_1, w_2, w_3
  learn::MatrixRowsF slopes;               // [K, m]
  std::vector<float> level;                // [m]

  [[nodiscard]] std::size_t n_directions() const { return static_cast<std::size_t>(mix.rows()); }
  [[nodiscard]] std::size_t n_subjects() const { return subjects.names.size(); }

  // Once the trees are there and known to be trees, before anything is read.
  void make_scorers() { scorers = std::vector<learn::TreeScorer>(trees.begin(), trees.end()); }

  // Fills scratch.z and scratch.g. Shape: dense is [p]. No allocation once warm. Threads: any, one
  // scratch each.
  void read(const encoder::SparseVector& ngrams, std::span<const float> dense,
            DirectionScratch& scratch) const;

  // Fills quality[m], unbounded, from directions as read() leaves them, [K].
  void qualities(std::span<const float> g, std::span<float> quality) const;
};

// A quality that keeps its rank but stays inside (0, 1): linear in the middle, bent near the ends.
[[nodiscard]] double bounded_quality(double quality);

}  // namespace ooe::predictor
