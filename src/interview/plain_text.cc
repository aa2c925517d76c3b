#include "interview/plain_text.h"

#include <array>
#include <utility>

#include "base/ascii.h"

namespace ooe::interview {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 9> kPunctuation{{
    {"\xE2\x80\x98", "'"},
    {"\xE2\x80\x99", "'"},
    {"\xE2\x80\x9C", "\""},
    {"\xE2\x80\x9D", "\""},
    {"\xE2\x80\x90", "-"},
    {"\xE2\x80\x91", "-"},
    {"\xE2\x80\x93", "-"},
    {"\xE2\x80\x94", " - "},
    {"\xE2\x88\x92", "-"},
}};
constexpr std::array<Pair, 18> kPlain{{
    {"\xEF\xBC\x88", "("},
    {"\xEF\xBC\x89", ")"},
    {"\xEF\xBC\x9A", ":"},
    {"\xEF\xBC\x8E", "."},
    {"\xE3\x80\x82", ". "},
    {"\xEF\xBC\x8C", ", "},
    {"\xC3\x97", "*"},
    {"\xE2\x8B\x85", "*"},
    {"\\times", "*"},
    {"\\cdot", "*"},
    {"\\,", ""},
    {"\\!", ""},
    {"\\;", " "},
    {"{,}", ","},
    {"\\left", ""},
    {"\\right", ""},
    {"\\$", "$"},
    {"\\%", "%"},
}};
constexpr std::array<std::string_view, 3> kGroupSpaces{"\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89"};

// Returns the size of the replaced piece at the front of `rest`, 0 when it is in no line of
// `table`.
template <std::size_t n>
std::size_t append_replaced(std::string_view rest, const std::array<Pair, n>& table,
                            std::string& plain) {
  for (const auto& [typed, ascii] : table) {
    if (!rest.starts_with(typed)) continue;
    plain += ascii;
    return typed.size();
  }
  return 0;
}

// The same of all that answers are made plain by.
std::size_t append_plain(std::string_view rest, std::string& plain) {
  if (const std::size_t size = append_replaced(rest, kPunctuation, plain); size > 0) return size;
  if (const std::size_t size = append_replaced(rest, kPlain, plain); size > 0) return size;
  for (const std::string_view space : kGroupSpaces) {
    if (!rest.starts_with(space)) continue;
    const bool groups = !plain.empty() && is_digit(plain.back()) && rest.size() > space.size() &&
                        is_digit(rest[space.size()]);
    if (!groups) plain += ' ';
    return space.size();
  }
  return 0;
}

template <class Append>
std::string replaced(std::string_view text, const Append& append) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    std::size_t size = append(text, plain);
    if (size == 0) {
      plain += text.front();
      size = 1;
    }
    text.remove_prefix(size);
  }
  return plain;
}

}  // namespace

std::string plain_text(std::string_view answer) { return replaced(answer, append_plain); }

std::string plain_punctuation(std::string_view text) {
  return replaced(text, [](std::string_view rest, std::string& plain) {
    return append_replaced(rest, kPunctuation, plain);
  });
}

}  // namespace ooe::interview
