#include "interview/json_grader.h"

#include <simdjson.h>

#include "base/ascii.h"
#include "interview/fenced_block.h"

namespace ooe::interview {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

bool parses(simdjson::dom::parser& parser, std::string_view text, element& value) {
  if (std::ranges::all_of(text, is_blank)) return false;
  return parser.parse(text.data(), text.size()).get(value) == simdjson::SUCCESS;
}

// The end of the object or list that begins at `at`, by counting brackets outside strings.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = at; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return i + 1;
  }
  return std::string_view::npos;
}

// An object inside another ends later than it: the outermost of those that end last is meant.
bool last_value(simdjson::dom::parser& parser, std::string_view text, element& value) {
  if (text.size() > kJsonSearchBytes) text.remove_prefix(text.size() - kJsonSearchBytes);
  std::size_t found_at = std::string_view::npos;
  std::size_t found_end = 0;
  int tries = 0;
  for (std::size_t at = text.find_last_of("{["); at != std::string_view::npos && tries < kJsonTries;
       at = at == 0 ? std::string_view::npos : text.find_last_of("{[", at - 1), ++tries) {
    const std::size_t end = end_of_value(text, at);
    if (end == std::string_view::npos || end < found_end) continue;
    if (!parses(parser, text.substr(at, end - at), value)) continue;
    found_at = at;
    found_end = end;
  }
  return found_at != std::string_view::npos &&
         parses(parser, text.substr(found_at, found_end - found_at), value);
}

bool find_json(simdjson::dom::parser& parser, std::string_view answer, element& value) {
  if (parses(parser, answer, value)) return true;
  if (const auto block = last_fenced_block(answer); block && parses(parser, *block, value)) {
    return true;
  }
  return last_value(parser, answer, value);
}

bool is_numeric(element_type type) {
  return type == element_type::INT64 || type == element_type::UINT64 ||
         type == element_type::DOUBLE;
}

// Whole numbers compare exactly, so that two 64-bit ids do not meet in a double.
bool same_number(element a, element b) {
  if (a.type() == element_type::INT64 && b.type() == element_type::INT64) {
    return a.get_int64().value_unsafe() == b.get_int64().value_unsafe();
  }
  if (a.type() == element_type::UINT64 && b.type() == element_type::UINT64) {
    return a.get_uint64().value_unsafe() == b.get_uint64().value_unsafe();
  }
  return a.get_double().value_unsafe() == b.get_double().value_unsafe();
}

// As deep as simdjson parses: 1,024 levels.
bool same(element a, element b) {
  if (is_numeric(a.type()) && is_numeric(b.type())) return same_number(a, b);
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case element_type::STRING:
      return a.get_string().value_unsafe() == b.get_string().value_unsafe();
    case element_type::BOOL:
      return a.get_bool().value_unsafe() == b.get_bool().value_unsafe();
    case element_type::ARRAY: {
      const auto left = a.get_array().value_unsafe();
      const auto right = b.get_array().value_unsafe();
      if (left.size() != right.size()) return false;
      auto other = right.begin();
      for (const element item : left) {
        if (!same(item, *other)) return false;
        ++other;
      }
      return true;
    }
    case element_type::OBJECT: {
      const auto left = a.get_object().value_unsafe();
      const auto right = b.get_object().value_unsafe();
      if (left.size() != right.size()) return false;
      for (const auto field : left) {
        element other;
        if (right.at_key(field.key).get(other) != simdjson::SUCCESS || !same(field.value, other)) {
          return false;
        }
      }
      return true;
    }
    default:
      return true;  // null
  }
}

}  // namespace

bool is_json(std::string_view text) {
  simdjson::dom::parser parser;
  element value;
  return parses(parser, text, value);
}

std::optional<bool> same_json(std::string_view answer, std::string_view truth) {
  simdjson::dom::parser answer_parser;
  simdjson::dom::parser truth_parser;
  element said;
  element meant;
  if (!find_json(answer_parser, answer, said)) return std::nullopt;
  if (!parses(truth_parser, truth, meant)) return std::nullopt;
  return same(meant, said);
}

}  // namespace ooe::interview
