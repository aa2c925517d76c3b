#include "interview/choice_claims.h"

#include "base/ascii.h"
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

// Verbs of choosing, and others' opinions that stand before them: "you might think A", "some say
// B".
constexpr std::array<std::string_view, 12> kOpinionVerbs{"think",  "say",     "choose", "pick",
                                                         "select", "chose",   "picked", "selected",
                                                         "answer", "believe", "guess",  "suspect"};
constexpr std::array<std::string_view, 12> kOthers{"could", "might", "may",      "you",
                                                   "some",  "many",  "people",   "others",
                                                   "they",  "most",  "students", "readers"};

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

// The first word of the sentence, or of its part behind ", but".
std::size_t part_begin(const Words& words, std::size_t i) {
  while (i > 0 && !ends_sentence(words.gap_before(i)) && words.text(i) != "but") --i;
  return i;
}

bool is_asked(const Words& words, std::size_t i) {
  return words[i].gap_after.find('?') != std::string::npos;
}

// The part begins with a condition or a place: what it says holds there, perhaps not here.
bool is_elsewhere(const Words& words, std::size_t begin, std::size_t end) {
  constexpr std::array<std::string_view, 11> kElsewhere{
      "in", "for", "when", "were", "had", "under", "assuming", "suppose", "at", "where", "with"};
  constexpr std::array<std::string_view, 9> kHere{"conclusion", "short", "summary", "fact", "total",
                                                  "sum",        "this",  "my",      "end"};
  constexpr std::array<std::string_view, 4> kConditions{"if", "unless", "whether", "once"};
  for (std::size_t i = begin; i < end; ++i) {
    if (is_one_of(words.text(i), kConditions)) return true;
  }
  if (words.text(begin) == "but") ++begin;
  const std::size_t place = begin + (words.text(begin + 1) == "the" ? 2 : 1);
  return is_one_of(words.text(begin), kElsewhere) && !is_one_of(words.text(place), kHere);
}

// What may stand before "it is C": nothing, "so", "I think"; not "if", "many believe that".
bool may_state(const Words& words, std::size_t subject) {
  constexpr std::array<std::string_view, 15> kLeads{
      "so",  "thus", "therefore", "hence",    "but",    "and",        "then",  "no",
      "yes", "wait", "clearly",   "actually", "surely", "definitely", "indeed"};
  constexpr std::array<std::string_view, 4> kMine{"think", "believe", "know", "say"};
  constexpr std::array<std::string_view, 4> kFirst{"i", "we", "i'd", "i'll"};
  const std::string_view gap = words.gap_before(subject);
  if (ends_clause(gap) || gap == "-") return true;
  const std::string_view lead = words.text(subject - 1);
  if (is_one_of(lead, kLeads)) return true;
  return is_one_of(lead, kMine) && subject >= 2 && is_one_of(words.text(subject - 2), kFirst);
}

// "It is C.", "but it's option C, Paris", "that is (C)".
bool is_said(const Words& words, std::size_t i) {
  constexpr std::array<std::string_view, 11> kBetween{
      "option", "choice", "letter", "clearly", "definitely", "therefore",
      "indeed", "really", "simply", "then",    "actually"};
  constexpr std::array<std::string_view, 3> kSubjects{"it", "that", "this"};
  constexpr std::array<std::string_view, 3> kRelative{"that", "which", "who"};
  const std::string_view next = words.text(i + 1);
  const bool closed = ends_clause(words[i].gap_after) || next == "because" || next == "since" ||
                      (words[i].marked && !is_one_of(next, kRelative));
  if (!closed || is_asked(words, i)) return false;
  std::size_t verb = i;
  do {
    if (verb == 0 || (ends_clause(words.gap_before(verb)) && words.gap_before(verb) != ":")) {
      return false;
    }
    --verb;
  } while (is_one_of(words.text(verb), kBetween));
  std::size_t subject = verb;
  if (words.text(verb) == "is") {
    if (verb == 0 || ends_clause(words.gap_before(verb))) return false;
    --subject;
    if (!is_one_of(words.text(subject), kSubjects)) return false;
  } else if (words.text(verb) != "it's" && words.text(verb) != "that's") {
    return false;
  }
  return may_state(words, subject) && !is_elsewhere(words, part_begin(words, subject), subject);
}

