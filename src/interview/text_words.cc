#include "interview/text_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "interview/plain_text.h"

// A text becomes a list of marks: words, and signs of one character (dashes and stars by the run).
// Each mark knows whether a blank stands before it, and each sign is judged by its neighbours:
//   "well-known"   a dash beside a word of prose    silent
//   "2x - 3"       a dash between operands          said
//   "-infinity"    a dash right before something    said
// An operand is what stands in formulas: a number, a letter or two, a function, brackets. Brackets
// come last: they are said around an operator ("(a + b)c"), around a list without prose ("(0, 1]")
// and where they touch a word ("f(x)").

namespace ooe::interview {
namespace {

struct Mark {
  std::string text;      // NFKC, folded
  bool word = false;     // else a sign
  bool glued = false;    // to the mark before it
  bool capital = false;  // typed with one, or beside one
  bool dress = false;    // the stars around "**Paris**"
  bool said = true;
};
using Marks = std::vector<Mark>;

bool is_one_of(std::string_view text, std::string_view signs) {
  return text.size() == 1 && signs.find(text) != std::string_view::npos;
}
bool is_sign_byte(char c) { return c > ' ' && c < '\x7F' && !is_alnum(c); }

// Operators that are typed in other ways, and what only dresses a formula.
std::string with_plain_operators(std::string_view text) {
  using Rewritten = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Rewritten, 21> kSpellings{{
      {"\xE2\x89\xA4", "<="}, {"\xE2\x89\xA5", ">="}, {"\xE2\x89\xA0", "!="}, {"\xC3\x97", "*"},
      {"\xE2\x8B\x85", "*"},  {"\xC3\xB7", "/"},      {"\xE2\x86\x92", "->"}, {"\\leq", "<="},
      {"\\le", "<="},         {"\\geq", ">="},        {"\\ge", ">="},         {"\\neq", "!="},
      {"\\ne", "!="},         {"\\times", "*"},       {"\\cdot", "*"},        {"\\left", ""},
      {"\\right", ""},        {"\\(", " "},           {"\\)", " "},           {"\\[", " "},
      {"\\]", " "},
  }};
  std::string plain;
  while (!text.empty()) {
    const auto* const found = std::ranges::find_if(kSpellings, [text](const Rewritten& one) {
      if (!text.starts_with(one.first)) return false;
      const bool name = is_alpha(one.first.back());  // "\left" is not "\le"
      return !name || text.size() == one.first.size() || !is_alpha(text[one.first.size()]);
    });
    if (found != kSpellings.end()) {
      plain += found->second;
      text.remove_prefix(found->first.size());
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  return plain;
}

// "," of "1,234": three digits and no more.
bool groups_thousands(std::string_view text, std::size_t comma) {
  constexpr std::size_t kDigits = 3;
  const std::string_view behind = text.substr(comma + 1);
  const std::size_t digits =
      static_cast<std::size_t>(std::ranges::find_if_not(behind, is_digit) - behind.begin());
  return comma > 0 && is_digit(text[comma - 1]) && digits == kDigits;
}

// The end of the word or sign at `at`. Inside a word "." "'" "_" stand between two of its bytes
// ("3.5", "O'Brien"), ":" between digits, a full stop also before one (".5").
std::size_t mark_end(std::string_view text, std::size_t at) {
  const auto byte = [text](std::size_t i) { return i < text.size() && !is_sign_byte(text[i]); };
  const auto digit = [text](std::size_t i) { return i < text.size() && is_digit(text[i]); };
  std::size_t end = at + 1;
  if (is_sign_byte(text[at]) && !(text[at] == '.' && digit(end))) {
    const bool runs = text[at] == '*' || text[at] == '-';
    while (runs && end < text.size() && text[end] == text[at]) ++end;
    return end;
  }
  for (; end < text.size() && text[end] != ' '; ++end) {
    if (byte(end)) continue;
    const char c = text[end];
    const bool inner = c == '.' || c == '\'' || c == '_';
    const bool joins = byte(end + 1) && end + 1 < text.size() && text[end + 1] != ' ';
    if (inner && joins) continue;
    if (c == ':' && digit(end - 1) && digit(end + 1)) continue;
    if (c == ',' && groups_thousands(text, end)) continue;
    break;
  }
  return end;
}

Marks marks_of(std::string_view typed) {
  const std::string text = with_plain_operators(plain_punctuation(typed));
  Marks marks;
  for (std::string_view rest = text;;) {
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
    if (rest.empty()) return marks;
    const std::string_view piece = rest.substr(0, rest.find_first_of(kBlanks));
    rest.remove_prefix(piece.size());
    const bool capital = std::ranges::any_of(piece, is_upper);
    const std::string normal = normalise_text(piece);
    bool glued = false;
    for (std::size_t at = 0; at < normal.size();) {
      if (normal[at] == ' ') {  // a blank beyond ASCII
        glued = false;
        ++at;
        continue;
      }
      const std::size_t end = mark_end(normal, at);
      const bool word = !is_sign_byte(normal[at]) || (normal[at] == '.' && end > at + 1);
      marks.push_back({normal.substr(at, end - at), word, glued, capital});
      glued = true;
      at = end;
    }
  }
}

std::size_t characters_of(std::string_view word) {
  return static_cast<std::size_t>(
      std::ranges::count_if(word, [](char c) { return !continues_character(c); }));
}

// A word that no formula has: three letters or more, and no function or constant.
bool is_prose(const Mark* mark) {
  constexpr std::array<std::string_view, 29> kOfFormulas{
      "sin",   "cos",  "tan",   "cot",   "sec",   "csc",    "arcsin", "arccos", "arctan",  "log",
      "exp",   "lim",  "max",   "min",   "det",   "mod",    "gcd",    "lcm",    "sqrt",    "frac",
      "alpha", "beta", "gamma", "delta", "theta", "lambda", "sigma",  "omega",  "infinity"};
  if (mark == nullptr || !mark->word || characters_of(mark->text) < 3) return false;
  const auto letter = [](char c) { return is_alpha(c) || is_beyond_ascii(c) || c == '\''; };
  return std::ranges::all_of(mark->text, letter) &&
         std::ranges::find(kOfFormulas, std::string_view(mark->text)) == kOfFormulas.end();
}

bool opens(const Mark& mark) { return is_one_of(mark.text, "([{"); }
bool closes(const Mark& mark) { return is_one_of(mark.text, ")]}"); }
bool is_emphasis(const Mark& mark) {
  return !mark.word && (mark.dress || is_one_of(mark.text, "_\"'`$"));
}

// A sign and what stands around it.
struct TokenPlace {
  const Marks& marks;
  std::size_t i;

  [[nodiscard]] const Mark* before() const { return i > 0 ? &marks[i - 1] : nullptr; }
  [[nodiscard]] const Mark* behind() const {
    return i + 1 < marks.size() ? &marks[i + 1] : nullptr;
  }
  [[nodiscard]] bool glued_before() const { return i > 0 && marks[i].glued; }
  [[nodiscard]] bool glued_behind() const { return i + 1 < marks.size() && marks[i + 1].glued; }
  // It touches the end of an operand or word, or the beginning of one.
  [[nodiscard]] bool ends() const {
    return glued_before() && (before()->word || closes(*before()));
  }
  [[nodiscard]] bool begins() const {
    return glued_behind() && (behind()->word || opens(*behind()) || behind()->text == "\\");
  }
  [[nodiscard]] bool inside_word() const {
    return glued_before() && before()->word && glued_behind() && behind()->word;
  }
  // The nearest marks that are no emphasis: "**Paris** - **Rome**".
  [[nodiscard]] const Mark* left() const {
    std::size_t at = i;
    while (at > 0 && is_emphasis(marks[at - 1])) --at;
    return at > 0 ? &marks[at - 1] : nullptr;
  }
  [[nodiscard]] const Mark* right() const {
    std::size_t at = i + 1;
    while (at < marks.size() && is_emphasis(marks[at])) ++at;
    return at < marks.size() ? &marks[at] : nullptr;
  }
};

bool has_digit(const Mark& mark) { return std::ranges::any_of(mark.text, is_digit); }

// `formula`: an operator that no prose has stands in the text.
bool is_dash_said(const TokenPlace& at, bool formula) {
  constexpr std::string_view kRelations = "<>=+";
  constexpr std::size_t kSymbolMax = 3;  // letters: "Cl-", "OH-", not "un-"
  if (at.glued_before() && is_one_of(at.before()->text, kRelations)) return true;
  if (at.glued_behind() && is_one_of(at.behind()->text, kRelations)) return true;
  if (!at.ends() && at.begins()) return true;  // a sign: "-x"
  const Mark* const left = at.left();
  const Mark* const right = at.right();
  if (at.ends() && !at.begins()) {
    const bool symbol = left->word && left->capital && characters_of(left->text) <= kSymbolMax;
    if (symbol || closes(*left) || has_digit(*left)) return true;
  }
  if (right == nullptr) return false;
  if (formula && left != nullptr && !at.ends() && !at.begins()) return true;
  return !is_prose(left) && !is_prose(right);
}

// Stars that open and stars that close something, as many here as there.
void find_emphasis(Marks& marks) {
  struct Ends {
    std::size_t opener = std::string::npos;  // the first
    std::size_t closer = 0;                  // the last
  };
  std::map<std::size_t, Ends> ends;  // by the number of stars
  const auto opens_here = [&](std::size_t i) {
    const TokenPlace at{marks, i};
    return marks[i].text.front() == '*' && !at.ends() && at.begins();
  };
  const auto closes_here = [&](std::size_t i) {
    const TokenPlace at{marks, i};
    return marks[i].text.front() == '*' && at.ends() && !at.begins();
  };
  for (std::size_t i = 0; i < marks.size(); ++i) {
    Ends& here = ends[marks[i].text.size()];
    if (opens_here(i)) here.opener = std::min(here.opener, i);
    if (closes_here(i)) here.closer = i;
  }
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const Ends& here = ends[marks[i].text.size()];
    marks[i].dress = (opens_here(i) && here.closer > i) || (closes_here(i) && here.opener < i);
  }
}

// "a*", "2 * 3", "*p"; not "**Paris**", "* Paris" or "Paris*".
bool is_star_said(const TokenPlace& at) {
  const Mark& stars = at.marks[at.i];
  const bool one = stars.text == "*";
  if (stars.dress) return false;
  if (!at.ends() && at.begins()) return one && !is_prose(at.behind());
  if (at.ends() && !at.begins()) return one && !is_prose(at.before());
  return at.behind() != nullptr && (at.i > 0 || !is_prose(at.right()));
}

// "n!", "(n - 1)!", "!p", "!="; not "Paris!".
bool is_mark_of_exclamation_said(const TokenPlace& at) {
  if (at.glued_behind() && at.behind()->text == "=") return true;
  if (at.glued_before() && at.before()->text == "!") return at.before()->said;
  if (!at.ends()) return at.begins();
  const Mark& left = *at.before();
  // "Apollo 11!" is glad, "5!" a number.
  if (left.word && has_digit(left) && at.i > 1 && is_prose(&at.marks[at.i - 2])) return false;
  if (left.word) return characters_of(left.text) == 1 || has_digit(left);
  return at.i > 1 && !is_prose(&at.marks[at.i - 2]);
}

// The prime of "f'" and "f''"; not the end of a quotation.
bool is_prime(const TokenPlace& at) {
  if (!at.glued_before()) return false;
  const Mark& left = *at.before();
  if (left.text == "'") return left.said;
  for (std::size_t i = at.i; i-- > 0;) {
    if (at.marks[i].text != "'") continue;
    if (!TokenPlace{at.marks, i}.ends()) return false;
    break;
  }
  return left.word && characters_of(left.text) == 1;
}

bool is_backslash_said(const TokenPlace& at) {
  if (!at.glued_behind()) return at.before() != nullptr && at.behind() != nullptr;
  return at.behind()->word && characters_of(at.behind()->text) == 1;  // "\n", not "\pi"
}

// "<Paris>": a place for an answer, as prompts have them.
bool is_angle(const TokenPlace& at) {
  const Mark& last = at.marks.back();
  const bool wraps = at.marks.size() > 2 && at.marks[0].text == "<" && last.text == ">" &&
                     last.glued && at.marks[1].glued && at.marks[1].word;
  return wraps && (at.i == 0 || at.i + 1 == at.marks.size());
}

// "- CO2", "* UK", "> Paris": what begins a line, and not an inequality or a number below zero.
bool is_bullet(const TokenPlace& at) {
  if (at.i != 0 || at.behind() == nullptr || at.glued_behind()) return false;
  const std::string& next = at.behind()->text;
  return at.behind()->word && characters_of(next) > 1 && !is_digit(next.front()) &&
         next.front() != '.';
}

bool is_sign_said(const TokenPlace& at, bool formula) {
  const bool first = at.i == 0;
  const Mark* const behind = at.behind();
  switch (at.marks[at.i].text.front()) {
    case '-':
      return !is_bullet(at) && is_dash_said(at, formula);
    case '*':
      return !is_bullet(at) && is_star_said(at);
    case '+':  // of "+5" it says nothing
      return !first || !(at.glued_behind() ? is_digit(behind->text.front()) : is_prose(behind));
    case '!':
      return is_mark_of_exclamation_said(at);
    case '\'':
      return is_prime(at);
    case '\\':
      return is_backslash_said(at);
    case '=':
      return !first || (at.glued_behind() && !behind->word);
    case '>':
      if (is_bullet(at)) return false;  // a quotation
      [[fallthrough]];
    case '<':
      return !is_angle(at);
    case '~':
      return behind == nullptr || !is_digit(behind->text.front());  // "about 5"
    case '#':
      return at.glued_before() && at.before()->word;
    case '_':
      return at.ends() && at.begins();
    case ':':
      return at.inside_word() || (at.glued_before() && at.before()->text == ":") ||
             (at.glued_behind() && behind->text == ":");
    case ',':  // "3, -2" is not "3 - 2"
      return behind != nullptr && is_one_of(behind->text, "+-") &&
             TokenPlace{at.marks, at.i + 1}.begins();
    case '/':
    case '^':
    case '%':
    case '&':
    case '|':
      return true;
    case '.':
    case ';':
      return false;
    default:
      return at.inside_word();
  }
}

// How many marks of a kind stand before each.
struct Counts {
  explicit Counts(const Marks& marks) {
    constexpr std::string_view kOperators = "+-*/=<>^&|";
    for (const Mark& mark : marks) {
      const bool operates = kOperators.find(mark.text.front()) != std::string_view::npos;
      prose.push_back(prose.back() + (is_prose(&mark) ? 1 : 0));
      lists.push_back(lists.back() + (mark.text == "," ? 1 : 0));
      operators.push_back(operators.back() + (!mark.word && mark.said && operates ? 1 : 0));
    }
  }
  std::vector<int> prose{0};
  std::vector<int> lists{0};
  std::vector<int> operators{0};
};

bool is_group_said(const Marks& marks, const Counts& counts, std::size_t open, std::size_t close) {
  const auto holds = [close](const std::vector<int>& of, std::size_t from) {
    return from < close && of[close] > of[from];
  };
  if (holds(counts.operators, open + 2)) return true;  // not the sign of "(-5)"
  if (holds(counts.prose, open + 1)) return false;
  if (holds(counts.lists, open + 1) || TokenPlace{marks, open}.ends()) return true;
  if (close + 1 == marks.size() || !marks[close + 1].glued) return false;
  const Mark& next = marks[close + 1];
  return next.word || opens(next) || (next.said && is_one_of(next.text, "!^*'"));
}

void judge_signs(Marks& marks) {
  const bool formula =
      std::ranges::any_of(marks, [](const Mark& mark) { return is_one_of(mark.text, "=+<>^"); });
  find_emphasis(marks);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i].word) continue;
    marks[i].said = !opens(marks[i]) && !closes(marks[i]) && is_sign_said({marks, i}, formula);
  }
  const Counts counts(marks);
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (opens(marks[i])) open.push_back(i);
    if (!closes(marks[i]) || open.empty()) continue;  // of any kind: "(0, 1]"
    marks[open.back()].said = marks[i].said = is_group_said(marks, counts, open.back(), i);
    open.pop_back();
  }
}

