#include "base/unicode.h"

#include <array>
#include <bit>
#include <utility>

#include <utf8proc.h>

#include "base/ascii.h"
#include "base/byte_block.h"
#include "base/check.h"

namespace ooe {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// What an ASCII byte becomes: lower case, white space a space. Marks a byte of something longer.
constexpr unsigned char kNotAscii = 0xFF;
constexpr std::array<unsigned char, 256> kFolded = [] {
  std::array<unsigned char, 256> folded{};
  for (std::size_t byte = 0; byte < folded.size(); ++byte) {
    const auto c = static_cast<char>(byte);
    const char to = is_space(c) ? ' ' : lower_byte(c);
    folded[byte] = is_beyond_ascii(c) ? kNotAscii : static_cast<unsigned char>(to);
  }
  return folded;
}();

// The end of what normalise_ascii() has written, and whether the last byte is a space.
struct Written {
  char* end;
  bool space = true;  // no space at the front
};

// Returns false at the first byte that is not ASCII.
bool normalise_bytes(std::string_view text, Written& to) {
  for (const char c : text) {
    const unsigned char folded = kFolded[static_cast<unsigned char>(c)];
    if (folded == kNotAscii) return false;
    *to.end = static_cast<char>(folded);
    // Every space but the first of a run is written over by what follows.
    to.end += static_cast<int>(folded != ' ' || !to.space);
    to.space = folded == ' ';
  }
  return true;
}

// Writes a block of text in lower case, and returns how many of its bytes that was enough for:
// those before a byte below ' ' (as are all behind the end of the text), one beyond ASCII, or the
// second of two spaces.
std::size_t normalise_block(std::string_view text, Written& to) {
  const ByteBlock block(text, 0);
  const std::uint64_t spaces = block.where([](ByteBlock::Bytes b) { return b == ' '; });
  const std::uint64_t twice = spaces & (spaces << 1 | std::uint64_t{to.space});
  const std::uint64_t hard = block.high_or_below(' ') | twice;
  block.write(to.end,
              [](ByteBlock::Bytes b) { return b | (ByteBlock::is_between(b, 'A', 'Z') & 0x20); });
  const auto easy = static_cast<std::size_t>(std::countr_zero(hard));
  to.end += easy;
  if (easy != 0) to.space = (spaces >> (easy - 1) & 1U) != 0;
  return easy;
}

// The whole job in one pass, for the common case. Returns false at the first byte that is not
// ASCII.
bool normalise_ascii(std::string_view text, std::string& out) {
  constexpr std::size_t kHard = 16;  // so many bytes are taken one by one where the first has to be
  out.resize(text.size() + ByteBlock::kBytes);
  Written to{out.data()};
  while (!text.empty()) {
    const std::size_t easy = normalise_block(text, to);
    text.remove_prefix(easy);
    if (easy == ByteBlock::kBytes) continue;
    const std::string_view hard = text.substr(0, kHard);
    if (!normalise_bytes(hard, to)) return false;
    text.remove_prefix(hard.size());
  }
  if (to.end != out.data() && to.end[-1] == ' ') --to.end;
  out.resize(static_cast<std::size_t>(to.end - out.data()));
  return true;
}

// Returns the length in bytes of the code point at the front, or 0 when the bytes are not UTF-8.
std::size_t code_point_size(std::string_view text, utf8proc_int32_t& code_point) {
  const utf8proc_ssize_t size =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

// Combining marks wait to be sorted, at a cost that grows with the square of their number: hostile
// text is a megabyte of them. No language needs more than 30 in a row (UAX #15, section 13).
constexpr int kMarksMax = 30;
constexpr std::string_view kGraphemeJoiner = "\xCD\x8F";  // U+034F, ends a run of marks, invisible

// Replaces what is not UTF-8 and breaks endless runs of combining marks.
void make_safe(std::string_view text, std::string& safe) {
  safe.clear();
  int marks = 0;
  while (!text.empty()) {
    utf8proc_int32_t code_point = 0;
    const std::size_t size = code_point_size(text, code_point);
    const bool mark = size != 0 && utf8proc_get_property(code_point)->combining_class != 0;
    marks = mark ? marks + 1 : 0;
    if (marks > kMarksMax) {
      safe.append(kGraphemeJoiner);
      marks = 1;
    }
    safe.append(size == 0 ? kReplacement : text.substr(0, size));
    text.remove_prefix(size == 0 ? 1 : size);
  }
}

bool is_white_space(utf8proc_int32_t code_point) {
  if (code_point < 0x80) return is_space(static_cast<char>(code_point));
  if (code_point == 0x85) return true;
  const utf8proc_category_t category = utf8proc_category(code_point);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

// Every run of white space becomes one space, in place: the text only shrinks.
void collapse_white_space(std::string& text) {
  std::string_view rest = text;
  std::size_t written = 0;
  bool pending = false;
  while (!rest.empty()) {
    utf8proc_int32_t code_point = static_cast<unsigned char>(rest.front());
    if (code_point > ' ' && code_point < 0x80) {  // most of most texts
      if (std::exchange(pending, false)) text[written++] = ' ';
      text[written++] = rest.front();
      rest.remove_prefix(1);
      continue;
    }
    std::size_t size = code_point < 0x80 ? 1 : code_point_size(rest, code_point);
    if (size == 0) size = 1;
    if (is_white_space(code_point)) {
      pending = written != 0;
    } else {
      if (pending) text[written++] = ' ';
      pending = false;
      for (std::size_t i = 0; i < size; ++i) text[written++] = rest[i];
    }
    rest.remove_prefix(size);
  }
  text.resize(written);
}

// As utf8proc_map() would, in buffers of ours.
void nfkc_casefold(const std::string& safe, std::vector<std::int32_t>& code_points,
                   std::string& out) {
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT |
                                                      UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  const auto decompose = [&] {
    return utf8proc_decompose(reinterpret_cast<const utf8proc_uint8_t*>(safe.data()),
                              static_cast<utf8proc_ssize_t>(safe.size()), code_points.data(),
                              static_cast<utf8proc_ssize_t>(code_points.size()), options);
  };
  if (code_points.size() <= safe.size()) code_points.resize(safe.size() + 1);
  utf8proc_ssize_t count = decompose();
  if (count >= static_cast<utf8proc_ssize_t>(code_points.size())) {  // some code points expand
    code_points.resize(static_cast<std::size_t>(count) + 1);         // + 1: utf8proc ends with NUL
    count = decompose();
  }
  OOE_CHECK(count >= 0, "utf8proc decomposes valid UTF-8");
  const utf8proc_ssize_t size = utf8proc_reencode(code_points.data(), count, options);
  OOE_CHECK(size >= 0, "utf8proc encodes what it decomposed");
  out.assign(reinterpret_cast<const char*>(code_points.data()), static_cast<std::size_t>(size));
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      text.remove_prefix(1);
      continue;
    }
    utf8proc_int32_t code_point = 0;
    const std::size_t size = code_point_size(text, code_point);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string normalise_text(std::string_view text) {
  Normaliser normalise;
  return std::string(normalise(text));
}

std::string_view Normaliser::operator()(std::string_view text) {
  if (normalise_ascii(text, out_)) return out_;
  make_safe(text, safe_);
  nfkc_casefold(safe_, code_points_, out_);
  collapse_white_space(out_);
  return out_;
}

}  // namespace ooe
