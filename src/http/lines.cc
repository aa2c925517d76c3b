#include "http/lines.h"

#include <charconv>

#include "base/ascii.h"
#include "base/parse_number.h"

namespace ooe::http {

namespace {

// Takes it off the front of the text if it is there.
bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_token(std::string_view& text) {
  const std::size_t length = token_length(text);
  text.remove_prefix(length);
  return length > 0;
}

bool take_quoted_string(std::string_view& text) {
  if (!take(text, '"')) return false;
  while (!text.empty() && text.front() != '"') {
    text.remove_prefix(text.front() == '\\' && text.size() > 1 ? 2 : 1);
  }
  return take(text, '"');
}

void skip_spaces(std::string_view& text) {
  while (take(text, ' ') || take(text, '\t')) {
  }
}

// chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )
bool are_chunk_extensions(std::string_view text) {
  while (!text.empty()) {
    skip_spaces(text);
    if (!take(text, ';')) return false;
    skip_spaces(text);
    if (!take_token(text)) return false;
    std::string_view behind_name = text;
    skip_spaces(behind_name);
    if (!take(behind_name, '=')) continue;
    text = behind_name;
    skip_spaces(text);
    if (!take_token(text) && !take_quoted_string(text)) return false;
  }
  return true;
}

}  // namespace

std::optional<RequestLine> parse_request_line(std::string_view line) {
  const std::size_t method_end = token_length(line);
  const std::size_t target_begin = method_end + 1;
  if (method_end == 0 || !line.substr(method_end).starts_with(' ')) return std::nullopt;
  const std::size_t target_end = line.find(' ', target_begin);
  if (target_end == std::string_view::npos || target_end == target_begin) return std::nullopt;
  const std::string_view target = line.substr(target_begin, target_end - target_begin);
  if (target.find('\t') != std::string_view::npos) return std::nullopt;
  return RequestLine{line.substr(0, method_end), target, line.substr(target_end + 1)};
}

std::optional<StatusLine> parse_status_line(std::string_view line) {
  constexpr std::size_t kVersion = 8;  // "HTTP/1.1"
  if (line.size() < kVersion + 5) return std::nullopt;
  const std::string_view code = line.substr(kVersion, 5);  // " 200 "
  if (code[0] != ' ' || code[4] != ' ') return std::nullopt;
  if (!is_digit(code[1]) || !is_digit(code[2]) || !is_digit(code[3])) return std::nullopt;
  const int status = 100 * (code[1] - '0') + 10 * (code[2] - '0') + (code[3] - '0');
  if (status < 100) return std::nullopt;
  return StatusLine{line.substr(0, kVersion), status};
}

std::optional<std::uint64_t> parse_content_length(std::string_view value) {
  return parse_number<std::uint64_t>(value);
}

std::optional<std::uint64_t> parse_chunk_line(std::string_view line) {
  std::uint64_t size = 0;  // from_chars takes no sign and no "0x"
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  if (error != std::errc()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  if (!are_chunk_extensions(line)) return std::nullopt;
  return size;
}

}  // namespace ooe::http
