// How far token estimates are from what experts reported, on real outcomes with usage:
// `token_tasks DATA [TOKENIZER SPLIT]`. What was sent around a question then is not on record, but
// was the same for all questions of a benchmark: it is taken to be the median difference, and the
// error is what is left, as a share of the question's own tokens.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "bench/tasks/task_data.h"
#include "core/query.h"
#include "core/token_estimate.h"
#include "encoder/byte_pair.h"

namespace {

using namespace ooe;
using namespace ooe::tasks;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

struct Way {
  std::string name;
  std::function<double(std::string_view)> tokens;
};

// Of all texts, once through, the best of five.
void time_ways(const Dataset& data, const std::vector<Way>& ways) {
  std::size_t bytes = 0;
  for (const std::string& text : data.texts) bytes += text.size();
  for (const Way& way : ways) {
    double best = 0.0;
    for (int round = 0; round < 5; ++round) {
      double tokens = 0.0;
      const auto start = std::chrono::steady_clock::now();
      for (const std::string& text : data.texts) tokens += way.tokens(text);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      if (tokens > 0.0) best = std::max(best, static_cast<double>(bytes) / took.count());
    }
    fmt::print("{}: {:.0f} MB/s of English questions\n", way.name, best / 1e6);
  }
}

void report(const Dataset& data, const std::string& benchmark, const std::vector<Way>& ways) {
  if (data.outcomes.input_tokens.empty()) return;
  for (std::size_t j = 0; j < data.outcomes.n_experts(); ++j) {
    Rows rows;
    for (std::size_t i = 0; i < data.outcomes.n_queries(); ++i) {
      const float tokens = data.outcomes.input_tokens[data.outcomes.at(i, j)];
      if (!std::isnan(tokens) && tokens > 0) rows.push_back(i);
    }
    if (rows.size() < 100) continue;
    fmt::print("{:6} {:42} {:5}", benchmark, data.outcomes.experts[j], rows.size());
    for (const Way& way : ways) {
      std::vector<double> difference;
      for (const std::size_t i : rows) {
        difference.push_back(data.outcomes.input_tokens[data.outcomes.at(i, j)] -
                             way.tokens(data.texts[i]));
      }
      const double frame = median(difference);
      double error = 0.0;
      std::size_t exact = 0;
      for (std::size_t k = 0; k < rows.size(); ++k) {
        const double tokens = data.outcomes.input_tokens[data.outcomes.at(rows[k], j)] - frame;
        const double off = difference[k] - frame;
        error += std::abs(off) / std::max(tokens, 1.0);
        exact += static_cast<std::size_t>(off == 0.0);
      }
      const auto n = static_cast<double>(rows.size());
      fmt::print("  {}: error {:5.1f}%, exact {:5.1f}%, frame {:.0f}", way.name, 100.0 * error / n,
                 100.0 * static_cast<double>(exact) / n, frame);
    }
    fmt::print("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) die("usage: token_tasks DATA [TOKENIZER SPLIT]");
  std::vector<Way> ways{
      {"bytes / 4", [](std::string_view text) { return static_cast<double>(text.size() / 4 + 1); }},
      {"estimate",
       [](std::string_view text) { return static_cast<double>(estimate_tokens(text)); }}};
  std::optional<encoder::BytePairTokenizer> tokenizer;
  if (argc == 4) {
    const auto split = encoder::parse_token_split(argv[3]);
    if (!split) die("split: gpt2, cl100k, qwen2 or o200k");
    auto loaded = encoder::BytePairTokenizer::load(argv[2], *split);
    if (!loaded) die(loaded.error().message);
    tokenizer = std::move(*loaded);
    ways.push_back({"tokenizer", [&](std::string_view text) {
                      return static_cast<double>(tokenizer->count(text));
                    }});
  }
  for (const std::string benchmark : {"mmlu", "gsm8k"}) {
    const Dataset data = load(argv[1], benchmark, {.usage = true});
    report(data, benchmark, ways);
    time_ways(data, ways);
  }
  return 0;
}
