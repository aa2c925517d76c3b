#include <fmt/format.h>

#include "dataset/benchmark.h"
#include "dataset/csv_reader.h"
#include "dataset/text_lines.h"

namespace ooe::dataset {
namespace {

constexpr std::size_t kCells = 6;  // question, four choices, letter

}  // namespace

Result<std::vector<Question>> parse_mmlu_csv(std::string_view csv, std::string_view name,
                                             const std::string& subject, const std::string& split) {
  std::vector<Question> questions;
  CsvReader reader(csv, name);
  while (true) {
    const auto more = reader.next();
    if (!more) return fail(more.error());
    if (!*more) return questions;
    const auto& cells = reader.cells();
    if (cells.size() != kCells) {
      return fail(ErrorCode::invalid_argument,
                  "{}:{}: {} cells; a row of MMLU is question, four choices, letter", name,
                  reader.line(), cells.size());
    }
    const std::string& letter = cells[kCells - 1];
    if (letter.size() != 1 || letter[0] < 'A' || letter[0] > 'D') {
      return fail(ErrorCode::invalid_argument, "{}:{}: the answer is {}; give a letter from A to D",
                  name, reader.line(), shown(letter));
    }
    if (cells[0].empty()) {
      return fail(ErrorCode::invalid_argument, "{}:{}: the question is empty", name, reader.line());
    }
    Question question;
    question.id = fmt::format("mmlu-{}-{}-{}", subject, split, questions.size());
    question.benchmark = "mmlu";
    question.split = split;
    question.subject = subject;
    question.question = cells[0];
    question.choices.assign(cells.begin() + 1, cells.end() - 1);
    question.answer = letter;
    questions.push_back(std::move(question));
  }
}

}  // namespace ooe::dataset
