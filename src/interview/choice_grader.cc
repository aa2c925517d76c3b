#include "interview/choice_grader.h"

#include <array>
#include <cstddef>
#include <set>

#include "interview/choice_claims.h"
#include "interview/choice_text.h"
#include "interview/choice_words.h"
#include "interview/final_answer.h"
#include "interview/plain_text.h"

// The answer becomes a list of words, each with the punctuation around it. A letter stands for a
// choice when it looks like one ("(c)", "C." or a capital by itself), and what it means follows
// from its neighbours:
//   "A is wrong, so the answer is (B)."    A: denied      B: stated
//   "I would say B or C."                  B, C: either   -> ambiguous
//   "C) Paris"                             C: heads the line
// What the answer says in so many words (final_answer.h) is read first, by itself. Else seven
// readings are tried, the most explicit first: stated letters, a list of what is right and wrong,
// the only letter that is not ruled out, a letter that heads the answer, one that is singled out,
// the only letter mentioned, the text of one choice. Where the choices are only repeated, letters
// head all of it and none of them means anything: then the text that is stated counts.

namespace ooe::interview {
namespace {

// What lists of choices say of each.
constexpr std::array<std::string_view, 4> kVerdictRight{"correct", "right", "true", "yes"};
constexpr std::array<std::string_view, 4> kVerdictWrong{"incorrect", "wrong", "false", "no"};

// What is stated for this question, and what is hedged or supposed.
struct Stated {
  std::optional<ChoiceReading> firm;  // the last
  std::optional<ChoiceReading> weak;  // the last; none beside another letter
  bool open = false;                  // there was one, and another letter is named
};

Stated read_stated(const Words& words) {
  const std::vector<bool> supposed = supposed_words(words);
  Stated stated;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!names_choice(words, i) && !is_lower_answer(words, i)) continue;
    if (is_denied(words, i)) continue;
    if (!is_announced(words, i) && !is_confirmed(words, i) && !stands_alone(words, i) &&
        !is_concluded(words, i)) {
      continue;
    }
    const ChoiceReading reading = is_one_of_several(words, i)
                                      ? ChoiceReading{std::nullopt, kNamesSeveral}
                                      : settled(words[i].letter);
    (supposed[i] || is_hedged(words, i) ? stated.weak : stated.firm) = reading;
  }
  // A guess beside another letter settles nothing.
  for (std::size_t i = 0; stated.weak && i < words.size(); ++i) {
    if (names_choice(words, i) && !is_denied(words, i) && words[i].letter != stated.weak->letter) {
      stated.weak.reset();
      stated.open = true;
    }
  }
  return stated;
}

// Behind "Answer:": the first letter that follows at once, before any talk about the others, unless
// it is taken back.
std::optional<ChoiceReading> read_announced(const Words& words) {
  std::optional<ChoiceReading> announced;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!names_choice(words, i) && !is_lower_answer(words, i)) continue;
    if (is_denied(words, i) || is_hedged(words, i)) continue;
    if (announced ? !is_correction(words, i) : !is_announced(words, i)) continue;
    announced = is_one_of_several(words, i) ? ChoiceReading{std::nullopt, kNamesSeveral}
                                            : settled(words[i].letter);
  }
  return announced;
}

// Of the "incorrect" in "B) Madrid: this is incorrect", the index of "this"; else `i`.
std::size_t verdict_begin(const Words& words, std::size_t i) {
  constexpr std::array<std::string_view, 3> kSubjects{"this", "that", "it"};
  if (i < 2 || words.text(i - 1) != "is" || !words.gap_before(i).empty()) return i;
  return is_one_of(words.text(i - 2), kSubjects) && words.gap_before(i - 1).empty() ? i - 2 : i;
}

// "A - wrong, B - wrong, C - right", "B) Incorrect: ...", "Option C. Paris: correct", one after the
// other: the only one found right, when another is found wrong.
std::optional<ChoiceReading> read_verdicts(const Words& words) {
  std::optional<char> right;
  bool several = false;
  bool wrong = false;
  char letter = 0;  // whose piece it is, until a verdict is found
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool line_opens =
        words[i].opens || (i >= 1 && words[i - 1].opens && stands_before_letter(words.text(i - 1)));
    const bool opens = line_opens || (i >= 1 && words.gap_before(i) == ",");
    const std::string_view gap = words[i].gap_after;
    const bool heads = words[i].raw_after == ')' || gap == "-" || gap == ":" || gap == ".";
    if (opens && heads && words[i].letter != 0 && (words[i].upper || words[i].raw_after == ')')) {
      letter = words[i].letter;
      continue;
    }
    if (words[i].opens) letter = 0;
    // A verdict stands behind a mark of its own, or begins a sentence: "no" and "right" are also
    // words of choices.
    const std::size_t begin = verdict_begin(words, i);
    const bool apart = words.gap_before(begin).find_first_of("-:.)") != std::string_view::npos ||
                       (begin >= 1 && words[begin - 1].letter == letter && letter != 0);
    if (letter == 0 || !apart) continue;
    if (is_one_of(words.text(i), kVerdictRight)) {
      several = several || (right && *right != letter);
      right = letter;
      letter = 0;
    } else if (is_one_of(words.text(i), kVerdictWrong)) {
      wrong = true;
      letter = 0;
    }
  }
  if (!right || !wrong) return std::nullopt;
  return several ? ChoiceReading{std::nullopt, kNamesSeveral} : settled(*right);
}

