#include "gateway/redaction.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <initializer_list>
#include <iterator>
#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/parse_number.h"
#include "base/unicode.h"
#include "gateway/body_text.h"
#include "http/sse.h"
#include "privacy/byte_class.h"
#include "privacy/escapes.h"

namespace ooe::gateway {
namespace {

using privacy::Finding;
using privacy::FindingType;

tl::unexpected<Error> cannot(std::string_view what) {
  return fail(ErrorCode::invalid_argument, "cannot be redacted: {}", what);
}

// --- What is replaced ---------------------------------------------------------------------------

std::size_t count_slashes(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of('\\', at), text.size()) - std::min(at, text.size());
}

// Behind the name of a personal field: its value, in the document or in one quoted inside a string
// (tool arguments), or in a string of that one. Returns an empty range when there is none that can
// be replaced.
ByteRange value_behind(std::string_view text, std::size_t at) {
  const auto skip = [&](std::string_view bytes) {
    while (at < text.size() && bytes.find(text[at]) != std::string_view::npos) ++at;
  };
  skip("\\\"'");
  skip(kBlanks);
  if (at >= text.size() || text[at] != ':') return {};
  ++at;
  skip(kBlanks);
  const std::size_t depth = count_slashes(text, at);
  at += depth;
  if (at >= text.size()) return {};
  if (text[at] != '"' && text[at] != '\'') {
    const std::size_t end = std::min(text.find_first_not_of("+-.0123456789eE", at), text.size());
    return {at, end};
  }
  const char quote = text[at];
  const std::size_t begin = ++at;
  while (at < text.size()) {
    if (text[at] != '\\' && text[at] != quote) {
      ++at;
      continue;
    }
    const std::size_t slashes = count_slashes(text, at);
    if (at + slashes < text.size() && text[at + slashes] == quote &&
        privacy::quote_closes(slashes, depth)) {
      return {begin, at + slashes - std::min(slashes, depth)};
    }
    at += slashes + 1;
  }
  return {};
}

// The value of an outer member is the whole next string, quotes in it or not.
ByteRange value_of_field(const FlatJson& flat, const Finding& field) {
  const ByteRange value = value_behind(flat.text(), field.end);
  const ByteRange whole = flat.string_at(value.begin);
  return whole.end > whole.begin ? whole : value;
}

struct Span {
  ByteRange range;  // of the text
  FindingType type = FindingType::email;
};

// In order and apart; of those that overlap, one as wide as all, of the longest one's kind.
std::vector<Span> merged(std::vector<Span> spans) {
  std::ranges::sort(spans, {}, [](const Span& span) { return span.range.begin; });
  std::vector<Span> apart;
  for (const Span& span : spans) {
    if (apart.empty() || span.range.begin >= apart.back().range.end) {
      apart.push_back(span);
      continue;
    }
    Span& last = apart.back();
    // What a value is says more than what its field is called.
    const bool longer = span.range.end - span.range.begin > last.range.end - last.range.begin;
    if (last.type == FindingType::field || (longer && span.type != FindingType::field)) {
      last.type = span.type;
    }
    last.range.end = std::max(last.range.end, span.range.end);
  }
  return apart;
}

bool is_secret(FindingType type) {
  return type == FindingType::secret || type == FindingType::private_key;
}

// A letter, a digit or a mark of base64 right behind a secret may be its tail. Returns where such
// bytes end.
std::size_t end_of_tail(std::string_view text, std::size_t at) {
  while (at < text.size() && privacy::is(text[at], privacy::kBase64 | privacy::kHigh) &&
         !privacy::is_wide_lead(text[at])) {
    ++at;
  }
  return at;
}

// A longer string is a text that begins with a secret.
constexpr std::size_t kValueBytesMax = 1'024;

// Returns how far a secret reaches in its string. The detector does not know where strings end: a
// quote in a member's value does not end it, and a backslash before the last one escapes nothing.
ByteRange whole_secret(const FlatJson& flat, ByteRange range) {
  const ByteRange string = flat.string_around(range.begin);
  if (range.end == string.end + 1) range.end = string.end;
  if (range.end >= string.end) return range;
  const bool is_value = range.begin == string.begin && string.end - string.begin <= kValueBytesMax;
  if (is_value && flat.text()[range.end] == '"') return string;
  return {range.begin, end_of_tail(flat.text().substr(0, string.end), range.end)};
}

std::vector<Span> with_whole_secrets(const FlatJson& flat, std::vector<Span> spans) {
  std::size_t end = 0;
  for (Span& span : spans) {
    if (!is_secret(span.type)) continue;
    // One that stands in the tail of another needs none of its own: each byte is read once.
    if (span.range.begin >= end) span.range = whole_secret(flat, span.range);
    end = std::max(end, span.range.end);
  }
  return merged(std::move(spans));
}

// Errors: invalid_argument when there are too many for what is done with each.
Result<std::map<std::string_view, FindingType>> values_of(const FlatJson& flat,
                                                          const std::vector<Span>& spans) {
  std::map<std::string_view, FindingType> values;
  for (const Span& span : spans) values.emplace(part(flat.text(), span.range), span.type);
  if (values.size() > kRedactedMax || values.size() * flat.text().size() > kRedactionWorkMax) {
    return cannot(
        fmt::format("{} different values in {} bytes", values.size(), flat.text().size()));
  }
  return values;
}

// Where `value` stands in `text`, not before `from`. In time proportional to the text whatever the
// two are, which the find() of string_view does not promise.
std::size_t find_text(std::string_view text, std::string_view value, std::size_t from) {
  const char* const found = static_cast<const char*>(
      ::memmem(text.data() + from, text.size() - from, value.data(), value.size()));
  return found == nullptr ? std::string_view::npos : static_cast<std::size_t>(found - text.data());
}

Result<std::vector<Span>> spans_of(const FlatJson& flat, const std::vector<Finding>& findings) {
  if (findings.size() > kFindingsMax) return cannot(fmt::format("{} findings", findings.size()));
  std::vector<Span> spans;
  for (const Finding& finding : findings) {
    Span span{{finding.begin, finding.end}, finding.type};
    if (finding.type == FindingType::field) span.range = value_of_field(flat, finding);
    if (span.range.begin >= span.range.end) return cannot("the value of a field that is no text");
    spans.push_back(span);
  }
  const std::vector<Span> found = spans;
  spans = with_whole_secrets(flat, merged(std::move(spans)));
  // The same text elsewhere, where nothing around it gave it away. Of a secret also the shorter of
  // two readings.
  std::vector<Span> told = spans;
  std::ranges::copy_if(found, std::back_inserter(told),
                       [](const Span& span) { return is_secret(span.type); });
  const auto values = values_of(flat, told);
  if (!values) return fail(values.error());
  for (const auto& [value, type] : *values) {
    if (value.size() < kSpreadBytesMin) continue;
    for (std::size_t at = find_text(flat.text(), value, 0); at != std::string_view::npos;
         at = find_text(flat.text(), value, at + value.size())) {
      spans.push_back({{at, at + value.size()}, type});
    }
  }
  spans = with_whole_secrets(flat, merged(std::move(spans)));
  if (const auto ok = values_of(flat, spans); !ok) return fail(ok.error());
  return spans;
}

// Looks for "data:image/png;base64,...": whatever was found there, changing it breaks the rest.
// Asked for one place after the other, so that all of them together cost one pass.
class DataUrls {
 public:
  explicit DataUrls(std::string_view text) : text_(text) {}

