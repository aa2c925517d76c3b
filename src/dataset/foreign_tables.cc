#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/parse_number.h"
#include "dataset/csv_reader.h"
#include "dataset/foreign_outcomes.h"
#include "dataset/outcome_file.h"
#include "dataset/text_lines.h"

namespace ooe::dataset {
namespace {

constexpr std::string_view kCost = "|total_cost";
constexpr std::string_view kResponse = "|model_response";
constexpr double kCostUsdMax = 1e6;  // of one answer; more is a mistake

// How pandas, R, JSON and Python write that there is nothing.
constexpr std::array<std::string_view, 5> kNothing = {"na", "nan", "n/a", "null", "none"};

bool says_nothing(std::string_view cell) {
  return std::ranges::find(kNothing, ascii_lower(cell)) != kNothing.end();
}

std::optional<float> score_of(std::string_view text) {
  if (text == "True" || text == "true" || text == "TRUE") return 1.0F;
  if (text == "False" || text == "false" || text == "FALSE") return 0.0F;
  const auto value = parse_number<double>(text);
  if (!value || !(*value >= 0.0 && *value <= 1.0)) return std::nullopt;
  return static_cast<float>(*value);
}

// The columns of a table with one row a question.
struct Layout {
  std::optional<std::size_t> prompt;
  std::optional<std::size_t> id;
  std::optional<std::size_t> subject;
  struct Model {
    std::string name;
    std::size_t score = 0;
    std::optional<std::size_t> cost;
  };
  std::vector<Model> models;
  std::size_t columns = 0;
};

std::string no_scores_of(std::string_view model) {
  return fmt::format("cells of '{}' that are no score in [0, 1]", model);
}

// A column of which most cells are no score is no model's: an index, say, of which the first two
// are.
void drop_columns_without_scores(const Layout& layout, ForeignOutcomes& read) {
  std::map<std::string_view, std::size_t> scores;
  for (const auto& outcome : read.outcomes) ++scores[outcome.expert];
  std::set<std::string> dropped;
  for (const Layout::Model& model : layout.models) {
    const auto others = read.skipped.find(no_scores_of(model.name));
    if (others == read.skipped.end() || others->second <= scores[model.name]) continue;
    read.skipped.erase(others);
    ++read.skipped[fmt::format("columns of which most cells are no score ('{}')", model.name)];
    dropped.insert(model.name);
  }
  std::erase_if(read.outcomes,
                [&](const auto& outcome) { return dropped.contains(outcome.expert); });
}

Result<ForeignOutcomes> read_rows(CsvReader& reader, std::string_view name,
                                  const std::string& benchmark, const Layout& layout) {
  ForeignOutcomes read;
  std::map<std::string, std::size_t, std::less<>> ids;
  while (true) {
    const auto more = reader.next();
    if (!more) return fail(more.error());
    if (!*more) {
      drop_columns_without_scores(layout, read);
      return read;
    }
    const auto& cells = reader.cells();
    if (cells.size() != layout.columns) {
      return fail(ErrorCode::invalid_argument, "{}:{}: {} cells under {} columns", name,
                  reader.line(), cells.size(), layout.columns);
    }
    Question question;
    question.id = layout.id ? cells[*layout.id] : fmt::format("{}-{}", benchmark, reader.line());
    question.benchmark = benchmark;
    if (layout.subject) question.subject = cells[*layout.subject];
    question.question = cells[*layout.prompt];
    if (question.question.empty()) {
      ++read.skipped["rows without a prompt"];
      continue;
    }
    if (question.id.empty() || has_control_character(question.id)) {
      ++read.skipped["rows whose id is empty or has control characters"];
      continue;
    }
    if (!ids.emplace(question.id, reader.line()).second) {
      ++read.skipped["rows whose id was there before"];
      continue;
    }
    for (const Layout::Model& model : layout.models) {
      const std::string& cell = cells[model.score];
      if (cell.empty()) {
        ++read.skipped["empty cells (not measured)"];
        continue;
      }
      if (says_nothing(cell)) {
        ++read.skipped["cells of NA, null or the like (not measured)"];
        continue;
      }
      const auto score = score_of(cell);
      if (!score) {
        ++read.skipped[no_scores_of(model.name)];
        continue;
      }
      std::optional<double> cost;
      if (model.cost && !cells[*model.cost].empty()) {
        cost = parse_number<double>(cells[*model.cost]);
        if (!cost || !(*cost >= 0.0 && *cost < kCostUsdMax)) {
          cost.reset();
          ++read.skipped[fmt::format("costs of '{}' that are no amount from 0 USD up", model.name)];
        }
      }
      read.outcomes.push_back({read.questions.size(), model.name, *score, cost});
    }
    read.questions.push_back(std::move(question));
  }
}

Result<std::vector<std::string>> read_header(CsvReader& reader, std::string_view name) {
  const auto first = reader.next();
  if (!first) return fail(first.error());
  if (!*first) return fail(ErrorCode::invalid_argument, "{}: the file is empty", name);
  return reader.cells();
}

Result<void> check(const Layout& layout, std::string_view name, std::string_view remedy) {
  if (!layout.prompt || layout.models.empty()) {
    return fail(ErrorCode::invalid_argument, "{}:1: no {}; {}", name,
                layout.prompt ? "column of a model" : "column 'prompt'", remedy);
  }
  std::set<std::string_view> names;
  for (const Layout::Model& model : layout.models) {
    if (const auto fault = expert_column_fault(model.name)) {
      return fail(ErrorCode::invalid_argument, "{}:1: column {}: {}; rename it or leave it out",
                  name, shown(model.name), *fault);
    }
    if (!names.insert(model.name).second) {
      return fail(ErrorCode::invalid_argument, "{}:1: column {} is there twice; leave one", name,
                  shown(model.name));
    }
  }
  return {};
}

}  // namespace

Result<ForeignOutcomes> parse_routellm(std::string_view csv, std::string_view name,
                                       const std::string& benchmark) {
  CsvReader reader(csv, name);
  const auto header = read_header(reader, name);
  if (!header) return fail(header.error());
  Layout layout;
  layout.columns = header->size();
  for (std::size_t i = 0; i < header->size(); ++i) {
    const std::string& column = (*header)[i];
    if (column.ends_with(kCost) || column.ends_with(kResponse)) {
      return fail(ErrorCode::invalid_argument,
                  "{}:1: column {} is one of RouterBench's tables; read it with "
                  "--format routerbench",
                  name, shown(column));
    }
    if (column == "prompt") {
      layout.prompt = i;
    } else if (!column.empty()) {  // pandas writes its index under an empty name
      layout.models.push_back({column, i, {}});
    }
  }
  const auto checked =
      check(layout, name, "give 'prompt' and a column of True and False for every model");
  if (!checked) return fail(checked.error());
  return read_rows(reader, name, benchmark, layout);
}

Result<ForeignOutcomes> parse_routerbench(std::string_view csv, std::string_view name,
                                          const std::string& benchmark) {
  CsvReader reader(csv, name);
  const auto header = read_header(reader, name);
  if (!header) return fail(header.error());
  Layout layout;
  layout.columns = header->size();
  const auto place = [&](const std::string& column) -> std::optional<std::size_t> {
    const auto found = std::ranges::find(*header, column);
    if (found == header->end()) return std::nullopt;
    return static_cast<std::size_t>(found - header->begin());
  };
  layout.prompt = place("prompt");
  layout.id = place("sample_id");
  layout.subject = place("eval_name");
  // A model is what has a cost or a response column beside it.
  for (std::size_t i = 0; i < header->size(); ++i) {
    const std::string& column = (*header)[i];
    const auto cost = place(column + std::string(kCost));
    if (cost || place(column + std::string(kResponse))) layout.models.push_back({column, i, cost});
  }
  const auto checked =
      check(layout, name, "give 'prompt', and for every model its scores and 'MODEL|total_cost'");
  if (!checked) return fail(checked.error());
  return read_rows(reader, name, benchmark, layout);
}

}  // namespace ooe::dataset
