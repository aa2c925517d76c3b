#include "gateway/body_text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <simdjson.h>

#include "experts/kept_parser.h"

namespace ooe::gateway {
namespace {

namespace dom = simdjson::dom;

using std::string_view_literals::operator""sv;

constexpr std::string_view kAudio = "input_audio";

// Of either alphabet, with its padding. By table: images have millions.
constexpr std::array<bool, 256> kBase64Bytes = [] {
  std::array<bool, 256> bytes{};
  for (const char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="sv) {
    bytes[static_cast<unsigned char>(c)] = true;
  }
  return bytes;
}();

bool is_base64(char c) { return kBase64Bytes[static_cast<unsigned char>(c)]; }

void append(dom::element element, std::string& text, bool in_audio = false) {
  switch (element.type()) {
    case dom::element_type::OBJECT:
      text += "{\n"sv;
      for (const auto& [name, value] : dom::object(element)) {
        text += '"';
        text += name;
        text += "\": "sv;
        append(value, text, in_audio || name == kAudio);
      }
      text += "}\n"sv;
      break;
    case dom::element_type::ARRAY:
      text += "[\n"sv;
      for (const dom::element value : dom::array(element)) append(value, text, in_audio);
      text += "]\n"sv;
      break;
    case dom::element_type::STRING:
      text += '"';
      text += without_media(std::string_view(element), in_audio);
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

// Whoever writes words behind "data:...;base64," has written a text: one byte that no base64 has,
// and all of it is looked at.
std::string_view without_media(std::string_view text, bool in_audio) {
  constexpr std::string_view kData = "data:";
  constexpr std::string_view kBase64 = ";base64,";
  constexpr std::size_t kTypeMax = 128;
  // Anybody may call a member "input_audio". Less than a twentieth of a second is no sound.
  constexpr std::size_t kSoundBytesMin = 1'024;
  std::size_t begin = 0;
  if (text.starts_with(kData)) {
    const std::size_t mark = text.substr(0, kTypeMax).find(kBase64);
    if (mark == std::string_view::npos) return text;
    begin = mark + kBase64.size();
  } else if (!in_audio || text.size() < kSoundBytesMin) {
    return text;
  }
  return std::ranges::all_of(text.substr(begin), is_base64) ? text.substr(0, begin) : text;
}

void append_body_text(const dom::element& document, std::string& text) { append(document, text); }

Result<std::string> body_text(std::string_view json) {
  // Owns the document's memory: reused, as in ChatRequestParser.
  thread_local dom::parser kept;
  dom::parser own;
  dom::parser& parser = json.size() > experts::kKeptDocumentBytes ? own : kept;
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
