#include "gateway/json_walk.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/rng.h"

namespace ooe::gateway {
namespace {

using nlohmann::ordered_json;

// Texts made of what a walk could stumble over.
std::string random_text(Rng& rng) {
  static const std::string pieces[] = {"\"", "\\", "{", "}",  "[",       "]",
                                       ",",  ":",  "a", "\n", "\xC3\xA9"};
  std::string text;
  for (std::uint64_t n = rng.below(6); n > 0; --n) text += pieces[rng.below(std::size(pieces))];
  return text;
}

ordered_json random_value(Rng& rng, int depth) {
  switch (rng.below(depth > 0 ? 7 : 5)) {
    case 0:
      return random_text(rng);
    case 1:
      return rng.below(1'000);
    case 2:
      return -1.5e-7;
    case 3:
      return true;
    case 4:
      return nullptr;
    case 5: {
      ordered_json array = ordered_json::array();
      for (std::uint64_t n = rng.below(4); n > 0; --n)
        array.push_back(random_value(rng, depth - 1));
      return array;
    }
    default: {
      ordered_json object = ordered_json::object();
      for (std::uint64_t n = rng.below(4); n > 0; --n) {
        object[random_text(rng)] = random_value(rng, depth - 1);
      }
      return object;
    }
  }
}

// Whatever the members, in one line or many: what stands at the range is the member's value.
TEST(MemberWalk, FindsEveryValueOfEveryObject) {
  Rng rng(11);
  for (int round = 0; round < 5'000; ++round) {
    ordered_json object = ordered_json::object();
    for (std::uint64_t n = rng.below(6); n > 0; --n)
      object[random_text(rng)] = random_value(rng, 3);
    const std::string text = " " + object.dump(rng.below(2) == 0 ? -1 : 3) + "\n";
    SCOPED_TRACE(text);
    MemberWalk walk(text);
    for (const auto& [_, value] : object.items()) {
      const ByteRange range = walk.next();
      const std::string piece = text.substr(range.begin, range.end - range.begin);
      ASSERT_EQ(ordered_json::parse(piece), value);
      // White space around it is none of it.
      ASSERT_EQ(std::string(" \n").find(piece.front()), std::string::npos);
      ASSERT_EQ(std::string(" \n").find(piece.back()), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace ooe::gateway