  // Requires: `at` is behind the place asked for before.
  [[nodiscard]] bool hold(std::size_t at) {
    for (; looked_at_ < at; ++looked_at_) {
      if (text_[looked_at_] == '"') behind_quote_ = text_.substr(looked_at_ + 1);
    }
    return behind_quote_.starts_with("data:");
  }

 private:
  std::string_view text_;
  std::string_view behind_quote_;  // the last before looked_at_
  std::size_t looked_at_ = 0;
};

// Returns what a finding says. Findings other than secrets and fields have no backslash of their
// own: one in them belongs to an escape, in JSON that stands in a string. What is put back is then
// the text without escapes, "+49 30 901820" for "\u002B49 30 901820". A line break, a quote or
// bytes that are no text show that more than the finding stands there: then it comes back as it
// was.
std::string what_it_says(std::string_view text, FindingType type) {
  if (is_secret(type) || type == FindingType::field) return std::string(text);
  std::string says = privacy::unescaped(text);
  const auto is_syntax = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
  };
  const bool stands = std::ranges::none_of(says, is_syntax) && is_valid_utf8(says);
  return stands ? says : std::string(text);
}

std::string placeholder_of(FindingType type, std::size_t number) {
  std::string name(to_string(type));
  std::ranges::transform(name, name.begin(), upper_byte);
  return fmt::format("<{}_{}>", name, number);
}

