#include "interview/choice_grader.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/unicode.h"
#include "core/question.h"
#include "interview/final_answer.h"
#include "interview/plain_text.h"

// The answer becomes a list of words, each with the punctuation around it. A letter stands for a
// choice when it looks like one ("(c)", "C." or a capital by itself), and what it means follows
// from its neighbours:
//   "A is wrong, so the answer is (B)."    A: denied      B: stated
//   "I would say B or C."                  B, C: either   -> ambiguous
//   "C) Paris"                             C: heads the line
// What the answer says in so many words (final_answer.h) is read first, by itself. Else five
// readings are tried, the most explicit first: stated letters, a list of what is right and wrong, a
// letter that heads the answer, the only letter mentioned, the text of exactly one choice.

namespace ooe::interview {
namespace {

constexpr std::string_view kNothing = "names no choice";
constexpr std::string_view kAmbiguous = "leaves more than one choice open";

bool is_ascii_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_byte(char c) {
  return is_ascii_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}
bool is_decoration(char c) {
  return std::string_view("*_`\"'()[]{}$\\<>#").find(c) != std::string_view::npos;
}
// The first byte of a kana, hanzi or hangul character of three bytes: no blanks between these
// words.
bool leads_unspaced(char c) {
  return static_cast<unsigned char>(c) >= 0xE3 && static_cast<unsigned char>(c) <= 0xED;
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct Word {
  std::string text;       // lower case
  char letter = 0;        // 'A', ... when the word is a single letter of the choices
  bool upper = false;     // typed as a capital
  bool marked = false;    // in brackets, quotes, stars or a box
  bool opens = false;     // first of its line
  char raw_after = 0;     // the byte right after it
  std::string gap_after;  // punctuation up to the next word, without spaces and decoration
};

class Words {
 public:
  // `abbreviations`: pieces of the choices, in lower case, whose letter is none: "e. coli".
  Words(std::string_view text, std::size_t choices, std::span<const std::string> abbreviations);

  [[nodiscard]] std::size_t size() const { return words_.size(); }
  [[nodiscard]] const Word& operator[](std::size_t i) const { return words_[i]; }
  [[nodiscard]] std::string_view text(std::size_t i) const {
    return i < words_.size() ? std::string_view(words_[i].text) : std::string_view();
  }
  // What separates word i from the one before it.
  [[nodiscard]] std::string_view gap_before(std::size_t i) const {
    return i == 0 ? std::string_view("\n") : std::string_view(words_[i - 1].gap_after);
  }

 private:
  std::vector<Word> words_;
};

bool ends_sentence(std::string_view gap) {
  return gap.find_first_of(".;!?\n") != std::string_view::npos;
}
bool ends_clause(std::string_view gap) {
  return gap.find_first_of(".,:;!?\n") != std::string_view::npos;
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
  return after == '.' && is_ascii_alpha(second);
}

// "E. coli": a letter with a full stop before a word in lower case, as in the text of a choice.
bool is_abbreviated(std::string_view text, std::size_t begin, std::span<const std::string> all) {
  return std::any_of(all.begin(), all.end(), [&](const std::string& one) {
    const std::string_view here = text.substr(begin, one.size());
    return std::ranges::equal(here, one, {}, lower) &&
           (begin + one.size() == text.size() || !is_word_byte(text[begin + one.size()]));
  });
}

std::vector<std::string> abbreviations_in(std::span<const std::string> choices) {
  std::vector<std::string> found;
  for (const std::string& choice : choices) {
    const std::string text = plain_text(choice);
    for (std::size_t at = 0; at + 3 < text.size(); ++at) {
      const bool alone = is_ascii_alpha(text[at]) && (at == 0 || text[at - 1] == ' ');
      const bool lower_word = text[at + 3] >= 'a' && text[at + 3] <= 'z';
      if (!alone || text[at + 1] != '.' || text[at + 2] != ' ' || !lower_word) continue;
      std::string piece;
      std::size_t end = at + 3;
      while (end < text.size() && is_word_byte(text[end])) ++end;
      for (const char c : std::string_view(text).substr(at, end - at)) piece += lower(c);
      found.push_back(std::move(piece));
    }
  }
  return found;
}

// Where the word that begins at `at` ends: at a blank or punctuation, but not inside "isn't"; and
// between "\u7B54\u6848\u662F" and "C", which are written without a blank.
std::size_t word_end(std::string_view text, std::size_t at) {
  bool unspaced = false;
  std::size_t end = at;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (c == '\'' && end > at && end + 1 < text.size() && is_ascii_alpha(text[end + 1]) &&
        is_ascii_alpha(text[end - 1])) {
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
    for (const char c : text.substr(at, end - at)) word.text += lower(c);
    word.opens = opens;
    opens = false;
    word.raw_after = end < text.size() ? text[end] : '\0';
    word.marked = is_marked(text, at, end);
    const int index = lower(text[at]) - 'a';
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

template <std::size_t n>
bool is_one_of(std::string_view word, const std::array<std::string_view, n>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 22> kAnnounce{"answer",   "answers",
                                                     "ans",      "correct",
                                                     "choose",   "chose",
                                                     "choosing", "pick",
                                                     "picked",   "select",
                                                     "selected", "boxed",
                                                     "choice",   "solution",
                                                     "conclude", "respuesta",
                                                     "antwort",  "r\xC3\xA9ponse",
                                                     "risposta", "opci\xC3\xB3n",
                                                     "resposta", "op\xC3\xA7\xC3\xA3o"};
// The same inside words that are written without blanks: Chinese, Japanese, Korean.
constexpr std::array<std::string_view, 7> kAnnounceInside{"\xE7\xAD\x94\xE6\xA1\x88",
                                                          "\xE7\xAD\x94\xE3\x81\x88",
                                                          "\xE6\xAD\xA3\xE8\xA7\xA3",
                                                          "\xE9\x80\x89",
                                                          "\xE9\x81\xB8",
                                                          "\xEC\xA0\x95\xEB\x8B\xB5",
                                                          "\xEB\x8B\xB5\xEC\x9D\x80"};
constexpr std::array<std::string_view, 19> kLeadTo{
    "so",      "thus",    "therefore", "hence",  "but",       "rather", "leaves",
    "leaving", "remains", "with",      "say",    "think",     "it's",   "be",
    "clearly", "likely",  "probably",  "surely", "definitely"};
// Words that may stand between the announcement and the letter: "the correct answer to this
// question is therefore option (C)".
constexpr std::array<std::string_view, 53> kFiller{
    "is",       "be",       "are",    "was",      "the",        "option",    "choice",  "letter",
    "probably", "likely",   "most",   "clearly",  "definitely", "therefore", "simply",  "just",
    "thus",     "indeed",   "should", "must",     "would",      "to",        "as",      "best",
    "this",     "question", "here",   "given",    "above",      "your",      "problem", "final",
    "my",       "that",     "text",   "mathrm",   "mathbf",     "textbf",    "will",    "one",
    "number",   "actually", "in",     "fact",     "es",         "est",       "ist",     "lautet",
    "correcta", "la",       "final",  "richtige", "bonne"};
constexpr std::array<std::string_view, 17> kDeny{
    "not",       "isn't", "wasn't", "never",     "neither", "nor",
    "rule",      "ruled", "ruling", "eliminate", "exclude", "eliminated",
    "excluding", "than",  "cannot", "can't",     "couldn't"};
constexpr std::array<std::string_view, 22> kWrong{
    "wrong",      "incorrect",  "false",    "not",      "isn't",      "ruled",
    "out",        "eliminated", "excluded", "can't",    "cannot",     "doesn't",
    "fails",      "fail",       "tempting", "unlikely", "impossible", "irrelevant",
    "misleading", "invalid",    "couldn't", "don't"};
constexpr std::array<std::string_view, 12> kRight{"correct", "right",    "answer",      "best",
                                                  "true",    "accurate", "appropriate", "choice",
                                                  "one",     "it",       "option",      "fits"};
constexpr std::array<std::string_view, 26> kAfterLetter{
    "is",    "or",     "and",   "because", "since",   "as",    "would", "must", "was",
    "seems", "can",    "but",   "for",     "looks",   "not",   "with",  "are",  "should",
    "could", "cannot", "can't", "isn't",   "doesn't", "which", "fits",  "being"};
constexpr std::array<std::string_view, 18> kBeforeLetter{
    "option", "options", "choice", "choices", "answer", "letter", "is",  "be",      "or",
    "and",    "not",     "than",   "between", "both",   "either", "say", "neither", "of"};

// "I would", "I think": the pronoun, not the ninth choice.
constexpr std::array<std::string_view, 26> kPronounVerbs{
    "would", "can",     "must",   "could",  "should",   "was",   "am",   "have",  "had",
    "think", "believe", "will",   "cannot", "can't",    "do",    "did",  "don't", "may",
    "might", "know",    "choose", "pick",   "conclude", "chose", "also", "am"};
constexpr std::array<std::string_view, 3> kHedges{"could", "might", "may"};
// What lists of choices say of each.
constexpr std::array<std::string_view, 4> kVerdictRight{"correct", "right", "true", "yes"};
constexpr std::array<std::string_view, 4> kVerdictWrong{"incorrect", "wrong", "false", "no"};

// What follows these is about something else.
constexpr std::array<std::string_view, 4> kReason{"because", "since", "as", "while"};

// True when the letter can stand for a choice at all: lower case and the words "A" and "I" need
// more than a blank on each side.
bool names_choice(const Words& words, std::size_t i) {
  const Word& word = words[i];
  if (word.letter == 0) return false;
  if (word.marked) return true;
  // "Q: ...", then "A: C".
  if (word.letter == 'A' && word.opens && word.raw_after == ':' && i + 1 < words.size() &&
      words[i + 1].letter != 0 && words[i + 1].gap_after.find('\n') != std::string::npos) {
    return false;
  }
  const bool closed = word.raw_after == ')' || ends_clause(word.gap_after) ||
                      static_cast<unsigned char>(word.raw_after) >= 0x80;
  if (!word.upper) return closed && (word.opens || word.raw_after == ')' || words.size() == 1);
  if (word.letter != 'A' && word.letter != 'I') return true;
  if (word.letter == 'I' && is_one_of(words.text(i + 1), kPronounVerbs)) return closed;
  return closed || word.gap_after.starts_with('/') || is_one_of(words.text(i + 1), kAfterLetter) ||
         i + 1 == words.size();
}

bool is_denied_before(const Words& words, std::size_t i) {
  for (std::size_t back = 1; back <= 4 && back <= i; ++back) {
    if (ends_clause(words.gap_before(i - back + 1))) break;
    if (is_one_of(words.text(i - back), kDeny)) return true;
    if (words[i - back].letter != 0 && names_choice(words, i - back)) break;
  }
  return false;
}

// "B", "B," and "or B" behind another letter: they share what is said before the first. Returns the
// letter before, or `i` when there is none.
std::size_t before_in_list(const Words& words, std::size_t i) {
  if (i >= 1 && words.gap_before(i) == "," && names_choice(words, i - 1)) return i - 1;
  const bool linked = i >= 2 && (words.text(i - 1) == "or" || words.text(i - 1) == "and");
  return linked && !ends_sentence(words.gap_before(i - 1)) && names_choice(words, i - 2) ? i - 2
                                                                                         : i;
}

// "not C", "ruled out C", "C is wrong", "C can be ruled out", "cannot be B or C".
bool is_denied(const Words& words, std::size_t i) {
  std::size_t first = i;
  for (std::size_t length = 0; length < kChoicesMax; ++length) {
    const std::size_t before = before_in_list(words, first);
    if (before == first) break;
    first = before;
    if (is_denied_before(words, first)) return true;
  }
  if (is_denied_before(words, i)) return true;
  for (std::size_t next = i + 1; next <= i + 5 && next < words.size(); ++next) {
    if (ends_clause(words.gap_before(next)) && words[i].raw_after != ')') break;
    if (names_choice(words, next) || is_one_of(words.text(next), kReason)) break;
    if (words.text(next) == "not" && next + 1 < words.size() && names_choice(words, next + 1)) {
      return false;  // "C (not B)"
    }
    if (is_one_of(words.text(next), kWrong)) return true;
    if (is_one_of(words.text(next), kRight)) return false;
  }
  return false;
}

bool joins(const Words& words, std::size_t left, std::size_t right) {
  if (right >= words.size() || !names_choice(words, left) || !names_choice(words, right)) {
    return false;
  }
  if (right == left + 1) {
    if (words[left].gap_after == "/") return true;
    // "A, C" is a list; "C, A is Berlin" is not.
    return words[left].gap_after == "," &&
           (ends_clause(words[right].gap_after) || words.text(right + 1) == "or" ||
            words.text(right + 1) == "and");
  }
  const std::string_view link = words.text(left + 1);
  return right == left + 2 && !ends_sentence(words[left].gap_after) &&
         (link == "or" || link == "and");
}

bool is_one_of_several(const Words& words, std::size_t i) {
  return joins(words, i, i + 1) || joins(words, i, i + 2) || (i >= 1 && joins(words, i - 1, i)) ||
         (i >= 2 && joins(words, i - 2, i));
}

bool announces(std::string_view word) {
  return is_one_of(word, kAnnounce) ||
         std::ranges::any_of(kAnnounceInside, [word](std::string_view piece) {
           return word.find(piece) != std::string_view::npos;
         });
}

// "The answer is C", "**Answer:** c", "\boxed{C}", "so C.", looking back over filler.
bool is_announced(const Words& words, std::size_t i) {
  const Word& word = words[i];
  const bool closed = word.marked || word.raw_after == ')' || ends_clause(word.gap_after) ||
                      is_one_of(words.text(i + 1), kAfterLetter);
  for (std::size_t back = 1; back <= 12 && back <= i; ++back) {
    const std::string_view gap = words.gap_before(i - back + 1);
    const std::string_view before = words.text(i - back);
    if (ends_sentence(gap) && gap.find_first_not_of(":\n") != std::string_view::npos) return false;
    if (announces(before)) {
      // "C - correct", then "D - incorrect" in the next line.
      if (before == "correct" && gap.starts_with('\n')) return false;
      // "the correct choice" announces only when something comes after it: a colon, "is", a letter.
      return word.upper || word.marked || closed;
    }
    if (gap.find_first_of(",\n") != std::string_view::npos) return false;
    if (back == 1 && is_one_of(before, kLeadTo)) return closed;
    if (before == "be" || before == "with") return closed;
    if (!is_one_of(before, kFiller)) return false;
  }
  return false;
}

// "C is correct", "C would be the best answer"; not "C is correct only for Germany".
bool is_confirmed(const Words& words, std::size_t i) {
  bool verb = false;
  for (std::size_t next = i + 1; next <= i + 6 && next < words.size(); ++next) {
    if (ends_clause(words.gap_before(next)) && words[i].raw_after != ')') return false;
    const std::string_view text = words.text(next);
    if (verb && is_one_of(text, kRight)) {
      while (is_one_of(words.text(next + 1), kRight) && !ends_clause(words.gap_before(next + 1))) {
        ++next;
      }
      return words.text(next + 1) != "only";
    }
    if (text == "is" || text == "be" || text == "seems" || text == "fits" || text == "was") {
      verb = true;
    } else if (!is_one_of(text, kFiller) && text != "only") {
      return false;
    }
  }
  return false;
}

// Alone in its line, or the last word of all in a sentence of its own.
bool stands_alone(const Words& words, std::size_t i) {
  const bool ends_line = words[i].gap_after.find('\n') != std::string::npos;
  return ends_line && (words[i].opens || ends_sentence(words.gap_before(i)));
}

// A lower-case letter right after "answer:" or "answer is" needs no brackets.
bool is_lower_answer(const Words& words, std::size_t i) {
  return words[i].letter != 0 && !words[i].upper && ends_clause(words[i].gap_after) && i > 0 &&
         is_announced(words, i);
}

ChoiceReading settled(char letter) { return {letter, {}}; }

// [words] Sentences about another question or another reader: "if it were Spain, B would be right",
// "a common mistake is to choose B".
std::vector<bool> hypothetical(const Words& words) {
  constexpr std::array<std::string_view, 6> kUnreal{"would", "could", "might",
                                                    "had",   "were",  "you"};
  std::vector<bool> flags(words.size());
  for (std::size_t begin = 0; begin < words.size();) {
    bool condition = false;
    bool unreal = false;
    bool mistake = false;
    std::size_t end = begin;
    do {
      condition = condition || words.text(end) == "if";
      unreal = unreal || is_one_of(words.text(end), kUnreal);
      mistake = mistake || words.text(end) == "mistake";
    } while (!ends_sentence(words[end++].gap_after) && end < words.size());
    for (; begin < end; ++begin) flags[begin] = mistake || (condition && unreal);
  }
  return flags;
}

// "It could be A", "A might be right", "choosing A would confuse".
bool is_hedged(const Words& words, std::size_t i) {
  if (is_one_of(words.text(i + 1), kHedges) && !ends_clause(words[i].gap_after)) return true;
  if (i >= 1 && words.text(i - 1) == "choosing") return words.text(i + 1) == "would";
  if (i < 2 || words.text(i - 1) != "be") return false;
  return is_one_of(words.text(i - 2), kHedges) || (i >= 3 && is_one_of(words.text(i - 3), kHedges));
}

// What is stated for this question counts; only where nothing is, what is hedged or supposed.
std::optional<ChoiceReading> read_stated(const Words& words) {
  const std::vector<bool> supposed = hypothetical(words);
  std::optional<ChoiceReading> firm;
  std::optional<ChoiceReading> weak;
  bool weak_agree = true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!names_choice(words, i) && !is_lower_answer(words, i)) continue;
    if (is_denied(words, i)) continue;
    if (!is_announced(words, i) && !is_confirmed(words, i) && !stands_alone(words, i)) continue;
    const ChoiceReading reading = is_one_of_several(words, i)
                                      ? ChoiceReading{std::nullopt, kAmbiguous}
                                      : settled(words[i].letter);
    if (!supposed[i] && !is_hedged(words, i)) {
      firm = reading;
      continue;
    }
    weak_agree = weak_agree && (!weak || weak->letter == reading.letter);
    weak = reading;
  }
  if (firm) return firm;
  return weak_agree ? weak : std::nullopt;
}

// Behind "Answer:": the first letter that follows at once, before any talk about the others.
std::optional<ChoiceReading> read_announced(const Words& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!names_choice(words, i) && !is_lower_answer(words, i)) continue;
    if (is_denied(words, i) || !is_announced(words, i)) continue;
    return is_one_of_several(words, i) ? ChoiceReading{std::nullopt, kAmbiguous}
                                       : settled(words[i].letter);
  }
  return std::nullopt;
}

// "A - wrong, B - wrong, C - right", "B) Incorrect: ...", "Option C. Paris: correct", one after the
// other: the only one found right, when another is found wrong.
std::optional<ChoiceReading> read_verdicts(const Words& words) {
  std::optional<char> right;
  bool several = false;
  bool wrong = false;
  char letter = 0;  // whose piece it is, until a verdict is found
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool line_opens = words[i].opens || (i >= 1 && words[i - 1].opens &&
                                               is_one_of(words.text(i - 1), kBeforeLetter));
    const bool opens = line_opens || (i >= 1 && words.gap_before(i) == ",");
    const std::string_view gap = words[i].gap_after;
    const bool heads = words[i].raw_after == ')' || gap == "-" || gap == ":" || gap == ".";
    if (opens && heads && words[i].letter != 0 && (words[i].upper || words[i].raw_after == ')')) {
      letter = words[i].letter;
      continue;
    }
    if (words[i].opens) letter = 0;
    // A verdict stands behind a mark of its own: "no" and "right" are also words of choices.
    const bool apart = words.gap_before(i).find_first_of("-:.)") != std::string_view::npos ||
                       (i >= 1 && words[i - 1].letter == letter && letter != 0);
    if (letter == 0 || !apart) continue;
    if (is_one_of(words.text(i), kVerdictRight)) {
      several = several || (right && *right != letter);
      right = letter;
      letter = 0;
    } else if (is_one_of(words.text(i), kVerdictWrong)) {
      wrong = true;
      letter = 0;
    }
  }
  if (!right || !wrong) return std::nullopt;
  return several ? ChoiceReading{std::nullopt, kAmbiguous} : settled(*right);
}

// "B. Madrid" in the middle of a line: the choices are being listed.
bool heads_piece(const Words& words, std::size_t i) {
  const char after = words[i].raw_after;
  return (after == '.' || after == ')' || after == ':') && i + 1 < words.size() &&
         words[i].gap_after.find('\n') == std::string::npos;
}

// "C. Paris" or "(C) because ...": one letter heads a line, no other heads anything.
std::optional<ChoiceReading> read_heading(const Words& words) {
  std::optional<char> letter;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Word& word = words[i];
    if (!names_choice(words, i) || is_denied(words, i)) continue;
    if (!word.opens && !heads_piece(words, i)) continue;
    const bool heads = word.marked || word.raw_after == ')' || ends_clause(word.gap_after) ||
                       word.gap_after == "-";
    if (!heads || is_one_of_several(words, i)) continue;
    if (letter && *letter != word.letter) return ChoiceReading{std::nullopt, kAmbiguous};
    letter = word.letter;
  }
  if (!letter || words.size() == 0 || !words[0].opens || words[0].letter != *letter) {
    return std::nullopt;
  }
  return settled(*letter);
}

