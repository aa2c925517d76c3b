#include "interview/number_grader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "interview/final_answer.h"
#include "interview/number_text.h"
#include "interview/typed_number.h"

namespace ooe::interview {
namespace {

constexpr double kToleranceRelative = 1e-6;
constexpr std::string_view kNothing = "contains no number";
constexpr std::string_view kAmbiguous = "leaves more than one number open";
constexpr std::string_view kOnlyDenied = "says only what the number is not";
// The last marks of each kind are read: the last one counts, earlier ones only when it says
// nothing.
constexpr int kMarksMax = 32;

// The end of the sentence or line that `from` stands in: a full stop inside a number does not end
// it.
std::size_t sentence_end(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size(); ++at) {
    if (text[at] == '\n' || text[at] == ';') return at;
    if (text.substr(at).starts_with("! =")) continue;  // a factorial
    const bool stop = text[at] == '.' || text[at] == '!' || text[at] == '?';
    if (stop && (at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\n')) return at;
  }
  return text.size();
}

bool is_either(std::string_view between) {
  const std::string_view words[] = {" or ", " to ", "-", " - ", " and ", " or $", " to $"};
  return std::find(std::begin(words), std::end(words), between) != std::end(words);
}

// "not 18", "can't be equal to 18", "rather than 18", "!= 18": what stands at `at` is denied.
bool is_denied_before(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 17> kDenying{
      "not",      "isn't",   "wasn't",   "aren't",  "cannot",    "can't",
      "couldn't", "won't",   "wouldn't", "doesn't", "shouldn't", "unlikely",
      "never",    "neither", "nor",      "don't",   "doubt"};
  constexpr std::array<std::string_view, 17> kFillerBefore{
      "be",     "equal", "equals", "to",   "the",    "number",  "simply", "actually", "necessarily",
      "likely", "it",    "is",     "that", "answer", "correct", "think",  "believe"};
  using TwoWords = std::pair<std::string_view, std::string_view>;
  constexpr std::array<TwoWords, 3> kPairs{
      {{"rather", "than"}, {"instead", "of"}, {"no", "longer"}}};
  constexpr std::size_t kBytesMax = 48;  // looked back
  const std::size_t from = at - std::min(at, kBytesMax);
  const std::string lower = ascii_lower(text.substr(from, at - from));
  std::string_view rest = lower;
  rest = rest.substr(0, rest.find_last_not_of(" :$(\"'*_") + 1);
  for (const std::string_view unequal : {"!=", "\xE2\x89\xA0", "\\neq", "\\ne"}) {
    if (rest.ends_with(unequal)) return true;
  }
  std::string_view after;  // the word behind
  while (!rest.empty()) {
    std::size_t begin = rest.size();
    while (begin > 0 && (is_alpha(rest[begin - 1]) || rest[begin - 1] == '\'')) --begin;
    const std::string_view word = rest.substr(begin);
    if (std::ranges::find(kDenying, word) != kDenying.end()) return true;
    if (std::ranges::find(kPairs, TwoWords(word, after)) != kPairs.end()) return true;
    const bool filler = std::ranges::find(kFillerBefore, word) != kFillerBefore.end();
    const bool half =
        after.empty() && std::ranges::find(kPairs, word, &TwoWords::second) != kPairs.end();
    if (!filler && !half) return false;
    after = word;
    if (begin == 0 || rest[begin - 1] != ' ') return false;
    rest = rest.substr(0, rest.find_last_not_of(' ', begin - 1) + 1);
  }
  return false;
}

// Also "18 is wrong".
bool is_denied_number(std::string_view text, const FoundNumber& number) {
  constexpr std::array<std::string_view, 10> kDeniedBehind{
      " is wrong",      " is incorrect",   " is not right",      " is not correct",
      " isn't right",   " isn't correct",  " is not the answer", " isn't the answer",
      " is impossible", " is not possible"};
  constexpr std::size_t kBytesMax = 20;
  const std::string behind = ascii_lower(text.substr(std::min(number.end, text.size()), kBytesMax));
  return is_denied_before(text, number.begin) ||
         std::ranges::any_of(kDeniedBehind,
                             [&](std::string_view one) { return behind.starts_with(one); });
}

// The numbers of what stands behind "=" or "Answer:", where a dash of its own is a minus: "- 5".
std::vector<FoundNumber> numbers_of_phrase(std::string_view phrase) {
  auto numbers = numbers_in(phrase);
  const std::size_t dash = phrase.find_first_not_of(" $");
  if (numbers.empty() || dash == std::string_view::npos || phrase[dash] != '-') return numbers;
  FoundNumber& first = numbers.front();
  const std::string_view between = phrase.substr(dash + 1, first.begin - dash - 1);
  if (first.begin > dash && between.find_first_not_of(" $") == std::string_view::npos) {
    first = {dash, first.end, {-first.number.value, first.number.percent}};
  }
  return numbers;
}

// "x = 3 or x = 5", "x = 3 or 5": `right` are the numbers behind the last "=", at `equals`.
bool is_either_equation(std::string_view sentence, std::size_t equals,
                        std::span<const FoundNumber> right) {
  if (right.size() > 1) {
    const std::string_view behind = sentence.substr(equals + 1);
    if (behind.substr(right[0].end, right[1].begin - right[0].end) == " or ") return true;
  }
  const auto left = numbers_in(sentence.substr(0, equals));
  if (left.empty()) return false;
  const std::string_view between = sentence.substr(left.back().end, equals - left.back().end);
  return between.find(" or ") != std::string_view::npos;
}

// "There are 4 boxes with 5 each, so 20": what is concluded from at least two numbers.
std::optional<NumberReading> read_conclusion(std::string_view sentence,
                                             std::span<const FoundNumber> numbers) {
  std::size_t begin = 0;
  for (const std::string_view word : {", so ", " therefore ", " thus ", " hence "}) {
    const std::size_t at = sentence.rfind(word);
    if (at != std::string_view::npos) begin = std::max(begin, at + word.size());
  }
  const auto concluded =
      std::ranges::find_if(numbers, [&](const FoundNumber& one) { return one.begin >= begin; });
  if (begin == 0 || concluded == numbers.end() || concluded - numbers.begin() < 2) {
    return std::nullopt;
  }
  return NumberReading{concluded->number, {}};
}

// A sentence, and what is known of it.
enum class Said {
  last,    // anywhere: its last number counts
  first,   // announced: its first number counts
  signed_  // announced in the same line, where a dash of its own is a minus
};

bool has_word(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [text](std::string_view word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + 1)) {
      const std::size_t end = at + word.size();
      if ((at == 0 || !is_alpha(text[at - 1])) && (end >= text.size() || !is_alpha(text[end]))) {
        return true;
      }
    }
    return false;
  });
}

