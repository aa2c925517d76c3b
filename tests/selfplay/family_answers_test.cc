// The slow oracle of the generated questions: reads nothing but the presented words and finds the
// answer its own way, by enumeration wherever that is possible.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <regex>
#include <sstream>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "selfplay/family.h"

namespace ooe::selfplay {
namespace {

using Numbers = std::vector<std::int64_t>;

Numbers numbers_in(const std::string& text) {
  static const std::regex pattern("-?[0-9]+");
  Numbers numbers;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    numbers.push_back(std::stoll(it->str()));
  }
  return numbers;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Recursive descent over whole numbers, + - * ^, parentheses, and x.
class Arithmetic {
 public:
  Arithmetic(std::string text, std::int64_t x) : text_(std::move(text)), x_(x) {
    std::erase(text_, ' ');
  }
  std::int64_t value() { return sum(); }

 private:
  std::int64_t sum() {
    std::int64_t total = product();
    while (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) {
      total = text_[at_++] == '+' ? total + product() : total - product();
    }
    return total;
  }
  std::int64_t product() {
    std::int64_t total = power();
    while (at_ < text_.size()) {
      if (text_[at_] == '*') {
        ++at_;
      } else if (text_[at_] != 'x' && text_[at_] != '(') {
        break;  // "3x" and "3(...)" multiply without a sign
      }
      total *= power();
    }
    return total;
  }
  std::int64_t power() {
    const std::int64_t base = atom();
    if (at_ >= text_.size() || text_[at_] != '^') return base;
    ++at_;
    const std::int64_t exponent = atom();
    std::int64_t total = 1;
    for (std::int64_t i = 0; i < exponent; ++i) total *= base;
    return total;
  }
  std::int64_t atom() {
    if (text_[at_] == '(') {
      ++at_;
      const std::int64_t inside = sum();
      ++at_;
      return inside;
    }
    if (text_[at_] == 'x') {
      ++at_;
      return x_;
    }
    std::int64_t number = 0;
    while (at_ < text_.size() && std::isdigit(text_[at_]) != 0)
      number = 10 * number + text_[at_++] - '0';
    return number;
  }

