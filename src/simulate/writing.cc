#include "simulate/writing.h"

#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/parse_number.h"
#include "core/query.h"

namespace ooe::simulate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kBeginning = "Write ";

// The answer it gives: right as often as its competence says, else the next letter or number.
std::string believed_answer(std::uint64_t seed, const SimulatedExpert& expert,
                            const Question& question) {
  if (is_right(seed, expert, query_id(presented_text(question)), question.subject)) {
    return question.answer;
  }
  if (question.choices.empty()) return question.answer + "1";
  const auto letter = static_cast<std::size_t>(question.answer.front() - 'A');
  return std::string(1, static_cast<char>('A' + (letter + 1) % question.choices.size()));
}

}  // namespace

std::optional<std::string> written_text(std::uint64_t seed, const SimulatedExpert& expert,
                                        std::span<const Question> list, std::string_view prompt) {
  const auto names = [&](std::string_view words) {
    return prompt.find(words) != std::string_view::npos;
  };
  if (!prompt.starts_with(kBeginning) || !names("\"question\"") || !names("\"answer\"")) {
    return std::nullopt;
  }
  const std::string_view rest = prompt.substr(kBeginning.size());
  const auto count = parse_number<std::size_t>(rest.substr(0, rest.find(' ')));
  if (!count) return std::nullopt;
  const bool number = names("a number");
  std::vector<const Question*> fitting;
  for (const Question& question : list) {
    const bool choices = !question.choices.empty();
    const bool has_number = parse_number<double>(question.answer).has_value();
    const bool form = names("\"choices\"") ? choices : !choices && has_number == number;
    if (form && !question.subject.empty() && names(question.subject)) fitting.push_back(&question);
  }
  Json array = Json::array();
  const std::size_t first =
      fitting.empty() ? 0 : dice(seed, "writes", expert.name, prompt).below(fitting.size());
  for (std::size_t i = 0; i < std::min(*count, fitting.size()); ++i) {
    const Question& question = *fitting[(first + i) % fitting.size()];
    Json item{{"question", question.question}};
    if (!question.choices.empty()) item["choices"] = question.choices;
    item["answer"] = believed_answer(seed, expert, question);
    array.push_back(std::move(item));
  }
  return "```json\n" + array.dump(1, ' ', false, Json::error_handler_t::replace) + "\n```";
}

}  // namespace ooe::simulate
