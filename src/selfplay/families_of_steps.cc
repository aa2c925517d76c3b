// Logic, ordering, strings, code: what is followed step by step.
#include <algorithm>
#include <array>
#include <cctype>

#include "selfplay/draft.h"

namespace ooe::selfplay {
namespace {

constexpr std::array kNames = {"Ana", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana"};
constexpr std::array kPlainWords = {"lantern", "market", "orchid",  "planet",  "silver",
                                    "garden",  "window", "marble",  "thunder", "copper",
                                    "bridge",  "candle", "harbour", "meadow"};

struct Formula {
  std::string text;
  bool value = false;
};

// A random formula with `operators` connectives over `names`, whose values are given.
Formula formula_of(int operators, std::span<const char> names, std::span<const bool> values,
                   Rng& rng) {
  if (operators == 0) {
    const std::size_t i = rng.below(names.size());
    if (rng.below(3) == 0) return {fmt::format("not {}", names[i]), !values[i]};
    return {std::string(1, names[i]), values[i]};
  }
  const auto left = static_cast<int>(rng.below(static_cast<std::uint64_t>(operators)));
  const Formula a = formula_of(left, names, values, rng);
  const Formula b = formula_of(operators - 1 - left, names, values, rng);
  switch (rng.below(3)) {
    case 0:
      return {fmt::format("({} and {})", a.text, b.text), a.value && b.value};
    case 1:
      return {fmt::format("({} or {})", a.text, b.text), a.value || b.value};
    default:
      return {fmt::format("({} implies {})", a.text, b.text), !a.value || b.value};
  }
}

}  // namespace

Draft draft_logic(int level, Rng& rng) {
  constexpr std::array kSymbols = {'P', 'Q', 'R', 'S', 'T'};
  const auto count = static_cast<std::size_t>(level + 1);
  std::array<bool, kSymbols.size()> values{};
  std::string given;
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = coin(rng);
    given +=
        fmt::format("{}{} is {}", i == 0 ? "" : ", ", kSymbols[i], values[i] ? "true" : "false");
  }
  const Formula formula = formula_of(2 * level - 1, std::span(kSymbols).first(count),
                                     std::span(values).first(count), rng);
  const bool negated = coin(rng);
  const bool value = formula.value != negated;
  Draft draft{.text = fmt::format("Suppose {}. What is the truth value of {}{}?", given,
                                  negated ? "not " : "", formula.text),
              .choices = {"true", "false"},
              .answer = value ? "A" : "B"};
  return draft;
}

Draft draft_ordering(int level, Rng& rng) {
  struct Scale {
    const char* more;
    const char* most;
  };
  constexpr std::array kScales = {Scale{"taller", "tallest"}, Scale{"older", "oldest"},
                                  Scale{"faster", "fastest"}, Scale{"richer", "richest"}};
  constexpr std::array kPlaces = {"", "second ", "third ", "fourth "};
  const Scale& scale = one_of(kScales, rng);
  const auto count = static_cast<std::size_t>(level + 2);
  // In order, the first the most; every neighbouring pair is told, in random order.
  const std::vector<const char*> people = some_of(std::span<const char* const>(kNames), count, rng);
  std::vector<std::string> told;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    told.push_back(fmt::format("{} is {} than {}.", people[i], scale.more, people[i + 1]));
  }
  rng.shuffle(std::span(told));
  const std::size_t place = rng.below(std::min<std::size_t>(count, kPlaces.size()));
  std::vector<std::string> others;
  for (const char* name : some_of(std::span<const char* const>(people), count, rng)) {
    others.emplace_back(name);
  }
  return choice_draft(
      fmt::format("{} Who is the {}{}?", fmt::join(told, " "), kPlaces[place], scale.most),
      people[place], std::move(others), rng);
}

// Three characters at most are moved, and two are swapped: no string becomes shorter than that.
constexpr std::size_t kStringMin = 3;

Draft draft_strings(int level, Rng& rng) {
  std::string word = one_of(kPlainWords, rng);
  std::string text = fmt::format("Start with the string \"{}\".", word);
  std::vector<std::string> stages{word};
  for (int step = 0; step <= level; ++step) {
    std::uint64_t kind = rng.below(5);
    if (kind == 4 && word.size() <= kStringMin) kind = 0;
    switch (kind) {
      case 0:
        std::ranges::reverse(word);
        text += " Reverse it.";
        break;
      case 1: {
        const auto k = static_cast<std::size_t>(between(rng, 1, 3));
        std::ranges::rotate(word, word.begin() + static_cast<std::ptrdiff_t>(k));
        text += fmt::format(" Move the first {} characters to the end.", k);
        break;
      }
      case 2:
        std::swap(word.front(), word.back());
        text += " Swap the first and the last character.";
        break;
      case 3: {
        const char from = one_of(word, rng);
        const char to = static_cast<char>(between(rng, 'a', 'z'));
        std::ranges::replace(word, from, to);
        text += fmt::format(" Replace every \"{}\" by \"{}\".", from, to);
        break;
      }
      default:
        text += fmt::format(" Delete character number {}.", word.size() / 2 + 1);
        word.erase(word.size() / 2, 1);
        break;
    }
    stages.push_back(word);
  }
  // Wrong answers are right ones of slips: a step forgotten, two letters changed places.
  std::vector<std::string> wrong;
  std::string slip = word;
  std::swap(slip[0], slip[1]);
  wrong.push_back(slip);
  std::string mirrored(word.rbegin(), word.rend());
  wrong.push_back(mirrored);
  slip = word;
  std::swap(slip[slip.size() / 2], slip.back());
  wrong.push_back(slip);
  for (auto stage = stages.rbegin(); stage != stages.rend(); ++stage) wrong.push_back(*stage);
  return choice_draft(text + " Which string results?", word, std::move(wrong), rng);
}

Draft draft_code(int level, Rng& rng) {
  std::int64_t a = between(rng, 1, 9);
  std::int64_t b = between(rng, 1, 9);
  const std::int64_t rounds = between(rng, 2, 2 + 2 * level);
  const std::int64_t c = between(rng, 2, 5);
  const std::int64_t d = between(rng, 1, 9);
  std::string program = fmt::format("a = {}\nb = {}\nfor i in range({}):\n", a, b, rounds);
  if (level == 1) {
    program += fmt::format("    a = a + {}\n", c);
    for (std::int64_t i = 0; i < rounds; ++i) a += c;
  } else if (level == 2) {
    program += fmt::format("    a = a + b\n    b = b + {}\n", d);
    for (std::int64_t i = 0; i < rounds; ++i) {
      a += b;
      b += d;
    }
  } else if (level == 3) {
    program += fmt::format(
        "    if i % {} == 0:\n        a = a + {} * i\n    else:\n"
        "        b = b + a\n",
        c, d);
    for (std::int64_t i = 0; i < rounds; ++i) {
      if (i % c == 0) {
        a += d * i;
      } else {
        b += a;
      }
    }
  } else {
    program += fmt::format("    a, b = b, (a * {} + b + i) % {}\n", c, 10 * d + 7);
    for (std::int64_t i = 0; i < rounds; ++i) {
      const std::int64_t next = (a * c + b + i) % (10 * d + 7);
      a = b;
      b = next;
    }
  }
  program += "print(a + b)\n";
  return number_draft("What does this Python program print?\n\n" + program, a + b);
}

}  // namespace ooe::selfplay
