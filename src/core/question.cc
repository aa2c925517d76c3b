#include "core/question.h"

#include "base/check.h"

namespace ooe {

std::string presented_text(const Question& question) {
  OOE_CHECK(question.choices.size() <= kChoicesMax, "choices have letters");
  std::string text = question.question;
  char letter = 'A';
  for (const std::string& choice : question.choices) {
    text += '\n';
    text += letter++;
    text += ". ";
    text += choice;
  }
  return text;
}

std::string_view last_block(std::string_view text) {
  // A worked example ends with its answer, then an empty line; the question itself comes last.
  std::size_t block = 0;
  for (std::size_t example = text.find("\nAnswer"); example != std::string_view::npos;
       example = text.find("\nAnswer", example + 1)) {
    const std::size_t gap = text.find("\n\n", example);
    if (gap == std::string_view::npos || gap + 2 >= text.size()) break;
    block = gap + 2;
  }
  return text.substr(block);
}

}  // namespace ooe
