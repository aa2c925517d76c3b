#include "privacy/stand_in.h"

#include <algorithm>
#include <array>

#include "privacy/byte_class.h"

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
  const bool many = crosses || text.find("***") != std::string_view::npos;
  const bool some = many || marks == text.size() || text.find("**") != std::string_view::npos;
  return some && marks > 0 && marks * (many ? 3 : 2) >= text.size();
}

// %s, %(name)s, %{name}, %NAME%
bool is_format(std::string_view text) {
  if (text.size() == 2 && text[0] == '%') return is_letter(text[1]);
  return is_between(text, "%(", ")s") || is_between(text, "%{", "}") ||
         (is_between(text, "%", "%") && is_capital_name(text.substr(1, text.size() - 2)));
}

// <Any Words> <and More>: nothing outside, no mark within. `test` judges what is inside.
template <class Test>
bool is_bracketed(std::string_view text, Test test) {
  bool some = false;
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    const std::size_t close = text.find('>');
    if (text.front() != '<' || close == std::string_view::npos || close == 1) return false;
    const std::string_view inside = text.substr(1, close - 1);
    if (inside.find('<') != std::string_view::npos || !test(inside)) return false;
    some = true;
    text.remove_prefix(close + 1);
  }
  return some;
}

// "Access Token", "apiKey": words of any case, without a digit.
bool is_name_of_value(std::string_view text) {
  return is_words(text) || std::ranges::all_of(text, [](char c) {
           return is(c, kUpper | kLower | kHigh) ||
                  std::string_view(" _-.,'/").find(c) != std::string_view::npos;
         });
}

// %s, %d-%s
bool is_printf(std::string_view text) {
  bool some = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 1 < text.size() && is_letter(text[i + 1])) {
      some = true;
      ++i;
    } else if (is_alnum(text[i]) || text[i] == '%') {
      return false;
    }
  }
  return some;
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
      return is_between(string, "<%", "%>") || is_bracketed(string, is_name_of_value) ||
             (string.back() == '>' && is_rule(inside));
    case '[':
      return string.back() == ']' && is_name_of_value(inside);
    case '{':
      return string.back() == '}';
    case '%':
      return is_format(string);
    default:
      return false;
  }
}

bool is_placeholder(std::string_view string) {
  while (!string.empty() && string.back() == ' ') string.remove_suffix(1);
  return is_stand_in(string) || is_printf(string) ||
         is_bracketed(string, [](std::string_view) { return true; }) ||
         (string.size() > 1 && string.front() == '$' && !is_digit(string[1]) &&
          is_alnum_or("_.", string.substr(1)));
}

bool is_compound_variable(std::string_view string) {
  if (string.size() < 2 || string.front() != '$') return false;
  bool compound = false;
  for (std::size_t i = 1; i < string.size(); ++i) {
    if (!is_letter(string[i]) && string[i] != '_') return false;
    compound = compound || string[i] == '_' || (is(string[i], kUpper) && is(string[i - 1], kLower));
  }
  return compound;
}

bool is_pattern(std::string_view text) {
  return (text.starts_with("/^") && text.find_first_of("[({\\|", 2) != std::string_view::npos) ||
         text.find("(?=") != std::string_view::npos || text.find("(?!") != std::string_view::npos ||
         text.find("(?:") != std::string_view::npos;
}

bool is_rule(std::string_view text) {
  constexpr std::array<std::string_view, 24> kOfRules{
      "least",      "minimum", "maximum", "between",    "contain",   "contains",
      "required",   "length",  "chars",   "characters", "character", "letters",
      "letter",     "digits",  "digit",   "mindestens", "zeichen",   "ziffer",
      "caractères", "moins",   "menos",   "caracteres", "caratteri", "tekens"};
  int words = 0;
  bool of_rule = false;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.empty()) continue;
    const bool letters = std::ranges::any_of(word, [](char c) { return is(c, kUpper | kLower); });
    if (letters && std::ranges::any_of(word, is_digit)) return false;
    words += letters ? 1 : 0;
    constexpr std::string_view kMarks = ".,;:!()\"'";
    const std::size_t from = word.find_first_not_of(kMarks);
    const std::string_view bare = from == std::string_view::npos
                                      ? std::string_view()
                                      : word.substr(from, word.find_last_not_of(kMarks) + 1 - from);
    of_rule = of_rule || std::ranges::any_of(kOfRules, [&](std::string_view rule) {
                return bare.size() == rule.size() && std::ranges::equal(bare, rule, {}, lower);
              });
  }
  return words >= 2 && of_rule;
}

bool is_member_path(std::string_view text) {
  constexpr std::array<std::string_view, 24> kRoots{
      "process", "os",   "env",     "environ", "settings", "config", "cfg",     "conf",
      "self",    "this", "props",   "app",     "ctx",      "req",    "request", "secrets",
      "vault",   "user", "options", "opts",    "args",     "params", "data",    "import"};
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot + 1 == text.size()) return false;
  return std::ranges::find(kRoots, text.substr(0, dot)) != kRoots.end() &&
         is_alnum_or("._", text.substr(dot));
}

namespace {

// "home", "Users", "x1"; not "Kq3xTb8Zp", which a key in base64 has between two slashes.
bool is_of_path(std::string_view name) {
  bool lower_case = false;
  bool upper_case = false;  // behind the first
  bool digit = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    lower_case = lower_case || is(name[i], kLower);
    upper_case = upper_case || (i > 0 && is(name[i], kUpper));
    digit = digit || is_digit(name[i]);
  }
  return !(lower_case && upper_case && digit);
}

bool is_plain_word(std::string_view name) {
  return name.size() >= 3 && is_letter(name[0]) &&
         std::ranges::all_of(name.substr(1), [](char c) { return is(c, kLower); });
}

}  // namespace

bool is_file_path(std::string_view text) {
  const bool of_windows = text.size() > 3 && is_letter(text[0]) && text[1] == ':' &&
                          (text[2] == '\\' || text[2] == '/');
  const bool absolute = text.starts_with('/') || text.starts_with("./") ||
                        text.starts_with("../") || text.starts_with("~/");
  if (!of_windows && !absolute) return false;
  if (!is_alnum_or("/\\.:_-~ ", text)) return false;
  int names = 0;
  bool plain = false;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find_first_of("/\\"));
    text.remove_prefix(std::min(name.size() + 1, text.size()));
    if (!is_of_path(name)) return false;
    plain = plain || is_plain_word(name);
    ++names;
  }
  return names >= 3 && plain;
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
