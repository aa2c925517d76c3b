#include "privacy/escapes.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "base/hex.h"
#include "base/utf8.h"
#include "privacy/byte_class.h"

namespace ooe::privacy {
namespace {

constexpr auto kNowhere = std::string_view::npos;

char at_or_zero(std::string_view text, std::size_t at) {
  return at < text.size() ? text[at] : '\0';
}

std::size_t behind_slashes(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of('\\', at), text.size());
}

std::size_t begin_of_slashes(std::string_view text, std::size_t end) {
  while (end > 0 && text[end - 1] == '\\') --end;
  return end;
}

// How many hexadecimal digits belong to the letter of an escape.
std::size_t digits_of(char letter) { return letter == 'u' ? 4 : letter == 'x' ? 2 : 0; }

bool is_escape_letter(char c) {
  return std::string_view("nrtbf/\"'ux").find(c) != std::string_view::npos;
}

// Appends what the escape at `at` stands for, at most three bytes: each half of a surrogate pair on
// its own, which is no UTF-8, nor any letter. Requires: an escape.
void append_escaped(std::string_view text, std::size_t at, std::string& to) {
  const std::size_t letter = behind_slashes(text, at);
  const auto code = [&] {
    return hex_code_at(text, letter + 1, digits_of(text[letter])).value_or(0);
  };
  switch (text[letter]) {
    case 'n':
    case 'r':
      to += '\n';
      break;
    case 't':
      to += '\t';
      break;
    case 'b':
    case 'f':
      to += ' ';
      break;
    case 'x':  // a byte, of UTF-8 where it is no ASCII
      to += static_cast<char>(code());
      break;
    case 'u':
      append_utf8(code(), to);
      break;
    default:
      to += text[letter];
  }
}

// A line without its escapes, and the way back to places of the line.
class Unpacked {
 public:
  explicit Unpacked(std::string_view line) {
    std::size_t copied = 0;
    for (std::size_t at = line.find('\\'); at != kNowhere;) {
      const std::size_t size = escape_size(line, at);
      if (size > 0) {
        text_.append(line, copied, at - copied);
        const std::size_t begin = text_.size();
        append_escaped(line, at, text_);
        escapes_.push_back({.text = static_cast<std::uint32_t>(begin),
                            .line = static_cast<std::uint32_t>(at),
                            .size = static_cast<std::uint32_t>(size),
                            .length = static_cast<std::uint32_t>(text_.size() - begin)});
        copied = at + size;
      }
      at = line.find('\\', size > 0 ? copied : behind_slashes(line, at));
    }
    if (!escapes_.empty()) text_.append(line, copied);
  }

  [[nodiscard]] bool any() const { return !escapes_.empty(); }
  [[nodiscard]] const std::string& text() const { return text_; }
  // Where a byte of the text comes from: a byte of the line, or a whole escape.
  [[nodiscard]] std::size_t begin_of(std::size_t at) const { return source_of(at).begin; }
  [[nodiscard]] std::size_t end_of(std::size_t last) const { return source_of(last).end; }

 private:
  struct Escape {
    std::uint32_t text = 0;    // where what it stands for begins
    std::uint32_t line = 0;    // where it begins itself
    std::uint32_t size = 0;    // in the line: a run of backslashes may be long, and is read once
    std::uint32_t length = 0;  // in the text
  };
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  [[nodiscard]] Range source_of(std::size_t at) const {
    const auto behind = std::ranges::upper_bound(escapes_, at, {}, &Escape::text);
    if (behind == escapes_.begin()) return {at, at + 1};
    const Escape& escape = *(behind - 1);
    const std::size_t end = std::size_t{escape.line} + escape.size;
    if (at < std::size_t{escape.text} + escape.length) return {escape.line, end};
    const std::size_t source = end + (at - escape.text - escape.length);
    return {source, source + 1};
  }

