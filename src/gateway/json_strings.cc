#include "gateway/json_strings.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/fast_hash.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "gateway/body_text.h"

namespace ooe::gateway {
namespace {

enum class Mark { open_object, open_array, close, string, word };

struct Token {
  Mark mark = Mark::close;
  ByteRange range;  // of a string between its quotes
  bool is_name = false;
};

// Calls `on_token` for brackets, strings and words (numbers, true, false, null), in order.
template <class OnToken>
void each_token(std::string_view json, const OnToken& on_token) {
  std::size_t at = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      std::size_t end = at + 1;
      while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
      if (end >= json.size()) return;
      std::size_t next = end + 1;
      while (next < json.size() && is_space(json[next])) ++next;
      on_token(Token{Mark::string, {at + 1, end}, next < json.size() && json[next] == ':'});
      at = end + 1;
    } else if (c == '{' || c == '[') {
      on_token(Token{c == '{' ? Mark::open_object : Mark::open_array, {at, at + 1}});
      ++at;
    } else if (c == '}' || c == ']') {
      on_token(Token{Mark::close, {at, at + 1}});
      ++at;
    } else if (c == ',' || c == ':' || is_space(c)) {
      ++at;
    } else {
      const std::size_t end = std::min(json.find_first_of(",:]}\"[{ \t\r\n", at + 1), json.size());
      on_token(Token{Mark::word, {at, end}});
      at = end;
    }
  }
}

// Documents and the arrays and objects in them, while they are read.
struct Container {
  std::size_t parent = 0;
  std::string_view name;    // of the member that it is the value of
  std::int64_t number = 0;  // among the elements of the array that it stands in
  std::optional<std::int64_t> index = std::nullopt;  // its member "index"
  bool is_array = false;
  std::int64_t elements = 0;  // so far, of an array
};

// Appends what the escape at `at` stands for; returns its length.
std::size_t append_escape(std::string_view json, std::size_t at, std::string& text) {
  const char kind = at + 1 < json.size() ? json[at + 1] : '\\';
  constexpr std::string_view kFrom = "bfnrt";
  constexpr std::string_view kTo = "\b\f\n\r\t";
  if (const std::size_t i = kFrom.find(kind); i != std::string_view::npos) {
    text += kTo[i];
    return 2;
  }
  if (kind != 'u') {
    text += kind;
    return 2;
  }
  constexpr std::uint32_t kReplacement = 0xFFFD;  // of half a pair, and of what is no escape
  const std::uint32_t high = hex_code_at(json, at + 2, 4).value_or(kReplacement);
  const std::uint32_t low = json.substr(at).substr(0, 8).ends_with("\\u")
                                ? hex_code_at(json, at + 8, 4).value_or(kReplacement)
                                : kReplacement;
  if (is_high_surrogate(high) && is_low_surrogate(low)) {
    append_utf8(0x10000 + ((high - 0xD800) << 10U) + (low - 0xDC00), text);
    return 12;
  }
  append_utf8(is_high_surrogate(high) || is_low_surrogate(high) ? kReplacement : high, text);
  return 6;
}

}  // namespace

std::vector<JsonString> json_strings(std::string_view json) {
  std::vector<Container> containers(1);
  std::size_t current = 0;
  std::string_view name;  // of the member that is being read
  struct Found {
    JsonString string;
    std::size_t container;
    std::int64_t number;
  };
  std::vector<Found> found;
  each_token(json, [&](const Token& token) {
    Container& in = containers[current];
    const std::int64_t number = in.is_array ? in.elements : 0;
    const std::string_view of = in.is_array ? in.name : name;
    if (in.is_array && token.mark != Mark::close) ++in.elements;
    switch (token.mark) {
      case Mark::string:
        if (token.is_name) name = part(json, token.range);
        found.push_back({{token.range, token.is_name, of}, current, number});
        break;
      case Mark::word: {
        std::int64_t value = 0;
        const std::string_view word = part(json, token.range);
        // 1.0 is 1, as other programs read it.
        if (!in.is_array && name == "index" &&
            std::from_chars(word.data(), word.data() + word.size(), value).ec == std::errc()) {
          in.index = value;
        }
        break;
      }
      case Mark::open_object:
      case Mark::open_array:
        containers.push_back({.parent = current,
                              .name = of,
                              .number = number,
                              .is_array = token.mark == Mark::open_array});
        current = containers.size() - 1;
        break;
      case Mark::close:
        current = in.parent;
        break;
    }
  });
  std::vector<std::uint64_t> place(containers.size(), 0);
  for (std::size_t i = 1; i < containers.size(); ++i) {  // a parent stands before its children
    const Container& c = containers[i];
    place[i] =
        fast_hash(c.name, place[c.parent] + static_cast<std::uint64_t>(c.index.value_or(c.number)));
  }
  std::vector<JsonString> strings;
  strings.reserve(found.size());
  for (Found& each : found) {
    each.string.place = fast_hash(each.string.name,
                                  place[each.container] + static_cast<std::uint64_t>(each.number));
    strings.push_back(each.string);
  }
  return strings;
}

