#include "evaluate/domains.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "base/check.h"
#include "base/nan.h"
#include "evaluate/costs.h"
#include "evaluate/mmlu_subcategories.h"
#include "evaluate/replay.h"
#include "evaluate/rounding.h"
#include "evaluate/sign_flip.h"
#include "evaluate/topics.h"
#include "predictor/choice.h"

namespace ooe::evaluate {
namespace {

bool tells_apart(const Grouping& grouping) {
  std::set<std::string> labels(grouping.label.begin(), grouping.label.end());
  labels.erase("");
  return labels.size() > 1;
}

// One label a row of the replay; every figure of the rows a column.
struct Rowwise {
  std::vector<std::vector<double>> expert;  // [n_experts][rows]
  std::vector<double> usd_per_1k;           // [n_experts], NaN when unknown
  std::vector<double> routed;
  std::vector<double> oracle;
  std::vector<std::vector<double>> outsider;
};

Rowwise rowwise(const Replay& replay, std::span<const Outsider> outsiders) {
  Rowwise figures;
  for (std::size_t expert = 0; expert < replay.m(); ++expert) {
    const std::vector<ExpertId> always(replay.n(), {static_cast<std::int32_t>(expert)});
    figures.expert.push_back(scores_of(replay, always));
  }
  figures.usd_per_1k = costs_alone(replay.outcomes, replay.cost_usd);
  figures.routed = scores_of(replay, route(replay, 0.0));
  for (std::size_t row = 0; row < replay.n(); ++row) {
    double best = 0.0;
    for (const auto& scores : figures.expert) best = std::max(best, scores[row]);  // NaN loses
    figures.oracle.push_back(best);
  }
  for (const Outsider& outsider : outsiders) {
    std::vector<double>& scores = figures.outsider.emplace_back();
    for (const std::size_t query : replay.rows.queries) scores.push_back(outsider.score[query]);
  }
  return figures;
}

std::vector<double> pick(const std::vector<double>& column, std::span<const std::size_t> rows) {
  std::vector<double> part;
  for (const std::size_t row : rows) part.push_back(column[row]);
  return part;
}

double mean_of(const std::vector<double>& column) {
  return weighted_mean(column, std::vector<double>(column.size(), 1.0));
}

std::size_t measured_in(const std::vector<double>& column) {
  return column.size() - static_cast<std::size_t>(std::ranges::count_if(
                             column, [](double score) { return std::isnan(score); }));
}

struct BestColumn {
  std::optional<std::size_t> column;
  std::size_t of = 0;  // so many were compared

  // For an interval of a figure of the best of them.
  [[nodiscard]] BootstrapOptions tails(BootstrapOptions options) const {
    if (of > 1) options.tail /= static_cast<double>(of);
    return options;
  }

  // Of the differences to the best of them.
  [[nodiscard]] bool surely(std::span<const double> differences,
                            const BootstrapOptions& options) const {
    return column && sign_flip_chance(differences, options.seed) <= tails(options).tail;
  }
};

// The most rows of these that any column was measured on.
std::size_t most_measured(const std::vector<std::vector<double>>& columns,
                          std::span<const std::size_t> rows) {
  std::size_t most = 0;
  for (const auto& column : columns) most = std::max(most, measured_in(pick(column, rows)));
  return most;
}

// The highest mean among the columns measured on enough rows to be compared with an expert that was
// measured on `most`; of equals the cheaper, then the first. Shape: `usd_per_1k` is [columns], or
// empty.
BestColumn best_column(const std::vector<std::vector<double>>& columns,
                       std::span<const double> usd_per_1k, std::span<const std::size_t> rows,
                       std::size_t most) {
  BestColumn best;
  double highest = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::vector<double> part = pick(columns[i], rows);
    if (!predictor::is_comparable(measured_in(part), most)) continue;
    ++best.of;
    const double mean = mean_of(part);
    const bool cheaper =
        best.column && !usd_per_1k.empty() && costs_less(usd_per_1k[i], usd_per_1k[*best.column]);
    if (mean < highest || (mean == highest && !cheaper)) continue;
    highest = mean;
    best.column = i;
  }
  return best;
}

DomainFigures domain_of(const Rowwise& all, std::span<const std::size_t> rows,
                        std::optional<std::size_t> best_single, const BootstrapOptions& options) {
  DomainFigures domain;
  domain.n = rows.size();
  domain.traffic = static_cast<double>(rows.size()) / static_cast<double>(all.routed.size());
  for (const auto& column : all.expert) domain.accuracy.push_back(mean_of(pick(column, rows)));

  const std::vector<double> nothing(rows.size(), kNaN);
  const std::size_t most = most_measured(all.expert, rows);
  const BestColumn best_expert = best_column(all.expert, all.usd_per_1k, rows, most);
  const auto& specialist = best_expert.column;
  if (specialist) domain.specialist = {static_cast<std::int32_t>(*specialist)};
  const BestColumn best_outsider = best_column(all.outsider, {}, rows, most);
  domain.outsider = best_outsider.column;
  const std::vector<double> own = specialist ? pick(all.expert[*specialist], rows) : nothing;
  const std::vector<double> single = best_single ? pick(all.expert[*best_single], rows) : nothing;
  const std::vector<double> routed = pick(all.routed, rows);
  const std::vector<double> outsider =
      domain.outsider ? pick(all.outsider[*domain.outsider], rows) : nothing;
  const auto intervals = bootstrap(std::vector{routed, pick(all.oracle, rows)}, options);
  domain.routed = intervals[0];
  domain.oracle = intervals[1];
  const std::vector<double> lead = difference(own, single);
  const auto of_specialist = bootstrap(std::vector{own, lead}, best_expert.tails(options));
  domain.specialist_accuracy = of_specialist[0];
  domain.specialist_lead = of_specialist[1];
  domain.specialist_leads = domain.n >= kGapQuestionsMin && best_expert.surely(lead, options);
  domain.routing_misses = best_expert.surely(difference(own, routed), options);
  const std::vector<double> gain = difference(outsider, routed);
  domain.outsider_gain = bootstrap(std::span(&gain, 1), best_outsider.tails(options)).front();
  domain.outsider_helps = best_outsider.surely(gain, options);
  const double best = specialist ? std::max(domain.routed.mean, domain.specialist_accuracy.mean)
                                 : domain.routed.mean;
  domain.headroom = 1.0 - best;
  return domain;
}

}  // namespace

