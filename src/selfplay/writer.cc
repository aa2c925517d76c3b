#include "selfplay/writer.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/fast_hash.h"
#include "interview/fenced_block.h"
#include "interview/number_grader.h"
#include "interview/thought.h"
#include "selfplay/family.h"

namespace ooe::selfplay {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kWritingTokensMax = 4'096;
constexpr std::size_t kWrittenChoices = 4;
constexpr std::size_t kAnswerBytesMax = 200;
constexpr double kTemperature = 0.8;  // for variety: the words are on record, whatever they are

constexpr std::string_view kSystem =
    "You write examination questions. Each must be new, stand on its own, and have exactly one "
    "right answer, which you must be sure of. Reply with one JSON array and nothing else.";

std::string_view level_words(int level) {
  constexpr std::string_view kWords[] = {
      "easy: one fact or one step", "medium: a few steps, as in school",
      "hard: as in a first year at university", "very hard: only specialists get it right"};
  return kWords[std::clamp(level, 1, kLevels) - 1];
}

std::string_view answer_words(Form form) {
  constexpr std::string_view kWords[] = {"the letter A, B, C or D of the right choice",
                                         "a number, without unit",
                                         "a few words, that no other answer could replace"};
  return kWords[static_cast<std::size_t>(form)];
}

std::optional<Question> question_of(const Json& item, const WritingSeed& seed) {
  const bool choice = seed.form == Form::choice;
  if (!item.is_object() || item.size() != (choice ? 3U : 2U)) return std::nullopt;
  if (!item.contains("question") || !item["question"].is_string()) return std::nullopt;
  if (!item.contains("answer")) return std::nullopt;
  const Json& answer = item["answer"];
  Question question{.id = {},
                    .benchmark = "selfplay",
                    .split = {},
                    .subject = seed.topic,
                    .category = "written",
                    .question = item["question"].get<std::string>(),
                    .choices = {},
                    .answer = answer.is_string() ? answer.get<std::string>() : answer.dump()};
  if (choice) {
    if (!item.contains("choices") || !item["choices"].is_array()) return std::nullopt;
    for (const Json& one : item["choices"]) {
      if (!one.is_string()) return std::nullopt;
      question.choices.push_back(one.get<std::string>());
    }
    const bool letter = question.answer.size() == 1 && question.answer[0] >= 'A' &&
                        question.answer[0] < static_cast<char>('A' + kWrittenChoices);
    if (question.choices.size() != kWrittenChoices || !letter) return std::nullopt;
  } else if (interview::parse_typed_number(question.answer).has_value() !=
                 (seed.form == Form::number) ||
             question.answer.size() > kAnswerBytesMax) {
    return std::nullopt;
  }
  question.id = fmt::format("{}{:016x}", kWrittenPrefix, fast_hash(presented_text(question)));
  return question;
}

}  // namespace

experts::ChatPrompt writing_prompt(const WritingSeed& seed) {
  const bool choice = seed.form == Form::choice;
  std::string user = fmt::format(
      "Write {} different questions about {}.\nDifficulty: {}.\nEach is an object with the keys "
      "\"question\", {}and \"answer\": {}.\nThis is set number {}; do not repeat well-known "
      "questions of published tests.",
      kWrittenAtOnce, seed.topic, level_words(seed.level),
      choice ? "\"choices\" (four strings, no letters before them) " : "", answer_words(seed.form),
      seed.variant);
  return {.messages = {{"system", std::string(kSystem)}, {"user", std::move(user)}},
          .max_tokens = kWritingTokensMax,
          .temperature = kTemperature};
}

Result<Written> parse_written(std::string_view answer, const WritingSeed& seed) {
  answer = interview::without_thoughts(answer);  // in which brackets may stand
  std::string_view text = interview::last_fenced_block(answer).value_or(answer);
  const std::size_t first = text.find('[');
  const std::size_t last = text.rfind(']');
  if (first < last && last != std::string_view::npos) text = text.substr(first, last - first + 1);
  const Json array = Json::parse(text, nullptr, false);
  if (!array.is_array()) {
    return fail(ErrorCode::corrupt, "no JSON array of questions about {} in the writer's answer",
                seed.topic);
  }
  Written written;
  for (const Json& item : array) {
    if (auto question = question_of(item, seed)) {
      written.questions.push_back(std::move(*question));
    } else {
      ++written.malformed;
    }
  }
  return written;
}

bool is_open(const Question& question) {
  return question.id.starts_with(kWrittenPrefix) && question.choices.empty() &&
         !interview::parse_typed_number(question.answer);
}

}  // namespace ooe::selfplay
