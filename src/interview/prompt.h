// How a question becomes a chat prompt: a system message that says how to end, worked examples as
// turns before it, and the presented text as the user's last message. With the built-in templates
// that text is unchanged, so a live query with the same text has the same features as the question
// the predictor was trained on.
//
// Templates are data. Everything the expert is shown goes into the prompt's hash, so another word
// or another example makes another answer, and old answers stay what they were.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/question.h"
#include "experts/openai_dialect.h"
#include "interview/grade.h"

namespace ooe::interview {

enum class PromptStyle {
  free,    // think as long as you like, then the answer
  direct,  // nothing but the answer
  cot,     // chain of thought: step by step, then the answer (Wei et al. 2022)
};

// Errors: invalid_argument, listing the names.
[[nodiscard]] Result<PromptStyle> parse_prompt_style(std::string_view name);

struct PromptTemplate {
  std::string name = {};    // part of the hash; raised with the words
  std::string system = {};  // no such message when empty
  // The user's messages; "{text}" is the presented text.
  std::string user = "{text}";
  // What the expert is shown to have answered to an example: "{solution}", which goes with its line
  // where there is none, and "{answer}".
  std::string shot = "{solution}\nAnswer: {answer}";
};

struct PromptOptions {
  std::int64_t max_tokens = 1'024;
  double temperature = 0.0;
  PromptStyle style = PromptStyle::free;
  std::optional<PromptTemplate> custom = std::nullopt;  // instead of a style
  int shots = 0;                             // worked examples before each question; 5 in papers
  std::vector<WorkedExample> examples = {};  // where they come from
};

// Names a prompt in store::AnswerKey.
struct PromptKey {
  std::string prompt_hash;      // the template's name and every message
  std::string parameters_hash;  // max_tokens and temperature
};

// Threads: read-only after make().
class Prompter {
 public:
  // Errors: invalid_argument for a template without "{text}" or "{answer}".
  [[nodiscard]] static Result<Prompter> make(PromptOptions options);

  // Renders for the grader the answer will meet: it has to know how to end. Examples are the first
  // of the question's own subject; when it has none at all, of its benchmark.
  // Errors: invalid_argument when there are fewer examples than shots.
  [[nodiscard]] Result<experts::ChatPrompt> render(const Question& question,
                                                   GraderKind grader) const;
  [[nodiscard]] PromptKey key(const experts::ChatPrompt& chat, GraderKind grader) const;

 private:
  explicit Prompter(PromptOptions options);
  [[nodiscard]] const PromptTemplate& form(GraderKind grader) const;
  [[nodiscard]] Result<std::vector<const WorkedExample*>> examples_for(
      const Question& question) const;

  PromptOptions options_;
  std::string parameters_hash_;
  // [benchmark + '\n' + subject], and [benchmark] for all of it: positions among the examples.
  std::map<std::string, std::vector<std::size_t>> by_subject_;
  std::map<std::string, std::vector<std::size_t>> by_benchmark_;
};

// Returns a hash of parts that differ whenever the lists of parts do.
[[nodiscard]] std::string hash_of_parts(const std::vector<std::string_view>& parts);

// Bytes of all messages.
[[nodiscard]] std::int64_t prompt_bytes(const experts::ChatPrompt& chat);

// No tokenizer makes more tokens than bytes; a chat template adds a few for each message's frame.
inline constexpr std::int64_t kFrameTokensMax = 32;
[[nodiscard]] std::int64_t input_tokens_max(const experts::ChatPrompt& chat);

}  // namespace ooe::interview
