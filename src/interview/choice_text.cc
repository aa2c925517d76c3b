#include "interview/choice_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/unicode.h"
#include "interview/choice_claims.h"
#include "interview/choice_words.h"
#include "interview/plain_text.h"

namespace ooe::interview {
namespace {

std::string without_decoration(std::string_view text) {
  std::string kept;
  for (const char c : text) kept += is_decoration(c) ? ' ' : c;
  kept = normalise_text(kept);
  while (!kept.empty() && (kept.back() == '.' || kept.back() == '!')) kept.pop_back();
  return kept;
}

// Lines end sentences, also without a full stop: "D. Madrid", then "In Spain ...".
std::string with_ended_lines(std::string_view text) {
  std::string ended;
  char last = ':';  // but for blanks
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\n') {
      last = text[at] == ' ' ? last : text[at];
    } else if (std::string_view(":,;").find(last) == std::string_view::npos &&
               (at + 1 == text.size() || !is_lower(text[at + 1]))) {
      ended += '.';
    }
    ended += text[at];
  }
  return ended;
}

// Where a choice's text occurs in the answer, whole words only and not as "not <text>".
struct Occurrence {
  std::size_t begin = 0;
  std::size_t end = 0;
  char letter = 0;
};

// "18" in "18.5", "18,000", "0.18" and "-18".
bool is_part_of_number(std::string_view text, std::size_t begin, std::size_t end) {
  const auto digit = [text](std::size_t at) { return at < text.size() && is_digit(text[at]); };
  const auto point = [text](std::size_t at) { return text[at] == '.' || text[at] == ','; };
  if (digit(end - 1) && digit(end + 1) && point(end)) return true;
  if (begin == 0 || !digit(begin)) return false;
  if (begin > 1 && digit(begin - 2) && point(begin - 1)) return true;
  return text[begin - 1] == '-' && (begin == 1 || !is_word_byte(text[begin - 2]));
}

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
          (end == answer.size() || !is_word_byte(answer[end]) || !is_word_byte(answer[end - 1])) &&
          !is_part_of_number(answer, at, end);
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

// The answer with the letter of each choice in the place of its text, in brackets: "it is (C)."
Words with_letters(const std::string& answer, const std::vector<Occurrence>& found,
                   std::size_t choices) {
  std::string text;
  std::size_t copied = 0;
  for (const Occurrence& one : found) {
    if (one.begin < copied) continue;
    text.append(answer, copied, one.begin - copied).append({'(', one.letter, ')'});
    copied = one.end;
  }
  text.append(answer, copied);
  return {text, choices, {}};
}

// "which leaves Bonn.", "so Bonn." Of the texts only few words lead to a choice: "together with
// Bonn" is no statement.
bool is_led_to(const Words& words, std::size_t i) {
  constexpr std::array<std::string_view, 7> kLeads{"leaves", "leaving", "remains",  "so",
                                                   "thus",   "hence",   "therefore"};
  return i >= 1 && ends_clause(words[i].gap_after) && is_one_of(words.text(i - 1), kLeads) &&
         words[i].gap_after.find('?') == std::string::npos;
}

std::optional<char> stated_letter(const Words& words, std::size_t choices) {
  const std::vector<bool> supposed = supposed_words(words);
  std::optional<char> letter;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].marked || words[i].letter == 0) continue;
    // "It is (C), not Paris": the brackets are ours, and end no clause.
    const bool contrasted = words[i].gap_after == "," && words.text(i + 1) == "not";
    if (!contrasted && is_denied(words, i)) continue;
    if (supposed[i] || is_hedged(words, i) || is_one_of_several(words, i)) continue;
    if (is_concluded(words, i) || is_led_to(words, i) || is_named_answer(words, i)) {
      letter = words[i].letter;
    }
  }
  return letter ? letter : only_left(words, choices);
}

}  // namespace

std::optional<char> only_left(const Words& words, std::size_t choices) {
  constexpr std::array<std::string_view, 2> kNone{"none", "neither"};
  const std::set<char> excluded = excluded_letters(words);
  if (choices < 2 || excluded.size() + 1 != choices) return std::nullopt;
  char left = 'A';
  while (excluded.contains(left)) ++left;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_one_of(words.text(i), kNone)) return std::nullopt;
    if (words[i].letter == left && names_choice(words, i) && is_denied(words, i)) {
      return std::nullopt;
    }
  }
  return left;
}

std::optional<char> read_named(const std::string& plain, std::span<const std::string> choices) {
  const std::string answer = without_decoration(with_ended_lines(plain));
  return stated_letter(with_letters(answer, occurrences(answer, choices), choices.size()),
                       choices.size());
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
  if (letter == '?') {
    const auto named = stated_letter(with_letters(answer, found, choices.size()), choices.size());
    return named ? settled(*named) : ChoiceReading{std::nullopt, kNamesSeveral};
  }
  if (letter == 0) return {std::nullopt, kNamesNoChoice};
  if (excluded_letters(with_letters(answer, found, choices.size())).contains(letter)) {
    return {std::nullopt, kNamesNoChoice};  // "Paris is wrong"
  }
  return settled(letter);
}

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

}  // namespace ooe::interview
