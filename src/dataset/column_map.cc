#include <algorithm>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "base/near_names.h"
#include "base/parse_number.h"
#include "dataset/benchmark.h"
#include "dataset/csv_reader.h"
#include "dataset/json_line.h"
#include "dataset/text_lines.h"

namespace ooe::dataset {
namespace {

const std::vector<std::string>& mappable() {
  static const std::vector<std::string> names{"id",      "question", "choices", "answer",
                                              "subject", "category", "split"};
  return names;
}

std::vector<std::string_view> split_at(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string_view column_of(const ColumnMap& map, const char* field) {
  const auto found = map.find(field);
  return found == map.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::size_t> place_of_text(const Question& question) {
  const auto found = std::ranges::find(question.choices, question.answer);
  if (found == question.choices.end()) return std::nullopt;
  return static_cast<std::size_t>(found - question.choices.begin());
}

std::optional<std::size_t> place_of_number(const Question& question) {
  const auto number = parse_number<std::size_t>(question.answer);
  return number && *number < question.choices.size() ? number : std::nullopt;
}

// What one row says; both readers end here.
struct Row {
  std::string_view name;
  std::size_t line = 0;
  std::function<std::optional<std::string>(std::string_view column)> text;
  std::vector<std::string> choices;
  bool answer_is_number = false;  // of JSON, which tells 2 from "2"
};

// The questions of a file, with answers as they stand there.
struct Rows {
  std::vector<Question> questions;
  std::vector<std::size_t> lines;  // [questions]
  std::vector<bool> numbers;       // [questions], Row::answer_is_number
};

// Whether `holds` is true of every answer of the file that is a whole number and written as a
// number, or as a text.
template <class Condition>
bool of_all_numbers(const Rows& rows, bool written_as_number, Condition holds) {
  for (std::size_t i = 0; i < rows.questions.size(); ++i) {
    const Question& question = rows.questions[i];
    if (question.choices.empty() || rows.numbers[i] != written_as_number) continue;
    if (parse_number<std::size_t>(question.answer) && !holds(question)) return false;
  }
  return true;
}

// Turns answers into letters. "2" among the choices 8, 2, 24, 120 may be the second or, from 0, the
// third: the other rows of the file say which. A number of JSON is a position, unless one in the
// file cannot be; a number that is a text is a choice's text if every one in the file is, else a
// position.
Result<std::vector<Question>> with_letters(Rows rows, std::string_view name) {
  const auto is_place = [](const Question& question) { return place_of_number(question); };
  const auto is_text = [](const Question& question) { return place_of_text(question); };
  const bool numbers_are_texts = !of_all_numbers(rows, true, is_place);
  const bool digits_are_texts =
      of_all_numbers(rows, false, is_text) || !of_all_numbers(rows, false, is_place);
  for (std::size_t i = 0; i < rows.questions.size(); ++i) {
    Question& question = rows.questions[i];
    const std::string& answer = question.answer;
    if (question.choices.empty() || answer.empty()) continue;
    const auto last = static_cast<char>('A' + question.choices.size() - 1);
    if (answer.size() == 1 && answer[0] >= 'A' && answer[0] <= last) continue;
    const bool text_first = rows.numbers[i] ? numbers_are_texts : digits_are_texts;
    auto place = text_first ? place_of_text(question) : place_of_number(question);
    if (!place) place = text_first ? place_of_number(question) : place_of_text(question);
    if (!place) {
      return fail(ErrorCode::invalid_argument,
                  "{}:{}: the answer {} is no letter, text or position of its {} choices", name,
                  rows.lines[i], shown(answer), question.choices.size());
    }
    question.answer = std::string(1, static_cast<char>('A' + *place));
  }
  return std::move(rows.questions);
}

bool is_number(const std::optional<simdjson::dom::element>& value) {
  return value && (value->is_int64() || value->is_uint64());
}

// Letters go by place: a blank one between others is a choice, one behind them is none.
void drop_blanks_at_end(std::vector<std::string>& choices) {
  while (!choices.empty() && choices.back().empty()) choices.pop_back();
}

Result<Question> question_of(const Row& row, const std::string& benchmark, const ColumnMap& map,
                             std::size_t ordinal) {
  const auto value = [&](const char* field) {
    const std::string_view column = column_of(map, field);
    return column.empty() ? std::string() : row.text(column).value_or("");
  };
  Question question;
  question.id = map.contains("id") ? value("id") : fmt::format("{}-{}", benchmark, ordinal);
  question.benchmark = benchmark;
  question.split = value("split");
  question.subject = value("subject");
  question.category = value("category");
  question.question = value("question");
  question.choices = row.choices;
  question.answer = value("answer");
  if (question.id.empty() || has_control_character(question.id)) {
    return fail(ErrorCode::invalid_argument,
                "{}:{}: the id {} is empty or has control characters; map another column to 'id', "
                "or none",
                row.name, row.line, shown(question.id));
  }
  if (question.question.empty()) {
    return fail(ErrorCode::invalid_argument,
                "{}:{}: no question in '{}'; check the mapping or mend the row", row.name, row.line,
                column_of(map, "question"));
  }
  if (question.choices.size() > kChoicesMax) {
    return fail(ErrorCode::invalid_argument, "{}:{}: {} choices; letters end at Z", row.name,
                row.line, question.choices.size());
  }
  return question;
}

Result<void> add_row(Row row, const std::string& benchmark, const ColumnMap& map, Rows& rows) {
  drop_blanks_at_end(row.choices);
  auto question = question_of(row, benchmark, map, rows.questions.size());
  if (!question) return fail(question.error());
  rows.questions.push_back(std::move(*question));
  rows.lines.push_back(row.line);
  rows.numbers.push_back(row.answer_is_number);
  return {};
}

}  // namespace

Result<ColumnMap> parse_column_map(std::string_view text) {
  ColumnMap map;
  for (const std::string_view part : split_at(text, ',')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals + 1 == part.size()) {
      return fail(ErrorCode::invalid_argument,
                  "mapping '{}': give FIELD=COLUMN pairs, as in question=prompt,answer=label",
                  part);
    }
    const std::string field(part.substr(0, equals));
    if (std::ranges::find(mappable(), field) == mappable().end()) {
      return fail(ErrorCode::invalid_argument, "mapping: there is no field '{}'; {}", field,
                  name_hint(field, mappable()));
    }
    if (!map.emplace(field, part.substr(equals + 1)).second) {
      return fail(ErrorCode::invalid_argument, "mapping: '{}' is given twice", field);
    }
  }
  if (!map.contains("question")) {
    return fail(ErrorCode::invalid_argument,
                "mapping: 'question' is missing; say which column it is");
  }
  return map;
}

Result<std::vector<Question>> parse_mapped_jsonl(std::string_view jsonl, std::string_view name,
                                                 const std::string& benchmark,
                                                 const ColumnMap& map) {
  simdjson::dom::parser parser;
  Rows rows;
  for (LineReader reader(jsonl); reader.next();) {
    if (reader.line_is_blank()) continue;
    const auto object = parse_json_line(parser, reader.line(), name, reader.number());
    if (!object) return fail(object.error());
    Row row{name,
            reader.number(),
            [&](std::string_view column) -> std::optional<std::string> {
              const auto value = member_at(*object, column);
              return value ? std::optional(text_of(*value)) : std::nullopt;
            },
            {},
            is_number(member_at(*object, column_of(map, "answer")))};
    if (const std::string_view columns = column_of(map, "choices"); !columns.empty()) {
      for (const std::string_view column : split_at(columns, '+')) {
        const auto value = member_at(*object, column);
        simdjson::dom::array list;
        if (value && value->get(list) == simdjson::SUCCESS) {
          for (const auto choice : list) {
            row.choices.push_back(choice.is_null() ? std::string() : text_of(choice));
          }
        } else {
          row.choices.push_back(value ? text_of(*value) : std::string());
        }
      }
    }
    if (auto added = add_row(std::move(row), benchmark, map, rows); !added) {
      return fail(added.error());
    }
  }
  return with_letters(std::move(rows), name);
}

Result<std::vector<Question>> parse_mapped_csv(std::string_view csv, std::string_view name,
                                               const std::string& benchmark, const ColumnMap& map) {
  CsvReader reader(csv, name);
  const auto first = reader.next();
  if (!first) return fail(first.error());
  const std::vector<std::string> header = *first ? reader.cells() : std::vector<std::string>();
  std::map<std::string, std::size_t, std::less<>> columns;
  for (std::size_t i = 0; i < header.size(); ++i) columns.emplace(header[i], i);
  for (const auto& [field, names] : map) {
    for (const std::string_view column : split_at(names, '+')) {
      if (columns.find(column) == columns.end()) {
        return fail(ErrorCode::invalid_argument, "{}: there is no column '{}' for '{}'; {}", name,
                    column, field, name_hint(column, header));
      }
    }
  }
  Rows rows;
  while (true) {
    const auto more = reader.next();
    if (!more) return fail(more.error());
    if (!*more) return with_letters(std::move(rows), name);
    const auto& cells = reader.cells();
    if (cells.size() != header.size()) {
      return fail(ErrorCode::invalid_argument, "{}:{}: {} cells under {} columns", name,
                  reader.line(), cells.size(), header.size());
    }
    Row row{name,
            reader.line(),
            [&](std::string_view column) -> std::optional<std::string> {
              return cells[columns.find(column)->second];
            },
            {}};
    if (const std::string_view names = column_of(map, "choices"); !names.empty()) {
      for (const std::string_view column : split_at(names, '+')) {
        row.choices.push_back(*row.text(column));
      }
    }
    if (auto added = add_row(std::move(row), benchmark, map, rows); !added) {
      return fail(added.error());
    }
  }
}

}  // namespace ooe::dataset
