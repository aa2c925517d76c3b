// Where in a text the detector has to look. Of ordinary prose nearly no byte can begin anything
// that the scanners of scan.h would find or remember; this finds the others, 64 bytes at a time.
//
// It may only leave out places at which scan_start would do nothing: a test compares with a pass
// over every byte. So a word is a candidate when one of these holds: its first three letters and
// its length are those of a word in the vocabulary; a digit stands near its beginning (ids); it
// begins a long run without a space (issued secrets, keys); a byte outside ASCII touches it; a '-'
// stands before it (command lines). And so are digits, bytes outside ASCII, and a few marks. Where
// there are many, in tables of numbers, choosing costs more than it saves: a stretch is walked byte
// by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/byte_block.h"
#include "privacy/byte_class.h"

namespace ooe::privacy {

class Candidates {
 public:
  explicit Candidates(std::string_view text) : text_(text) {}

  // Returns the first candidate at or behind `at`, the text's size when there is none. Inside a
  // word a letter at `at` itself always is one: a scanner may send the pass there. Calls go
  // forwards.
  [[nodiscard]] std::size_t next(std::size_t at) {
    for (; at < walk_until_; ++at) {
      if (can_start(text_[at])) return at;
    }
    return choose(at);
  }

 private:
  static constexpr std::size_t kBlock = ByteBlock::kBytes;

  // One bit a byte of a block.
  struct Masks {
    std::uint64_t letters = 0;
    std::uint64_t starts = 0;  // of words, and of the words that a name in camel case is made of
    std::uint64_t breaks = 0;  // spaces and control characters
    std::uint64_t high = 0;
    // Of these most blocks of prose have none:
    std::uint64_t digits = 0;
    std::uint64_t dashes = 0;
    std::uint64_t marks = 0;  // the other marks
  };
  [[nodiscard]] std::size_t choose(std::size_t at);
  void enter(std::size_t block);
  [[nodiscard]] Masks masks_at(std::size_t at) const;
  [[nodiscard]] bool word_may_matter(unsigned place) const;
  [[nodiscard]] bool mark_may_matter(std::size_t at) const;

  std::string_view text_;
  std::size_t block_ = std::string_view::npos;  // where the block begins that the masks are of
  Masks here_;
  Masks ahead_;  // of the block behind it
  std::uint64_t candidates_ = 0;
  std::size_t walk_until_ = 0;
};

}  // namespace ooe::privacy
