// What an answer says of a letter, from the words around it: denied ("C is wrong"), one of several
// ("B or C"), stated ("the answer is C", "C is correct"), hedged ("could be C") or supposed ("if it
// were Spain, C"). In each `i` is the index of the letter's word.
#pragma once

#include <cstddef>
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

// [words] Sentences about another question or another reader: "if it were Spain, B would be right",
// "a common mistake is to choose B".
[[nodiscard]] std::vector<bool> supposed_words(const Words& words);

// "It could be A", "A might be right", "choosing A would confuse".
[[nodiscard]] bool is_hedged(const Words& words, std::size_t i);

// Words that may stand right before a letter that means a choice ("option C"), and those that lead
// to it ("so C").
[[nodiscard]] bool stands_before_letter(std::string_view word);
[[nodiscard]] bool leads_to_letter(std::string_view word);

}  // namespace ooe::interview
