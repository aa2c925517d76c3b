// An answer as a list of words, each with the punctuation around it: what the grader of choices
// reads. A word that is a single letter may stand for a choice; whether it does, and what is said
// of it, is choice_claims.h.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ooe::interview {

struct Word {
  std::string text;       // lower case
  char letter = 0;        // 'A', ... when the word is a single letter of the choices
  bool upper = false;     // typed as a capital
  bool marked = false;    // in brackets, quotes, stars or a box
  bool opens = false;     // first of its line
  char raw_after = 0;     // the byte right after it
  std::string gap_after;  // punctuation up to the next word, without spaces and decoration
};

class Words {
 public:
  // `abbreviations`: pieces of the choices, in lower case, whose letter is none: "e. coli".
  Words(std::string_view text, std::size_t choices, std::span<const std::string> abbreviations);

  [[nodiscard]] std::size_t size() const { return words_.size(); }
  [[nodiscard]] const Word& operator[](std::size_t i) const { return words_[i]; }
  [[nodiscard]] std::string_view text(std::size_t i) const {
    return i < words_.size() ? std::string_view(words_[i].text) : std::string_view();
  }
  // What separates word i from the one before it.
  [[nodiscard]] std::string_view gap_before(std::size_t i) const {
    return i == 0 ? std::string_view("\n") : std::string_view(words_[i - 1].gap_after);
  }

 private:
  std::vector<Word> words_;
};

// What stands between two words ends a sentence, or a part of one.
[[nodiscard]] bool ends_sentence(std::string_view gap);
[[nodiscard]] bool ends_clause(std::string_view gap);

// Emphasis, brackets, quotes and LaTeX.
[[nodiscard]] bool is_decoration(char c);

// Pieces of the choices whose letter is none, in lower case: "e. coli".
[[nodiscard]] std::vector<std::string> abbreviations_in(std::span<const std::string> choices);

template <std::size_t n>
bool is_one_of(std::string_view word, const std::array<std::string_view, n>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace ooe::interview