// "B, no wait, C.", "or rather C".
bool is_corrected_to(const Words& words, std::size_t i) {
  constexpr std::array<std::string_view, 6> kCorrections{"wait", "actually", "rather",
                                                         "mean", "sorry",    "no"};
  if (i == 0 || !is_one_of(words.text(i - 1), kCorrections)) return false;
  // "No, C.", but "there is no C."
  const bool apart = words.text(i - 1) != "no" || words.gap_before(i) == ",";
  return apart && ends_clause(words[i].gap_after) && !is_asked(words, i);
}

// "Since A is in Italy, B."
bool is_reasoned(const Words& words, std::size_t i) {
  constexpr std::array<std::string_view, 3> kBecause{"since", "because", "as"};
  if (words.gap_before(i) != "," || !ends_sentence(words[i].gap_after) || is_asked(words, i)) {
    return false;
  }
  const std::size_t begin = part_begin(words, i);
  return is_one_of(words.text(begin), kBecause) && words.text(begin + 1) != "for";
}

// "only B remains", "A could be right, but C is."
bool is_left(const Words& words, std::size_t i) {
  if (i == 0 || i + 1 >= words.size() || ends_clause(words[i].gap_after)) return false;
  const std::string_view next = words.text(i + 1);
  const bool ends = ends_clause(words[i + 1].gap_after) && !is_asked(words, i + 1);
  if (words.text(i - 1) == "but") return next == "is" && ends;
  return next == "remains" && (ends || words.text(i - 1) == "only");
}

// What says that the letters before it are wrong ("A and B are wrong", "A can be ruled out"), and
// what says it of those behind ("we rule out A and B").
constexpr std::array<std::string_view, 7> kExcluded{
    "wrong", "incorrect", "eliminated", "excluded", "impossible", "invalid", "rejected"};
constexpr std::array<std::string_view, 12> kExclude{
    "rule",    "ruled",    "ruling",    "eliminate", "eliminated", "eliminating",
    "exclude", "excluded", "excluding", "reject",    "rejected",   "rejecting"};
constexpr std::array<std::string_view, 12> kNegators{"not",   "isn't",     "aren't", "cannot",
                                                     "can't", "couldn't",  "don't",  "never",
                                                     "hard",  "difficult", "hardly", "neither"};

// "A, B and D do not.": what they do not do is what the answer does.
bool is_left_out(const Words& words, std::size_t negation) {
  constexpr std::array<std::string_view, 7> kNot{"not",     "isn't",  "aren't", "don't",
                                                 "doesn't", "cannot", "can't"};
  if (!is_one_of(words.text(negation), kNot) || is_asked(words, negation)) return false;
  const std::string_view turn = words.text(negation + 1);  // "not, so C"; "not so obvious"
  const bool turns = ends_clause(words[negation].gap_after) && (turn == "but" || turn == "so");
  return ends_sentence(words[negation].gap_after) || turns;
}

bool is_excluded_after(const Words& words, std::size_t last) {
  for (std::size_t next = last + 1; next <= last + 5 && next < words.size(); ++next) {
    if (ends_clause(words.gap_before(next)) && words[last].raw_after != ')') return false;
    const std::string_view text = words.text(next);
    if (names_choice(words, next) || is_one_of(text, kReason)) return false;
    if (is_left_out(words, next)) return true;
    if (is_one_of(text, kNegators)) {
      return words.text(next + 1) == "correct" || words.text(next + 1) == "right";
    }
    if (text == "ruled") return words.text(next + 1) == "out";
    if (is_one_of(text, kExcluded)) {  // "impossible to rule out", "wrong only in Spain"
      return words.text(next + 1) != "only" && words.text(next + 1) != "to";
    }
  }
  return false;
}

bool is_excluded_before(const Words& words, std::size_t first) {
  constexpr std::array<std::string_view, 3> kNot{"not", "isn't", "neither"};
  if (first == 0 || ends_clause(words.gap_before(first))) return false;
  if (is_one_of(words.text(first - 1), kNot)) return true;
  for (std::size_t back = 1; back <= 4 && back <= first; ++back) {
    if (ends_clause(words.gap_before(first - back + 1))) return false;
    if (names_choice(words, first - back)) return false;
    if (!is_one_of(words.text(first - back), kExclude)) continue;
    for (std::size_t at = part_begin(words, first - back); at < first - back; ++at) {
      if (is_one_of(words.text(at), kNegators)) return false;
    }
    return true;
  }
  return false;
}

