// What the programs on real outcomes share: they stop at the first error, and take columns by name.
#pragma once

#include <cstddef>
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
  const auto found = data.outcomes.column_of(expert);
  if (!found) die("no column " + expert);
  return *found;
}

}  // namespace ooe::tasks
