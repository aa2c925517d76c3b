// Which generated questions are worth asking: well-formed, answerable, in the right language,
// unlike every test set (contamination), unlike all that is known, and unlike each other. Each
// refusal is counted by its reason. In: questions. Out: a verdict on each. Knows: core, interview's
// graders.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

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
  double similarity_max = 0.8;  // containment() of shingles; closer is the same question
  double latin_min = 0.7;       // of the letters; 0: any language
  std::size_t form_max = 40;    // admitted questions of one form
  bool answer_needed = true;    // false: other experts and a judge will find one
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
  [[nodiscard]] Screening verdict(const Question& question, const Shingles& shingles) const;

  FilterOptions options_;
  ShingleIndex known_;
  ShingleIndex tests_;
  std::map<std::string, std::size_t> forms_;
  std::array<std::int64_t, kScreenings> counts_{};
};

}  // namespace ooe::selfplay
