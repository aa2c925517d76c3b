#include "encoder/token_split.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace ooe::encoder {
namespace {

constexpr std::array kAll{TokenSplit::gpt2, TokenSplit::cl100k, TokenSplit::qwen2,
                          TokenSplit::o200k};

struct SplitCase {
  const char* text;
  std::array<const char*, 4> pieces;  // by kAll, '|' between them
};

// What the regular expressions that tokenizers publish make of these texts, in the engine of
// ECMAScript (flags u and g).
const SplitCase kCases[] = {
    {"Hello, world!",
     {"Hello|,| world|!", "Hello|,| world|!", "Hello|,| world|!", "Hello|,| world|!"}},
    {"I'm sure they'LL say 'tis don't",
     {"I|'m| sure| they|'|LL| say| '|tis| don|'t", "I|'m| sure| they|'LL| say| '|tis| don|'t",
      "I|'m| sure| they|'LL| say| '|tis| don|'t", "I'm| sure| they'LL| say| '|tis| don't"}},
    {"HTTPServer getURLs iPhone ABC",
     {"HTTPServer| getURLs| iPhone| ABC", "HTTPServer| getURLs| iPhone| ABC",
      "HTTPServer| getURLs| iPhone| ABC", "HTTPServer| get|URLs| i|Phone| ABC"}},
    {"a  b   c ", {"a| | b|  | c| ", "a| | b|  | c| ", "a| | b|  | c| ", "a| | b|  | c| "}},
    {"line\n\n  next\r\n\tend  ",
     {"line|\n\n | next|\r\n|\t|end|  ", "line|\n\n| | next|\r\n|\tend|  ",
      "line|\n\n| | next|\r\n|\tend|  ", "line|\n\n| | next|\r\n|\tend|  "}},
    {"1234567 12.5 x1y2",
     {"1234567| 12|.|5| x|1|y|2", "123|456|7| |12|.|5| x|1|y|2", "1|2|3|4|5|6|7| |1|2|.|5| x|1|y|2",
      "123|456|7| |12|.|5| x|1|y|2"}},
    {"caf\xc3\xa9 e\xcc\x81t\xc3\xa9 \xcc\x81"
     "A\xcc\x81"
     "bC",
     {"caf\xc3\xa9| e|\xcc\x81|t\xc3\xa9| \xcc\x81|A|\xcc\x81|bC",
      "caf\xc3\xa9| e|\xcc\x81t\xc3\xa9| \xcc\x81|A|\xcc\x81"
      "bC",
      "caf\xc3\xa9| e|\xcc\x81t\xc3\xa9| \xcc\x81|A|\xcc\x81"
      "bC",
      "caf\xc3\xa9| e\xcc\x81t\xc3\xa9| \xcc\x81"
      "A\xcc\x81"
      "b|C"}},
    {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"
     "123\xe3\x80\x80x",
     {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e|123|\xe3\x80\x80|x",
      "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e|123|\xe3\x80\x80x",
      "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e|1|2|3|\xe3\x80\x80x",
      "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e|123|\xe3\x80\x80x"}},
    {"f(x) == {y};// http://a.b/c//\n",
     {"f|(|x|)| ==| {|y|};//| http|://|a|.|b|/|c|//|\n",
      "f|(x|)| ==| {|y|};//| http|://|a|.b|/c|//\n", "f|(x|)| ==| {|y|};//| http|://|a|.b|/c|//\n",
      "f|(x|)| ==| {|y|};//| http|://|a|.b|/c|//\n"}},
    {"   ", {"   ", "   ", "   ", "   "}},
    {"\n", {"\n", "\n", "\n", "\n"}},
    {" \n", {" \n", " \n", " \n", " \n"}},
    {"\xe1\xba\x9e"
     "A\xc7\x85"
     "b \xca\xb0x",
     {"\xe1\xba\x9e"
      "A\xc7\x85"
      "b| \xca\xb0x",
      "\xe1\xba\x9e"
      "A\xc7\x85"
      "b| \xca\xb0x",
      "\xe1\xba\x9e"
      "A\xc7\x85"
      "b| \xca\xb0x",
      "\xe1\xba\x9e"
      "A\xc7\x85"
      "b| \xca\xb0x"}},
    {"\xf0\x9f\x98\x80\xf0\x9f\x98\x80 ok\xe2\x9d\xa4\xef\xb8\x8f",
     {"\xf0\x9f\x98\x80\xf0\x9f\x98\x80| ok|\xe2\x9d\xa4\xef\xb8\x8f",
      "\xf0\x9f\x98\x80\xf0\x9f\x98\x80| ok|\xe2\x9d\xa4\xef\xb8\x8f",
      "\xf0\x9f\x98\x80\xf0\x9f\x98\x80| ok|\xe2\x9d\xa4\xef\xb8\x8f",
      "\xf0\x9f\x98\x80\xf0\x9f\x98\x80| ok|\xe2\x9d\xa4\xef\xb8\x8f"}},
    {"_snake_case --flag=1",
     {"_|snake|_|case| --|flag|=|1", "_snake|_case| --|flag|=|1", "_snake|_case| --|flag|=|1",
      "_snake|_case| --|flag|=|1"}},
    {"It's 'S 'll\xc2\xa0x",
     {"It|'s| '|S| '|ll|\xc2\xa0|x", "It|'s| '|S| '|ll|\xc2\xa0x", "It|'s| '|S| '|ll|\xc2\xa0x",
      "It's| '|S| '|ll|\xc2\xa0x"}},
};

std::string pieces_of(TokenSplit split, std::string_view text) {
  std::string pieces;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = piece_end(split, text, at);
    if (at > 0) pieces += '|';
    pieces += text.substr(at, end - at);
    at = end;
  }
  return pieces;
}

TEST(TokenSplit, CutsAsThePublishedPatternsDo) {
  for (const SplitCase& c : kCases) {
    for (std::size_t i = 0; i < kAll.size(); ++i) {
      EXPECT_EQ(pieces_of(kAll[i], c.text), c.pieces[i]) << c.text << " by " << i;
    }
  }
}

TEST(TokenSplit, GoesOnWhateverTheBytes) {
  std::string text;
  for (int byte = 255; byte >= 0; --byte) text += static_cast<char>(byte);
  text += "\xe2\x82";  // cut off
  for (const TokenSplit split : kAll) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = piece_end(split, text, at);
      ASSERT_GT(end, at);
      ASSERT_LE(end, text.size());
      at = end;
    }
  }
}

TEST(TokenSplit, HasFourNames) {
  EXPECT_EQ(parse_token_split("o200k"), TokenSplit::o200k);
  EXPECT_FALSE(parse_token_split("O200K"));
  EXPECT_FALSE(parse_token_split("llama2"));
}

}  // namespace
}  // namespace ooe::encoder
