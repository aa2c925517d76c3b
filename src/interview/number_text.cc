#include "interview/number_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "interview/plain_text.h"

namespace ooe::interview {
namespace {

using Spelling = std::pair<std::string_view, std::string_view>;
constexpr std::array<Spelling, 16> kFractions{{{"\xC2\xBC", "1/4"},
                                               {"\xC2\xBD", "1/2"},
                                               {"\xC2\xBE", "3/4"},
                                               {"\xE2\x85\x93", "1/3"},
                                               {"\xE2\x85\x94", "2/3"},
                                               {"\xE2\x85\x95", "1/5"},
                                               {"\xE2\x85\x96", "2/5"},
                                               {"\xE2\x85\x97", "3/5"},
                                               {"\xE2\x85\x98", "4/5"},
                                               {"\xE2\x85\x99", "1/6"},
                                               {"\xE2\x85\x9A", "5/6"},
                                               {"\xE2\x85\x9B", "1/8"},
                                               {"\xE2\x85\x9C", "3/8"},
                                               {"\xE2\x85\x9D", "5/8"},
                                               {"\xE2\x85\x9E", "7/8"},
                                               {"\xE2\x85\x90", "1/7"}}};
constexpr std::array<Spelling, 11> kRaised{{{"\xE2\x81\xB0", "0"},
                                            {"\xC2\xB9", "1"},
                                            {"\xC2\xB2", "2"},
                                            {"\xC2\xB3", "3"},
                                            {"\xE2\x81\xB4", "4"},
                                            {"\xE2\x81\xB5", "5"},
                                            {"\xE2\x81\xB6", "6"},
                                            {"\xE2\x81\xB7", "7"},
                                            {"\xE2\x81\xB8", "8"},
                                            {"\xE2\x81\xB9", "9"},
                                            {"\xE2\x81\xBB", "-"}}};

template <std::size_t n>
const Spelling* spelling_at(std::string_view text, const std::array<Spelling, n>& table) {
  if (text.empty() || static_cast<unsigned char>(text.front()) < 0x80) return nullptr;
  const auto* const found = std::ranges::find_if(
      table, [text](const Spelling& one) { return text.starts_with(one.first); });
  return found == table.end() ? nullptr : found;
}

// "1\u00BD" becomes "1 1/2" and "10\u00B2" "10^2"; a long dash is no minus.
std::string with_plain_digits(std::string_view text) {
  constexpr std::string_view kLongDash = "\xE2\x80\x94";
  std::string plain;
  plain.reserve(text.size());
  bool raised = false;
  while (!text.empty()) {
    if (const Spelling* digit = spelling_at(text, kRaised)) {
      if (!raised) plain += '^';
      raised = true;
      plain += digit->second;
      text.remove_prefix(digit->first.size());
      continue;
    }
    raised = false;
    if (const Spelling* fraction = spelling_at(text, kFractions)) {
      if (!plain.empty() && is_digit(plain.back())) plain += ' ';
      plain += fraction->second;
      text.remove_prefix(fraction->first.size());
    } else if (text.starts_with(kLongDash)) {
      plain += " -- ";
      text.remove_prefix(kLongDash.size());
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  return plain;
}

// Stars and dollars of mathematics stand between a minus and its number, or glue to units.
std::string without_emphasis(std::string text) {
  constexpr std::array<Spelling, 8> kMarks{{{"**", ""},
                                            {"__", ""},
                                            {"$$", " "},
                                            {"\\(", " "},
                                            {"\\)", " "},
                                            {"\\[", " "},
                                            {"\\]", " "},
                                            {"`", " "}}};
  std::string plain;
  plain.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const auto* const mark = std::ranges::find_if(
        kMarks, [rest](const Spelling& one) { return rest.starts_with(one.first); });
    if (mark == kMarks.end()) {
      plain += rest.front();
      rest.remove_prefix(1);
    } else {
      plain += mark->second;
      rest.remove_prefix(mark->first.size());
    }
  }
  return plain;
}

// "10 minus 5" subtracts; "is minus 5" and "minus 5" at the front of a phrase do not.
bool is_sign(std::string_view lower, std::size_t at, std::string_view word) {
  if (word == "negative") return at == 0 || !is_alpha(lower[at - 1]);
  const std::string_view before = lower.substr(0, at);
  const std::size_t last = before.find_last_not_of(" *");
  if (last == std::string_view::npos) return true;
  if (std::string_view(":=(\n{").find(before[last]) != std::string_view::npos) return true;
  const std::string_view phrase = before.substr(0, last + 1);
  for (const std::string_view verb : {" is", " was", " be", " to", " of", " at", " equals"}) {
    if (phrase.ends_with(verb)) return true;
  }
  return false;
}

// "minus 5", "negative 5": "-5".
std::string with_sign(std::string_view text, std::string_view word) {
  const std::string lower = ascii_lower(text);
  std::string plain;
  std::size_t copied = 0;
  for (std::size_t at = lower.find(word); at != std::string::npos; at = lower.find(word, at + 1)) {
    const std::size_t number = at + word.size() + 1;
    if (number >= text.size() || text[number - 1] != ' ') continue;
    if (!is_digit(text[number]) && text[number] != '$' && text[number] != '\\') continue;
    if (!is_sign(lower, at, word)) continue;
    plain.append(text, copied, at - copied).append("-");
    copied = number;
  }
  return plain.append(text, copied);
}

// "km", "m/s^2", "kW": a word in lower case, or a symbol.
bool is_unit_word(std::string_view word) {
  constexpr std::array<std::string_view, 13> kNone{"and", "or", "to", "of",   "in",   "by",  "pi",
                                                   "x",   "y",  "n",  "more", "less", "over"};
  constexpr std::array<std::string_view, 44> kSymbols{
      "N",  "V",  "W",   "A",   "K",   "J",   "C",   "F",   "T",  "H",   "L",
      "M",  "Hz", "kHz", "MHz", "GHz", "Pa",  "kPa", "MPa", "MB", "GB",  "TB",
      "kB", "KB", "eV",  "keV", "MeV", "GeV", "mL",  "dL",  "kW", "kWh", "MW",
      "GW", "Wh", "kJ",  "MJ",  "kN",  "mA",  "mV",  "kV",  "dB", "USD", "EUR"};
  constexpr std::size_t kBytesMax = 16;
  if (const std::size_t slash = word.find('/'); slash != std::string_view::npos) {
    return is_unit_word(word.substr(0, slash)) && is_unit_word(word.substr(slash + 1));
  }
  if (word.ends_with("^2") || word.ends_with("^3")) word.remove_suffix(2);
  if (word.empty() || word.size() > kBytesMax) return false;
  if (std::ranges::find(kSymbols, word) != kSymbols.end()) return true;
  return std::ranges::find(kNone, word) == kNone.end() && std::ranges::all_of(word, is_lower);
}

}  // namespace

std::string number_text(std::string_view text) {
  return with_sign(with_sign(without_emphasis(plain_text(with_plain_digits(text))), "minus"),
                   "negative");
}

bool is_unit(std::string_view text) {
  constexpr std::array<std::string_view, 3> kBeside{"square", "cubic", "old"};
  int room = 1;  // one word, and one more behind "per"
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!is_unit_word(word)) return false;
    if (word == "per" && room == 0) {
      ++room;
    } else if (std::ranges::find(kBeside, word) == kBeside.end() && --room < 0) {
      return false;
    }
  }
  return true;
}

}  // namespace ooe::interview
