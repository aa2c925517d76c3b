#include "predictor/folds.h"

#include <cmath>
#include <map>
#include <numeric>

#include "base/fast_hash.h"
#include "core/table_part.h"

namespace ooe::predictor {
namespace {

// Every matrix of a data set, with the place of its twin in another.
template <class Use>
void for_each_matrix(const OutcomeMatrix& from, OutcomeMatrix& to, Use use) {
  use(from.score, to.score);
  use(from.cost_usd, to.cost_usd);
  use(from.input_tokens, to.input_tokens);
  use(from.output_tokens, to.output_tokens);
}

}  // namespace

std::uint32_t fold_of(const QueryId& query, std::uint64_t seed, std::size_t folds) {
  const std::string_view bytes(reinterpret_cast<const char*>(query.bytes.data()),
                               query.bytes.size());
  return static_cast<std::uint32_t>(fast_hash(bytes, seed) % folds);
}

std::pair<std::vector<std::size_t>, std::vector<std::size_t>> split_at_fold(const Dataset& data,
                                                                            std::uint64_t seed,
                                                                            std::size_t folds,
                                                                            std::size_t held_out) {
  std::pair<std::vector<std::size_t>, std::vector<std::size_t>> parts;  // seen, held out
  for (std::size_t row = 0; row < data.query_ids.size(); ++row) {
    const bool out = fold_of(data.query_ids[row], seed, folds) == held_out;
    (out ? parts.second : parts.first).push_back(row);
  }
  return parts;
}

Dataset merge_equal_texts(const Dataset& data) {
  std::map<QueryId, std::size_t> place;  // of each text among the merged
  std::vector<std::size_t> first;
  std::vector<std::size_t> merged_row(data.query_ids.size());
  for (std::size_t row = 0; row < data.query_ids.size(); ++row) {
    const auto [at, fresh] = place.try_emplace(data.query_ids[row], first.size());
    if (fresh) first.push_back(row);
    merged_row[row] = at->second;
  }
  Dataset merged = subset_rows(data, first);
  if (first.size() == data.query_ids.size()) return merged;
  const std::size_t m = data.outcomes.n_experts();
  for_each_matrix(
      data.outcomes, merged.outcomes, [&](const std::vector<float>& from, std::vector<float>& to) {
        std::vector<double> sum(to.size(), 0.0);
        std::vector<double> count(to.size(), 0.0);
        for (std::size_t cell = 0; cell < from.size(); ++cell) {
          if (std::isnan(from[cell])) continue;
          const std::size_t target = merged_row[cell / m] * m + cell % m;
          sum[target] += double{from[cell]};
          count[target] += 1.0;
        }
        for (std::size_t cell = 0; cell < to.size(); ++cell) {
          to[cell] =
              count[cell] == 0.0 ? kNotMeasured : static_cast<float>(sum[cell] / count[cell]);
        }
      });
  return merged;
}

std::vector<std::string_view> texts_of(const Dataset& data, std::span<const std::size_t> rows) {
  std::vector<std::string_view> texts;
  texts.reserve(rows.size());
  for (const std::size_t row : rows) texts.push_back(data.texts[row]);
  return texts;
}

std::vector<std::size_t> all_rows(const Dataset& data) {
  std::vector<std::size_t> rows(data.outcomes.n_queries());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

}  // namespace ooe::predictor