// Which placeholders a text holds of itself, found in one pass.
class Taken {
 public:
  explicit Taken(std::string_view text) {
    // No more than the text has room for need be known, and those which are given out.
    const std::size_t numbers_max = text.size() / kLengthMin + kRedactedMax + 1;
    for (std::size_t at = text.find('<'); at != std::string_view::npos;
         at = text.find('<', at + 1)) {
      const std::string_view from = text.substr(at + 1, kLengthMax);
      const std::string_view name = from.substr(0, from.find_first_not_of(kNameBytes));
      const std::size_t cut = name.rfind('_');
      if (cut == std::string_view::npos || !from.substr(name.size()).starts_with('>')) continue;
      const auto type = privacy::parse_finding_type(ascii_lower(name.substr(0, cut)));
      const auto number = parse_number<std::size_t>(name.substr(cut + 1));
      if (!type || !number) continue;
      auto& numbers = numbers_[static_cast<std::size_t>(*type)];
      if (numbers.empty()) numbers.resize(numbers_max);
      if (*number < numbers.size()) numbers[*number] = true;
    }
  }

  [[nodiscard]] bool has(FindingType type, std::size_t number) const {
    const auto& numbers = numbers_[static_cast<std::size_t>(type)];
    return number < numbers.size() && numbers[number];
  }

 private:
  static constexpr std::string_view kNameBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  static constexpr std::size_t kLengthMin = std::string_view("<IP_1>").size();
  static constexpr std::size_t kLengthMax = 48;

  std::array<std::vector<bool>, privacy::kFindingTypes> numbers_;
};

// Stands where a placeholder would, for the detector: for a value, and for no word.
constexpr std::string_view kBlank = "<_>";

// --- The way back -------------------------------------------------------------------------------

// The next character of a string as far as placeholders have it: '<' and '>' may be escaped, once
// or, in arguments, twice; any other escape is none of theirs.
struct Unit {
  char c = '\0';
  std::size_t length = 1;
};

Unit unit_at(std::string_view json, std::size_t at) {
  if (json[at] != '\\') return {json[at], 1};
  for (const auto& [escape, c] :
       std::initializer_list<std::pair<std::string_view, char>>{{"\\u003c", '<'},
                                                                {"\\u003C", '<'},
                                                                {"\\u003e", '>'},
                                                                {"\\u003E", '>'},
                                                                {"\\\\u003c", '<'},
                                                                {"\\\\u003C", '<'},
                                                                {"\\\\u003e", '>'},
                                                                {"\\\\u003E", '>'}}) {
    if (json.substr(at, escape.size()) == escape) return {c, escape.size()};
  }
  return {'\0', std::min<std::size_t>(2, json.size() - at)};
}

// What has been read of a placeholder in one place: a text, and where it stands, event by event.
struct Partial {
  struct Piece {
    std::size_t event = 0;
    ByteRange range;
  };
  std::string text;
  std::vector<Piece> pieces;

  void clear() {
    text.clear();
    pieces.clear();
  }
  void add(char c, std::size_t event, ByteRange range) {
    text += c;
    if (!pieces.empty() && pieces.back().event == event && pieces.back().range.end == range.begin) {
      pieces.back().range.end = range.end;
    } else {
      pieces.push_back({event, range});
    }
  }
};