// "3 because x = 7", "3 (with x = 7)": the number comes first, and what a variable is only explains
// it. Not "3 + 4 = 7", nor "3 boxes with 4 pens each = 12 pens".
bool is_explained(std::string_view sentence, std::size_t equals) {
  constexpr std::array<std::string_view, 9> kReasons{"because", "since", "as",   "with", "where",
                                                     "when",    "given", "from", "if"};
  const std::size_t begin = sentence.find_first_not_of(' ');
  const auto number = begin < equals ? number_at(sentence, begin) : std::nullopt;
  if (!number || number->end > equals) return false;
  const std::string between = ascii_lower(sentence.substr(number->end, equals - number->end));
  const bool inside =
      between.find('(') != std::string::npos && between.rfind('(') + 1 > between.rfind(')') + 1;
  constexpr std::size_t kVariableMax = 2;  // letters
  const std::size_t last = std::min(between.find_last_not_of(' '), between.size());
  std::size_t variable = last + 1;
  while (variable > 0 && variable <= between.size() && is_lower(between[variable - 1])) {
    --variable;
  }
  const std::size_t letters = last + 1 - variable;
  const bool alone =
      variable > 0 && (between[variable - 1] == ' ' || between[variable - 1] == '(' ||
                       is_digit(between[variable - 1]));  // 2x
  // "10 from A and 5 from B": a sum of two.
  for (std::size_t i = 0; i + 1 < between.size(); ++i) {
    if (is_digit(between[i]) && !is_digit(between[i + 1]) && !is_alpha(between[i + 1]))
      return false;
  }
  if (letters == 0 || letters > kVariableMax || !alone) return false;
  return inside || has_word(between, kReasons);
}

