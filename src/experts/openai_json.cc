#include "experts/openai_json.h"

#include "experts/half_pairs.h"
#include "experts/kept_parser.h"

namespace ooe::experts {

Result<Parsed> parse_object(std::string_view json, std::string_view what) {
  thread_local dom::parser kept;
  Parsed parsed;
  if (json.size() > kKeptDocumentBytes) parsed.own = std::make_unique<dom::parser>();
  dom::parser& parser = parsed.own ? *parsed.own : kept;
  dom::object& object = parsed;
  // Never a null pointer, which an empty view may hold and simdjson would copy from.
  if (json.empty()) json = " ";
  auto error = parser.parse(json.data(), json.size()).get(object);
  if (error == simdjson::STRING_ERROR) {
    if (const auto mended = without_half_pairs(json)) error = parser.parse(*mended).get(object);
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