// Reads on; calls `on_match` with the original and all pieces of each placeholder it completes.
template <class OnMatch>
void read_string(const std::vector<Redaction::Replaced>& replaced, std::string_view json,
                 ByteRange range, std::size_t event, Partial& partial, const OnMatch& on_match) {
  const std::string_view inside = json.substr(0, range.end);
  for (std::size_t at = range.begin; at < range.end;) {
    const Unit unit = unit_at(inside, at);
    if (unit.c == '<') partial.clear();
    if (unit.c == '<' || !partial.text.empty()) {
      partial.add(unit.c, event, {at, at + unit.length});
      const auto found =
          std::ranges::lower_bound(replaced, partial.text, {}, &Redaction::Replaced::placeholder);
      if (found == replaced.end() || !found->placeholder.starts_with(partial.text)) {
        partial.clear();
      } else if (found->placeholder == partial.text) {
        on_match(found->original, partial.pieces);
        partial.clear();
      }
    }
    at += unit.length;
  }
}

// Returns `original` as it is written in a string of this name. Arguments are JSON inside their
// string, and so is an answer that was asked to be JSON.
std::string written_into(std::string_view name, const std::string& original, bool answer_is_json) {
  const std::string once = json_escaped(original);
  const bool is_json = name == "arguments" || (answer_is_json && name == "content");
  return is_json ? json_escaped(once) : once;
}

}  // namespace

Result<Redaction> redact(std::string_view body, const privacy::Detector& detector) {
  const FlatJson flat(body);
  const auto inspection = detector.inspect(flat.text());
  if (!inspection) return fail(inspection.error());
  const auto spans = spans_of(flat, inspection->findings);
  if (!spans) return fail(spans.error());

  Redaction redaction{.left = PrivacyClass::public_};
  std::map<std::string, std::string> placeholders;  // by original
  std::array<std::size_t, privacy::kFindingTypes> last_number{};
  std::array<std::size_t, privacy::kFindingTypes> count{};
  DataUrls data_urls(flat.text());
  const Taken taken(flat.text());
  for (const Span& span : *spans) {
    const ByteRange source = flat.source(span.range.begin, span.range.end);
    if (source.end == 0) return cannot("something that is no text of one string");
    if (data_urls.hold(span.range.begin)) return cannot("a part of an image or sound");
    const auto type = static_cast<std::size_t>(span.type);
    const auto [at, is_new] =
        placeholders.try_emplace(what_it_says(part(flat.text(), span.range), span.type));
    if (is_new) {
      std::size_t& number = last_number[type];
      do ++number;
      while (taken.has(span.type, number));
      at->second = placeholder_of(span.type, number);
      ++count[type];
      redaction.replaced.push_back({at->second, at->first});
    }
    redaction.edits.push_back({source, at->second});
  }
  std::ranges::sort(redaction.replaced, {}, &Redaction::Replaced::placeholder);
  for (std::size_t type = 0; type < count.size(); ++type) {
    if (count[type] == 0) continue;
    redaction.counts.push_back(
        fmt::format("{} {}", to_string(static_cast<FindingType>(type)), count[type]));
  }
  // What is left, without the words of the placeholders: behind <SECRET_1> all would be told to be
  // one.
  std::vector<JsonEdit> blanks = redaction.edits;
  for (JsonEdit& blank : blanks) blank.text = kBlank;
  const std::string blanked = edited(body, blanks);
  const FlatJson left(blanked);
  // As written, and as whoever parses it reads it: 4.1e15 is a number of sixteen digits.
  const auto as_read = body_text(blanked);
  if (!as_read) return fail(as_read.error());
  for (const std::string_view text : {left.text(), std::string_view(*as_read)}) {
    const auto again = detector.inspect(text);
    if (!again) return fail(again.error());
    redaction.left = std::max(redaction.left, again->privacy);
  }
  for (const Redaction::Replaced& each : redaction.replaced) {
    if (each.original.size() >= kSpreadBytesMin &&
        find_text(left.text(), each.original, 0) != std::string_view::npos) {
      return cannot("a text that comes about anew when others are replaced");
    }
  }
  return redaction;
}

