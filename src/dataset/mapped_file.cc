#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "base/near_names.h"
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

// Returns the letter that `answer` means among the choices; nothing when it means none.
std::optional<std::string> letter_of(const std::string& answer,
                                     const std::vector<std::string>& choices) {
  const auto letter = [](std::size_t index) {
    return std::string(1, static_cast<char>('A' + index));
  };
  if (answer.size() == 1 && answer[0] >= 'A' &&
      answer[0] < static_cast<char>('A' + choices.size())) {
    return answer;
  }
  if (const auto found = std::ranges::find(choices, answer); found != choices.end()) {
    return letter(static_cast<std::size_t>(found - choices.begin()));
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(answer.data(), answer.data() + answer.size(), index);
  if (error == std::errc() && end == answer.data() + answer.size() && index < choices.size()) {
    return letter(index);
  }
  return std::nullopt;
}

// What one row says; both readers end here.
struct Row {
  std::string_view name;
  std::size_t line = 0;
  std::function<std::optional<std::string>(std::string_view column)> text;
  std::vector<std::string> choices;
};

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
  if (!question.choices.empty() && !question.answer.empty()) {
    const auto letter = letter_of(question.answer, question.choices);
    if (!letter) {
      return fail(ErrorCode::invalid_argument,
                  "{}:{}: the answer {} is no letter, text or position of its {} choices", row.name,
                  row.line, shown(question.answer), question.choices.size());
    }
    question.answer = *letter;
  }
  return question;
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
  std::vector<Question> questions;
  for (LineReader reader(jsonl); reader.next();) {
    if (reader.line().find_first_not_of(" \t") == std::string_view::npos) continue;
    const auto object = parse_json_line(parser, reader.line(), name, reader.number());
    if (!object) return fail(object.error());
    Row row{name,
            reader.number(),
            [&](std::string_view column) -> std::optional<std::string> {
              const auto value = member_at(*object, column);
              return value ? std::optional(text_of(*value)) : std::nullopt;
            },
            {}};
    if (const std::string_view columns = column_of(map, "choices"); !columns.empty()) {
      for (const std::string_view column : split_at(columns, '+')) {
        const auto value = member_at(*object, column);
        simdjson::dom::array list;
        if (value && value->get(list) == simdjson::SUCCESS) {
          for (const auto choice : list) row.choices.push_back(text_of(choice));
        } else if (value) {
          row.choices.push_back(text_of(*value));
        }
      }
    }
    auto question = question_of(row, benchmark, map, questions.size());
    if (!question) return fail(question.error());
    questions.push_back(std::move(*question));
  }
  return questions;
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
  std::vector<Question> questions;
  while (true) {
    const auto more = reader.next();
    if (!more) return fail(more.error());
    if (!*more) return questions;
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
        if (std::string choice = *row.text(column); !choice.empty()) {
          row.choices.push_back(std::move(choice));
        }
      }
    }
    auto question = question_of(row, benchmark, map, questions.size());
    if (!question) return fail(question.error());
    questions.push_back(std::move(*question));
  }
}

}  // namespace ooe::dataset