  std::string text_;
  std::int64_t x_;
  std::size_t at_ = 0;
};

std::int64_t evaluate(const std::string& text, std::int64_t x = 0) {
  return Arithmetic(text, x).value();
}

std::string arithmetic(const std::string& text) {
  std::smatch found;
  std::regex_search(text, found, std::regex("[0-9(][-0-9+* ()]*[0-9)]"));
  return std::to_string(evaluate(found.str()));
}

std::string algebra(const std::string& text) {
  std::smatch found;
  if (!std::regex_search(text, found, std::regex("([-0-9x+^ ()]+) = ([-0-9x+^ ()]*[0-9x)])")))
    return "?";
  for (std::int64_t x = 2'500; x >= -2'500; --x) {  // from above: the larger one
    if (evaluate(found[1], x) == evaluate(found[2], x)) return std::to_string(x);
  }
  return "?";
}

// The one rule of four that the five terms follow.
std::string sequences(const std::string& text) {
  const Numbers t = numbers_in(text);
  const auto all = [&](std::size_t from, auto rule) {
    for (std::size_t i = from; i < t.size(); ++i) {
      if (t[i] != rule(i)) return false;
    }
    return true;
  };
  const std::int64_t last = t.back();
  if (all(2, [&](std::size_t i) { return 2 * t[i - 1] - t[i - 2]; })) {
    return std::to_string(2 * last - t[3]);
  }
  if (t[1] % t[0] == 0 && all(1, [&](std::size_t i) { return t[i - 1] * (t[1] / t[0]); })) {
    return std::to_string(last * (t[1] / t[0]));
  }
  if (all(3, [&](std::size_t i) { return 3 * t[i - 1] - 3 * t[i - 2] + t[i - 3]; })) {
    return std::to_string(3 * last - 3 * t[3] + t[2]);
  }
  if (all(2, [&](std::size_t i) { return t[i - 1] + t[i - 2]; }))
    return std::to_string(last + t[3]);
  return "?";
}

std::string number_theory(const std::string& text) {
  const Numbers n = numbers_in(text);
  if (has(text, "^")) {
    std::int64_t power = 1;  // by squaring; the generator multiplies
    std::int64_t base = n[0] % n[2];
    for (std::int64_t e = n[1]; e > 0; e /= 2) {
      if (e % 2 == 1) power = power * base % n[2];
      base = base * base % n[2];
    }
    return std::to_string(power % n[2]);
  }
  if (has(text, "remainder")) {
    std::int64_t rest = n[0];
    while (rest >= n[1]) rest -= n[1];
    return std::to_string(rest);
  }
  if (has(text, "greatest")) {
    std::int64_t d = std::min(n[0], n[1]);
    while (n[0] % d != 0 || n[1] % d != 0) --d;
    return std::to_string(d);
  }
  if (has(text, "least")) {
    std::int64_t multiple = n[0];
    while (multiple % n[1] != 0) multiple += n[0];
    return std::to_string(multiple);
  }
  std::int64_t divisors = 1;  // by prime factors; the generator tries all
  std::int64_t rest = n[0];
  for (std::int64_t p = 2; p <= rest; ++p) {
    std::int64_t exponent = 0;
    for (; rest % p == 0; rest /= p) ++exponent;
    divisors *= exponent + 1;
  }
  return std::to_string(divisors);
}

std::string geometry(const std::string& text) {
  const Numbers n = numbers_in(text);
  std::int64_t value = 0;
  if (has(text, "perimeter")) {
    value = n[0] + n[1] + n[0] + n[1];
  } else if (has(text, "rectangle")) {
    for (std::int64_t i = 0; i < n[0]; ++i) value += n[1];
  } else if (has(text, "base")) {
    value = n[0] * n[1] / 2;
  } else if (has(text, "box")) {
    value =
        (n[0] + 2) * (n[1] + 2) * (n[2] + 2) - n[0] * n[1] * n[2] - 4 * (n[0] + n[1] + n[2]) - 8;
  } else {
    while (value * value < n[0] * n[0] + n[1] * n[1]) ++value;
    if (value * value != n[0] * n[0] + n[1] * n[1]) return "?";
  }
  return std::to_string(value);
}

std::string word_problems(const std::string& text) {
  std::istringstream sentences(text);
  std::string sentence;
  std::int64_t have = 0;
  while (std::getline(sentences, sentence, '.')) {
    const Numbers n = numbers_in(sentence);
    if (has(sentence, "boxes")) have = n[0] * n[1];
    if (has(sentence, "sold")) have -= n[0];
    if (has(sentence, "brings")) have += n[0];
    if (has(sentence, "shared")) have = have % n[0] == 0 ? have / n[0] : -1'000'000;
    if (has(sentence, "worth")) have *= n[0];
  }
  return std::to_string(have);
}

std::string units(const std::string& text) {
  const std::map<std::string, std::int64_t> size = {
      {"minutes", 60},    {"hours", 3'600},     {"seconds", 1},    {"days", 86'400},
      {"grams", 1},       {"kilograms", 1'000}, {"metres", 1'000}, {"kilometres", 1'000'000},
      {"millimetres", 1}, {"centimetres", 10},  {"inches", 1},     {"feet", 12},
      {"ounces", 1},      {"pounds", 16}};
  const Numbers n = numbers_in(text);
  if (has(text, "train")) {  // step by step, a minute each: 6 km/h are 100 metres a minute
    std::int64_t metres = 0;
    for (std::int64_t i = 0; i < n[1]; ++i) metres += n[0] / 6 * 100;
    return std::to_string(metres);
  }
  std::vector<std::int64_t> sizes;  // of the units, as named
  const std::regex words("[a-z]+");
  for (std::sregex_iterator it(text.begin(), text.end(), words), end; it != end; ++it) {
    if (const auto found = size.find(it->str()); found != size.end())
      sizes.push_back(found->second);
  }
  if (has(text, "One piece"))
    return std::to_string(n[2] * (n[0] * sizes[0] + n[1] * sizes[1]) / sizes[2]);
  if (has(text, "Express")) return std::to_string((n[0] * sizes[0] + n[1] * sizes[1]) / sizes[2]);
  return std::to_string(n[0] * sizes[1] / sizes[0]);
}

const std::vector<std::string> kMonthNames = {"January",   "February", "March",    "April",
                                              "May",       "June",     "July",     "August",
                                              "September", "October",  "November", "December"};
const std::vector<std::string> kDayNames = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                            "Friday", "Saturday", "Sunday"};

struct Date {
  std::int64_t day = 1;
  std::size_t month = 0;
  std::int64_t year = 2'000;

