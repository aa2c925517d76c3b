#include "interview/choice_text.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/unicode.h"
#include "interview/choice_words.h"
#include "interview/plain_text.h"

namespace ooe::interview {
namespace {

ChoiceReading settled(char letter) { return {letter, {}}; }

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

}  // namespace

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
  if (letter == '?') return {std::nullopt, kNamesSeveral};
  if (letter == 0) return {std::nullopt, kNamesNoChoice};
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
