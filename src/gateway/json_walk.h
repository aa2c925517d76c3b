// Where the members of a JSON object stand in its bytes: the one thing that a parsed document does
// not say. In: bytes that a parser has found to be valid. Out: ranges. Knows: nobody.
#pragma once

#include <cstddef>
#include <string_view>

namespace ooe::gateway {

// A piece of a text: [begin, end).
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(ByteRange, ByteRange) = default;
};

[[nodiscard]] inline std::string_view part(std::string_view text, ByteRange range) {
  return text.substr(range.begin, range.end - range.begin);
}

// Goes through an object member by member, in the order of the text. Cost: a few instructions a
// byte outside strings; strings are passed over as fast as memchr() goes.
class MemberWalk {
 public:
  // Requires: `json` is valid, is an object, and outlives this.
  // With a `begin`: the object begins there, and what stands before is passed over.
  explicit MemberWalk(std::string_view json, std::size_t begin = 0);

  // Returns where the next member's value stands. Requires: there is another member.
  [[nodiscard]] ByteRange next();

 private:
  std::string_view json_;
  std::size_t at_;
};

}  // namespace ooe::gateway