// Asked, or under a condition, or hedged: "if A is wrong", "A might be wrong".
bool is_open_sentence(const Words& words, std::size_t i) {
  constexpr std::array<std::string_view, 8> kOpen{"if",    "unless", "whether", "would",
                                                  "could", "might",  "may",     "seems"};
  std::size_t at = i;
  while (at > 0 && !ends_sentence(words.gap_before(at))) --at;
  for (;; ++at) {
    if (is_one_of(words.text(at), kOpen)) return true;
    if (at + 1 >= words.size() || ends_sentence(words[at].gap_after)) return is_asked(words, at);
  }
}

// Nothing but "so", "I think that", "the correct" stands before what announces at `i`, back to the
// beginning of its clause; not "I doubt that the", "many say that the", "the wrong".
bool is_own_view(const Words& words, std::size_t i) {
  constexpr std::array<std::string_view, 32> kLeads{
      "the",  "my",      "our",       "final",    "correct",     "right",  "best",    "so",
      "thus", "hence",   "therefore", "and",      "but",         "then",   "i",       "d",
      "ll",   "we",      "would",     "will",     "can",         "think",  "believe", "conclude",
      "that", "clearly", "indeed",    "accurate", "appropriate", "answer", "choice",  "option"};
  while (!ends_clause(words.gap_before(i))) {
    if (!is_one_of(words.text(i - 1), kLeads)) return false;
    --i;
  }
  return true;
}

