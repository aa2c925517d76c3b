#include "dedicated/pair.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ooe::dedicated {
namespace {

constexpr const char* kTrainingSplit = "train";

Result<std::size_t> column_of(const Dataset& data, const std::string& name) {
  const auto column = data.outcomes.column_of(name);
  if (!column) {
    return fail(ErrorCode::not_found, "there is no outcome of expert '{}'; interview it first",
                name);
  }
  return *column;
}

}  // namespace

Result<Pair> make_pair(const Dataset& data, const std::string& own, const std::string& generic) {
  const auto own_column = column_of(data, own);
  if (!own_column) return fail(own_column.error());
  const auto generic_column = column_of(data, generic);
  if (!generic_column) return fail(generic_column.error());
  if (own == generic) {
    return fail(ErrorCode::invalid_argument, "'{}' cannot hand over to itself; name another", own);
  }
  Pair pair{.own = *own_column, .generic = *generic_column, .rows = {}, .splits = {}};
  for (auto& levels : predictor::split_levels(data, *own_column)) {
    pair.splits.push_back({std::move(levels)});
  }
  const auto is_contaminated = [&](const Question& question) {
    if (question.split != kTrainingSplit) return false;
    const auto split = std::ranges::find(pair.splits, question.benchmark, &SplitMeans::benchmark);
    return split != pair.splits.end() && split->contaminated();
  };
  for (std::size_t i = 0; i < data.questions.size(); ++i) {
    if (std::isnan(data.outcomes.score[data.outcomes.at(i, pair.own)]) ||
        std::isnan(data.outcomes.score[data.outcomes.at(i, pair.generic)]) ||
        is_contaminated(data.questions[i])) {
      continue;
    }
    pair.rows.push_back(i);
  }
  if (pair.rows.empty()) {
    return fail(ErrorCode::invalid_argument,
                "'{}' and '{}' have no question in common to judge by; interview both on the same",
                own, generic);
  }
  return pair;
}

}  // namespace ooe::dedicated
