#include "report/section.h"

namespace ooe::report {

std::string heading(std::string_view text, const Terminal& terminal) {
  return "\n" + paint(text, Style::bold, terminal) + "\n\n";
}

std::string note(std::string_view text, const Terminal& terminal) {
  return "\n" + paint(wrap(text, "", terminal), Style::faint, terminal);
}

}  // namespace ooe::report
