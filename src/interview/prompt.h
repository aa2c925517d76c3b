// How a question becomes a chat prompt: a system message that says how to end, and the presented
// text, unchanged, as the user's message. A live query with the same text therefore has the same
// features as the question the predictor was trained on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/question.h"
#include "experts/openai_dialect.h"
#include "interview/grade.h"

namespace ooe::interview {

struct PromptOptions {
  std::int64_t max_tokens = 1'024;
  double temperature = 0.0;
};

struct RenderedPrompt {
  experts::ChatPrompt chat;
  std::string prompt_hash;      // of store::AnswerKey: the template's name and every message
  std::string parameters_hash;  // of store::AnswerKey: max_tokens and temperature
};

// Renders for the grader the answer will meet: it has to know how to end. Who changes a template's
// words gives it a new name: old answers then stay, and are not taken for answers to the new words.
[[nodiscard]] RenderedPrompt render_prompt(const Question& question, GraderKind grader,
                                           const PromptOptions& options);

}  // namespace ooe::interview