// "Berlin is therefore the correct answer."
bool is_called_right(const Words& words, std::size_t i) {
  constexpr std::array<std::string_view, 7> kBetween{"the",    "therefore", "thus", "clearly",
                                                     "indeed", "must",      "be"};
  constexpr std::array<std::string_view, 3> kGood{"correct", "right", "best"};
  constexpr std::array<std::string_view, 4> kNouns{"answer", "choice", "option", "one"};
  std::size_t next = i + 1;
  if (!words.gap_before(next).empty() || words.text(next) != "is") return false;
  do {
    if (!words[next].gap_after.empty()) return false;
    ++next;
  } while (next + 1 < words.size() && is_one_of(words.text(next), kBetween));
  if (next >= words.size() || !is_one_of(words.text(next), kGood)) return false;
  if (words[next].gap_after.empty() && is_one_of(words.text(next + 1), kNouns)) ++next;
  return ends_clause(words[next].gap_after) && !is_asked(words, next);
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
  const bool closed =
      word.raw_after == ')' || ends_clause(word.gap_after) || is_beyond_ascii(word.raw_after);
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
    if (before == "conclusion") {  // "Conclusion: B", not "in conclusion, B vitamins"
      return word.marked || word.raw_after == ')' || ends_sentence(word.gap_after);
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

bool is_concluded(const Words& words, std::size_t i) {
  return is_said(words, i) || is_corrected_to(words, i) || is_reasoned(words, i) ||
         is_left(words, i);
}

bool is_correction(const Words& words, std::size_t i) { return is_corrected_to(words, i); }

bool is_named_answer(const Words& words, std::size_t i) {
  constexpr std::array<std::string_view, 24> kBetween{
      "is",     "be",     "would",      "must",   "should", "will",     "the",  "option",
      "choice", "answer", "clearly",    "here",   "likely", "probably", "most", "therefore",
      "thus",   "indeed", "definitely", "simply", "to",     "this",     "that", "question"};
  constexpr std::array<std::string_view, 6> kVerbs{"choose", "chose",  "pick",
                                                   "picked", "select", "selected"};
  const std::size_t part = part_begin(words, i);
  if (is_elsewhere(words, part, i)) return false;
  if (is_called_right(words, i)) return may_state(words, i);
  const std::string_view next = words.text(i + 1);
  const bool again =
      i + 1 < words.size() && words[i + 1].letter == words[i].letter;  // "Berlin (C)"
  if (is_asked(words, i) || words.text(i - 1) == "to") return false;
  if (!ends_clause(words[i].gap_after) && !is_one_of(next, kReason) && !again) return false;
  bool said = words.gap_before(i) == ":";
  for (std::size_t back = 1; back <= 12 && back <= i; ++back) {
    const std::string_view gap = words.gap_before(i - back + 1);
    const std::string_view before = words.text(i - back);
    if (!gap.empty() && gap != ":") return false;
    if (is_one_of(before, kVerbs) || (announces(before) && said)) {
      return is_own_view(words, i - back);
    }
    said = said || before == "is" || before == "be";
    if (!is_one_of(before, kBetween)) return false;
  }
  return false;
}

bool is_singled_out(const Words& words, std::size_t i) {
  constexpr std::array<std::string_view, 3> kNouns{"option", "choice", "answer"};
  constexpr std::array<std::string_view, 6> kNoVerbs{"and", "or", "if", "could", "might", "may"};
  std::size_t only = i;
  do {
    if (only == 0 || !words.gap_before(only).empty()) return false;
    --only;
  } while (is_one_of(words.text(only), kNouns));
  if (words.text(only) != "only" || !may_state(words, only)) return false;
  if (ends_clause(words[i].gap_after) || is_one_of(words.text(i + 1), kNoVerbs)) return false;
  return !is_open_sentence(words, i) && !is_elsewhere(words, part_begin(words, only), only);
}

std::vector<bool> supposed_words(const Words& words) {
  constexpr std::array<std::string_view, 5> kUnreal{"would", "could", "might", "had", "were"};
  // "If I had to choose": whoever says so chooses.
  constexpr std::array<std::string_view, 4> kChoices{"choose", "pick", "guess", "bet"};
  constexpr std::array<std::string_view, 3> kTurns{"but", "though", "however"};
  std::vector<bool> flags(words.size());
  bool condition = false;
  for (std::size_t begin = 0; begin < words.size();) {
    bool unreal = false;
    bool mistake = false;
    bool chooses = false;
    std::size_t end = begin;
    do {
      condition = condition || words.text(end) == "if";
      unreal = unreal || is_one_of(words.text(end), kUnreal);
      mistake = mistake || words.text(end) == "mistake";
      chooses = chooses || is_one_of(words.text(end), kChoices);
      ++end;
    } while (end < words.size() && !ends_sentence(words.gap_before(end)) &&
             !(words.gap_before(end) == "," && is_one_of(words.text(end), kTurns)));
    for (; begin < end; ++begin) flags[begin] = mistake || (condition && unreal && !chooses);
    // Behind ", but" the condition goes on only where the mood does: "but B would be right".
    if (end < words.size() && ends_sentence(words.gap_before(end))) condition = false;
  }
  return flags;
}

bool is_hedged(const Words& words, std::size_t i) {
  if (is_one_of(words.text(i + 1), kHedges) && !ends_clause(words[i].gap_after)) return true;
  if (i >= 1 && words.text(i - 1) == "choosing") return words.text(i + 1) == "would";
  if (i < 2) return false;
  if (is_one_of(words.text(i - 1), kOpinionVerbs)) {
    for (std::size_t back = 2; back <= 4 && back <= i; ++back) {
      if (ends_clause(words.gap_before(i - back + 1))) return false;
      if (is_one_of(words.text(i - back), kOthers)) return true;
    }
    return false;
  }
  if (words.text(i - 1) != "be") return false;
  return is_one_of(words.text(i - 2), kHedges) || (i >= 3 && is_one_of(words.text(i - 3), kHedges));
}

bool is_mentioned(const Words& words, std::size_t i) {
  if (!names_choice(words, i) || is_denied(words, i)) return false;
  if (words[i].opens || words[i].marked || ends_clause(words.gap_before(i))) return true;
  return is_one_of(words.text(i - 1), kBeforeLetter) || is_one_of(words.text(i - 1), kLeadTo) ||
         is_one_of_several(words, i);
}

std::set<char> excluded_letters(const Words& words) {
  std::set<char> letters;
  for (std::size_t first = 0; first < words.size(); ++first) {
    if (!names_choice(words, first) || before_in_list(words, first) != first) continue;
    std::vector<std::size_t> list{first};
    for (std::size_t next = first + 1; next < words.size() && next <= list.back() + 2; ++next) {
      if (names_choice(words, next) && before_in_list(words, next) == list.back()) {
        list.push_back(next);
      }
    }
    const bool excluded = is_excluded_before(words, first) || is_excluded_after(words, list.back());
    if (!excluded || is_open_sentence(words, first)) continue;
    for (const std::size_t one : list) letters.insert(words[one].letter);
  }
  return letters;
}

bool stands_before_letter(std::string_view word) { return is_one_of(word, kBeforeLetter); }

}  // namespace ooe::interview
