#include "interview/choice_words.h"

#include <utility>

#include "base/ascii.h"
#include "interview/plain_text.h"

namespace ooe::interview {
namespace {

// The first byte of a kana, hanzi or hangul character of three bytes: no blanks between these
// words.
bool leads_unspaced(char c) {
  return static_cast<unsigned char>(c) >= 0xE3 && static_cast<unsigned char>(c) <= 0xED;
}

// True for letters that are part of a name or a formula: U.S.A., C++, B-cell, x=A.
bool is_part_of_something(std::string_view text, std::size_t begin, std::size_t end) {
  const char before = begin > 0 ? text[begin - 1] : ' ';
  const char after = end < text.size() ? text[end] : ' ';
  const char second = end + 1 < text.size() ? text[end + 1] : ' ';
  if (after == '+' || after == '^' || (after == '#' && second != '#')) return true;
  if (after == '-' && is_word_byte(second)) return true;
  if (before == '-' && begin > 1 && is_word_byte(text[begin - 2])) return true;
  if (before == '.' && begin > 1 && is_word_byte(text[begin - 2])) return true;
  return after == '.' && is_alpha(second);
}

// "E. coli": a letter with a full stop before a word in lower case, as in the text of a choice.
bool is_abbreviated(std::string_view text, std::size_t begin, std::span<const std::string> all) {
  return std::any_of(all.begin(), all.end(), [&](const std::string& one) {
    const std::string_view here = text.substr(begin, one.size());
    return std::ranges::equal(here, one, {}, lower_byte) &&
           (begin + one.size() == text.size() || !is_word_byte(text[begin + one.size()]));
  });
}

// Where the word that begins at `at` ends: at a blank or punctuation, but not inside "isn't"; and
// between "\u7B54\u6848\u662F" and "C", which are written without a blank.
std::size_t word_end(std::string_view text, std::size_t at) {
  bool unspaced = false;
  std::size_t end = at;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (c == '\'' && end > at && end + 1 < text.size() && is_alpha(text[end + 1]) &&
        is_alpha(text[end - 1])) {
      continue;
    }
    if (!is_word_byte(c)) break;
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    const bool leads = static_cast<unsigned char>(c) >= 0xC0;
    if (end > at && ((ascii && unspaced) || (leads_unspaced(c) && !unspaced))) break;
    if (ascii || leads) unspaced = leads_unspaced(c);
  }
  return end;
}

bool is_marked(std::string_view text, std::size_t begin, std::size_t end) {
  if (begin == 0 || end >= text.size()) return false;
  constexpr std::array<std::string_view, 8> kPairs{"()", "[]",   "{}", "**",
                                                   "__", "\"\"", "``", "''"};
  return std::any_of(kPairs.begin(), kPairs.end(), [&](std::string_view pair) {
    return text[begin - 1] == pair[0] && text[end] == pair[1];
  });
}

}  // namespace

Words::Words(std::string_view text, std::size_t choices,
             std::span<const std::string> abbreviations) {
  bool opens = true;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word_byte(text[at])) {
      if (text[at] == '\n') opens = true;
      if (!words_.empty() && text[at] != ' ' && !is_decoration(text[at])) {
        words_.back().gap_after += text[at];
      }
      ++at;
      continue;
    }
    const std::size_t end = word_end(text, at);
    Word word;
    for (const char c : text.substr(at, end - at)) word.text += lower_byte(c);
    word.opens = opens;
    opens = false;
    word.raw_after = end < text.size() ? text[end] : '\0';
    word.marked = is_marked(text, at, end);
    const int index = lower_byte(text[at]) - 'a';
    if (end == at + 1 && index >= 0 && index < static_cast<int>(choices) &&
        !is_part_of_something(text, at, end) && !is_abbreviated(text, at, abbreviations)) {
      word.letter = static_cast<char>('A' + index);
      word.upper = text[at] == word.letter;
    }
    words_.push_back(std::move(word));
    at = end;
  }
  if (!words_.empty()) words_.back().gap_after += '\n';
}

bool ends_sentence(std::string_view gap) {
  return gap.find_first_of(".;!?\n") != std::string_view::npos;
}
bool ends_clause(std::string_view gap) {
  return gap.find_first_of(".,:;!?\n") != std::string_view::npos;
}

bool is_decoration(char c) {
  return std::string_view("*_`\"'()[]{}$\\<>#").find(c) != std::string_view::npos;
}

std::vector<std::string> abbreviations_in(std::span<const std::string> choices) {
  std::vector<std::string> found;
  for (const std::string& choice : choices) {
    const std::string text = plain_text(choice);
    for (std::size_t at = 0; at + 3 < text.size(); ++at) {
      const bool alone = is_alpha(text[at]) && (at == 0 || text[at - 1] == ' ');
      const bool lower_word = is_lower(text[at + 3]);
      if (!alone || text[at + 1] != '.' || text[at + 2] != ' ' || !lower_word) continue;
      std::string piece;
      std::size_t end = at + 3;
      while (end < text.size() && is_word_byte(text[end])) ++end;
      for (const char c : std::string_view(text).substr(at, end - at)) piece += lower_byte(c);
      found.push_back(std::move(piece));
    }
  }
  return found;
}

}  // namespace ooe::interview