std::optional<ChoiceReading> read_only_mention(const Words& words) {
  std::optional<char> letter;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!names_choice(words, i) || is_denied(words, i)) continue;
    const bool free = words[i].opens || words[i].marked || ends_clause(words.gap_before(i)) ||
                      is_one_of(words.text(i - 1), kBeforeLetter) ||
                      is_one_of(words.text(i - 1), kLeadTo) || is_one_of_several(words, i);
    if (!free) continue;  // "vitamin C", "hepatitis B", "25 C"
    if (letter && *letter != words[i].letter) return ChoiceReading{std::nullopt, kAmbiguous};
    letter = words[i].letter;
  }
  if (!letter) return std::nullopt;
  return settled(*letter);
}

std::string without_decoration(std::string_view text) {
  std::string kept;
  for (const char c : text) kept += is_decoration(c) ? ' ' : c;
  kept = normalise_text(kept);
  while (!kept.empty() && (kept.back() == '.' || kept.back() == '!')) kept.pop_back();
  return kept;
}

// Where a choice's text occurs in the answer, whole words only and not as "not <text>".
struct Occurrence {
  std::size_t begin = 0;
  std::size_t end = 0;
  char letter = 0;
};

std::vector<Occurrence> occurrences(const std::string& answer,
                                    std::span<const std::string> choices) {
  std::vector<Occurrence> found;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const std::string choice = without_decoration(plain_text(choices[i]));
    if (choice.empty()) continue;
    for (std::size_t at = answer.find(choice); at != std::string::npos;
         at = answer.find(choice, at + 1)) {
      const std::size_t end = at + choice.size();
      const bool whole =
          (at == 0 || !is_word_byte(answer[at - 1]) || !is_word_byte(answer[at])) &&
          (end == answer.size() || !is_word_byte(answer[end]) || !is_word_byte(answer[end - 1]));
      if (!whole || std::string_view(answer).substr(0, at).ends_with("not ")) continue;
      found.push_back({at, end, static_cast<char>('A' + i)});
    }
  }
  // "carbon dioxide" is not also "carbon": sorted like this, what covers one stands before it.
  std::ranges::sort(found, [](const Occurrence& a, const Occurrence& b) {
    return std::pair(a.begin, b.end) < std::pair(b.begin, a.end);
  });
  std::vector<Occurrence> longest;
  std::size_t covered_to = 0;
  for (const Occurrence& one : found) {
    const bool same_place =
        !longest.empty() && longest.back().begin == one.begin && longest.back().end == one.end;
    if (one.end > covered_to || same_place) longest.push_back(one);
    covered_to = std::max(covered_to, one.end);
  }
  return longest;
}

