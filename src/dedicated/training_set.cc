#include "dedicated/training_set.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/query.h"
#include "experts/expert_tags.h"
#include "predictor/folds.h"

namespace ooe::dedicated {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kSplitSteps = 10'000;  // of the share of validation

bool is_validation(const QueryId& query, const TrainingSetOptions& options) {
  const auto place =
      predictor::fold_of(query, predictor::inner_seed(options.seed, 30), kSplitSteps);
  return place < options.validation * double{kSplitSteps};
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string conversation(const std::string& query, const std::string& answer) {
  return dump(
      {{"messages",
        {{{"role", "user"}, {"content", query}}, {{"role", "assistant"}, {"content", answer}}}}});
}

void add(TrainingLine line, const TrainingSetOptions& options, TrainingSet& set) {
  (is_validation(line.query, options) ? set.validation : set.train).push_back(std::move(line));
}

// Rows of the pair with different queries, the first of each.
std::vector<std::size_t> distinct(const Dataset& data, std::span<const std::size_t> rows,
                                  std::size_t& repeated) {
  std::set<QueryId> seen;
  std::vector<std::size_t> kept;
  for (const std::size_t row : rows) {
    if (seen.insert(data.query_ids[row]).second) kept.push_back(row);
  }
  repeated = rows.size() - kept.size();
  return kept;
}

// Rows on which both were measured, a contaminated training split too: what the own model says
// there is what it is to go on saying.
std::vector<std::size_t> measured_rows(const Dataset& data, const Pair& pair) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < data.questions.size(); ++i) {
    if (!std::isnan(data.outcomes.score[data.outcomes.at(i, pair.own)]) &&
        !std::isnan(data.outcomes.score[data.outcomes.at(i, pair.generic)])) {
      rows.push_back(i);
    }
  }
  return rows;
}

constexpr float kRight = 0.5F;  // a score from here on is a right answer

bool is_right(const Dataset& data, std::size_t row, std::size_t expert) {
  return data.outcomes.score[data.outcomes.at(row, expert)] >= kRight;
}

// What can be taught for a row, other than to defer.
std::optional<std::string> lesson(const Dataset& data, const Pair& pair, const AnswerText& answer,
                                  const TrainingSetOptions& options, std::size_t row) {
  if (is_right(data, row, pair.own)) return answer(row, pair.own);
  if (options.learn_from_generic && is_right(data, row, pair.generic)) {
    return answer(row, pair.generic);
  }
  return std::nullopt;
}

// The rows that become lines; how many do not, in `set`. A row whose right own answer has no words
// can teach neither an answer nor a deferral.
std::vector<std::size_t> rows_of_lines(const Dataset& data, const Pair& pair,
                                       const AnswerText& answer, TrainingSet& set) {
  std::vector<std::size_t> rows;
  for (const std::size_t row : distinct(data, measured_rows(data, pair), set.repeated)) {
    if (is_right(data, row, pair.own) && !answer(row, pair.own)) {
      ++set.without_answer;
    } else {
      rows.push_back(row);
    }
  }
  return rows;
}

std::size_t lines_answered(const TrainingSetOptions& options, std::size_t lines) {
  return static_cast<std::size_t>(std::llround(options.ownership * static_cast<double>(lines)));
}

}  // namespace

Result<double> ownership_max(const Dataset& data, const Pair& pair, const AnswerText& answer,
                             const TrainingSetOptions& options) {
  if (!(options.ownership >= 0.0 && options.ownership <= 1.0)) {
    return fail(ErrorCode::invalid_argument, "an ownership of {} is not between 0 and 1",
                options.ownership);
  }
  TrainingSet ignored;
  const auto rows = rows_of_lines(data, pair, answer, ignored);
  if (rows.empty()) {
    return fail(ErrorCode::invalid_argument,
                "no right answer of the own expert is kept; interview it without --no-answers");
  }
  const auto teachable = static_cast<std::size_t>(std::ranges::count_if(
      rows, [&](std::size_t row) { return lesson(data, pair, answer, options, row).has_value(); }));
  const double most = static_cast<double>(teachable) / static_cast<double>(rows.size());
  if (lines_answered(options, rows.size()) > teachable) {
    return fail(ErrorCode::invalid_argument,
                "an ownership of {} cannot be taught: only {:.3f} of the questions have a right "
                "answer to learn; ask for at most that{}",
                options.ownership, std::floor(most * 1e3) / 1e3,
                options.learn_from_generic ? "" : ", or add --learn-from-generic");
  }
  return most;
}

