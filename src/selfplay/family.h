// Families of generated questions: each makes any number of questions with exact answers from dice,
// at four levels of difficulty, without asking anybody.
//
//   arithmetic  algebra  word-problems  units  dates  logic  ordering  strings  code  sequences
//   sets  probability  number-theory  geometry
//
// A question's `subject` is a broad field; its `category` is the family, which no training reads.
// In: a family, a level, dice. Out: a Question with its answer. Knows: core.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/rng.h"
#include "core/question.h"

namespace ooe::selfplay {

inline constexpr int kLevels = 4;  // 1: a child's; 4: many steps, many digits

// What a family makes: the question's words and its answer.
struct Draft {
  std::string text;
  std::vector<std::string> choices = {};  // empty: the answer is a number
  std::string answer;                     // a letter where there are choices
};

struct Family {
  std::string_view name;
  std::string_view subject;
  Draft (*draft)(int level, Rng& rng);
};

// All of them, always in the same order.
[[nodiscard]] std::span<const Family> families();

// Those of one subject, one name, or "subject/name"; all for an empty focus. Errors:
// invalid_argument, listing both.
[[nodiscard]] Result<std::vector<const Family*>> families_of(std::string_view focus);

// What ids of generated questions begin with.
inline constexpr std::string_view kIdPrefix = "selfplay-";

// Returns the question that `seed` makes: the same in every run, on every machine. Its id names
// family, level and seed. Requires: 1 <= level <= kLevels.
[[nodiscard]] Question make_question(const Family& family, int level, std::uint64_t seed);

// The families, by file.
Draft draft_arithmetic(int level, Rng& rng);     // families_of_numbers.cc
Draft draft_algebra(int level, Rng& rng);        //
Draft draft_sequences(int level, Rng& rng);      //
Draft draft_number_theory(int level, Rng& rng);  //
Draft draft_geometry(int level, Rng& rng);       //
Draft draft_word_problems(int level, Rng& rng);  // families_of_quantities.cc
Draft draft_units(int level, Rng& rng);          //
Draft draft_dates(int level, Rng& rng);          //
Draft draft_sets(int level, Rng& rng);           //
Draft draft_probability(int level, Rng& rng);    //
Draft draft_logic(int level, Rng& rng);          // families_of_steps.cc
Draft draft_ordering(int level, Rng& rng);       //
Draft draft_strings(int level, Rng& rng);        //
Draft draft_code(int level, Rng& rng);           //

}  // namespace ooe::selfplay