// Returns the only letter of `found` from `from` on; 0 for none, '?' for several.
char only_letter(const std::vector<Occurrence>& found, std::size_t from) {
  char letter = 0;
  for (const Occurrence& one : found) {
    if (one.begin < from) continue;
    if (letter != 0 && letter != one.letter) return '?';
    letter = one.letter;
  }
  return letter;
}

ChoiceReading read_text(const std::string& plain, std::span<const std::string> choices) {
  const std::string answer = without_decoration(plain);
  const auto found = occurrences(answer, choices);
  for (const Occurrence& one : found) {
    if (one.begin == 0 && one.end == answer.size()) return settled(one.letter);
  }
  char letter = only_letter(found, 0);
  const std::size_t announced = answer.rfind("answer");
  if (letter == '?' && announced != std::string::npos) letter = only_letter(found, announced);
  const std::size_t equals = answer.rfind('=');
  if (letter == '?' && equals != std::string::npos) letter = only_letter(found, equals);
  if (letter == '?') return {std::nullopt, kAmbiguous};
  if (letter == 0) return {std::nullopt, kNothing};
  return settled(letter);
}

ChoiceReading read_plain(const std::string& plain, std::span<const std::string> choices,
                         std::span<const std::string> abbreviations) {
  const Words words(plain, choices.size(), abbreviations);
  if (const auto stated = read_stated(words)) return *stated;
  if (const auto verdicts = read_verdicts(words)) return *verdicts;
  if (const auto heading = read_heading(words)) return *heading;
  const auto mention = read_only_mention(words);
  if (mention && mention->letter) return *mention;
  const ChoiceReading text = read_text(plain, choices);
  return mention && !text.letter ? *mention : text;
}

