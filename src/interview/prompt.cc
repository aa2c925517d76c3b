#include "interview/prompt.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/id.h"

namespace ooe::interview {
namespace {

constexpr std::string_view kChoiceInstruction =
    "Answer the multiple-choice question. Think as long as you need, then end with one line that "
    "says \"Answer: \" and the letter of the right choice.";
constexpr std::string_view kNumberInstruction =
    "Solve the problem. Think as long as you need, then end with one line that says \"Answer: \" "
    "and the number.";

// Sizes go before the parts, so that no two lists of parts run together to the same bytes.
void add_part(std::string& bytes, std::string_view part) {
  bytes += fmt::format("{}:", part.size());
  bytes += part;
}

std::string hash_of(std::string_view bytes) { return to_hex(QueryId{blake2b_128(bytes)}); }

}  // namespace

RenderedPrompt render_prompt(const Question& question, const PromptOptions& options) {
  const bool choice = !question.choices.empty();
  RenderedPrompt rendered;
  rendered.chat.messages = {
      {"system", std::string(choice ? kChoiceInstruction : kNumberInstruction)},
      {"user", presented_text(question)},
  };
  rendered.chat.max_tokens = options.max_tokens;
  rendered.chat.temperature = options.temperature;

  std::string bytes;
  add_part(bytes, choice ? kChoiceTemplate : kNumberTemplate);
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
