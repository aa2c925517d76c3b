// English words that say what kind of question a text is: what is asked for, and what the answer
// takes. Each belongs to one class; all others to none.
#pragma once

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

// Requires: lower case. Compares a handful of words; no allocation.
[[nodiscard]] WordClass class_of(std::string_view lower_word);

}  // namespace ooe::encoder
