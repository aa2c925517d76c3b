#include "interview/typed_number.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/parse_number.h"

namespace ooe::interview {
namespace {

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
    if (digits.starts_with('.')) digits.insert(0, "0");
    const auto value = parse_number<double>(digits);
    if (value) at_ = end;
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

// "2 million", "1.5 Million"; "5k"; of money also "$1.5M", "$3bn": "300K" is a temperature, and
// "5M" may be metres.
double multiple(Scanner& scanner, bool money) {
  Scanner ahead = scanner;
  if (ahead.take("k") || (money && (ahead.take("K") || ahead.take("M") || ahead.take("m") ||
                                    ahead.take("B") || ahead.take("b")))) {
    const char unit = scanner.peek();
    if (unit != 'k' && unit != 'K') (void)ahead.take("n");
    if (!is_alnum(ahead.peek())) {
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
// A sign belongs to the number unless something is subtracted: "5-3", "x -3" keeps, "a-3" not.
bool may_begin(std::string_view text, std::size_t at) {
  if (at == 0) return true;
  const char before = text[at - 1];
  if (text[at] == '-' || text[at] == '+') return !is_alnum(before) && before != ')';
  if (before == '_') return at == 1 || text[at - 2] == ' ' || text[at - 2] == '\n';  // "_42_"
  return !is_alnum(before) && before != '^';
}

// "2:30", "5:1": a time or a ratio, no number. Returns where it ends; `end` when it is none.
std::size_t past_ratio(std::string_view text, std::size_t end) {
  while (end + 1 < text.size() && text[end] == ':' && is_digit(text[end + 1])) {
    for (++end; end < text.size() && is_digit(text[end]);) ++end;
  }
  return end;
}
}  // namespace

std::optional<FoundNumber> number_at(std::string_view text, std::size_t at) {
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
  return FoundNumber{at, scanner.at(), number};
}
bool is_ordinal(std::string_view text, std::size_t end) {
  const std::string_view rest = text.substr(end, 2);
  return rest == "st" || rest == "nd" || rest == "rd" || rest == "th";
}
std::vector<FoundNumber> numbers_in(std::string_view text) {
  std::vector<FoundNumber> numbers;
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
}  // namespace ooe::interview
