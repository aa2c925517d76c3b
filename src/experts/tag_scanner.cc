#include "experts/tag_scanner.h"

#include <algorithm>

#include "base/ascii.h"

namespace ooe::experts {
namespace {

constexpr std::string_view kThink = "<think>";
constexpr std::string_view kThought = "</think>";

bool continues_word(char c) { return is_word_byte(c) || c == '_'; }

}  // namespace

bool is_tag(std::string_view word) {
  return !word.empty() && word.size() <= kTagBytesMax && std::ranges::none_of(word, is_space) &&
         !kThink.starts_with(word) && !word.starts_with(kThink);
}

Result<void> check_tag(std::string_view word) {
  if (is_tag(word)) return {};
  return fail(ErrorCode::invalid_argument,
              "'{}' cannot be told apart; use a word such as <GPT4>, without white space, of at "
              "most {} bytes",
              word, kTagBytesMax);
}

void TagOpening::take(std::string_view tag, char c) {
  if (verdict_ != TagVerdict::undecided || (seen_.empty() && is_space(c))) return;
  if (seen_.size() == tag.size()) {
    verdict_ = continues_word(c) ? TagVerdict::not_a_tag : TagVerdict::tag;
    return;
  }
  seen_ += c;
  if (!tag.starts_with(seen_)) verdict_ = TagVerdict::not_a_tag;
}

void TagOpening::end(std::string_view tag) {
  if (verdict_ != TagVerdict::undecided) return;
  verdict_ = seen_ == tag ? TagVerdict::tag : TagVerdict::not_a_tag;
}

TagVerdict TagScanner::take_text(std::string_view text) {
  if (!text.empty() && verdict_ == TagVerdict::undecided) {
    beside_.end(tag_);  // the text begins where the reasoning beside it ends
    if (beside_.verdict() == TagVerdict::tag) verdict_ = TagVerdict::tag;
  }
  for (const char c : text) {
    if (verdict_ != TagVerdict::undecided) break;
    take(c);
  }
  return verdict_;
}

TagVerdict TagScanner::take_reasoning(std::string_view text) {
  for (const char c : text) {
    if (verdict_ != TagVerdict::undecided) break;
    beside_.take(tag_, c);
    if (beside_.verdict() == TagVerdict::tag) verdict_ = TagVerdict::tag;
  }
  return verdict_;
}

TagVerdict TagScanner::end() {
  if (verdict_ != TagVerdict::undecided) return verdict_;
  TagOpening& last = at_ == At::thinking ? inner_ : opening_;
  for (TagOpening* opening : {&beside_, &last}) {
    opening->end(tag_);
    if (opening->verdict() == TagVerdict::tag) verdict_ = TagVerdict::tag;
  }
  if (verdict_ == TagVerdict::undecided) verdict_ = TagVerdict::not_a_tag;
  return verdict_;
}

void TagScanner::take(char c) {
  if (at_ == At::thinking) {
    inner_.take(tag_, c);
    if (inner_.verdict() == TagVerdict::tag) verdict_ = TagVerdict::tag;
    // "<" occurs in "</think>" only at its beginning: a mismatch starts again at this byte.
    if (!kThought.starts_with(tail_ + c)) tail_.clear();
    if (kThought.starts_with(tail_ + c)) tail_ += c;
    if (tail_ == kThought) {
      at_ = At::after_thinking;
      opening_ = {};
    }
    return;
  }
  // The tag and "<think>" may begin alike: both are followed until one of them is out.
  const bool may_think =
      at_ == At::opening && (think_.empty() ? c == kThink[0] : kThink.starts_with(think_ + c));
  opening_.take(tag_, c);
  if (may_think) {
    think_ += c;
    if (think_ == kThink) at_ = At::thinking;
    return;
  }
  if (!think_.empty() || !is_space(c)) {
    if (at_ == At::opening) at_ = At::after_thinking;  // it does not begin with reasoning
  }
  if (opening_.verdict() != TagVerdict::undecided) verdict_ = opening_.verdict();
}

}  // namespace ooe::experts