std::vector<Grouping> groupings_of(const Dataset& data) {
  std::vector<Grouping> candidates;
  if (data.questions.size() == data.outcomes.n_queries()) {
    Grouping category{"category", {}};
    Grouping subcategory{"MMLU subcategory", {}};
    Grouping subject{"subject", {}};
    std::size_t known = 0;
    for (const Question& question : data.questions) {
      category.label.push_back(question.category);
      subject.label.push_back(question.subject);
      subcategory.label.emplace_back(mmlu_subcategory(question.subject));
      if (!subcategory.label.back().empty()) ++known;
    }
    candidates.push_back(std::move(category));
    if (2 * known >= data.questions.size()) candidates.push_back(std::move(subcategory));
    candidates.push_back(std::move(subject));
  }
  std::erase_if(candidates, [](const Grouping& grouping) { return !tells_apart(grouping); });
  if (!candidates.empty()) return candidates;
  Grouping topics{"learned topic", topics_of(data.texts)};
  if (tells_apart(topics)) candidates.push_back(std::move(topics));
  return candidates;
}

Result<DomainTable> domain_table(const Dataset& data, std::span<const Prediction> predictions,
                                 const Grouping& grouping, std::span<const Outsider> outsiders,
                                 const BootstrapOptions& options) {
  OOE_CHECK(grouping.label.size() == data.outcomes.n_queries(), "a label of every query");
  const Replay replay = make_replay(data, predictions);
  if (replay.n() == 0) {
    return fail(ErrorCode::invalid_argument,
                "none of the {} questions has two measured experts to choose between; no domain "
                "can be judged",
                data.outcomes.n_queries());
  }
  const Rowwise all = rowwise(replay, outsiders);
  std::map<std::string, std::vector<std::size_t>> rows;
  std::vector<std::size_t> every(replay.n());
  std::iota(every.begin(), every.end(), std::size_t{0});
  for (const std::size_t row : every) {
    const std::string& label = grouping.label[replay.rows.queries[row]];
    if (!label.empty()) rows[label].push_back(row);
  }
  const auto best_single =
      best_column(all.expert, all.usd_per_1k, every, most_measured(all.expert, every)).column;
  DomainTable table{grouping.title, {}};
  for (const auto& [name, of_domain] : rows) {
    table.domains.push_back(domain_of(all, of_domain, best_single, options));
    table.domains.back().name = name;
  }
  return table;
}

std::vector<std::size_t> worst_gaps(const DomainTable& table) {
  double traffic = 0.0;
  double lost = 0.0;
  for (const DomainFigures& domain : table.domains) {
    traffic += domain.traffic;
    lost += domain.traffic * domain.headroom;
  }
  // Domains that are all alike are all as bad as together.
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < table.domains.size(); ++i) {
    const DomainFigures& domain = table.domains[i];
    if (domain.n < kGapQuestionsMin || domain.headroom <= 0.0) continue;
    if (domain.headroom * traffic >= lost - kRounding) order.push_back(i);
  }
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) {
    return table.domains[i].traffic * table.domains[i].headroom;
  });
  return order;
}

}  // namespace ooe::evaluate
