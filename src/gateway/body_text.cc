#include "gateway/body_text.h"

#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <simdjson.h>

namespace ooe::gateway {
namespace {

namespace dom = simdjson::dom;

using std::string_view_literals::operator""sv;

void append(dom::element element, std::string& text) {
  switch (element.type()) {
    case dom::element_type::OBJECT:
      text += "{\n"sv;
      for (const auto& [name, value] : dom::object(element)) {
        text += '"';
        text += name;
        text += "\": "sv;
        append(value, text);
      }
      text += "}\n"sv;
      break;
    case dom::element_type::ARRAY:
      text += "[\n"sv;
      for (const dom::element value : dom::array(element)) append(value, text);
      text += "]\n"sv;
      break;
    case dom::element_type::STRING:
      text += '"';
      text += std::string_view(element);
      text += "\"\n"sv;
      break;
    case dom::element_type::INT64:
      fmt::format_to(std::back_inserter(text), "{}\n", std::int64_t(element));
      break;
    case dom::element_type::UINT64:
      fmt::format_to(std::back_inserter(text), "{}\n", std::uint64_t(element));
      break;
    case dom::element_type::DOUBLE:
      fmt::format_to(std::back_inserter(text), "{}\n", double(element));
      break;
    case dom::element_type::BOOL:
    case dom::element_type::NULL_VALUE:
      text += "-\n"sv;
      break;
  }
}

}  // namespace

void append_body_text(const dom::element& document, std::string& text) { append(document, text); }

Result<std::string> body_text(std::string_view json) {
  thread_local dom::parser parser;  // owns the document's memory: reused, as in ChatRequestParser
  dom::element document;
  if (const auto error = parser.parse(json.data(), json.size()).get(document);
      error != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_argument, "the body is not valid JSON: {}",
                simdjson::error_message(error));
  }
  std::string text;
  text.reserve(json.size() + json.size() / 8);
  append(document, text);
  return text;
}

}  // namespace ooe::gateway
