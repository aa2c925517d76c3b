// Words known when this is compiled, looked for in one text after the other.
#pragma once

#include <cstddef>
#include <string_view>

namespace ooe::encoder {

// What is looked for, by its byte that prose has least of: of "ow many" by the 'y', since every
// word with an 'o' would look like it for a while.
class Needle {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): stands for its words
  consteval Needle(const char* words) : words_(words) {
    for (std::size_t i = 1; i < words_.size(); ++i) {
      if (rareness(words_[i]) > rareness(words_[rarest_])) rarest_ = i;
    }
  }

  [[nodiscard]] bool is_in(std::string_view text) const {
    for (std::size_t at = rarest_; (at = text.find(words_[rarest_], at)) < text.size(); ++at) {
      if (text.substr(at - rarest_).starts_with(words_)) return true;
    }
    return false;
  }

 private:
  static consteval std::size_t rareness(char c) {
    // npos, which is the most, for what is no small letter.
    return std::string_view(" etaoinsrhldcumfpgwybvkxjqz").find(c);
  }

  std::string_view words_;
  std::size_t rarest_ = 0;
};

[[nodiscard]] inline bool contains(std::string_view text, const Needle& needle) {
  return needle.is_in(text);
}

}  // namespace ooe::encoder