Result<TrainingSet> deferral_set(const Dataset& data, const Pair& pair,
                                 std::span<const Prediction> predictions, const AnswerText& answer,
                                 const TrainingSetOptions& options) {
  if (auto most = ownership_max(data, pair, answer, options); !most) return fail(most.error());
  TrainingSet set;
  std::vector<std::size_t> rows = rows_of_lines(data, pair, answer, set);
  const auto score = [&](std::size_t row, std::size_t expert) {
    return data.outcomes.score[data.outcomes.at(row, expert)];
  };
  const auto rank = [&](std::size_t row) {
    const bool teach_generic = options.learn_from_generic && !is_right(data, row, pair.own);
    const double happened = teach_generic
                                ? double{score(row, pair.generic)}
                                : double{score(row, pair.own)} - double{score(row, pair.generic)};
    const double predicted = predictions[data.outcomes.at(row, pair.own)].quality -
                             predictions[data.outcomes.at(row, pair.generic)].quality;
    // First what can be taught, of it what the own expert says.
    return std::tuple(lesson(data, pair, answer, options, row).has_value(),
                      is_right(data, row, pair.own), happened, predicted);
  };
  std::ranges::stable_sort(rows, std::ranges::greater{}, rank);
  const std::size_t answered = lines_answered(options, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t row = rows[i];
    TrainingLine line{.query = data.query_ids[row], .json = {}, .defers = i >= answered};
    const std::string words = line.defers ? options.tag : *lesson(data, pair, answer, options, row);
    line.json = conversation(data.texts[row], words);
    add(std::move(line), options, set);
  }
  set.ownership = static_cast<double>(answered) / static_cast<double>(rows.size());
  return set;
}

Result<TrainingSet> orchestrator_set(const Dataset& data, std::span<const float> usd,
                                     const TrainingSetOptions& options) {
  const std::size_t m = data.outcomes.n_experts();
  if (m < 2 || m > experts::kTaggedExpertsMax) {
    return fail(ErrorCode::invalid_argument,
                "{} experts cannot be told apart by letters; choose 2 to {} with --experts", m,
                experts::kTaggedExpertsMax);
  }
  std::vector<double> mean(m, 0.0);
  for (std::size_t j = 0; j < m; ++j) {
    double count = 0.0;
    for (std::size_t i = 0; i < data.questions.size(); ++i) {
      const float score = data.outcomes.score[data.outcomes.at(i, j)];
      if (std::isnan(score)) continue;
      mean[j] += double{score};
      count += 1.0;
    }
    mean[j] /= std::max(1.0, count);
  }
  const auto best = static_cast<std::size_t>(std::ranges::max_element(mean) - mean.begin());
  TrainingSet set;
  std::vector<std::size_t> rows(data.questions.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  for (const std::size_t row : distinct(data, rows, set.repeated)) {
    Json tags = Json::array();
    std::size_t chosen = m;
    for (std::size_t j = 0; j < m; ++j) {
      if (!(data.outcomes.score[data.outcomes.at(row, j)] >= kRight)) continue;
      tags.push_back(experts::expert_tag(j));
      const auto cheaper = [&](std::size_t a, std::size_t b) {
        const float cost_a = usd[data.outcomes.at(row, a)];
        const float cost_b = usd[data.outcomes.at(row, b)];
        if (cost_a < cost_b || cost_b < cost_a) return cost_a < cost_b;
        return mean[a] > mean[b];
      };
      if (chosen == m || cheaper(j, chosen)) chosen = j;
    }
    const auto prompt = experts::tag_prompt(data.outcomes.experts, data.texts[row]);
    Json messages = Json::array();
    for (const experts::ChatMessage& message : prompt.messages) {
      messages.push_back({{"role", message.role}, {"content", message.content}});
    }
    messages.push_back(
        {{"role", "assistant"}, {"content", experts::expert_tag(chosen == m ? best : chosen)}});
    add({.query = data.query_ids[row], .json = dump({{"messages", messages}, {"right", tags}})},
        options, set);
  }
  return set;
}

std::string card_of(const TrainingSet& set, const TrainingSetOptions& options,
                    const CardFacts& facts) {
  const auto deferrals = [](const std::vector<TrainingLine>& lines) {
    return static_cast<std::size_t>(std::ranges::count_if(lines, &TrainingLine::defers));
  };
  std::string card = fmt::format("# {}\n\n{}{}.\n\n", facts.title, kMadeByExport, facts.source);
  card += "| file | lines | that defer |\n| --- | --- | --- |\n";
  card +=
      fmt::format("| train.jsonl | {} | {} |\n| validation.jsonl | {} | {} |\n\n", set.train.size(),
                  deferrals(set.train), set.validation.size(), deferrals(set.validation));
  card += fmt::format(
      "Each line is a conversation, `{{\"messages\": [...]}}`. Validation is {:.1f}% of the "
      "queries, by "
      "a hash of each: no query is in both files. Queries that occurred more than once: {} left "
      "out. "
      "Right answers without words: {} left out.\n",
      100.0 * options.validation, set.repeated, set.without_answer);
  for (const std::string& note : facts.notes) card += "\n" + note + "\n";
  return card;
}

}  // namespace ooe::dedicated
