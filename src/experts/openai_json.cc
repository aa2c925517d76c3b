#include "experts/openai_json.h"

#include "base/byte_order_mark.h"
#include "experts/half_pairs.h"
#include "experts/kept_parser.h"
#include "experts/odd_numbers.h"

namespace ooe::experts {

namespace {

// What can be read after all, of JSON that the parser refuses.
std::optional<std::string> mended(std::string_view json, simdjson::error_code error) {
  return error == simdjson::STRING_ERROR ? without_half_pairs(json) : without_odd_numbers(json);
}

}  // namespace

Result<Parsed> parse_object(std::string_view json, std::string_view what) {
  thread_local dom::parser kept;
  Parsed parsed;
  if (json.size() > kKeptDocumentBytes) parsed.own = std::make_unique<dom::parser>();
  dom::parser& parser = parsed.own ? *parsed.own : kept;
  dom::object& object = parsed;
  // Never a null pointer, which an empty view may hold and simdjson would copy from.
  json = without_byte_order_mark(json);
  if (json.empty()) json = " ";
  auto error = parser.parse(json.data(), json.size()).get(object);
  std::string text;  // as far as it is mended: of either kind there may be some
  for (int i = 0; i < 2 && error != simdjson::SUCCESS; ++i) {
    auto next = mended(text.empty() ? json : text, error);
    if (!next) break;
    text = std::move(*next);
    error = parser.parse(text).get(object);
  }
  if (error != simdjson::SUCCESS) {
    return fail(ErrorCode::corrupt, "the expert's {} is not a JSON object: {}", what,
                simdjson::error_message(error));
  }
  return parsed;
}

bool has_member(const dom::object& object, std::string_view key) {
  dom::element value;
  return object.at_key(key).get(value) == simdjson::SUCCESS && !value.is_null();
}

}  // namespace ooe::experts
