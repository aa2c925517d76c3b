// How many tokens a text has, for experts whose tokenizer nobody has given us: a sum over what the
// text is made of, with weights fitted to what byte-pair tokenizers make of it. For estimates
// before a call, never for bills. In: texts. Out: a count. Cost: one pass, 64 bytes at a time.
//
// The weights are least squares of the relative error over o200k_base and cl100k_base, on English
// questions, nineteen other languages, C++, Markdown and JSON, in equal parts by piece. What the
// estimate is worth for other families: `build/release/bin/token_tasks DATA`, docs/policy.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ooe {

class TokenEstimate {
 public:
  // Texts are apart: a word does not go on in the next one.
  void add(std::string_view text);
  [[nodiscard]] std::int64_t tokens() const;

 private:
  enum Part : std::size_t {
    words,         // ASCII letters; "camelCase" is two
    long_words,    // letters beyond a word's first seven
    numbers,       // groups of up to three, with the space before them
    mark_runs,     // runs of other ASCII
    more_marks,    // their bytes beyond the first
    gaps,          // white space other than one space
    latin,         // bytes that lead two: letters of Latin with accents, and the marks above
    other_script,  // bytes that lead two: Greek, Cyrillic, Hebrew, Arabic
    wide_script,   // bytes that lead three or four
    kParts,
  };

  std::array<std::int64_t, kParts> count_{};
};

// Of one text; at least one, since no expert gets an empty prompt.
[[nodiscard]] std::int64_t estimate_tokens(std::string_view text);

}  // namespace ooe
