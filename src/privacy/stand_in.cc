#include "privacy/stand_in.h"

#include <algorithm>

#include "privacy/bytes.h"

namespace ooe::privacy {
namespace {

bool is_between(std::string_view text, std::string_view open, std::string_view close) {
  return text.size() > open.size() + close.size() && text.starts_with(open) &&
         text.ends_with(close);
}

bool is_alnum_or(std::string_view marks, std::string_view text) {
  return std::ranges::all_of(
      text, [&](char c) { return is_alnum(c) || marks.find(c) != std::string_view::npos; });
}

bool is_capital_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is(c, kUpper | kDigit) || c == '_'; });
}

// "your-token-here", "EMAIL_1", "password1": of one case, and digits at the end of a word. Names of
// people have two cases, passwords both.
bool is_words(std::string_view text) {
  bool lower_case = false;
  bool upper_case = false;
  char before = ' ';
  for (const char c : text) {
    const bool separator = c == '_' || c == '-' || c == ' ' || c == '.';
    if (!separator && !is(c, kUpper | kLower | kDigit | kHigh)) return false;
    if (is_letter(c) && is_digit(before)) return false;
    lower_case = lower_case || is(c, kLower);
    upper_case = upper_case || is(c, kUpper);
    before = c;
  }
  const bool yours = text.size() > 4 && lower(text[0]) == 'y' && lower(text[1]) == 'o' &&
                     lower(text[2]) == 'u' && lower(text[3]) == 'r';
  return yours || !(lower_case && upper_case);
}

// ${NAME}, ${{ secrets.NAME }}
bool has_template(std::string_view text) {
  const std::size_t at = text.find("${");
  if (at == std::string_view::npos || at + 2 >= text.size()) return false;
  const char first = text[at + 2];
  return (is_letter(first) || first == '_' || first == '{') &&
         text.find('}', at) != std::string_view::npos;
}

bool is_mask(std::string_view text) {
  const bool crosses = text.find("xxxx") != std::string_view::npos;
  const auto marks = static_cast<std::size_t>(
      std::ranges::count_if(text, [&](char c) { return c == '*' || (crosses && c == 'x'); }));
  const bool some = crosses || marks == text.size() || text.find("**") != std::string_view::npos;
  return some && marks > 0 && marks * 3 >= text.size();
}

// %s, %(name)s, %{name}, %NAME%
bool is_format(std::string_view text) {
  if (text.size() == 2 && text[0] == '%') return is_letter(text[1]);
  return is_between(text, "%(", ")s") || is_between(text, "%{", "}") ||
         (is_between(text, "%", "%") && is_capital_name(text.substr(1, text.size() - 2)));
}

}  // namespace

bool is_stand_in(std::string_view string) {
  if (string.empty()) return true;
  if (has_template(string) || is_mask(string)) return true;
  const std::string_view inside =
      string.size() > 2 ? string.substr(1, string.size() - 2) : std::string_view();
  switch (string.front()) {
    case '$':
      return is_capital_name(string.substr(1)) || is_between(string, "$(", ")");
    case '<':
      return string.back() == '>' && (is_words(inside) || is_between(string, "<%", "%>"));
    case '[':
      return string.back() == ']' && is_words(inside);
    case '{':
      return string.back() == '}';
    case '%':
      return is_format(string);
    default:
      return false;
  }
}

bool is_pattern(std::string_view text) {
  return text.starts_with("/^") || text.find("(?=") != std::string_view::npos ||
         text.find("(?!") != std::string_view::npos || text.find("(?:") != std::string_view::npos;
}

bool is_sentence(std::string_view text) {
  int words = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.empty()) continue;
    const bool letters = std::ranges::any_of(word, [](char c) { return is(c, kUpper | kLower); });
    if (letters && std::ranges::any_of(word, is_digit)) return false;
    words += letters ? 1 : 0;
  }
  return words >= 3;
}

bool is_variable(std::string_view text) {
  return text.size() > 1 && text.front() == '$' && is_alnum_or("_.->:[]{}()'\"", text.substr(1));
}

bool is_call(std::string_view text) {
  constexpr std::string_view kOfPasswords = "_!#@$^~";
  while (!text.empty() && std::string_view("!&*@").find(text.front()) != std::string_view::npos) {
    text.remove_prefix(1);
  }
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos || open == 0 || is_digit(text.front())) return false;
  if (!is_alnum_or("_.:$>-", text.substr(0, open))) return false;
  const std::size_t close = text.find(')', open);
  if (close == std::string_view::npos || close + 1 >= text.size()) return true;
  const char next = text[close + 1];
  return !is_alnum(next) && kOfPasswords.find(next) == std::string_view::npos;
}

}  // namespace ooe::privacy
