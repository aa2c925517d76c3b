#include "interview/prompt.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/id.h"

namespace ooe::interview {
namespace {

struct Template {
  std::string_view name;         // hashed into the prompt's key
  std::string_view instruction;  // the system message
};

constexpr Template kChoiceTemplate{
    "choice/1",
    "Answer the multiple-choice question. Think as long as you need, then end with one line that "
    "says \"Answer: \" and the letter of the right choice."};
constexpr Template kNumberTemplate{
    "number/1",
    "Solve the problem. Think as long as you need, then end with one line that says \"Answer: \" "
    "and the number."};
constexpr Template kTextTemplate{
    "text/1",
    "Answer the question. Think as long as you need, then end with one line that says "
    "\"Answer: \" and the answer itself, as short as possible."};
constexpr Template kJsonTemplate{
    "json/1", "Answer with one JSON value in a fenced block, and nothing after it."};

const Template& template_for(GraderKind grader) {
  switch (grader) {
    case GraderKind::choice:
      return kChoiceTemplate;
    case GraderKind::number:
      return kNumberTemplate;
    case GraderKind::json:
      return kJsonTemplate;
    default:
      return kTextTemplate;
  }
}

// Sizes go before the parts, so that no two lists of parts run together to the same bytes.
void add_part(std::string& bytes, std::string_view part) {
  bytes += fmt::format("{}:", part.size());
  bytes += part;
}

std::string hash_of(std::string_view bytes) { return to_hex(QueryId{blake2b_128(bytes)}); }

}  // namespace

RenderedPrompt render_prompt(const Question& question, GraderKind grader,
                             const PromptOptions& options) {
  const Template& form = template_for(grader);
  RenderedPrompt rendered;
  rendered.chat.messages = {
      {"system", std::string(form.instruction)},
      {"user", presented_text(question)},
  };
  rendered.chat.max_tokens = options.max_tokens;
  rendered.chat.temperature = options.temperature;

  std::string bytes;
  add_part(bytes, form.name);
  for (const experts::ChatMessage& message : rendered.chat.messages) {
    add_part(bytes, message.role);
    add_part(bytes, message.content);
  }
  rendered.prompt_hash = hash_of(bytes);
  rendered.parameters_hash =
      hash_of(fmt::format("max_tokens={} temperature={}", options.max_tokens, options.temperature));
  return rendered;
}

}  // namespace ooe::interview