FlatJson::FlatJson(std::string_view json) {
  text_.reserve(json.size() + json.size() / 8);
  std::string_view name;              // of the member that is being read
  std::vector<bool> in_audio{false};  // of the containers that are open
  each_token(json, [&](const Token& token) {
    switch (token.mark) {
      case Mark::string:
        text_ += '"';
        add_string(json, token.range, token.is_name, in_audio.back());
        text_ += token.is_name ? "\": " : "\"\n";
        if (token.is_name) name = part(json, token.range);
        return;
      case Mark::open_object:
      case Mark::open_array:
        in_audio.push_back(in_audio.back() || name == "input_audio");
        break;
      case Mark::close:
        if (in_audio.size() > 1) in_audio.pop_back();
        name = {};
        break;
      case Mark::word:
        break;
    }
    text_ += part(json, token.range);
    text_ += '\n';
  });
}

// See the same of a parsed document, append_body_text().
void FlatJson::cut_to(std::size_t size) {
  text_.resize(size);
  while (!escapes_.empty() && escapes_.back().text >= size) escapes_.pop_back();
  if (escapes_.empty()) return;
  Escape& last = escapes_.back();
  last.text_length =
      static_cast<std::uint8_t>(std::min<std::size_t>(last.text_length, size - last.text));
}

void FlatJson::add_string(std::string_view json, ByteRange range, bool is_name, bool in_audio) {
  const std::size_t begin = text_.size();
  const std::string_view inside = json.substr(0, range.end);
  std::size_t at = range.begin;
  while (at < range.end) {
    if (json[at] != '\\') {
      const std::size_t escape = std::min(inside.find('\\', at), range.end);
      text_ += json.substr(at, escape - at);
      at = escape;
      continue;
    }
    const std::size_t from = text_.size();
    const std::size_t end = std::min(at + append_escape(inside, at, text_), range.end);
    escapes_.push_back({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(at),
                        static_cast<std::uint8_t>(text_.size() - from),
                        static_cast<std::uint8_t>(end - at)});
    at = end;
  }
  const std::string_view added = std::string_view(text_).substr(begin);
  if (!is_name) cut_to(begin + without_media(added, in_audio).size());
  strings_.push_back({{begin, text_.size()}, range.begin});
}

// Returns the end when none has it.
std::vector<FlatJson::String>::const_iterator FlatJson::string_with(std::size_t at) const {
  const auto behind = std::ranges::upper_bound(
      strings_, at, {}, [](const String& string) { return string.text.begin; });
  if (behind == strings_.begin() || at >= (behind - 1)->text.end) return strings_.end();
  return behind - 1;
}

// Of the byte of the text at `at`, which is the string's: one byte, or a whole escape.
ByteRange FlatJson::source_of(const String& string, std::size_t at) const {
  const auto behind = std::ranges::upper_bound(escapes_, at, {}, &Escape::text);
  if (behind == escapes_.begin() || (behind - 1)->text < string.text.begin) {
    const std::size_t place = string.json + (at - string.text.begin);
    return {place, place + 1};
  }
  const Escape& escape = *(behind - 1);
  if (at < escape.text + escape.text_length) return {escape.json, escape.json + escape.json_length};
  const std::size_t place =
      escape.json + escape.json_length + (at - escape.text - escape.text_length);
  return {place, place + 1};
}

ByteRange FlatJson::source(std::size_t begin, std::size_t end) const {
  if (begin >= end) return {};
  const auto string = string_with(begin);
  if (string == strings_.end() || string != string_with(end - 1)) return {};
  return {source_of(*string, begin).begin, source_of(*string, end - 1).end};
}

ByteRange FlatJson::string_at(std::size_t begin) const {
  const auto at = std::ranges::lower_bound(strings_, begin, {},
                                           [](const String& string) { return string.text.begin; });
  return at != strings_.end() && at->text.begin == begin ? at->text : ByteRange{};
}

ByteRange FlatJson::string_around(std::size_t at) const {
  const auto string = string_with(at);
  return string != strings_.end() ? string->text : ByteRange{};
}

std::string json_escaped(std::string_view text) {
  const std::string quoted =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

std::string edited(std::string_view json, const std::vector<JsonEdit>& edits) {
  std::string result;
  result.reserve(json.size() + 64);
  std::size_t copied = 0;
  for (const JsonEdit& edit : edits) {
    result += json.substr(copied, edit.range.begin - copied);
    result += edit.text;
    copied = edit.range.end;
  }
  result += json.substr(copied);
  return result;
}

}  // namespace ooe::gateway