// An article before its word; neither "vitamin A" nor the A of "A, B" and "Type A blood".
bool is_article(const Marks& marks, std::size_t i, bool first) {
  const Mark& mark = marks[i];
  if (mark.text != "a" && mark.text != "an" && mark.text != "the") return false;
  const Mark* const right = TokenPlace{marks, i}.right();
  if (right == nullptr) return false;
  if (mark.text == "the") return true;
  if (!right->word || (characters_of(right->text) == 1 && !has_digit(*right))) return false;
  return mark.text == "an" || !mark.capital || first;
}

struct SaidWord {
  std::string text;
  bool article = false;
};

std::vector<SaidWord> said_by(const Marks& marks) {
  std::vector<SaidWord> said;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i].said) said.push_back({marks[i].text, is_article(marks, i, said.empty())});
  }
  return said;
}

// Articles on one side only are passed over.
bool is_same(const std::vector<SaidWord>& one, const std::vector<SaidWord>& other) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < one.size() || j < other.size()) {
    if (i < one.size() && j < other.size() && one[i].text == other[j].text) {
      ++i;
      ++j;
    } else if (i < one.size() && one[i].article) {
      ++i;
    } else if (j < other.size() && other[j].article) {
      ++j;
    } else {
      return false;
    }
  }
  return true;
}

