// The deferral tag: a word such as <GPT4> with which a dedicated model's own expert begins its
// answer when it wants another to answer instead. The scanner reads the answer as it comes, in
// pieces of any size, and says as soon as it is certain whether it begins with the tag; until then
// nothing of it may be shown. Pure. In: text. Out: a verdict.
//
//   answer := space* ( <think> ... </think> space* )? TAG boundary ...
//
// The tag also counts at the beginning of a reasoning block, inside the text or beside it
// (reasoning_content): what a model was taught to say first, it says first. A mention later in the
// reasoning does not count. The boundary is the end, or anything that does not continue a word: a
// letter, a digit, an underscore and every byte above ASCII do. So "<GPT4>s" and "GPT4All" are
// words of their own.
// Source: the tag, Mohammadshahi et al. 2024 (arXiv 2401.13979, section 3).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace ooe::experts {

inline constexpr std::size_t kTagBytesMax = 64;

// Whether `word` can be a tag: not empty nor too long, no white space in it, and not taken for the
// beginning of a reasoning block.
[[nodiscard]] bool is_tag(std::string_view word);

// Errors: invalid_argument, saying what can be one, unless is_tag(word).
[[nodiscard]] Result<void> check_tag(std::string_view word);

enum class TagVerdict { undecided, tag, not_a_tag };

// Whether one text begins with the tag, after white space.
class TagOpening {
 public:
  void take(std::string_view tag, char c);
  void end(std::string_view tag);
  [[nodiscard]] TagVerdict verdict() const { return verdict_; }

 private:
  std::string seen_;  // at most one byte longer than the tag
  TagVerdict verdict_ = TagVerdict::undecided;
};

class TagScanner {
 public:
  // Requires: is_tag(tag).
  explicit TagScanner(std::string tag) : tag_(std::move(tag)) {}

  // More of the answer's text, or of the reasoning beside it. Once decided, a verdict stays.
  TagVerdict take_text(std::string_view text);
  TagVerdict take_reasoning(std::string_view text);
  // Nothing more comes; or what came is neither text nor reasoning (a tool call). Never undecided.
  TagVerdict end();

  [[nodiscard]] TagVerdict verdict() const { return verdict_; }

 private:
  enum class At { opening, thinking, after_thinking };

  void take(char c);

  std::string tag_;
  At at_ = At::opening;
  TagOpening opening_;  // of the text, before or after its reasoning block
  std::string think_;   // the part of "<think>" seen while opening
  std::string tail_;    // while thinking: the end, as far as it may be "</think>"
  TagOpening inner_;    // of the reasoning block
  TagOpening beside_;   // of the reasoning beside the text
  TagVerdict verdict_ = TagVerdict::undecided;
};

}  // namespace ooe::experts
