#include "dataset/dataset.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"
#include "base/file.h"
#include "base/near_names.h"
#include "core/query.h"
#include "dataset/question_file.h"
#include "dataset/text_lines.h"

namespace ooe::dataset {
namespace {

using Index = std::unordered_map<std::string_view, std::size_t>;

Index index_of(std::span<const std::string> names) {
  Index index;
  index.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) index.emplace(names[i], i);
  return index;
}

// Returns the table's columns to take, in the table's order.
Result<std::vector<std::size_t>> chosen_columns(const std::vector<std::string>& experts,
                                                const std::vector<std::string>& chosen) {
  const Index index = index_of(experts);
  std::vector<bool> taken(experts.size(), chosen.empty());
  for (const std::string& name : chosen) {
    const auto found = index.find(name);
    if (found == index.end()) {
      return fail(ErrorCode::invalid_argument, "expert {}: the outcomes have no such column; {}",
                  shown(name), name_hint(name, experts));
    }
    if (taken[found->second]) {
      return fail(ErrorCode::invalid_argument, "expert {} is chosen twice; name it once",
                  shown(name));
    }
    taken[found->second] = true;
  }
  std::vector<std::size_t> columns;
  for (std::size_t column = 0; column < taken.size(); ++column) {
    if (taken[column]) columns.push_back(column);
  }
  return columns;
}

std::string query_text(const Question& question, bool only_last_block) {
  std::string text = presented_text(question);
  return only_last_block ? std::string(last_block(text)) : text;
}

// Takes the rows that have a question and at least one score in `columns`.
LoadedDataset join_rows(DatasetParts& parts, const std::vector<std::size_t>& columns,
                        bool only_last_block) {
  LoadedDataset loaded;
  Dataset& data = loaded.data;
  const OutcomeTable& table = parts.outcomes;
  for (const std::size_t column : columns) data.outcomes.experts.push_back(table.experts[column]);

  std::unordered_map<std::string, std::size_t> questions;  // owns its keys: questions move away
  for (std::size_t i = 0; i < parts.questions.size(); ++i) {
    questions.emplace(parts.questions[i].id, i);
  }
  for (std::size_t row = 0; row < table.ids.size(); ++row) {
    const auto found = questions.find(table.ids[row]);
    if (found == questions.end()) {
      ++loaded.counts.outcomes_without_question;
      continue;
    }
    const std::span<const float> scores = table.row(row);
    if (std::all_of(columns.begin(), columns.end(),
                    [&](std::size_t column) { return std::isnan(scores[column]); })) {
      ++loaded.counts.outcomes_empty;
      continue;
    }
    for (const std::size_t column : columns) data.outcomes.score.push_back(scores[column]);
    Question& question = data.questions.emplace_back(std::move(parts.questions[found->second]));
    fill_labels(question, table, row);
    data.outcomes.question_ids.push_back(question.id);
    data.texts.push_back(query_text(question, only_last_block));
    data.query_ids.push_back(query_id(data.texts.back()));
  }
  loaded.counts.questions_without_outcomes = parts.questions.size() - data.questions.size();
  return loaded;
}

void join_prices(const std::vector<ExpertPrices>& prices, Dataset& data) {
  data.prices.resize(data.outcomes.n_experts());
  const Index experts = index_of(data.outcomes.experts);
  for (const ExpertPrices& row : prices) {
    const auto found = experts.find(row.expert);
    if (found != experts.end()) data.prices[found->second] = row.prices;
  }
}

// Collects the mean of what is given for each cell of a matrix.
class CellMeans {
 public:
  explicit CellMeans(std::size_t cells) : sums_(cells, 0.0), counts_(cells, 0) {}

  void add(std::size_t cell, const std::optional<double>& value) {
    if (!value) return;
    sums_[cell] += *value;
    ++counts_[cell];
  }

  // NaN where nothing was given.
  [[nodiscard]] std::vector<float> means() const {
    std::vector<float> means(sums_.size(), kNotMeasured);
    for (std::size_t cell = 0; cell < means.size(); ++cell) {
      if (counts_[cell] > 0) means[cell] = static_cast<float>(sums_[cell] / counts_[cell]);
    }
    return means;
  }