// The choice whose text `said` is, all of it: "A base" names no letter. Nothing for several.
std::optional<char> letter_of_text(std::string_view said, std::span<const std::string> choices) {
  const std::string text = without_decoration(said);
  if (text.size() < 2) return std::nullopt;  // more likely the letter
  std::optional<char> letter;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (without_decoration(plain_text(choices[i])) != text) continue;
    if (letter) return std::nullopt;
    letter = static_cast<char>('A' + i);
  }
  return letter;
}

// What is said in so many words, the last first.
std::optional<ChoiceReading> read_final(const std::string& plain,
                                        std::span<const std::string> choices,
                                        std::span<const std::string> abbreviations) {
  const auto finals = final_answers(plain);
  for (auto one = finals.rbegin(); one != finals.rend(); ++one) {
    const std::string said = plain.substr(one->begin, one->end - one->begin);
    if (const auto letter = letter_of_text(said, choices)) return settled(*letter);
    const Words words("answer: " + said, choices.size(), abbreviations);
    if (const auto announced = read_announced(words)) return announced;
    const ChoiceReading reading = read_plain(said, choices, abbreviations);
    if (reading.letter || reading.reason == kAmbiguous) return reading;
  }
  return std::nullopt;
}

}  // namespace

ChoiceReading read_choice(std::string_view answer, std::span<const std::string> choices) {
  const std::string plain = plain_text(answer);
  const auto abbreviations = abbreviations_in(choices);
  if (const auto said = read_final(plain, choices, abbreviations)) return *said;
  return read_plain(plain, choices, abbreviations);
}

}  // namespace ooe::interview
