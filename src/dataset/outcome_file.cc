#include "dataset/outcome_file.h"

#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

#include "base/file.h"
#include "core/expert_name.h"
#include "dataset/text_lines.h"
#include "dataset/tsv_reader.h"

namespace ooe::dataset {
namespace {

// Where the header says things are.
struct ColumnLayout {
  std::size_t subject = 0;  // 0: no such column
  std::size_t category = 0;
  std::size_t expert_first = 1;
};

Result<ColumnLayout> read_columns(const TsvReader& reader, std::string_view name) {
  const auto& columns = reader.columns();
  if (columns.front() != "id") {
    return fail(ErrorCode::invalid_argument,
                "{}: the first column is {}; the header must be id<TAB>expert...", name,
                shown(columns.front()));
  }
  ColumnLayout layout;
  for (; layout.expert_first < columns.size(); ++layout.expert_first) {
    if (columns[layout.expert_first] == "subject") {
      layout.subject = layout.expert_first;
    } else if (columns[layout.expert_first] == "category") {
      layout.category = layout.expert_first;
    } else {
      break;
    }
  }
  for (std::size_t column = layout.expert_first; column < columns.size(); ++column) {
    if (columns[column] == "subject" || columns[column] == "category") {
      return fail(ErrorCode::invalid_argument,
                  "{}it describes the question; move it right after 'id'", reader.place(column));
    }
    const std::string_view expert = columns[column];
    if (const auto fault = expert_column_fault(expert)) {
      // What is wrong at a name's ends, or cannot be printed, is better seen by its number.
      const bool by_name =
          !has_control_character(expert) && expert.front() != ' ' && expert.back() != ' ';
      const std::string place =
          by_name ? reader.place(column) : fmt::format("{}:1: column {}: ", name, column + 1);
      return fail(ErrorCode::invalid_argument, "{}{}; rename it", place, *fault);
    }
  }
  if (layout.expert_first == columns.size()) {
    return fail(ErrorCode::invalid_argument,
                "{}: no expert's column; the header must be id<TAB>expert...", name);
  }
  return layout;
}

Result<void> read_scores(const TsvReader& reader, std::size_t expert_first,
                         std::vector<float>& scores) {
  for (std::size_t column = expert_first; column < reader.columns().size(); ++column) {
    const auto score =
        reader.number(column, 0.0, 1.0, "a score lies in [0, 1], empty means not measured");
    if (!score) return fail(score.error());
    scores.push_back(score->has_value() ? static_cast<float>(**score) : kNotMeasured);
  }
  return {};
}

}  // namespace

std::optional<std::string_view> expert_column_fault(std::string_view name) {
  if (name == "id" || name == "subject" || name == "category") {
    return "a column of that name is about the question, in our files";
  }
  return expert_name_fault(name);
}

Result<OutcomeTable> parse_outcomes(std::string_view tsv, std::string_view name) {
  auto reader = TsvReader::start(tsv, name);
  if (!reader) return fail(reader.error());
  const auto layout = read_columns(*reader, name);
  if (!layout) return fail(layout.error());

  OutcomeTable table;
  for (std::size_t column = layout->expert_first; column < reader->columns().size(); ++column) {
    table.experts.emplace_back(reader->columns()[column]);
  }
  std::unordered_set<std::string_view> seen;
  while (true) {
    const auto more = reader->next();
    if (!more) return fail(more.error());
    if (!*more) break;
    const std::string_view id = reader->cell(0);
    if (id.empty()) {
      return fail(ErrorCode::invalid_argument, "{}empty; name the question", reader->place(0));
    }
    if (!seen.insert(id).second) {
      return fail(ErrorCode::invalid_argument, "{}{} is there twice; give every question one row",
                  reader->place(0), shown(id));
    }
    table.ids.emplace_back(id);
    if (layout->subject != 0) table.subjects.emplace_back(reader->cell(layout->subject));
    if (layout->category != 0) table.categories.emplace_back(reader->cell(layout->category));
    auto read = read_scores(*reader, layout->expert_first, table.scores);
    if (!read) return fail(read.error());
  }
  return table;
}

Result<OutcomeTable> load_outcomes(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  return parse_outcomes(*text, path);
}

std::string outcomes_tsv(const OutcomeTable& table) {
  std::string text = "id";
  if (!table.subjects.empty()) text += "\tsubject";
  if (!table.categories.empty()) text += "\tcategory";
  for (const std::string& expert : table.experts) text += '\t' + expert;
  text += '\n';
  for (std::size_t row = 0; row < table.ids.size(); ++row) {
    text += table.ids[row];
    if (!table.subjects.empty()) text += '\t' + table.subjects[row];
    if (!table.categories.empty()) text += '\t' + table.categories[row];
    for (const float score : table.row(row)) {
      text += '\t';
      if (!std::isnan(score)) text += fmt::format("{}", score);
    }
    text += '\n';
  }
  return text;
}

Result<void> write_outcomes(const std::string& path, const OutcomeTable& table) {
  for (const std::string& expert : table.experts) {
    if (const auto fault = expert_column_fault(expert)) {
      return fail(ErrorCode::invalid_argument, "{}: expert {}: {}; nothing would read the file",
                  path, shown(expert), *fault);
    }
  }
  return write_file_atomically(path, outcomes_tsv(table));
}

}  // namespace ooe::dataset
