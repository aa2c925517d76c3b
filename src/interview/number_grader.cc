#include "interview/number_grader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "interview/final_answer.h"
#include "interview/number_text.h"

namespace ooe::interview {
namespace {

constexpr double kToleranceRelative = 1e-6;
constexpr std::string_view kNothing = "contains no number";
constexpr std::string_view kAmbiguous = "leaves more than one number open";
// The last marks of each kind are read: the last one counts, earlier ones only when it says
// nothing.
constexpr int kMarksMax = 32;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A number and where it stands in the text.
struct Found {
  std::size_t begin = 0;
  std::size_t end = 0;
  TypedNumber number;
};

// Reads forward through a text; every method leaves the position alone when it does not match.
class Scanner {
 public:
  explicit Scanner(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool take(std::string_view piece) {
    if (!text_.substr(at_).starts_with(piece)) return false;
    at_ += piece.size();
    return true;
  }
  void skip(char c) {
    while (peek() == c) ++at_;
  }

  // "1,234,567.89", "1 234 567", ".5", "42". Commas and blanks count only before groups of three.
  std::optional<double> unsigned_decimal() {
    std::string digits;
    std::size_t end = at_;
    while (end < text_.size() && is_digit(text_[end])) digits += text_[end++];
    if (!digits.empty() && digits.size() <= 3) {
      const char mark = groups_by_blanks(end) ? ' ' : ',';
      while (is_group(end, mark)) {
        digits += text_.substr(end + 1, 3);
        end += 4;
      }
    }
    const bool fraction = end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1]);
    if (digits.empty() && !fraction) return std::nullopt;
    if (fraction) {
      digits += '.';
      for (++end; end < text_.size() && is_digit(text_[end]); ++end) digits += text_[end];
    }
    double value = 0.0;
    if (digits.starts_with('.')) digits.insert(0, "0");
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || rest != digits.data() + digits.size()) return std::nullopt;
    at_ = end;
    return value;
  }

  std::optional<int> small_integer() {
    const Scanner before = *this;
    const bool negative = take("-");
    if (!negative) (void)take("+");
    int value = 0;
    std::size_t count = 0;
    for (; is_digit(peek()) && count < 4; ++at_, ++count) value = 10 * value + (peek() - '0');
    if (count > 0 && !is_digit(peek())) return negative ? -value : value;
    *this = before;
    return std::nullopt;
  }

 private:
  // One group behind a blank may be another number, unless it begins with a zero.
  [[nodiscard]] bool groups_by_blanks(std::size_t at) const {
    return is_group(at, ' ') && (text_[at + 1] == '0' || is_group(at + 4, ' '));
  }
  [[nodiscard]] bool is_group(std::size_t at, char mark) const {
    return at + 3 < text_.size() && text_[at] == mark && is_digit(text_[at + 1]) &&
           is_digit(text_[at + 2]) && is_digit(text_[at + 3]) &&
           (at + 4 >= text_.size() || !is_digit(text_[at + 4]));
  }

  std::string_view text_;
  std::size_t at_;
};

constexpr std::array<std::string_view, 8> kCurrencies{"$",   "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5",
                                                      "USD", "EUR",          "GBP",      "Rs."};
constexpr std::array<std::pair<std::string_view, double>, 4> kMultiples{
    {{"thousand", 1e3}, {"million", 1e6}, {"billion", 1e9}, {"trillion", 1e12}}};

bool take_currency(Scanner& scanner) {
  for (const std::string_view currency : kCurrencies) {
    if (!scanner.take(currency)) continue;
    scanner.skip(' ');
    return true;
  }
  return false;
}

// Of "\frac": "{3}", "{-3}", or the "3" of "\frac34".
std::optional<double> latex_argument(Scanner& scanner) {
  Scanner ahead = scanner;
  ahead.skip(' ');
  if (!ahead.take("{")) {
    if (!is_digit(ahead.peek())) return std::nullopt;
    const double value = ahead.peek() - '0';
    scanner = Scanner(ahead.text(), ahead.at() + 1);
    return value;
  }
  ahead.skip(' ');
  const bool negative = ahead.take("-");
  const auto value = ahead.unsigned_decimal();
  ahead.skip(' ');
  if (!value || !ahead.take("}")) return std::nullopt;
  scanner = ahead;
  return negative ? -*value : *value;
}

// "\frac{3}{4}", also dfrac and tfrac.
std::optional<double> latex_fraction(Scanner& scanner) {
  Scanner ahead = scanner;
  if (!ahead.take("\\frac") && !ahead.take("\\dfrac") && !ahead.take("\\tfrac")) {
    return std::nullopt;
  }
  const auto above = latex_argument(ahead);
  if (!above) return std::nullopt;
  const auto below = latex_argument(ahead);
  if (!below || *below == 0.0) return std::nullopt;
  scanner = ahead;
  return *above / *below;
}

