#include "dataset/json_line.h"

namespace ooe::dataset {

Result<simdjson::dom::object> parse_json_line(simdjson::dom::parser& parser, std::string_view line,
                                              std::string_view name, std::size_t number) {
  simdjson::dom::element root;
  if (const auto error = parser.parse(line.data(), line.size()).get(root);
      error != simdjson::SUCCESS) {
    if (error == simdjson::UTF8_ERROR) {
      return fail(ErrorCode::corrupt, "{}:{}: not valid UTF-8; convert the file to UTF-8", name,
                  number);
    }
    return fail(ErrorCode::corrupt, "{}:{}: not JSON ({}); give one JSON object a line", name,
                number, simdjson::error_message(error));
  }
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    return fail(ErrorCode::corrupt, "{}:{}: not a JSON object; give one a line", name, number);
  }
  return object;
}

std::optional<simdjson::dom::element> member_at(const simdjson::dom::object& object,
                                                std::string_view path) {
  simdjson::dom::element value;
  // A key that holds a dot itself comes first.
  if (object.at_key(path).get(value) != simdjson::SUCCESS) {
    const std::size_t dot = path.find('.');
    simdjson::dom::object inner;
    if (dot == std::string_view::npos ||
        object.at_key(path.substr(0, dot)).get(inner) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    return member_at(inner, path.substr(dot + 1));
  }
  if (value.is_null()) return std::nullopt;
  return value;
}

std::string text_of(simdjson::dom::element value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(value);
}

}  // namespace ooe::dataset
