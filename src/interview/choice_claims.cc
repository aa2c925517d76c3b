#include "interview/choice_claims.h"

#include "core/question.h"

namespace ooe::interview {
namespace {

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

// What follows these is about something else.
constexpr std::array<std::string_view, 4> kReason{"because", "since", "as", "while"};

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

bool announces(std::string_view word) {
  return is_one_of(word, kAnnounce) ||
         std::ranges::any_of(kAnnounceInside, [word](std::string_view piece) {
           return word.find(piece) != std::string_view::npos;
         });
}

}  // namespace

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

bool is_one_of_several(const Words& words, std::size_t i) {
  return joins(words, i, i + 1) || joins(words, i, i + 2) || (i >= 1 && joins(words, i - 1, i)) ||
         (i >= 2 && joins(words, i - 2, i));
}

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

bool stands_alone(const Words& words, std::size_t i) {
  const bool ends_line = words[i].gap_after.find('\n') != std::string::npos;
  return ends_line && (words[i].opens || ends_sentence(words.gap_before(i)));
}

bool is_lower_answer(const Words& words, std::size_t i) {
  return words[i].letter != 0 && !words[i].upper && ends_clause(words[i].gap_after) && i > 0 &&
         is_announced(words, i);
}

std::vector<bool> supposed_words(const Words& words) {
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

bool is_hedged(const Words& words, std::size_t i) {
  if (is_one_of(words.text(i + 1), kHedges) && !ends_clause(words[i].gap_after)) return true;
  if (i >= 1 && words.text(i - 1) == "choosing") return words.text(i + 1) == "would";
  if (i < 2 || words.text(i - 1) != "be") return false;
  return is_one_of(words.text(i - 2), kHedges) || (i >= 3 && is_one_of(words.text(i - 3), kHedges));
}

bool stands_before_letter(std::string_view word) { return is_one_of(word, kBeforeLetter); }
bool leads_to_letter(std::string_view word) { return is_one_of(word, kLeadTo); }

}  // namespace ooe::interview
