// Strengths and gaps: how experts, routing and hindsight do in each domain, who is the specialist
// there, and where the pool is weak. In: outcomes, predictions and a label of every question. Out:
// DomainTable, gaps.
//
// The paper's map of strengths and scarcity of experts (Mohammadshahi, Shaikh, Yazdani 2024, arXiv
// 2401.13979, its figure of MMLU's subcategories), with intervals.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/outcome.h"
#include "core/prediction.h"
#include "evaluate/bootstrap.h"

namespace ooe::evaluate {

// A way to tell questions apart. Shape: label is [n_queries]; empty labels belong to no domain.
struct Grouping {
  std::string title;  // "MMLU subcategory"
  std::vector<std::string> label;
};

// The groupings these questions have, coarse ones first: category, MMLU's subcategories (when half
// of the subjects are MMLU's), subject. Learned topics when there is none of them. Groupings with
// one label only are left out.
[[nodiscard]] std::vector<Grouping> groupings_of(const Dataset& data);

// An expert that was measured and is not in the pool.
struct Outsider {
  std::string name;
  std::vector<float> score;  // [n_queries], NaN where not measured
};

// "Surely" is the sign-flip test's word (sign_flip.h), at a chance of 0.025 / m for the best of m.
struct DomainFigures {
  std::string name;
  std::size_t n = 0;             // evaluated questions
  double traffic = 0.0;          // their part of all evaluated ones
  std::vector<double> accuracy;  // [n_experts]; NaN where never measured
  // The best there, the cheaper of equals, among those measured on half as much of it as the one
  // measured most. Whoever is chosen as the best of m on these very questions was lucky: its
  // intervals have tails of 0.025 / m.
  ExpertId specialist;
  Interval specialist_accuracy;
  Interval specialist_lead;       // over the best single expert of all domains, paired
  bool specialist_leads = false;  // surely, on kGapQuestionsMin questions or more
  Interval routed;                // money does not count
  bool routing_misses = false;    // the specialist is surely better: it has not seen enough to tell
  Interval oracle;

  // What nobody in the pool can be expected to answer: 1 less the higher of routed and specialist.
  double headroom = 0.0;
  // The outsider that would add most to routing if it answered the whole domain, with tails as the
  // specialist's.
  std::optional<std::size_t> outsider;
  Interval outsider_gain;
  bool outsider_helps = false;  // surely
};

struct DomainTable {
  std::string title;
  std::vector<DomainFigures> domains;  // by name
};

// Shape: `predictions` is [n_queries, n_experts], cost left empty. Errors: as evaluate().
[[nodiscard]] Result<DomainTable> domain_table(const Dataset& data,
                                               std::span<const Prediction> predictions,
                                               const Grouping& grouping,
                                               std::span<const Outsider> outsiders,
                                               const BootstrapOptions& options);

// The gaps, by traffic times headroom, the worst first: where the pool loses most answers. A gap
// has at least the headroom of all questions together. Domains of fewer than kGapQuestionsMin
// questions say too little and are left out.
inline constexpr std::size_t kGapQuestionsMin = 10;
[[nodiscard]] std::vector<std::size_t> worst_gaps(const DomainTable& table);

}  // namespace ooe::evaluate