// A part that says one number, or what something comes to.
bool says_one(std::string_view part);

// Where words begin that give a reason: "5 because 5 * 3 = 15"; not "5 as well as".
std::size_t reason_begin(std::string_view sentence) {
  constexpr std::size_t kBytesMax = 48;  // of a number with its unit
  const std::string lower = ascii_lower(sentence);
  std::size_t first = std::string::npos;
  for (const std::string_view reason : {"because", "since", "given that", "check", "as"}) {
    for (std::size_t at = lower.find(reason); at < first; at = lower.find(reason, at + 1)) {
      const std::size_t end = at + reason.size();
      if (at == 0 || is_alpha(lower[at - 1]) || (end < lower.size() && is_alpha(lower[end]))) {
        continue;
      }
      const std::string_view before = sentence.substr(0, at);
      const bool near = before.ends_with(", ") ||
                        (reason != "check" && before.size() <= kBytesMax && is_number(before));
      const std::string_view behind = std::string_view(lower).substr(end);
      const bool amount = behind.starts_with(" well") || behind.starts_with(" m");  // much, many
      const bool anywhere = reason == "because" || reason == "given that";  // others are verbs, too
      if (anywhere || (near && !(reason == "as" && amount))) first = at;
    }
  }
  return first;
}

// Where brackets begin that hold an equation and end all equations: "4 (4 x 25 = 100)".
std::size_t aside_begin(std::string_view sentence) {
  const std::size_t equals = sentence.rfind('=');
  if (equals == std::string_view::npos) return equals;
  int depth = 0;
  std::size_t open = std::string_view::npos;
  for (std::size_t i = 0; i < sentence.size() && i < equals; ++i) {
    if (sentence[i] == '(' && depth++ == 0) open = i;
    if (sentence[i] == ')' && depth > 0) --depth;
  }
  if (depth == 0 || open == 0) return std::string_view::npos;
  const std::size_t last = sentence.find_last_not_of(' ', open - 1);
  const bool operand = last != std::string_view::npos &&
                       std::string_view("+-*/^=").find(sentence[last]) != std::string_view::npos;
  return operand ? std::string_view::npos : open;
}

// "2 hours = 120 minutes", "18 = 9 * 2": a number that is said to be something else; not "9/3 = 3",
// "5 squared = 25" or "6 dozen = 72".
bool is_converted(std::string_view left, std::string_view right) {
  constexpr std::array<std::string_view, 14> kOperations{
      "squared", "cubed",   "doubled",  "tripled", "halved",   "factorial", "dozen",
      "dozens",  "hundred", "thousand", "million", "hundreds", "score",     "pairs"};
  constexpr std::string_view kUnits = "mgshl";  // lower-case letters that are no variables
  if (!is_number(left)) return false;
  const auto numbers = numbers_in(left);
  if (numbers.size() != 1) return false;
  const std::string_view typed = left.substr(numbers[0].begin, numbers[0].end - numbers[0].begin);
  if (typed.find_first_of("/^*x\\") != std::string_view::npos) return false;
  const std::string_view unit = left.substr(numbers[0].end);
  const std::size_t first = unit.find_first_not_of(' ');
  const std::size_t last = unit.find_last_not_of(' ');
  if (first == std::string_view::npos) return true;
  if (has_word(ascii_lower(unit), kOperations)) return false;
  if (first != last) return std::ranges::any_of(right, is_alpha);  // in another unit
  return !is_lower(unit[first]) || kUnits.find(unit[first]) != std::string_view::npos;
}

// Of an announced sentence, the part that says the number, before an equation that explains it.
std::string_view before_explanation(std::string_view sentence) {
  const std::size_t equals = sentence.find('=');
  if (equals == std::string_view::npos) return sentence;
  for (const std::size_t begin : {reason_begin(sentence), aside_begin(sentence)}) {
    if (begin == std::string_view::npos) continue;
    const bool explains = sentence.find('=', begin) != std::string_view::npos;
    if (explains && says_one(sentence.substr(0, begin))) return sentence.substr(0, begin);
  }
  const std::string_view left = sentence.substr(0, equals);
  return is_converted(left, sentence.substr(equals + 1)) ? left : sentence;
}