// "e-3", "E5", "*10^23", "* 10^{23}".
double power_of_ten(Scanner& scanner) {
  Scanner ahead = scanner;
  if (ahead.take("e") || ahead.take("E")) {
    if (const auto exponent = ahead.small_integer(); exponent && !is_alpha(ahead.peek())) {
      scanner = ahead;
      return std::pow(10.0, *exponent);
    }
    return 1.0;
  }
  ahead.skip(' ');
  if (!ahead.take("*") && !ahead.take("x")) return 1.0;
  ahead.skip(' ');
  if (!ahead.take("10^")) return 1.0;
  const bool braces = ahead.take("{");
  const auto exponent = ahead.small_integer();
  if (!exponent || (braces && !ahead.take("}"))) return 1.0;
  scanner = ahead;
  return std::pow(10.0, *exponent);
}

// After "10": "^3", "^{3}".
std::optional<int> exponent(Scanner& scanner) {
  Scanner ahead = scanner;
  if (!ahead.take("^")) return std::nullopt;
  const bool braces = ahead.take("{");
  const auto value = ahead.small_integer();
  if (!value || (braces && !ahead.take("}"))) return std::nullopt;
  scanner = ahead;
  return value;
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// "2 million", "1.5 Million"; "5k"; of money also "$1.5M", "$3bn": "300K" is a temperature, and
// "5M" may be metres.
double multiple(Scanner& scanner, bool money) {
  Scanner ahead = scanner;
  if (ahead.take("k") || (money && (ahead.take("K") || ahead.take("M") || ahead.take("m") ||
                                    ahead.take("B") || ahead.take("b")))) {
    const char unit = scanner.peek();
    if (unit != 'k' && unit != 'K') (void)ahead.take("n");
    if (!is_alpha(ahead.peek()) && !is_digit(ahead.peek())) {
      scanner = ahead;
      return unit == 'k' || unit == 'K' ? 1e3 : unit == 'm' || unit == 'M' ? 1e6 : 1e9;
    }
  }
  ahead = scanner;
  ahead.skip(' ');
  const std::string word = ascii_lower(ahead.text().substr(ahead.at(), 9));
  for (const auto& [name, factor] : kMultiples) {
    if (!word.starts_with(name) || (word.size() > name.size() && is_alpha(word[name.size()]))) {
      continue;
    }
    scanner = Scanner(ahead.text(), ahead.at() + name.size());
    return factor;
  }
  return 1.0;
}

// After "3": "/4" of a simple fraction. Dates and paths ("1/2/2020") are none.
std::optional<double> divisor(Scanner& scanner) {
  Scanner ahead = scanner;
  if (!ahead.take("/") && !ahead.take(" / ")) return std::nullopt;
  const auto below = ahead.unsigned_decimal();
  if (!below || *below == 0.0 || ahead.peek() == '/') return std::nullopt;
  scanner = ahead;
  return below;
}

// After "2": " 1/2" or "\\frac{1}{2}" of a mixed number.
std::optional<double> mixed_fraction(Scanner& scanner) {
  Scanner ahead = scanner;
  if (const auto fraction = latex_fraction(ahead);
      fraction && *fraction >= 0.0 && *fraction < 1.0) {
    scanner = ahead;
    return fraction;
  }
  if (!ahead.take(" ")) return std::nullopt;
  const auto above = ahead.unsigned_decimal();
  if (!above) return std::nullopt;
  const auto below = divisor(ahead);
  if (!below || *above >= *below) return std::nullopt;
  scanner = ahead;
  return *above / *below;
}

std::optional<double> magnitude(Scanner& scanner, bool money) {
  if (const auto fraction = latex_fraction(scanner)) return fraction;
  const auto value = scanner.unsigned_decimal();
  if (!value) return std::nullopt;
  if (const auto below = divisor(scanner)) return *value / *below;
  if (const auto fraction = mixed_fraction(scanner)) return *value + *fraction;
  if (const auto raised = exponent(scanner)) return std::pow(*value, *raised);
  const double power = power_of_ten(scanner);
  return *value * power * multiple(scanner, money);
}

// Reads a number that begins exactly at `at`, its sign and currency included.
std::optional<Found> number_at(std::string_view text, std::size_t at) {
  Scanner scanner(text, at);
  bool negative = scanner.take("-");
  if (!negative) (void)scanner.take("+");
  const bool money = take_currency(scanner);
  if (!negative) negative = scanner.take("-");
  const auto value = magnitude(scanner, money);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  TypedNumber number{negative ? -*value : *value, false};
  Scanner ahead = scanner;
  ahead.skip(' ');
  if (ahead.take("%")) {
    number.percent = true;
    scanner = ahead;
  }
  return Found{at, scanner.at(), number};
}

// "2nd", "5th": a place in an order, not an amount.
bool is_ordinal(std::string_view text, std::size_t end) {
  const std::string_view rest = text.substr(end, 2);
  return rest == "st" || rest == "nd" || rest == "rd" || rest == "th";
}

// A sign belongs to the number unless something is subtracted: "5-3", "x -3" keeps, "a-3" not.
bool may_begin(std::string_view text, std::size_t at) {
  if (at == 0) return true;
  const char before = text[at - 1];
  if (text[at] == '-' || text[at] == '+')
    return !is_digit(before) && !is_alpha(before) && before != ')';
  if (before == '_') return at == 1 || text[at - 2] == ' ' || text[at - 2] == '\n';  // "_42_"
  return !is_alpha(before) && !is_digit(before) && before != '^';
}

// "2:30", "5:1": a time or a ratio, no number. Returns where it ends; `end` when it is none.
std::size_t past_ratio(std::string_view text, std::size_t end) {
  while (end + 1 < text.size() && text[end] == ':' && is_digit(text[end + 1])) {
    for (++end; end < text.size() && is_digit(text[end]);) ++end;
  }
  return end;
}

std::vector<Found> numbers_in(std::string_view text) {
  std::vector<Found> numbers;
  for (std::size_t at = 0; at < text.size();) {
    const auto found = may_begin(text, at) ? number_at(text, at) : std::nullopt;
    if (!found) {
      // Past the digits of "H2O" or "x10": their rest is no number either.
      const bool inside_word = is_digit(text[at]);
      ++at;
      while (inside_word && at < text.size() && is_digit(text[at])) ++at;
      continue;
    }
    at = past_ratio(text, found->end);
    if (at == found->end && !is_ordinal(text, at)) numbers.push_back(*found);
  }
  return numbers;
}

// The end of the sentence or line that `from` stands in: a full stop inside a number does not end
// it.
std::size_t sentence_end(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size(); ++at) {
    if (text[at] == '\n' || text[at] == ';') return at;
    const bool stop = text[at] == '.' || text[at] == '!' || text[at] == '?';
    if (stop && (at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\n')) return at;
  }
  return text.size();
}

bool is_either(std::string_view between) {
  const std::string_view words[] = {" or ", " to ", "-", " - ", " and ", " or $", " to $"};
  return std::find(std::begin(words), std::end(words), between) != std::end(words);
}

// The numbers of what stands behind "=" or "Answer:", where a dash of its own is a minus: "- 5".
std::vector<Found> numbers_of_phrase(std::string_view phrase) {
  auto numbers = numbers_in(phrase);
  const std::size_t dash = phrase.find_first_not_of(" $");
  if (numbers.empty() || dash == std::string_view::npos || phrase[dash] != '-') return numbers;
  Found& first = numbers.front();
  const std::string_view between = phrase.substr(dash + 1, first.begin - dash - 1);
  if (first.begin > dash && between.find_first_not_of(" $") == std::string_view::npos) {
    first = {dash, first.end, {-first.number.value, first.number.percent}};
  }
  return numbers;
}

// "x = 3 or x = 5", "x = 3 or 5": `right` are the numbers behind the last "=", at `equals`.
bool is_either_equation(std::string_view sentence, std::size_t equals,
                        std::span<const Found> right) {
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
                                             std::span<const Found> numbers) {
  std::size_t begin = 0;
  for (const std::string_view word : {", so ", " therefore ", " thus ", " hence "}) {
    const std::size_t at = sentence.rfind(word);
    if (at != std::string_view::npos) begin = std::max(begin, at + word.size());
  }
  const auto concluded =
      std::ranges::find_if(numbers, [&](const Found& one) { return one.begin >= begin; });
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

// "3 because x = 7", "3 (with x = 7)": the number comes first, and what stands on both sides of
// the "=" only explains it. Not "3 + 4 = 7".
bool is_explained(std::string_view sentence, std::size_t equals) {
  constexpr std::array<std::string_view, 9> kReasons{"because", "since", "as",   "with", "where",
                                                     "when",    "given", "from", "if"};
  const std::size_t begin = sentence.find_first_not_of(' ');
  const auto number = begin < equals ? number_at(sentence, begin) : std::nullopt;
  if (!number || number->end > equals) return false;
  const std::string between = ascii_lower(sentence.substr(number->end, equals - number->end));
  const bool inside =
      between.find('(') != std::string::npos && between.rfind('(') + 1 > between.rfind(')') + 1;
  return has_word(between, kReasons) || (inside && between.find_first_of("*/^") == between.npos);
}

// "For 16 glasses, Kylar pays $64", "that 16 glasses cost $64": the case comes first, what is said
// of it last.
bool names_case_first(std::string_view sentence, std::span<const Found> numbers) {
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
  if (first == "that") return true;
  if (std::ranges::find(kPrepositions, first) == kPrepositions.end()) return false;
  const std::size_t behind = numbers.front().end;
  const std::string_view between =
      behind < lower.size() ? std::string_view(lower).substr(behind) : std::string_view();
  return between.find(", ") != std::string_view::npos || has_word(between, kVerbs);
}

// The part before " (": "after 5 days (120 hours)".
std::string_view before_aside(std::string_view sentence) {
  const std::size_t aside = sentence.find(" (");
  return numbers_in(sentence.substr(0, aside)).empty() ? sentence : sentence.substr(0, aside);
}

// Returns what a sentence says: after its last "=", else its first or last number.
NumberReading read_sentence(std::string_view sentence, Said said_how) {
  if (said_how != Said::last) {
    const std::string_view said = before_aside(sentence);
    if (said.find('=') == std::string_view::npos && names_case_first(said, numbers_in(said))) {
      return read_sentence(said, Said::last);
    }
  }
  const std::size_t equals = sentence.rfind('=');
  const bool explained = said_how != Said::last && equals != std::string_view::npos &&
                         is_explained(sentence, sentence.find('='));
  if (equals != std::string_view::npos && !explained) {
    const auto right = numbers_of_phrase(sentence.substr(equals + 1));
    if (!right.empty()) {
      if (is_either_equation(sentence, equals, right)) return {std::nullopt, kAmbiguous};
      return {right.front().number, {}};
    }
  }
  const bool first = said_how != Said::last;
  const auto numbers =
      said_how == Said::signed_ ? numbers_of_phrase(sentence) : numbers_in(sentence);
  if (numbers.empty()) return {std::nullopt, kNothing};
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
  std::vector<Announced> found;
  const std::string lower = ascii_lower(text);
  int left = kMarksMax;
  for (std::size_t at = lower.rfind("answer"); at != std::string::npos && left > 0;
       at = find_before(lower, "answer", at), --left) {
    std::size_t begin = at + 6;
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
    if (one.number || one.reason == kAmbiguous) reading = one;
    begin = end + 1;
  }
  return reading;
}

// The value of "seven", "Twenty-one", "one million", when `text` says nothing else.
std::optional<double> spelled_number(std::string_view text) {
  constexpr std::array<std::string_view, 20> kOnes{
      "zero",     "one",     "two",     "three",     "four",     "five",    "six",
      "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
      "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  constexpr std::array<std::string_view, 8> kTens{"twenty", "thirty",  "forty",  "fifty",
                                                  "sixty",  "seventy", "eighty", "ninety"};
  constexpr std::size_t kBytesMax = 80;
  if (text.size() > kBytesMax) return std::nullopt;
  const std::string lower = ascii_lower(text);
  double sum = 0.0;   // of what a multiple has closed: "two thousand"
  double part = 0.0;  // of what none has yet
  std::size_t count = 0;
  for (std::size_t at = 0; at < lower.size();) {
    if (!is_alpha(lower[at])) {
      if (std::string_view(" \r*_.!-$").find(lower[at]) == std::string_view::npos) {
        return std::nullopt;
      }
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < lower.size() && is_alpha(lower[at])) ++at;
    const std::string_view word = std::string_view(lower).substr(begin, at - begin);
    const auto* const one = std::ranges::find(kOnes, word);
    const auto* const ten = std::ranges::find(kTens, word);
    const auto* const many =
        std::ranges::find(kMultiples, word, &std::pair<std::string_view, double>::first);
    if (one != kOnes.end()) {
      part += static_cast<double>(one - kOnes.begin());
    } else if (ten != kTens.end()) {
      part += 20.0 + 10.0 * static_cast<double>(ten - kTens.begin());
    } else if (word == "hundred" && part > 0.0) {
      part *= 100.0;
    } else if (many != kMultiples.end() && part > 0.0) {
      sum += part * many->second;
      part = 0.0;
    } else if (word != "and" || count == 0) {
      return std::nullopt;
    }
    ++count;
  }
  return count > 0 ? std::optional(sum + part) : std::nullopt;
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
    if (auto sentence = read_mark(text.substr(begin, stop - begin), how)) return sentence;
    const std::string_view line = text.substr(begin, end - begin);
    if (auto whole = read_mark(line, how)) return whole;
    if (const auto spelled = spelled_number(line)) return NumberReading{TypedNumber{*spelled}, {}};
  }
  return std::nullopt;
}

// The number a text begins with, when no other follows.
std::optional<Found> only_number(std::string_view plain) {
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

std::optional<TypedNumber> parse_number(std::string_view text) {
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
