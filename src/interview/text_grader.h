// Open answers compared as text. What an answer says in so many words (final_answer.h: "Answer: the
// Seine", "\boxed{Seine}") counts, else what it announces ("the answer is the Seine"), the last
// when there are several; without any the whole answer does. Source of the normalisation: the
// official evaluation script of SQuAD (Rajpurkar et al. 2016), case, punctuation and English
// articles aside, with NFKC before it; but what signs mean counts.
#pragma once

#include <string>
#include <string_view>

namespace ooe::interview {

// Returns the part of `answer` that counts, without white space and emphasis around it.
[[nodiscard]] std::string_view final_text(std::string_view answer);

// Returns `text` in NFKC, case-folded, without punctuation and articles, words one space apart, and
// with typographic quotes and hyphens as ASCII: a judge's verdict, not to be compared with a truth.
// Punctuation inside a number or a word ("3.5", "x-ray") stays.
[[nodiscard]] std::string plain_words(std::string_view text);

// final_text(answer) says the same as `truth` (text_words.h).
[[nodiscard]] bool same_words(std::string_view answer, std::string_view truth);

// final_text(answer), or the answer as a whole, has the bytes of `truth`, white space at the ends
// aside.
[[nodiscard]] bool same_bytes(std::string_view answer, std::string_view truth);

}  // namespace ooe::interview