// "For 16 glasses, Kylar pays $64", "that 16 glasses cost $64": the case comes first, what is said
// of it last.
bool names_case_first(std::string_view sentence, std::span<const FoundNumber> numbers) {
  constexpr std::array<std::string_view, 14> kPrepositions{"for", "in",   "after", "with", "at",
                                                           "by",  "from", "on",    "of",   "over",
                                                           "if",  "when", "since", "given"};
  constexpr std::array<std::string_view, 15> kVerbs{"is",   "are",  "was",   "were",  "equals",
                                                    "cost", "pays", "gets",  "costs", "has",
                                                    "have", "need", "makes", "needs", "takes"};
  if (numbers.size() < 2) return false;
  const std::string lower = ascii_lower(sentence.substr(0, numbers.back().begin));
  const std::size_t begin = std::min(lower.find_first_not_of(' '), lower.size());
  const std::string_view first =
      std::string_view(lower).substr(begin, lower.find(' ', begin) - begin);
  const bool that = first == "that";
  if (!that && std::ranges::find(kPrepositions, first) == kPrepositions.end()) return false;
  // "In total she needs 150 eggs, 50 a day": the first number is of no case.
  constexpr std::array<std::string_view, 3> kSums{"total", "all", "end"};
  const auto before = std::string_view(lower).substr(0, numbers.front().begin);
  if (before.find(',') != std::string_view::npos || has_word(before, kVerbs) ||
      has_word(before, kSums)) {
    return false;
  }
  const std::size_t behind = numbers.front().end;
  const std::string_view between =
      behind < lower.size() ? std::string_view(lower).substr(behind) : std::string_view();
  return (!that && between.find(", ") != std::string_view::npos) || has_word(between, kVerbs);
}

bool says_one(std::string_view part) {
  const std::size_t equals = part.rfind('=');
  if (equals != std::string_view::npos) return !numbers_in(part.substr(equals + 1)).empty();
  const auto numbers = numbers_in(part);
  return numbers.size() == 1 || names_case_first(part, numbers);
}

// The part before " (": "after 5 days (120 hours)".
std::string_view before_aside(std::string_view sentence) {
  const std::size_t aside = sentence.find(" (");
  return numbers_in(sentence.substr(0, aside)).empty() ? sentence : sentence.substr(0, aside);
}

// Returns what a sentence says: after its last "=", else its first or last number.
NumberReading read_sentence(std::string_view sentence, Said said_how) {
  if (said_how != Said::last) {
    sentence = before_explanation(sentence);
    const std::string_view said = before_aside(sentence);
    if (said.find('=') == std::string_view::npos && names_case_first(said, numbers_in(said))) {
      return read_sentence(said, Said::last);
    }
  }
  const std::size_t equals = sentence.rfind('=');
  const bool explained = said_how != Said::last && equals != std::string_view::npos &&
                         is_explained(sentence, sentence.find('='));
  const bool unequal =
      equals != std::string_view::npos && sentence.substr(0, equals).ends_with('!');
  if (equals != std::string_view::npos && !explained && !unequal) {
    const auto right = numbers_of_phrase(sentence.substr(equals + 1));
    if (!right.empty()) {
      if (is_either_equation(sentence, equals, right)) return {std::nullopt, kAmbiguous};
      if (is_denied_number(sentence.substr(equals + 1), right.front())) {
        return {std::nullopt, kOnlyDenied};
      }
      return {right.front().number, {}};
    }
  }
  const bool first = said_how != Said::last;
  auto numbers = said_how == Said::signed_ ? numbers_of_phrase(sentence) : numbers_in(sentence);
  if (numbers.empty()) return {std::nullopt, kNothing};
  std::erase_if(numbers,
                [sentence](const FoundNumber& one) { return is_denied_number(sentence, one); });
  if (numbers.empty()) return {std::nullopt, kOnlyDenied};
  const std::size_t said = first ? 0 : numbers.size() - 1;
  const std::size_t left = first ? 0 : said - (said > 0 ? 1 : 0);
  if (left + 1 < numbers.size() &&
      is_either(sentence.substr(numbers[left].end, numbers[left + 1].begin - numbers[left].end))) {
    return {std::nullopt, kAmbiguous};
  }
  if (first) {
    if (const auto concluded = read_conclusion(sentence, numbers)) return *concluded;
  }
  return {numbers[said].number, {}};
}

