// What an answer says of a letter, from the words around it: denied ("C is wrong"), one of several
// ("B or C"), stated ("the answer is C", "C is correct"), hedged ("could be C") or supposed ("if it
// were Spain, C"). In each `i` is the index of the letter's word.
#pragma once

#include <cstddef>
#include <set>
#include <string_view>
#include <vector>

#include "interview/choice_words.h"

namespace ooe::interview {

// True when the letter can stand for a choice at all: lower case and the words "A" and "I" need
// more than a blank on each side.
[[nodiscard]] bool names_choice(const Words& words, std::size_t i);

// "not C", "ruled out C", "C is wrong", "C can be ruled out", "cannot be B or C".
[[nodiscard]] bool is_denied(const Words& words, std::size_t i);

// "B or C", "B/C", "A, B and C".
[[nodiscard]] bool is_one_of_several(const Words& words, std::size_t i);

// "The answer is C", "**Answer:** c", "\boxed{C}", "so C.", looking back over filler.
[[nodiscard]] bool is_announced(const Words& words, std::size_t i);

// "C is correct", "C would be the best answer"; not "C is correct only for Germany".
[[nodiscard]] bool is_confirmed(const Words& words, std::size_t i);

// Alone in its line, or the last word of all in a sentence of its own.
[[nodiscard]] bool stands_alone(const Words& words, std::size_t i);

// A lower-case letter right after "answer:" or "answer is" needs no brackets.
[[nodiscard]] bool is_lower_answer(const Words& words, std::size_t i);

// What the last word on a choice sounds like: "it is C.", "B, no wait, C.", "since A is in Italy,
// C.", "only C remains".
[[nodiscard]] bool is_concluded(const Words& words, std::size_t i);

// Of a choice named by its text: "the correct answer is therefore Berlin.", "Berlin is the right
// choice."; not elsewhere ("in Spain the answer is ..."), nor others' view ("many say ...").
[[nodiscard]] bool is_named_answer(const Words& words, std::size_t i);

// "Only C is in Germany.", "among the options, only (C) fits".
[[nodiscard]] bool is_singled_out(const Words& words, std::size_t i);

// "B, no wait, C."
[[nodiscard]] bool is_correction(const Words& words, std::size_t i);

// [words] Sentences about another question or another reader: "if it were Spain, B would be right",
// "a common mistake is to choose B". They end before ", but it is C".
[[nodiscard]] std::vector<bool> supposed_words(const Words& words);

// "It could be A", "A might be right", "choosing A would confuse", "you might think A".
[[nodiscard]] bool is_hedged(const Words& words, std::size_t i);

// Not denied, and a choice by what stands around it; not "vitamin C", "hepatitis B", "25 C".
[[nodiscard]] bool is_mentioned(const Words& words, std::size_t i);

// The letters said to be wrong without doubt, so that what is left over is the answer: "A, C and D
// are wrong", "we can rule out A", "not A". Narrower than is_denied(): "false" may be what a
// question asks for, and "A might be wrong" excludes nothing.
[[nodiscard]] std::set<char> excluded_letters(const Words& words);

// Words that may stand right before a letter that means a choice: "option C".
[[nodiscard]] bool stands_before_letter(std::string_view word);

}  // namespace ooe::interview