  friend bool operator==(const Date&, const Date&) = default;
  void next() {
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const std::int64_t days[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (++day <= days[month]) return;
    day = 1;
    if (++month < 12) return;
    month = 0;
    ++year;
  }
  [[nodiscard]] std::string text() const {
    return std::to_string(day) + " " + kMonthNames[month] + " " + std::to_string(year);
  }
};

std::vector<Date> dates_in(const std::string& text) {
  std::vector<Date> dates;
  const std::regex pattern("([0-9]+) ([A-Z][a-z]+) ([0-9]{4})");
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    const auto month = std::ranges::find(kMonthNames, (*it)[2].str()) - kMonthNames.begin();
    dates.push_back({std::stoll((*it)[1]), static_cast<std::size_t>(month), std::stoll((*it)[3])});
  }
  return dates;
}

std::optional<std::size_t> weekday_in(const std::string& text) {
  for (std::size_t i = 0; i < kDayNames.size(); ++i) {
    if (has(text, kDayNames[i])) return i;
  }
  return std::nullopt;
}

// By the calendar, a day at a time.
std::string dates(const std::string& text) {
  std::vector<Date> told = dates_in(text);
  if (told.empty())
    return kDayNames[(*weekday_in(text) + static_cast<std::size_t>(numbers_in(text)[0])) % 7];
  Date date = told[0];
  if (told.size() == 1) {
    for (std::int64_t i = 0; i < numbers_in(text)[0]; ++i) date.next();
    return date.text();
  }
  std::size_t days = 0;
  for (; !(date == told[1]); ++days) date.next();
  const auto weekday = weekday_in(text);
  return weekday ? kDayNames[(*weekday + days) % 7] : std::to_string(days);
}

std::string sets(const std::string& text) {
  const Numbers n = numbers_in(text);
  std::int64_t count = 0;
  if (!has(text, "multiples")) {
    // Each person in turn: the first n[1] like the one, the last n[2] of them begin n[3] earlier.
    for (std::int64_t person = 0; person < n[0]; ++person) {
      const bool first = person < n[1];
      const bool second = person >= n[1] - n[3] && person < n[1] - n[3] + n[2];
      count += (has(text, "neither") ? !first && !second : first != second) ? 1 : 0;
    }
    return std::to_string(count);
  }
  // Inclusion and exclusion; the generator counts.
  const std::int64_t common = std::lcm(n[2], n[3]);
  count = n[1] / n[2] + (has(text, "but not") ? 0 : n[1] / n[3]) - n[1] / common;
  return std::to_string(count);
}

std::string probability(const std::string& text) {
  const Numbers n = numbers_in(text);
  std::int64_t hits = 0;
  std::int64_t all = 0;
  const auto count = [&](bool hit) {
    ++all;
    hits += hit ? 1 : 0;
  };
  if (has(text, "dice")) {
    for (std::int64_t a = 1; a <= 6; ++a) {
      for (std::int64_t b = 1; b <= 6; ++b) count(a + b == n[0]);
    }
  } else if (has(text, "coin")) {
    for (unsigned flips = 0; flips < (1U << static_cast<unsigned>(n[0])); ++flips) {
      count(__builtin_popcount(flips) == n[1]);
    }
  } else if (has(text, "Two are drawn")) {
    for (std::int64_t a = 0; a < n[0] + n[1]; ++a) {
      for (std::int64_t b = 0; b < n[0] + n[1]; ++b) {
        if (a != b) count(a < n[0] && b < n[0]);
      }
    }
  } else {
    for (std::int64_t ball = 0; ball < n[0] + n[1]; ++ball) count(ball < n[0]);
  }
  const std::int64_t common = std::gcd(hits, all);
  return std::to_string(hits / common) + "/" + std::to_string(all / common);
}

// A parser of formulas over the values told.
class Logic {
 public:
  explicit Logic(const std::string& text) {
    const std::size_t at = text.find("value of ") + 9;
    const std::regex pattern("([A-Z]) is (true|false)");
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
      values_[(*it)[1].str()[0]] = (*it)[2] == "true";
    }
    std::string words = std::regex_replace(text.substr(at), std::regex("[()?]"), " $& ");
    std::istringstream stream(words);
    for (std::string word; stream >> word;) words_.push_back(word);
  }
  bool value() {
    const std::string word = words_[at_++];
    if (word == "not") return !value();
    if (word != "(") return values_.at(word[0]);
    const bool left = value();
    const std::string connective = words_[at_++];
    const bool right = value();
    ++at_;  // ")"
    if (connective == "and") return left && right;
    return connective == "or" ? left || right : !left || right;
  }

 private:
  std::map<char, bool> values_;
  std::vector<std::string> words_;
  std::size_t at_ = 0;
};