// Where what a mark announces begins and ends.
struct Announced {
  std::size_t begin = 0;
  std::size_t end = 0;
  Said how = Said::first;
};

std::size_t find_before(std::string_view text, std::string_view piece, std::size_t at) {
  return at == 0 ? std::string_view::npos : text.rfind(piece, at - 1);
}

// "#### 42", as GSM8K ends; "#### Note 3" is a heading, and announces less.
std::vector<Announced> hashes(std::string_view text) {
  std::vector<Announced> found;
  int left = kMarksMax;
  for (std::size_t at = text.rfind("####"); at != std::string_view::npos && left > 0;
       at = find_before(text, "####", at), --left) {
    found.push_back({at + 4, sentence_end(text, at + 4)});
  }
  return found;
}

// "The answer to question 3 is 42 apples": begins after the verb or the colon, if there is one.
std::vector<Announced> answers_announced(std::string_view text) {
  constexpr std::size_t kAnswerBytes = 6;
  std::vector<Announced> found;
  const std::string lower = ascii_lower(text);
  int left = kMarksMax;
  for (std::size_t at = lower.rfind("answer"); at != std::string::npos && left > 0;
       at = find_before(lower, "answer", at), --left) {
    if (is_denied_before(text, at)) continue;  // "I don't think the answer is 18"
    std::size_t begin = at + kAnswerBytes;
    const std::size_t end = sentence_end(text, begin);
    std::size_t verb = std::string::npos;
    for (const std::string_view word : {" is ", ":", " be ", "=", " is:", " was "}) {
      const std::size_t here = lower.find(word, begin);
      if (here < end && here + word.size() < verb) verb = here + word.size();
    }
    if (verb == std::string::npos) {
      found.push_back({begin, end});
      continue;
    }
    begin = std::min(text.find_first_not_of(" \n*", verb), text.size());
    if (is_denied_before(text, begin)) {  // "The answer can't be 18"
      found.push_back({at + kAnswerBytes, end});
      continue;
    }
    const bool same_line = text.substr(verb, begin - verb).find('\n') == std::string_view::npos;
    found.push_back(
        {begin, std::max(end, sentence_end(text, begin)), same_line ? Said::signed_ : Said::first});
  }
  return found;
}

// "not 5": what an answer is said not to be.
bool is_denied(std::string_view text) { return ascii_lower(text.substr(0, 4)) == "not "; }

std::optional<NumberReading> read_mark(std::string_view said, Said how) {
  if (is_denied(said)) return std::nullopt;
  const NumberReading one = read_sentence(said, how);
  return one.number || one.reason == kAmbiguous ? std::optional(one) : std::nullopt;
}

std::optional<NumberReading> read_marked(std::string_view text) {
  auto marks = hashes(text);
  const auto answers = answers_announced(text);
  marks.insert(marks.end(), answers.begin(), answers.end());
  std::ranges::stable_sort(marks, {}, &Announced::begin);
  std::optional<NumberReading> reading;
  for (const auto& [begin, end, how] : marks) {
    if (const auto one = read_mark(text.substr(begin, end - begin), how)) reading = one;
  }
  return reading;
}

NumberReading read_last_sentence(std::string_view text) {
  NumberReading reading{std::nullopt, kNothing};
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = sentence_end(text, begin);
    const NumberReading one = read_sentence(text.substr(begin, end - begin), Said::last);
    const bool denied = one.reason == kOnlyDenied && !reading.number;
    if (one.number || one.reason == kAmbiguous || denied) reading = one;
    begin = end + 1;
  }
  return reading;
}