 private:
  std::vector<double> sums_;
  std::vector<std::int32_t> counts_;
};

std::optional<double> cost_usd_of(const Usage& usage, const std::optional<Prices>& prices) {
  if (usage.cost_usd || !prices || !usage.input_tokens || !usage.output_tokens) {
    return usage.cost_usd;
  }
  return (*usage.input_tokens * usd_per_million(prices->input) +
          *usage.output_tokens * usd_per_million(prices->output)) /
         1e6;
}

// Requires: prices are joined.
// `known`: every expert that has outcomes, chosen or not: what those used who were not chosen is not
// missed.
void join_usage(const std::vector<Usage>& usage, const std::vector<std::string>& known,
                LoadedDataset& loaded) {
  if (usage.empty()) return;
  OutcomeMatrix& outcomes = loaded.data.outcomes;
  CellMeans cost_usd(outcomes.score.size());
  CellMeans input_tokens(outcomes.score.size());
  CellMeans output_tokens(outcomes.score.size());
  const Index rows = index_of(outcomes.question_ids);
  const Index experts = index_of(outcomes.experts);
  const Index all = index_of(known);
  for (const Usage& answer : usage) {
    const auto row = rows.find(answer.id);
    const auto expert = experts.find(answer.expert);
    if (row == rows.end() || expert == experts.end()) {
      const bool left_out = expert == experts.end() && all.contains(answer.expert);
      if (!left_out) ++loaded.counts.usage_unmatched;
      continue;
    }
    const std::size_t at = outcomes.at(row->second, expert->second);
    cost_usd.add(at, cost_usd_of(answer, loaded.data.prices[expert->second]));
    input_tokens.add(at, answer.input_tokens);
    output_tokens.add(at, answer.output_tokens);
  }
  outcomes.cost_usd = cost_usd.means();
  outcomes.input_tokens = input_tokens.means();
  outcomes.output_tokens = output_tokens.means();
}

Error nothing_left(const DatasetParts& parts, const DatasetCounts& counts) {
  return {ErrorCode::invalid_argument,
          fmt::format("no question has an outcome: {} questions, {} outcome rows, of which {} name "
                      "no question and {} have no score; do the files belong together?",
                      parts.questions.size(), parts.outcomes.ids.size(),
                      counts.outcomes_without_question, counts.outcomes_empty)};
}

Usage usage_of(const Outcome& outcome) {
  Usage usage{.id = outcome.question_id, .expert = outcome.expert};
  if (outcome.cost) usage.cost_usd = to_double(*outcome.cost);
  if (outcome.latency_ms > 0) usage.latency_ms = static_cast<double>(outcome.latency_ms);
  if (input_tokens_are_known(outcome)) {
    usage.input_tokens = static_cast<double>(outcome.tokens.input);
  }
  if (output_tokens_are_known(outcome)) {
    usage.output_tokens = static_cast<double>(outcome.tokens.output);
  }
  return usage;
}

// Returns the ids that outcomes name: those of `questions` in their order, then the others.
std::vector<std::string> row_ids(std::span<const Question> questions,
                                 std::span<const Outcome> outcomes) {
  std::unordered_set<std::string_view> missing;
  for (const Outcome& outcome : outcomes) missing.insert(outcome.question_id);
  std::vector<std::string> ids;
  const auto take = [&](const std::string& id) {
    if (missing.erase(id) > 0) ids.push_back(id);
  };
  for (const Question& question : questions) take(question.id);
  for (const Outcome& outcome : outcomes) take(outcome.question_id);
  return ids;
}

}  // namespace

Result<LoadedDataset> build_dataset(DatasetParts parts, const DatasetChoices& choices) {
  const auto columns = chosen_columns(parts.outcomes.experts, choices.experts);
  if (!columns) return fail(columns.error());
  LoadedDataset loaded = join_rows(parts, *columns, choices.text_last_block);
  if (loaded.data.questions.empty()) return fail(nothing_left(parts, loaded.counts));
  join_prices(parts.prices, loaded.data);
  join_usage(parts.usage, parts.outcomes.experts, loaded);
  return loaded;
}