// "B. Madrid" in the middle of a line: the choices are being listed. Not the D of "(A, B, D)".
bool heads_piece(const Words& words, std::size_t i) {
  const char after = words[i].raw_after;
  if (words.gap_before(i) == "," && names_choice(words, i - 1)) return false;
  return (after == '.' || after == ')' || after == ':') && i + 1 < words.size() &&
         words[i].gap_after.find('\n') == std::string::npos;
}

// "The other options", "the others".
bool turns_to_others(const Words& words, std::size_t i) {
  constexpr std::array<std::string_view, 3> kChoices{"options", "choices", "answers"};
  if (words.text(i) == "others") return true;
  return words.text(i) == "other" && is_one_of(words.text(i + 1), kChoices);
}

// "C. Paris" or "(C) because ...": one letter heads a line, no other heads anything before the
// answer turns to the others.
std::optional<ChoiceReading> read_heading(const Words& words) {
  std::optional<char> letter;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Word& word = words[i];
    if (letter && turns_to_others(words, i)) break;
    if (!names_choice(words, i) || is_denied(words, i)) continue;
    if (!word.opens && !heads_piece(words, i)) continue;
    const bool heads = word.marked || word.raw_after == ')' || ends_clause(word.gap_after) ||
                       word.gap_after == "-";
    if (!heads || is_one_of_several(words, i)) continue;
    if (letter && *letter != word.letter) return ChoiceReading{std::nullopt, kNamesSeveral};
    letter = word.letter;
  }
  if (!letter || words.size() == 0 || !words[0].opens || words[0].letter != *letter) {
    return std::nullopt;
  }
  return settled(*letter);
}

// The only letter that is singled out.
std::optional<char> read_singled_out(const Words& words) {
  std::optional<char> letter;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!names_choice(words, i) || is_denied(words, i) || is_one_of_several(words, i)) continue;
    if (!is_singled_out(words, i)) continue;
    if (letter && *letter != words[i].letter) return std::nullopt;
    letter = words[i].letter;
  }
  return letter;
}

std::optional<ChoiceReading> read_only_mention(const Words& words) {
  const std::set<char> excluded = excluded_letters(words);  // "A and B are wrong"
  std::optional<char> letter;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_mentioned(words, i) || excluded.contains(words[i].letter)) continue;
    if (letter && *letter != words[i].letter) return ChoiceReading{std::nullopt, kNamesSeveral};
    letter = words[i].letter;
  }
  if (!letter) return std::nullopt;
  return settled(*letter);
}

ChoiceReading read_plain(const std::string& plain, std::span<const std::string> choices,
                         std::span<const std::string> abbreviations) {
  const Words words(plain, choices.size(), abbreviations);
  const Stated stated = read_stated(words);
  if (stated.firm) return *stated.firm;
  if (stated.weak) {  // "it could be B, but it is Paris"
    const auto named = read_named(plain, choices);
    return named ? settled(*named) : *stated.weak;
  }
  if (const auto verdicts = read_verdicts(words)) return *verdicts;
  if (const auto left = only_left(words, choices.size())) return settled(*left);
  const auto heading = read_heading(words);
  if (heading && heading->letter) return *heading;
  if (const auto single = read_singled_out(words)) return settled(*single);
  if (stated.open || heading) {
    const auto named = read_named(plain, choices);
    return named ? settled(*named) : ChoiceReading{std::nullopt, kNamesSeveral};
  }
  const auto mention = read_only_mention(words);
  if (mention && mention->letter) return *mention;
  const ChoiceReading text = read_text(plain, choices);
  return mention && !text.letter ? *mention : text;
}

// What is said in so many words, the last first.
std::optional<ChoiceReading> read_final(const std::string& plain,
                                        std::span<const std::string> choices,
                                        std::span<const std::string> abbreviations) {
  const auto finals = final_answers(plain);
  for (auto one = finals.rbegin(); one != finals.rend(); ++one) {
    const std::string said = plain.substr(one->begin, one->end - one->begin);
    if (const auto letter = letter_of_text(said, choices)) return settled(*letter);
    const Words words("answer: " + said, choices.size(), abbreviations);
    if (const auto announced = read_announced(words)) return announced;
    const ChoiceReading reading = read_plain(said, choices, abbreviations);
    if (reading.letter || reading.reason == kNamesSeveral) return reading;
  }
  return std::nullopt;
}

}  // namespace

ChoiceReading read_choice(std::string_view answer, std::span<const std::string> choices) {
  const std::string plain = plain_text(answer);
  const auto abbreviations = abbreviations_in(choices);
  if (const auto said = read_final(plain, choices, abbreviations)) return *said;
  return read_plain(plain, choices, abbreviations);
}

}  // namespace ooe::interview