// "18? No, 12.", "18. Wait, it is 12.": what begins behind the first sentence takes it back.
bool takes_back(std::string_view rest) {
  constexpr std::size_t kBytesMax = 16;
  const std::size_t begin = std::min(rest.find_first_not_of(" .?!"), rest.size());
  const std::string lower = ascii_lower(rest.substr(begin, kBytesMax));
  constexpr std::array<std::string_view, 6> kTurns{"no, ",   "no wait",    "wait, ",
                                                   "wait: ", "actually, ", "correction: "};
  return std::ranges::any_of(kTurns,
                             [&](std::string_view turn) { return lower.starts_with(turn); });
}

bool opens_with_number(std::string_view text) {
  const std::size_t at = text.find_first_not_of(' ');
  return at != std::string_view::npos && number_at(text, at).has_value();
}

// What final_answers() and "#### 42" say, the last one first.
std::optional<NumberReading> read_final(std::string_view text) {
  std::vector<Announced> marks;
  for (const FinalAnswer& one : final_answers(text)) {
    marks.push_back({one.begin, one.end, one.same_line ? Said::signed_ : Said::first});
  }
  for (const Announced& one : hashes(text)) {
    if (opens_with_number(text.substr(one.begin, one.end - one.begin))) marks.push_back(one);
  }
  std::ranges::stable_sort(marks, std::ranges::greater(), &Announced::begin);
  for (const auto& [begin, end, how] : marks) {
    const std::size_t stop = std::min(end, sentence_end(text, begin));
    const std::string_view rest = text.substr(stop, end - stop);
    if (takes_back(rest)) {
      if (auto later = read_mark(rest, how)) return later;
    }
    if (auto sentence = read_mark(text.substr(begin, stop - begin), how)) return sentence;
    const std::string_view line = text.substr(begin, end - begin);
    if (auto whole = read_mark(line, how)) return whole;
    if (const auto spelled = spelled_number(line)) return NumberReading{TypedNumber{*spelled}, {}};
  }
  return std::nullopt;
}

// The number a text begins with, when no other follows.
std::optional<FoundNumber> only_number(std::string_view plain) {
  const std::size_t begin = plain.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return std::nullopt;
  auto found = number_at(plain, begin);
  if (!found || is_ordinal(plain, found->end)) return std::nullopt;
  if (!numbers_in(plain.substr(found->end)).empty()) return std::nullopt;
  return found;
}

}  // namespace

NumberReading read_number(std::string_view answer) {
  const std::string text = number_text(answer);
  if (const auto said = read_final(text)) return *said;
  if (const auto marked = read_marked(text)) return *marked;
  return read_last_sentence(text);
}

std::optional<TypedNumber> parse_typed_number(std::string_view text) {
  const auto found = only_number(number_text(text));
  return found ? std::optional(found->number) : std::nullopt;
}

bool is_number(std::string_view text) {
  const std::string plain = number_text(text);
  const auto found = only_number(plain);
  if (!found) return false;
  std::string_view rest = std::string_view(plain).substr(found->end);
  rest = rest.substr(0, rest.find_last_not_of(" \t\r\n.$") + 1);
  for (const std::string_view sign : {"\xC2\xB0", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5"}) {
    if (rest.starts_with(sign)) return rest.size() <= sign.size() + 1;  // "25 degrees C"
  }
  return rest.empty() || (rest.front() == ' ' && is_unit(rest.substr(rest.find_first_not_of(' '))));
}

bool same_number(const TypedNumber& answer, const TypedNumber& truth) {
  const auto near = [](double x, double y) {
    return std::abs(x - y) <= kToleranceRelative * std::max(std::abs(x), std::abs(y));
  };
  const auto fraction = [](const TypedNumber& x) { return x.percent ? x.value / 100 : x.value; };
  if (answer.percent == truth.percent) return near(answer.value, truth.value);
  if (near(fraction(answer), fraction(truth))) return true;
  const bool is_share = !truth.percent && std::abs(truth.value) < 1.0;  // no amount of percent
  return !is_share && near(answer.value, truth.value);
}

}  // namespace ooe::interview
