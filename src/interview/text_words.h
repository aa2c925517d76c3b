// What an open answer says: its words, and those of its signs that mean something. The dash of
// "well-known" is spelling, the one of "2x - 3" a minus; the brackets of "Paris (France)" are
// style, those of "(a + b)c" are not. In doubt a sign counts: a right answer refused costs less
// than a wrong one taken.
#pragma once

#include <string_view>

namespace ooe::interview {

// Both say something, and the same: case (NFKC, folded), typography, English articles and the
// punctuation of prose aside. Blanks around signs, and one pair of brackets around all of either
// text, do not count. Texts without any word are compared by all their signs.
[[nodiscard]] bool says_the_same(std::string_view one, std::string_view other);

}  // namespace ooe::interview
