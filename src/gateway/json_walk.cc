#include "gateway/json_walk.h"

#include "base/ascii.h"

namespace ooe::gateway {
namespace {

std::size_t skip_to(std::string_view json, std::size_t at, char c) { return json.find(c, at); }

std::size_t skip_white_space(std::string_view json, std::size_t at) {
  while (is_blank(json[at])) ++at;
  return at;
}

// `at` is at the opening quote. A quote behind an odd number of backslashes is one of the string's.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  while (true) {
    at = skip_to(json, at + 1, '"');
    std::size_t backslashes = 0;
    while (json[at - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return at + 1;
  }
}

// An array or an object: brackets are counted, those in strings passed over.
std::size_t end_of_brackets(std::string_view json, std::size_t at) {
  std::size_t depth = 0;
  while (true) {
    const char c = json[at];
    if (c == '"') {
      at = end_of_string(json, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
}

// A number, true, false or null.
std::size_t end_of_word(std::string_view json, std::size_t at) {
  return json.find_first_of(",}] \n\r\t", at);
}

}  // namespace

MemberWalk::MemberWalk(std::string_view json, std::size_t begin)
    : json_(json), at_(skip_to(json, begin, '{') + 1) {}

ByteRange MemberWalk::next() {
  const std::size_t name = skip_to(json_, at_, '"');
  const std::size_t colon = skip_to(json_, end_of_string(json_, name), ':');
  const std::size_t begin = skip_white_space(json_, colon + 1);
  switch (json_[begin]) {
    case '"':
      at_ = end_of_string(json_, begin);
      break;
    case '{':
    case '[':
      at_ = end_of_brackets(json_, begin);
      break;
    default:
      at_ = end_of_word(json_, begin);
  }
  return {begin, at_};
}

}  // namespace ooe::gateway
