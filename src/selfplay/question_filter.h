// Which generated questions are worth asking: well-formed, answerable, in the right language,
// unlike every test set (contamination), unlike all that is known, and unlike each other. The words
// before the choices count by themselves too: a question whose choices are shuffled, or other wrong
// ones, is no new one. Each refusal is counted by its reason. In: questions. Out: a verdict on
// each. Knows: core, interview's graders.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/question.h"
#include "selfplay/shingles.h"

namespace ooe::selfplay {

enum class Screening : std::uint8_t {
  admitted,
  malformed,     // not UTF-8, control characters, too short, too long, equal choices
  unanswerable,  // no answer that a grader could compare with
  foreign,       // too little of it in Latin letters
  contaminated,  // close to a question of a test set
  known,         // close to a question on record, or to one admitted before
  alike,         // enough questions of its form were admitted: the same words but for the numbers
};
inline constexpr std::size_t kScreenings = 7;
[[nodiscard]] std::string_view to_string(Screening screening);

struct FilterOptions {
  std::size_t bytes_min = 10;
  std::size_t bytes_max = 8'000;
  double similarity_max = 0.8;     // containment() of shingles; closer is the same question
  std::size_t stem_words_min = 8;  // of words that say by themselves what is asked; fewer ("Which
                                   // of these is prime?") do so with the right answer only
  double latin_min = 0.7;          // of the letters; 0: any language
  std::size_t form_max = 40;       // admitted questions of one form
  bool answer_needed = true;       // false: other experts and a judge will find one
};

// Threads: one.
class QuestionFilter {
 public:
  explicit QuestionFilter(const FilterOptions& options) : options_(options) {}

  void know(const Question& question);       // on record
  void know_test(const Question& question);  // of a test set: refused first of all

  // An admitted question is known from then on.
  [[nodiscard]] Screening screen(const Question& question);

  // How many got each verdict. Shape: by Screening.
  [[nodiscard]] const std::array<std::int64_t, kScreenings>& counts() const { return counts_; }

 private:
  // What a question is compared by.
  struct Words {
    Shingles whole;                  // as presented, choices included
    std::optional<Shingles> stem;    // of a question long enough to be told by it
    std::vector<std::string> exact;  // of a short one: its words with the right answer, and with
                                     // the choices in any order
  };
  // Questions one is compared with.
  struct Shelf {
    ShingleIndex whole;
    ShingleIndex stems;
    std::set<std::string> exact;

    void add(Words words);
    [[nodiscard]] bool has(const Words& words, double share) const;
  };
  [[nodiscard]] Words words_of(const Question& question) const;
  [[nodiscard]] Screening verdict(const Question& question, const Words& words) const;

  FilterOptions options_;
  Shelf known_;
  Shelf tests_;
  std::map<std::string, std::size_t> forms_;
  std::array<std::int64_t, kScreenings> counts_{};
};

}  // namespace ooe::selfplay
