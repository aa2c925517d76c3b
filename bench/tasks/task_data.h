// What the programs on real outcomes share: they stop at the first error, and take columns by name.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "dataset/dataset.h"

namespace ooe::tasks {

using Rows = std::vector<std::size_t>;

[[noreturn]] inline void die(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  std::exit(1);
}

struct LoadOptions {
  bool usage = false;
  bool prices = false;
  bool last_block = false;
  std::vector<std::string> more_prices = {};  // "NAME=IN/OUT"
};

inline Dataset load(const std::string& folder, const std::string& name,
                    const LoadOptions& options = {}) {
  const std::string base = folder + "/" + name;
  auto loaded = dataset::load_dataset({.questions = base + ".questions.jsonl.gz",
                                       .outcomes = base + ".outcomes.tsv.gz",
                                       .usage = options.usage ? base + ".usage.tsv.gz" : "",
                                       .prices = options.prices ? folder + "/prices.tsv" : "",
                                       .price_options = options.more_prices,
                                       .text_last_block = options.last_block});
  if (!loaded) die(loaded.error().message);
  return std::move(loaded->data);
}

inline std::size_t column(const Dataset& data, const std::string& expert) {
  const auto at = std::ranges::find(data.outcomes.experts, expert);
  if (at == data.outcomes.experts.end()) die("no column " + expert);
  return static_cast<std::size_t>(at - data.outcomes.experts.begin());
}

// The columns `take` of a table that has a row for each of `n` queries; empty stays empty.
template <class Value>
std::vector<Value> columns_of(const std::vector<Value>& table, std::size_t n, const Rows& take) {
  std::vector<Value> part;
  if (table.empty()) return part;
  const std::size_t m = table.size() / n;
  part.reserve(n * take.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (const std::size_t j : take) part.push_back(table[i * m + j]);
  }
  return part;
}

inline Dataset with_columns(const Dataset& data, const Rows& take) {
  Dataset part = data;
  const std::size_t n = data.outcomes.n_queries();
  part.outcomes.experts.clear();
  part.prices.clear();
  for (const std::size_t j : take) {
    part.outcomes.experts.push_back(data.outcomes.experts[j]);
    part.prices.push_back(data.prices[j]);
  }
  part.outcomes.score = columns_of(data.outcomes.score, n, take);
  part.outcomes.cost_usd = columns_of(data.outcomes.cost_usd, n, take);
  part.outcomes.input_tokens = columns_of(data.outcomes.input_tokens, n, take);
  part.outcomes.output_tokens = columns_of(data.outcomes.output_tokens, n, take);
  return part;
}

}  // namespace ooe::tasks