// Tries every order.
std::string ordering(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> told;
  std::vector<std::string> names;
  const std::regex pattern("([A-Z][a-z]+) is [a-z]+ than ([A-Z][a-z]+)");
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    told.emplace_back((*it)[1], (*it)[2]);
    for (const std::string& name : {told.back().first, told.back().second}) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  std::ranges::sort(names);
  std::size_t place = 0;
  const char* places[] = {"the second ", "the third ", "the fourth "};
  for (std::size_t i = 0; i < 3; ++i) {
    if (has(text, places[i])) place = i + 1;
  }
  std::string found = "?";
  do {
    const auto at = [&](const std::string& name) { return std::ranges::find(names, name); };
    if (std::ranges::all_of(told,
                            [&](const auto& pair) { return at(pair.first) < at(pair.second); })) {
      if (found != "?") return "?";  // more than one order would do
      found = names[place];
    }
  } while (std::ranges::next_permutation(names).found);
  return found;
}

std::string strings(const std::string& text) {
  std::istringstream sentences(text);
  std::string sentence;
  std::string word;
  while (std::getline(sentences, sentence, '.')) {
    std::smatch found;
    if (std::regex_search(sentence, found, std::regex("string \"([a-z]+)\""))) word = found[1];
    if (has(sentence, "Reverse")) word = std::string(word.rbegin(), word.rend());
    if (has(sentence, "Move")) {
      const auto k = static_cast<std::size_t>(numbers_in(sentence)[0]);
      word = word.substr(k) + word.substr(0, k);
    }
    if (has(sentence, "Swap")) {
      word = word.substr(word.size() - 1) + word.substr(1, word.size() - 2) + word.substr(0, 1);
    }
    if (std::regex_search(sentence, found, std::regex("every \"(.)\" by \"(.)\""))) {
      for (char& c : word) {
        if (c == found[1].str()[0]) c = found[2].str()[0];
      }
    }
    if (has(sentence, "Delete")) {
      const auto k = static_cast<std::size_t>(numbers_in(sentence)[0]);
      word = word.substr(0, k - 1) + word.substr(k);
    }
  }
  return word;
}

// An interpreter of the four programs' few statements.
std::string code(const std::string& text) {
  std::smatch m;
  const auto find = [&](const char* pattern) {
    return std::regex_search(text, m, std::regex(pattern));
  };
  find("\na = ([0-9]+)\nb = ([0-9]+)\nfor i in range\\(([0-9]+)\\)");
  std::int64_t a = std::stoll(m[1]);
  std::int64_t b = std::stoll(m[2]);
  const std::int64_t rounds = std::stoll(m[3]);
  for (std::int64_t i = 0; i < rounds; ++i) {
    if (find("a, b = b, \\(a \\* ([0-9]+) \\+ b \\+ i\\) % ([0-9]+)")) {
      const std::int64_t next = (a * std::stoll(m[1]) + b + i) % std::stoll(m[2]);
      a = std::exchange(b, next);
    } else if (find("if i % ([0-9]+) == 0:\n *a = a \\+ ([0-9]+) \\* i\n *else:\n *b = b \\+ a")) {
      (i % std::stoll(m[1]) == 0 ? a : b) += i % std::stoll(m[1]) == 0 ? std::stoll(m[2]) * i : a;
    } else if (find("a = a \\+ b\n *b = b \\+ ([0-9]+)")) {
      a += b;
      b += std::stoll(m[1]);
    } else if (find("a = a \\+ ([0-9]+)")) {
      a += std::stoll(m[1]);
    } else {
      return "?";
    }
  }
  return std::to_string(a + b);
}

// Returns a number or a choice's text; "?" when the words cannot be read.
std::string solve(const Question& question) {
  const std::string& text = question.question;
  const std::string& family = question.category;
  if (family == "arithmetic") return arithmetic(text);
  if (family == "algebra") return algebra(text);
  if (family == "sequences") return sequences(text);
  if (family == "number-theory") return number_theory(text);
  if (family == "geometry") return geometry(text);
  if (family == "word-problems") return word_problems(text);
  if (family == "units") return units(text);
  if (family == "dates") return dates(text);
  if (family == "sets") return sets(text);
  if (family == "probability") return probability(text);
  if (family == "logic") return Logic(text).value() ? "true" : "false";
  if (family == "ordering") return ordering(text);
  if (family == "strings") return strings(text);
  if (family == "code") return code(text);
  return "?";
}

TEST(Families, AnswersAreThoseOfAnIndependentComputation) {
  for (const Family& family : families()) {
    for (int level = 1; level <= kLevels; ++level) {
      for (std::uint64_t seed = 0; seed < 150; ++seed) {
        const Question question = make_question(family, level, seed);
        SCOPED_TRACE(question.id + ": " + presented_text(question));
        const std::string& answer = question.answer;
        ASSERT_EQ(solve(question),
                  question.choices.empty()
                      ? answer
                      : question.choices.at(static_cast<std::size_t>(answer.at(0) - 'A')));
      }
    }
  }
}

}  // namespace
}  // namespace ooe::selfplay
