#include "experts/anthropic_json.h"

#include "experts/half_pairs.h"

namespace ooe::experts {
namespace {

// Far deeper than any request or tool input, far below what recursion takes.
constexpr int kDepthMax = 128;

// Returns nothing for what is not JSON or too deep.
std::optional<Json> parse_strictly(std::string_view text) {
  bool too_deep = false;
  Json json = Json::parse(
      text,
      [&too_deep](int depth, Json::parse_event_t, Json&) {
        too_deep = too_deep || depth > kDepthMax;
        return depth <= kDepthMax;
      },
      false);
  if (too_deep || json.is_discarded()) return std::nullopt;
  return json;
}

}  // namespace

std::optional<Json> parse_json(std::string_view text) {
  auto json = parse_strictly(text);
  if (json) return json;
  const auto mended = without_half_pairs(text);
  return mended ? parse_strictly(*mended) : std::nullopt;
}

std::string print_json(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const Json& at(const Json& object, const char* key) {
  static const Json kNull;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : kNull;
}

std::string text_at(const Json& object, const char* key) {
  const Json& value = at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t count_at(const Json& object, const char* key) {
  const Json& value = at(object, key);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

}  // namespace ooe::experts