Result<LoadedDataset> load_dataset(const DatasetFiles& files) {
  DatasetParts parts;
  DatasetChoices choices{{}, files.text_last_block};
  if (!files.experts.empty()) {
    auto experts = parse_expert_list(files.experts);
    if (!experts) return fail(experts.error());
    choices.experts = std::move(*experts);
  }
  auto questions = load_questions(files.questions);
  if (!questions) return fail(questions.error());
  parts.questions = std::move(*questions);
  auto outcomes = load_outcomes(files.outcomes);
  if (!outcomes) return fail(outcomes.error());
  parts.outcomes = std::move(*outcomes);
  if (!files.usage.empty()) {
    auto usage = load_usage(files.usage);
    if (!usage) return fail(usage.error());
    parts.usage = std::move(*usage);
  }
  parts.prices = files.known_prices;  // later entries win
  if (!files.prices.empty()) {
    auto prices = load_prices(files.prices);
    if (!prices) return fail(prices.error());
    std::ranges::move(*prices, std::back_inserter(parts.prices));
  }
  auto typed = typed_prices(files.price_options, parts.outcomes.experts);
  if (!typed) return fail(typed.error());
  std::ranges::move(*typed, std::back_inserter(parts.prices));
  return build_dataset(std::move(parts), choices);
}

Result<std::vector<ExpertPrices>> typed_prices(std::span<const std::string> options,
                                               std::span<const std::string> experts) {
  const Index known = index_of(experts);
  std::vector<ExpertPrices> prices;
  for (const std::string& option : options) {
    auto price = parse_price_option(option);
    if (!price) return fail(price.error());
    // A file of prices may cover more than this data; a name typed by hand that fits nothing is a
    // slip.
    if (!known.contains(price->expert)) {
      return fail(ErrorCode::invalid_argument, "price {}: the outcomes know no such expert; {}",
                  shown(option), name_hint(price->expert, experts));
    }
    prices.push_back(std::move(*price));
  }
  return prices;
}

void fill_labels(Question& question, const OutcomeTable& table, std::size_t row) {
  if (question.subject.empty() && !table.subjects.empty()) question.subject = table.subjects[row];
  if (question.category.empty() && !table.categories.empty()) {
    question.category = table.categories[row];
  }
}

// What is estimated of a real answer is a token at least.
bool input_tokens_are_known(const Outcome& outcome) {
  return !outcome.tokens.estimated || outcome.tokens.input > 0;
}

bool output_tokens_are_known(const Outcome& outcome) {
  return !outcome.tokens.estimated || outcome.tokens.output > 0;
}

Result<LoadedDataset> dataset_from_records(std::vector<Question> questions,
                                           std::span<const Outcome> outcomes,
                                           std::vector<ExpertPrices> prices,
                                           const DatasetChoices& choices) {
  DatasetParts parts;
  parts.prices = std::move(prices);
  OutcomeTable& table = parts.outcomes;
  table.ids = row_ids(questions, outcomes);
  std::set<std::string> names;
  for (const Outcome& outcome : outcomes) names.insert(outcome.expert);
  table.experts.assign(names.begin(), names.end());

  const Index rows = index_of(table.ids);
  const Index experts = index_of(table.experts);
  CellMeans scores(table.ids.size() * table.experts.size());
  for (const Outcome& outcome : outcomes) {
    scores.add(rows.at(outcome.question_id) * table.experts.size() + experts.at(outcome.expert),
               outcome.score);
    const bool counted = input_tokens_are_known(outcome) || output_tokens_are_known(outcome);
    if (outcome.cost || counted) parts.usage.push_back(usage_of(outcome));
  }
  table.scores = scores.means();
  parts.questions = std::move(questions);
  return build_dataset(std::move(parts), choices);
}

Result<std::vector<std::string>> parse_expert_list(std::string_view text) {
  std::string content(text);
  if (text.starts_with('@')) {
    auto read = read_file(std::string(text.substr(1)));
    if (!read) return fail(read.error());
    content = std::move(*read);
  }
  std::vector<std::string> names;
  for (LineReader lines(content); lines.next();) {
    std::string_view rest = lines.line();
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view name = trimmed(rest.substr(0, comma), is_blank);
      if (!name.empty()) names.emplace_back(name);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  if (names.empty()) {
    return fail(ErrorCode::invalid_argument,
                "experts {}: no name in it; give A,B or @FILE with one name a line", shown(text));
  }
  auto sorted = names;
  std::ranges::sort(sorted);
  if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end()) {
    return fail(ErrorCode::invalid_argument, "experts {}: {} is named twice; name it once",
                shown(text), *twice);
  }
  return names;
}

}  // namespace ooe::dataset
