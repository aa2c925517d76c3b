#include "experts/odd_numbers.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "base/ascii.h"

namespace ooe::experts {
namespace {

bool is_of_word(char c) { return is_alnum(c) || c == '-' || c == '+' || c == '.'; }

// The place behind the string that begins at `quote`.
std::size_t behind_string(std::string_view json, std::size_t quote) {
  std::size_t at = json.find_first_of("\"\\", quote + 1);
  while (at < json.size() && json[at] == '\\') at = json.find_first_of("\"\\", at + 2);
  return at < json.size() ? at + 1 : json.size();
}

template <class Number>
bool is_beyond(std::string_view word) {
  Number number{};
  const char* const end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, number);
  return read.ptr == end && read.ec == std::errc::result_out_of_range;
}

// An integer that 64 bits hold without a sign is no odd one.
bool is_odd(std::string_view word) {
  const std::string_view size = word.substr(word.starts_with('-') ? 1 : 0);
  for (const std::string_view name : {"NaN", "nan", "Infinity", "inf"}) {
    if (size == name) return true;
  }
  if (size.empty() || !is_digit(size.front())) return false;
  const bool whole = std::ranges::all_of(size, is_digit);
  if (whole && size.size() > 1 && size.front() == '0') return false;
  if (!whole) return is_beyond<double>(word);
  return word == size ? is_beyond<std::uint64_t>(word) : is_beyond<std::int64_t>(word);
}

}  // namespace

std::optional<std::string> without_odd_numbers(std::string_view json) {
  std::string mended;
  std::size_t kept = 0;  // up to where it has been copied
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      at = behind_string(json, at);
      continue;
    }
    const std::size_t begin = at;
    while (at < json.size() && is_of_word(json[at])) ++at;
    if (at == begin) {
      ++at;
    } else if (is_odd(json.substr(begin, at - begin))) {
      mended += json.substr(kept, begin - kept);
      mended += "null";
      kept = at;
    }
  }
  if (kept == 0) return std::nullopt;
  return mended + std::string(json.substr(kept));
}

}  // namespace ooe::experts
