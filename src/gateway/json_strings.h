// The strings of a JSON document, in its own bytes: where each stands, of which member it is the
// value, and in which place of the document. What a parsed document does not say, for whoever
// changes strings and leaves every other byte alone. In: bytes that a parser has found to be valid
// (of others it finds some strings, and never reads beyond them). Out: ranges. Knows: nobody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/json_walk.h"

namespace ooe::gateway {

struct JsonString {
  ByteRange range;  // between its quotes
  bool is_name = false;
  // The name, as written, of the member whose value it is, or whose array it is an element of.
  std::string_view name;
  // The same for the same place of another document: names from the top down and, for elements of
  // arrays, their member "index" where they have one (as chunks of a stream do), else their number.
  std::uint64_t place = 0;
};

[[nodiscard]] std::vector<JsonString> json_strings(std::string_view json);

// A document as one text for the detector, as body_text() tells it, and where each byte of it comes
// from.
class FlatJson {
 public:
  // Requires: less than 4 GiB.
  explicit FlatJson(std::string_view json);

  [[nodiscard]] std::string_view text() const { return text_; }
  // The bytes of the document that text [begin, end) comes from, when all of it stands in one
  // string; an escape that is cut counts whole. {0, 0} otherwise.
  [[nodiscard]] ByteRange source(std::size_t begin, std::size_t end) const;
  // Returns where in the text the value string stands that begins at this byte of it; {0, 0} when
  // none does.
  [[nodiscard]] ByteRange string_at(std::size_t begin) const;
  // Returns where in the text the string stands, a name or a value, that has this byte of it; {0,
  // 0} when none has.
  [[nodiscard]] ByteRange string_around(std::size_t at) const;

 private:
  struct String {
    ByteRange text;        // without quotes
    std::size_t json = 0;  // where it begins in the document
  };
  // Small: a text may be made of them.
  struct Escape {
    std::uint32_t text = 0;
    std::uint32_t json = 0;
    std::uint8_t text_length = 0;
    std::uint8_t json_length = 0;
  };
  void add_string(std::string_view json, ByteRange range, bool is_name, bool in_audio);
  void cut_to(std::size_t size);
  [[nodiscard]] std::vector<String>::const_iterator string_with(std::size_t at) const;
  [[nodiscard]] ByteRange source_of(const String& string, std::size_t at) const;

  std::string text_;
  std::vector<Escape> escapes_;  // in order, as the strings
  std::vector<String> strings_;
};

// Returns `text` as it stands between the quotes of a JSON string.
[[nodiscard]] std::string json_escaped(std::string_view text);

// Replacements by place, in order, none touching another.
struct JsonEdit {
  ByteRange range;
  std::string text;
};
[[nodiscard]] std::string edited(std::string_view json, const std::vector<JsonEdit>& edits);

}  // namespace ooe::gateway
