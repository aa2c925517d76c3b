#include <fmt/format.h>

#include "base/ascii.h"
#include "dataset/benchmark.h"
#include "dataset/json_line.h"
#include "dataset/text_lines.h"

namespace ooe::dataset {
namespace {

constexpr std::string_view kMark = "####";

std::string without_calculator(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const std::size_t open = text.find("<<");
    const std::size_t close = open == std::string_view::npos ? open : text.find(">>", open);
    if (close == std::string_view::npos) break;
    kept += text.substr(0, open);
    text.remove_prefix(close + 2);
  }
  return kept += text;
}

}  // namespace

Result<std::vector<WorkedExample>> parse_gsm8k(std::string_view jsonl, std::string_view name,
                                               const std::string& split) {
  simdjson::dom::parser parser;
  std::vector<WorkedExample> examples;
  for (LineReader reader(jsonl); reader.next();) {
    if (trimmed(reader.line(), is_blank).empty()) continue;
    const auto object = parse_json_line(parser, reader.line(), name, reader.number());
    if (!object) return fail(object.error());
    const auto question = member_at(*object, "question");
    const auto answer = member_at(*object, "answer");
    const std::string worked = answer ? text_of(*answer) : std::string();
    const std::size_t mark = worked.rfind(kMark);
    if (!question || mark == std::string::npos) {
      return fail(ErrorCode::invalid_argument,
                  "{}:{}: not a line of GSM8K; it has a 'question', and an 'answer' that ends with "
                  "\"#### \" and the number",
                  name, reader.number());
    }
    WorkedExample& example = examples.emplace_back();
    example.question.id = fmt::format("gsm8k-{}-{}", split, examples.size() - 1);
    example.question.benchmark = "gsm8k";
    example.question.split = split;
    example.question.question = text_of(*question);
    example.question.answer =
        trimmed(std::string_view(worked).substr(mark + kMark.size()), is_blank);
    example.solution = trimmed(without_calculator(worked.substr(0, mark)), is_blank);
  }
  return examples;
}

}  // namespace ooe::dataset
