// Private to this room: JSON of experts as openai_dialect.h reads it, leniently and fast.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <simdjson.h>

#include "base/result.h"

namespace ooe::experts {

namespace dom = simdjson::dom;

// An object in the memory of its parser: a large one has a parser of its own.
struct Parsed : dom::object {
  std::unique_ptr<dom::parser> own = {};
};

// The parser keeps its buffers, so a stream's events cost no allocation; what it returned is gone
// at the next call on the same thread. simdjson checks UTF-8 and refuses more than 1,024 levels.
// A byte order mark is passed over; half a surrogate pair is read as U+FFFD, and a number that is
// none, or that 64 bits do not hold, as null.
// Errors: corrupt, naming `what`.
[[nodiscard]] Result<Parsed> parse_object(std::string_view json, std::string_view what);

// Returns nothing when the key is missing, null or of another type: the three are one to a reader
// who can do without.
template <class T>
[[nodiscard]] std::optional<T> member(const dom::object& object, std::string_view key) {
  T value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

// Whether the object has the member, and it is not null.
[[nodiscard]] bool has_member(const dom::object& object, std::string_view key);

}  // namespace ooe::experts
