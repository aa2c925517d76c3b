// English words that say what kind of question a text is: what is asked for, and what the answer
// takes. Each belongs to one class; all others to none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ooe::encoder {

// What a word counts towards besides being a word.
enum class WordClass : std::uint8_t {
  none,
  stop,       // carries little meaning; may belong to nothing else
  negation,   // turns the question round
  truth,      // true, false
  statement,  // "Statement 1 | ..."
  rate,       // per, each, twice: multiplication is coming
  change,     // more, left, total: addition is coming
  condition,  // if, when, after: steps depend on each other
  number,     // one, dozen
  asking,     // what, who
  reason,     // why, because
  task,       // write, explain: a request, not a question
  mathematics,
  programming,
  best,    // superlatives ask for judgement, not for a fact
  source,  // according to
  count
};

// A known word's place in the list, below kKnownWordsMax: for sets of them. Of a word that is none,
// only the class means something.
struct KnownWord {
  WordClass word_class = WordClass::none;
  std::uint8_t place = 0;
};
inline constexpr std::size_t kKnownWordsMax = 256;

// Requires: lower case, hash = fast_hash(lower_word). Compares one word, rarely more; no
// allocation.
[[nodiscard]] KnownWord known_word(std::string_view lower_word, std::uint64_t hash);

}  // namespace ooe::encoder
