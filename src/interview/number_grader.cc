#include "interview/number_grader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "interview/plain_text.h"

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

  // "1,234,567.89", ".5", "42". Commas count only before groups of three.
  std::optional<double> unsigned_decimal() {
    std::string digits;
    std::size_t end = at_;
    while (end < text_.size() && is_digit(text_[end])) digits += text_[end++];
    if (!digits.empty() && digits.size() <= 3) {
      while (is_group(end)) {
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
  [[nodiscard]] bool is_group(std::size_t at) const {
    return at + 3 < text_.size() && text_[at] == ',' && is_digit(text_[at + 1]) &&
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

void skip_currency(Scanner& scanner) {
  for (const std::string_view currency : kCurrencies) {
    if (scanner.take(currency)) return scanner.skip(' ');
  }
}

// "\frac{3}{4}", also dfrac and tfrac.
std::optional<double> latex_fraction(Scanner& scanner) {
  Scanner ahead = scanner;
  if (!ahead.take("\\frac{") && !ahead.take("\\dfrac{") && !ahead.take("\\tfrac{")) {
    return std::nullopt;
  }
  const auto above = ahead.unsigned_decimal();
  if (!above || !ahead.take("}{")) return std::nullopt;
  const auto below = ahead.unsigned_decimal();
  if (!below || !ahead.take("}") || *below == 0.0) return std::nullopt;
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

double multiple(Scanner& scanner) {
  Scanner ahead = scanner;
  ahead.skip(' ');
  for (const auto& [word, factor] : kMultiples) {
    if (ahead.take(word) && !is_alpha(ahead.peek())) {
      scanner = ahead;
      return factor;
    }
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
  if (const auto fraction = latex_fraction(ahead); fraction && *fraction < 1.0) {
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

std::optional<double> magnitude(Scanner& scanner) {
  if (const auto fraction = latex_fraction(scanner)) return fraction;
  const auto value = scanner.unsigned_decimal();
  if (!value) return std::nullopt;
  if (const auto below = divisor(scanner)) return *value / *below;
  if (const auto fraction = mixed_fraction(scanner)) return *value + *fraction;
  if (const auto raised = exponent(scanner)) return std::pow(*value, *raised);
  const double power = power_of_ten(scanner);
  return *value * power * multiple(scanner);
}

// Reads a number that begins exactly at `at`, its sign and currency included.
std::optional<Found> number_at(std::string_view text, std::size_t at) {
  Scanner scanner(text, at);
  bool negative = scanner.take("-");
  if (!negative) (void)scanner.take("+");
  skip_currency(scanner);
  if (!negative) negative = scanner.take("-");
  const auto value = magnitude(scanner);
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
  return !is_alpha(before) && !is_digit(before) && before != '_' && before != '^';
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
    at = found->end;
    if (!is_ordinal(text, found->end)) numbers.push_back(*found);
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

// Returns what a sentence says: after its last "=", else its first or last number.
NumberReading read_sentence(std::string_view sentence, bool first) {
  if (const std::size_t equals = sentence.rfind('='); equals != std::string_view::npos) {
    const auto right = numbers_in(sentence.substr(equals + 1));
    if (!right.empty()) return {right.front().number, {}};
  }
  const auto numbers = numbers_in(sentence);
  if (numbers.empty()) return {std::nullopt, kNothing};
  const std::size_t said = first ? 0 : numbers.size() - 1;
  const std::size_t left = first ? 0 : said - (said > 0 ? 1 : 0);
  if (left + 1 < numbers.size() &&
      is_either(sentence.substr(numbers[left].end, numbers[left + 1].begin - numbers[left].end))) {
    return {std::nullopt, kAmbiguous};
  }
  return {numbers[said].number, {}};
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Where what a mark announces begins and ends.
struct Announced {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::size_t find_before(std::string_view text, std::string_view piece, std::size_t at) {
  return at == 0 ? std::string_view::npos : text.rfind(piece, at - 1);
}

std::vector<Announced> boxes_and_hashes(std::string_view text) {
  std::vector<Announced> found;
  constexpr std::string_view kBox = "\\boxed{";
  int left = kMarksMax;
  for (std::size_t at = text.rfind(kBox); at != std::string_view::npos && left > 0;
       at = find_before(text, kBox, at), --left) {
    std::size_t end = at + kBox.size();
    for (int depth = 1; end < text.size(); ++end) {
      if (text[end] == '{') ++depth;
      if (text[end] == '}' && --depth == 0) break;
    }
    found.push_back({at + kBox.size(), end});
  }
  left = kMarksMax;
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
    begin = verb;
    while (begin < text.size() &&
           (text[begin] == ' ' || text[begin] == '\n' || text[begin] == '*')) {
      ++begin;
    }
    found.push_back({begin, std::max(end, sentence_end(text, begin))});
  }
  return found;
}

// "not 5": what an answer is said not to be.
bool is_denied(std::string_view text) { return ascii_lower(text.substr(0, 4)) == "not "; }

std::optional<NumberReading> read_marked(std::string_view text) {
  auto marks = boxes_and_hashes(text);
  const auto answers = answers_announced(text);
  marks.insert(marks.end(), answers.begin(), answers.end());
  std::stable_sort(marks.begin(), marks.end(),
                   [](const Announced& a, const Announced& b) { return a.begin < b.begin; });
  std::optional<NumberReading> reading;
  for (const auto& [begin, end] : marks) {
    const std::string_view said = text.substr(begin, end - begin);
    if (is_denied(said)) continue;
    const NumberReading one = read_sentence(said, true);
    if (one.number || one.reason == kAmbiguous) reading = one;
  }
  return reading;
}

NumberReading read_last_sentence(std::string_view text) {
  NumberReading reading{std::nullopt, kNothing};
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = sentence_end(text, begin);
    const NumberReading one = read_sentence(text.substr(begin, end - begin), false);
    if (one.number || one.reason == kAmbiguous) reading = one;
    begin = end + 1;
  }
  return reading;
}

// Stars and dollars of mathematics stand between a minus and its number, or glue to units.
std::string without_emphasis(std::string text) {
  for (const std::string_view mark : {"**", "$$", "\\(", "\\)", "\\[", "\\]", "`"}) {
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
      text.replace(at, mark.size(), mark == "**" ? "" : " ");
    }
  }
  return text;
}

}  // namespace

NumberReading read_number(std::string_view answer) {
  const std::string text = without_emphasis(plain_text(answer));
  if (const auto marked = read_marked(text)) return *marked;
  return read_last_sentence(text);
}

std::optional<TypedNumber> parse_number(std::string_view text) {
  const std::string plain = plain_text(text);
  std::size_t begin = plain.find_first_not_of(" \t");
  if (begin == std::string::npos) return std::nullopt;
  const auto found = number_at(plain, begin);
  if (!found) return std::nullopt;
  // A unit may follow, another number may not.
  const std::string_view rest = std::string_view(plain).substr(found->end);
  if (std::any_of(rest.begin(), rest.end(), is_digit)) return std::nullopt;
  return found->number;
}

bool same_number(const TypedNumber& a, const TypedNumber& b) {
  const auto near = [](double x, double y) {
    return std::abs(x - y) <= kToleranceRelative * std::max(std::abs(x), std::abs(y));
  };
  if (near(a.value, b.value)) return true;
  if (a.percent == b.percent) return false;
  return near(a.percent ? a.value / 100 : a.value, b.percent ? b.value / 100 : b.value);
}

}  // namespace ooe::interview