struct Restorer::Impl {
  struct Event {
    std::string raw;
    std::vector<JsonEdit> edits = {};
  };

  explicit Impl(std::shared_ptr<const Redaction> given) : redaction(std::move(given)) {}

  std::shared_ptr<const Redaction> redaction;
  http::SseReader reader;
  std::deque<Event> held;
  std::size_t first = 0;  // number of held.front()
  std::size_t held_bytes = 0;
  std::unordered_map<std::uint64_t, Partial> partials;  // by place; only such as have begun

  void take(const http::SseEvent& event);
  [[nodiscard]] std::string release(std::size_t until);
};

void Restorer::Impl::take(const http::SseEvent& event) {
  Event& now = held.emplace_back(Event{std::string(event.raw)});
  std::size_t data = now.raw.find(event.data);
  if (data == std::string::npos) {  // over several lines, which JSON does not need
    std::string line(event.data);
    std::ranges::replace(line, '\n', ' ');
    now.raw = http::sse_event(line);
    data = now.raw.find(line);
  }
  held_bytes += now.raw.size();
  const std::size_t number = first + held.size() - 1;
  const std::string_view json = std::string_view(now.raw).substr(data, event.data.size());
  for (const JsonString& string : json_strings(json)) {
    if (string.is_name) continue;
    Partial& partial = partials[string.place];
    const ByteRange range{data + string.range.begin, data + string.range.end};
    read_string(
        redaction->replaced, now.raw, range, number, partial,
        [&](const std::string& original, const std::vector<Partial::Piece>& pieces) {
          std::string text = written_into(string.name, original, redaction->answer_is_json);
          for (const Partial::Piece& piece : pieces) {
            held[piece.event - first].edits.push_back({piece.range, std::exchange(text, {})});
          }
        });
    if (partial.text.empty()) partials.erase(string.place);
  }
}

// Events before number `until`, edited.
std::string Restorer::Impl::release(std::size_t until) {
  std::string bytes;
  for (; first < until && !held.empty(); ++first) {
    Event& event = held.front();
    std::ranges::sort(event.edits, {}, [](const JsonEdit& edit) { return edit.range.begin; });
    held_bytes -= event.raw.size();
    bytes += event.edits.empty() ? event.raw : edited(event.raw, event.edits);
    held.pop_front();
  }
  return bytes;
}

Restorer::Restorer(std::shared_ptr<const Redaction> redaction)
    : impl_(std::make_unique<Impl>(std::move(redaction))) {}
Restorer::~Restorer() = default;
Restorer::Restorer(Restorer&&) noexcept = default;
Restorer& Restorer::operator=(Restorer&&) noexcept = default;

std::string Restorer::whole(std::string_view json) const {
  std::vector<JsonEdit> edits;
  for (const JsonString& string : json_strings(json)) {
    if (string.is_name) continue;
    Partial partial;
    read_string(
        impl_->redaction->replaced, json, string.range, 0, partial,
        [&](const std::string& original, const std::vector<Partial::Piece>& pieces) {
          edits.push_back({pieces.front().range,
                           written_into(string.name, original, impl_->redaction->answer_is_json)});
        });
  }
  return edited(json, edits);
}

std::string Restorer::feed(std::string_view events) {
  Impl& impl = *impl_;
  // Whoever feeds this has read the same events before, within the same limits.
  const auto read =
      impl.reader.feed(events, [&](const http::SseEvent& event) { impl.take(event); });
  std::size_t until = impl.first + impl.held.size();
  if (!read || impl.held_bytes > kHeldBytesMax) impl.partials.clear();
  for (const auto& [_, partial] : impl.partials) {
    until = std::min(until, partial.pieces.front().event);
  }
  return impl.release(until);
}

std::string Restorer::finish() {
  impl_->partials.clear();
  return impl_->release(impl_->first + impl_->held.size());
}

}  // namespace ooe::gateway
