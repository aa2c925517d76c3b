#include "dataset/question_file.h"

#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "base/file.h"
#include "dataset/text_lines.h"

namespace ooe::dataset {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// One line of the file: what its errors begin with, and the question so far.
struct Line {
  std::string_view file;
  std::size_t number = 0;
  Question question;

  template <class... Args>
  [[nodiscard]] tl::unexpected<Error> refuse(fmt::format_string<Args...> format,
                                             Args&&... args) const {
    return fail(ErrorCode::invalid_argument, "{}:{}: {}", file, number,
                fmt::format(format, std::forward<Args>(args)...));
  }
};

std::string as_text(element value) { return shown(simdjson::minify(value)); }

Result<void> read_string(Line& line, std::string_view key, element value, std::string& field) {
  std::string_view text;
  if (value.is_null()) return {};
  if (value.get(text) != simdjson::SUCCESS) {
    return line.refuse("'{}' is {}; give a string", key, as_text(value));
  }
  field = text;
  return {};
}

Result<void> read_answer(Line& line, std::string_view key, element value, std::string& field) {
  switch (value.type()) {
    case element_type::INT64:
      field = std::to_string(value.get_int64().value_unsafe());
      return {};
    case element_type::UINT64:
      field = std::to_string(value.get_uint64().value_unsafe());
      return {};
    case element_type::DOUBLE:
      field = fmt::format("{}", value.get_double().value_unsafe());
      return {};
    case element_type::STRING:
    case element_type::NULL_VALUE:
      return read_string(line, key, value, field);
    default:
      return line.refuse("'{}' is {}; give a string, a number or null", key, as_text(value));
  }
}

Result<void> read_choices(Line& line, element value) {
  if (value.is_null()) return {};
  simdjson::dom::array choices;
  if (value.get(choices) != simdjson::SUCCESS) {
    return line.refuse("'choices' is {}; give a list of strings", as_text(value));
  }
  for (const element choice : choices) {
    std::string_view text;
    if (choice.get(text) != simdjson::SUCCESS) {
      return line.refuse("'choices' contains {}; give strings only", as_text(choice));
    }
    if (line.question.choices.size() == kChoicesMax) {
      return line.refuse("'choices' has more than {} entries; letters end at Z", kChoicesMax);
    }
    line.question.choices.emplace_back(text);
  }
  return {};
}

Result<void> read_field(Line& line, std::string_view key, element value) {
  Question& question = line.question;
  if (key == "id") return read_string(line, key, value, question.id);
  if (key == "question") return read_string(line, key, value, question.question);
  if (key == "benchmark") return read_string(line, key, value, question.benchmark);
  if (key == "split") return read_string(line, key, value, question.split);
  if (key == "subject") return read_string(line, key, value, question.subject);
  if (key == "category") return read_string(line, key, value, question.category);
  if (key == "choices") return read_choices(line, value);
  if (key == "answer") return read_answer(line, key, value, question.answer);
  return {};
}

Result<void> check(const Line& line) {
  const Question& question = line.question;
  if (question.id.empty()) return line.refuse("no 'id'; every question needs a unique one");
  if (has_control_character(question.id)) {
    return line.refuse(
        "'id' {} contains a tab, a line end or another control character; "
        "outcome files could not name it",
        shown(question.id));
  }
  if (question.question.empty()) {
    return line.refuse("no 'question' for id {}; give its text", shown(question.id));
  }
  if (question.choices.empty() || question.answer.empty()) return {};
  const char last = static_cast<char>('A' + question.choices.size() - 1);
  const char letter = question.answer.front();
  if (question.answer.size() != 1 || letter < 'A' || letter > last) {
    return line.refuse("'answer' is {}; give a letter from A to {}, or null if it is unknown",
                       shown(question.answer), last);
  }
  return {};
}

Result<Question> parse_line(simdjson::dom::parser& parser, std::string_view text,
                            std::string_view file, std::size_t number) {
  Line line{file, number, {}};
  element root;
  if (const auto error = parser.parse(text.data(), text.size()).get(root);
      error != simdjson::SUCCESS) {
    if (error == simdjson::UTF8_ERROR) {
      return fail(ErrorCode::corrupt, "{}:{}: not valid UTF-8; convert the file to UTF-8", file,
                  number);
    }
    return fail(ErrorCode::corrupt, "{}:{}: not JSON ({}); give one JSON object a line", file,
                number, simdjson::error_message(error));
  }
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    return line.refuse("{} is not an object; give one JSON object a line", as_text(root));
  }
  for (const auto field : object) {
    if (auto read = read_field(line, field.key, field.value); !read) return fail(read.error());
  }
  if (auto checked = check(line); !checked) return fail(checked.error());
  return std::move(line.question);
}

}  // namespace

Result<std::vector<Question>> parse_questions(std::string_view jsonl, std::string_view name) {
  simdjson::dom::parser parser;
  std::vector<Question> questions;
  std::unordered_map<std::string, std::size_t> lines;  // id -> where it was first seen
  for (LineReader reader(jsonl); reader.next();) {
    if (reader.line_is_blank()) continue;
    auto question = parse_line(parser, reader.line(), name, reader.number());
    if (!question) return fail(question.error());
    const auto [first, is_new] = lines.emplace(question->id, reader.number());
    if (!is_new) {
      return fail(ErrorCode::invalid_argument,
                  "{}:{}: 'id' {} is already on line {}; ids must be unique within a file", name,
                  reader.number(), shown(question->id), first->second);
    }
    questions.push_back(std::move(*question));
  }
  return questions;
}

Result<std::vector<Question>> load_questions(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  return parse_questions(*text, path);
}

std::string questions_jsonl(std::span<const Question> questions) {
  std::string text;
  for (const Question& question : questions) {
    nlohmann::ordered_json line{{"id", question.id}};
    const auto add = [&line](const char* key, const std::string& value) {
      if (!value.empty()) line[key] = value;
    };
    add("benchmark", question.benchmark);
    add("split", question.split);
    add("subject", question.subject);
    add("category", question.category);
    line["question"] = question.question;
    if (!question.choices.empty()) line["choices"] = question.choices;
    line["answer"] = nullptr;
    add("answer", question.answer);
    // Text that is not UTF-8 would throw; it cannot come from a file, so replacing it is enough.
    text += line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text += '\n';
  }
  return text;
}

Result<void> write_questions(const std::string& path, std::span<const Question> questions) {
  return write_file_atomically(path, questions_jsonl(questions));
}

}  // namespace ooe::dataset
