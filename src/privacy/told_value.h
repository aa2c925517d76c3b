// The value behind a word that announces one: where it begins, what of it is sure, and how far it
// reaches. Private to this room.
//
// Whether it is a secret is judged by its first bytes, so that a word costs the same whatever
// stands behind it. Only of what is one the end is looked for, and then the pass goes on there: a
// byte too many is a word less for an expert, a byte too few is the tail of a password.
#pragma once

#include <cstddef>

#include "privacy/scan.h"

namespace ooe::privacy {

inline constexpr std::size_t kJudgedMax = 128;

struct ToldValue {
  std::size_t begin = 0;
  std::size_t end = 0;  // of what is sure: up to the first byte that may end it, kJudgedMax at most
  std::size_t end_max = 0;  // of what it may be, kJudgedMax at most
  bool told = false;        // an '=', a ':' or a verb says that this is it
  bool tight = false;       // NAME=value, with nothing around the sign
  char quote = '\0';        // that it stands in
  bool formatted = false;   // f"...": what stands in braces is not in the text
  bool closed = false;      // as far as is judged, by that quote
  bool escaped = false;     // as that quote is, once
  [[nodiscard]] bool quoted() const { return quote != '\0'; }
};

// Of the value of a name that ends at `at`.
[[nodiscard]] ToldValue value_behind(const Scan& scan, std::size_t at);

// How far the sure part reaches without its limit.
[[nodiscard]] std::size_t end_of_sure(const Scan& scan, const ToldValue& value, std::size_t limit);

// How far the value may reach: to its closing quote, or to the end of the line where there is none;
// without quotes to a space, or to a mark behind which the text around it goes on.
// Returns at most `limit`.
[[nodiscard]] std::size_t end_of_value(const Scan& scan, const ToldValue& value, std::size_t limit);

// Whether the quote that `value` stands in closes it at `end`, as end_of_value found it.
[[nodiscard]] bool is_closed(const Scan& scan, const ToldValue& value, std::size_t end);

}  // namespace ooe::privacy