  std::string text_;
  std::vector<Escape> escapes_;
};

// Of a finding that was made in the text as written. A secret is taken too long rather than too
// short, but the backslash of the quote behind it is that quote's.
Finding between_escapes(std::string_view text, Finding finding) {
  if (finding.begin > 0 && text[finding.begin - 1] == '\\') {
    const std::size_t slashes = begin_of_slashes(text, finding.begin);
    const std::size_t behind = slashes + escape_size(text, slashes);
    if (is_alnum(text[finding.begin])) finding.begin = std::max(finding.begin, behind);
    const auto is_mark = [&](std::size_t at) {
      return !is(text[at], kUpper | kLower | kDigit | kHigh);
    };
    while (finding.type == FindingType::email && is_mark(finding.begin)) ++finding.begin;
  }
  if (finding.end < text.size() && finding.end > finding.begin && text[finding.end - 1] == '\\' &&
      is_escape_letter(text[finding.end])) {
    const std::size_t slashes = begin_of_slashes(text, finding.end);
    if (escape_size(text, slashes) > 0) finding.end = slashes;
  }
  finding.end = std::max(finding.begin, finding.end);
  return finding;
}

// A secret in quotes reaches no further behind what is found of it: time stays linear.
constexpr std::size_t kNestedMax = 4'096;

// Of a secret in a quote that is escaped twice or more: quotes inside it are escaped more often
// than the one that closes it, which its unpacked text does not tell.
std::size_t end_of_nested(std::string_view line, std::size_t begin, std::size_t end) {
  const char quote = begin > 0 ? line[begin - 1] : '\0';
  if (quote != '"' && quote != '\'') return end;
  const std::size_t depth = begin - 1 - begin_of_slashes(line, begin - 1);
  if (depth < 2) return end;
  const std::string_view near = line.substr(0, end + kNestedMax);
  for (std::size_t at = near.find(quote, end); at != kNowhere; at = near.find(quote, at + 1)) {
    const std::size_t slashes = begin_of_slashes(near, at);
    if (quote_closes(at - slashes, depth)) return std::max(end, at - std::min(depth, at - slashes));
  }
  return end;
}

void find_in_line(std::string_view text, std::size_t begin, std::size_t size,
                  std::vector<Finding> (*find)(std::string_view), std::vector<Finding>& findings) {
  const std::string_view line = text.substr(begin, size);
  if (line.size() > std::numeric_limits<std::uint32_t>::max()) return;
  const Unpacked unpacked(line);
  if (!unpacked.any()) return;
  for (const Finding& finding : find(unpacked.text())) {
    const std::size_t from = unpacked.begin_of(finding.begin);
    std::size_t to = unpacked.end_of(finding.end - 1);
    if (finding.type == FindingType::secret) to = end_of_nested(line, from, to);
    findings.push_back({finding.type, begin + from, begin + to});
  }
}

// Of findings in order, wider ones first. Of a secret both readings stay where they differ: the wider
// one is what is hidden, the other one may stand elsewhere.
void drop_covered(std::vector<Finding>& findings) {
  std::array<std::size_t, kFindingTypes> covered{};  // up to where the last one of a kind reaches
  Finding secret;                                    // the last
  std::erase_if(findings, [&](const Finding& finding) {
    std::size_t& end = covered[static_cast<std::size_t>(finding.type)];
    if (finding.type == FindingType::secret) {
      const bool same = finding.begin == secret.begin && finding.end == secret.end;
      if (!same && finding.begin == secret.begin) return false;
      secret = finding;
    }
    if (finding.end <= end) return true;
    end = finding.end;
    return false;
  });
}

}  // namespace

std::size_t escape_size(std::string_view text, std::size_t at) {
  const std::size_t letter = behind_slashes(text, at);
  const char c = at_or_zero(text, letter);
  if (!is_escape_letter(c)) return 0;
  const std::size_t digits = digits_of(c);
  for (std::size_t i = 1; i <= digits; ++i) {
    if (!is_hex(at_or_zero(text, letter + i))) return 0;
  }
  return letter + 1 + digits - at;
}

std::string unescaped(std::string_view text) {
  const Unpacked unpacked(text);
  return unpacked.any() ? unpacked.text() : std::string(text);
}

std::vector<Finding> find_behind_escapes(std::string_view text,
                                         std::vector<Finding> (*find)(std::string_view)) {
  std::vector<Finding> findings = find(text);
  std::size_t at = text.find('\\');
  if (at == kNowhere) return findings;
  for (Finding& finding : findings) finding = between_escapes(text, finding);
  std::erase_if(findings, [](const Finding& finding) { return finding.begin == finding.end; });
  for (std::size_t begin = 0; at != kNowhere; at = text.find('\\', begin)) {
    const std::size_t last = text.substr(begin, at - begin).rfind('\n');
    if (last != kNowhere) begin += last + 1;
    const std::size_t end = std::min(text.find('\n', at), text.size());
    find_in_line(text, begin, end - begin, find, findings);
    begin = end;
  }
  std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  drop_covered(findings);
  return findings;
}

}  // namespace ooe::privacy
