// An expert as writer: asked for new questions from a seed (topic, difficulty, form), and read
// strictly. What it says the answer is counts only once strong experts, who are not told, come to
// the same (agreement.h). In: seeds, a writer's words. Out: prompts, questions. Pure. Knows: core,
// experts' prompts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/question.h"
#include "experts/openai_dialect.h"

namespace ooe::selfplay {

enum class Form : std::uint8_t {
  choice,
  number,
  words,  // open: only a judge can tell whether an answer says the same
};
inline constexpr std::size_t kForms = 3;

// What a writer is asked for at a time.
struct WritingSeed {
  std::string topic;
  int level = 1;  // to kLevels
  Form form = Form::choice;
  std::uint64_t variant = 0;  // makes another prompt, and so other questions, of the same wish

  friend bool operator==(const WritingSeed&, const WritingSeed&) = default;
};

inline constexpr std::size_t kWrittenAtOnce = 5;  // questions a writer is asked for
// What ids of written questions begin with.
inline constexpr std::string_view kWrittenPrefix = "selfplay-written-";

[[nodiscard]] experts::ChatPrompt writing_prompt(const WritingSeed& seed);

// What a writer's answer holds.
struct Written {
  std::vector<Question> questions;  // with ids, the writer's answers, and the topic as subject
  std::size_t malformed = 0;        // items that are not as they were asked for
};

// Reads a JSON array, in the last fenced block or from the first bracket to the last: objects of
// exactly `question`, `answer` and, for a choice, `choices` (four strings; the answer is one of
// their letters); for a number the answer is one. Errors: corrupt when there is no such array.
[[nodiscard]] Result<Written> parse_written(std::string_view answer, const WritingSeed& seed);

// Whether answers to a question that was written can only be compared with its own by a judge.
[[nodiscard]] bool is_open(const Question& question);

}  // namespace ooe::selfplay
