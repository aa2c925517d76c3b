// An expert as a judge of other experts' answers to open questions. It is asked twice, the second
// time with what it compares in the other order: judges favour places (Zheng et al. 2023, "Judging
// LLM-as-a-Judge with MT-Bench and Chatbot Arena", section 4.1). Where the two verdicts differ, the
// score is a half and the disagreement is counted. Pure: prompts out, verdicts in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/question.h"
#include "experts/openai_dialect.h"
#include "interview/prompt.h"

namespace ooe::interview {

enum class JudgeMode {
  rubric,    // does the answer say what the reference says?
  pairwise,  // which is better, the answer or the reference?
};

// Errors: invalid_argument, listing the names.
[[nodiscard]] Result<JudgeMode> parse_judge_mode(std::string_view name);

struct JudgeOptions {
  JudgeMode mode = JudgeMode::rubric;
  std::int64_t max_tokens = 512;
};

// "judge:NAME/rubric": the grader that a judge's grades are of. A version of its prompts is part of
// kJudgeVersion.
inline constexpr std::int32_t kJudgeVersion = 1;
[[nodiscard]] std::string judge_grader(std::string_view judge, JudgeMode mode);

// Of a longer answer the judge is shown this much.
inline constexpr std::size_t kJudgedBytesMax = std::size_t{24} << 10U;

[[nodiscard]] experts::ChatPrompt judge_prompt(const Question& question, std::string_view answer,
                                               const JudgeOptions& options, bool swapped);
[[nodiscard]] PromptKey judge_key(const experts::ChatPrompt& prompt, const JudgeOptions& options);

// The same for all of a judge's prompts: by it a judge's answers are known.
[[nodiscard]] std::string judge_parameters_hash(const JudgeOptions& options);

struct Judged {
  float score = 0.0F;      // 1, 0.5 or 0
  bool disagreed = false;  // the two verdicts differ
  bool unread = false;     // one of them says nothing: no score
};

// The two verdicts, in the order asked.
[[nodiscard]] Judged read_verdicts(std::string_view first, std::string_view swapped,
                                   JudgeMode mode);

}  // namespace ooe::interview