// "(x + 2)": what stands in the brackets around all of it; else all of it.
std::vector<SaidWord> without_brackets(std::vector<SaidWord> said) {
  constexpr std::array<std::string_view, 3> kPairs{"()", "[]", "{}"};
  if (said.size() < 3) return said;
  const std::string ends = said.front().text + said.back().text;
  if (std::ranges::find(kPairs, ends) == kPairs.end()) return said;
  int depth = 0;
  for (std::size_t i = 0; i + 1 < said.size(); ++i) {
    if (is_one_of(said[i].text, "([{")) ++depth;
    if (is_one_of(said[i].text, ")]}") && --depth == 0) return said;  // "(x + 2)(x - 3)"
  }
  said.pop_back();
  said.erase(said.begin());
  return said;
}

bool has_words(const Marks& marks) {
  return std::ranges::any_of(marks, [](const Mark& mark) { return mark.word; });
}

// All signs, but for a full stop behind others.
std::string signs_of(const Marks& marks) {
  std::string signs;
  for (const Mark& mark : marks) signs += mark.text;
  if (signs.size() > 1 && signs.back() == '.' && signs[signs.size() - 2] != '.') signs.pop_back();
  return signs;
}

}  // namespace

bool says_the_same(std::string_view one, std::string_view other) {
  Marks marks = marks_of(one);
  Marks others = marks_of(other);
  if (marks.empty() || others.empty() || has_words(marks) != has_words(others)) return false;
  if (!has_words(marks)) return signs_of(marks) == signs_of(others);
  judge_signs(marks);
  judge_signs(others);
  const auto said = said_by(marks);
  const auto wanted = said_by(others);
  return is_same(said, wanted) || is_same(without_brackets(said), wanted) ||
         is_same(said, without_brackets(wanted));
}

}  // namespace ooe::interview
