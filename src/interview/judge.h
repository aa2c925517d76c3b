// An expert as a judge of other experts' answers to open questions. It is asked twice, the second
// time with what it compares in the other order: judges favour places (Zheng et al. 2023, "Judging
// LLM-as-a-Judge with MT-Bench and Chatbot Arena", section 4.1). Where the two verdicts differ, the
// score is a half and the disagreement is counted. Pure: prompts out, verdicts in.
#pragma once

#include <cstdint>
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

// "judge:NAME:rubric": the grader that a judge's grades are of, and its version. Its prompts have
// one of their own: a new way to read a verdict or to shorten an answer makes no call anew, but
// where the words of a prompt are others.
inline constexpr std::int32_t kJudgeVersion = kJudgeGrader.version;
inline constexpr std::int32_t kJudgePromptVersion = 1;
[[nodiscard]] std::string judge_grader(std::string_view judge, JudgeMode mode);

// Of a longer answer the judge is shown the first and the last part: what it settles on stands at
// an end. What the expert thought before it answered is no part of the answer, and is not shown.
inline constexpr std::size_t kJudgedFirstBytes = std::size_t{4} << 10U;
inline constexpr std::size_t kJudgedLastBytes = std::size_t{20} << 10U;

[[nodiscard]] experts::ChatPrompt judge_prompt(const Question& question, std::string_view answer,
                                               const JudgeOptions& options, bool swapped);
[[nodiscard]] PromptKey judge_key(const experts::ChatPrompt& prompt, const JudgeOptions& options);

// The same for all of a judge's prompts: by it a judge's answers are known.
[[nodiscard]] std::string judge_parameters_hash(const JudgeOptions& options);

// Returns the most tokens that either prompt about an answer of at most `answer_bytes_max` has.
[[nodiscard]] std::int64_t judge_input_tokens_max(const Question& question,
                                                  std::int64_t answer_bytes_max,
                                                  const JudgeOptions& options);

struct Judged {
  float score = 0.0F;      // 1, 0.5 or 0
  bool disagreed = false;  // the two verdicts differ
  bool unread = false;     // one of them says nothing: no score
};

// The two verdicts, in the order asked. A verdict is what stands behind the last "verdict", in any
// case, in the same line or, after a heading, the next one, that can be read.
[[nodiscard]] Judged read_verdicts(std::string_view first, std::string_view swapped,
                                   JudgeMode mode);

}  // namespace ooe::interview
