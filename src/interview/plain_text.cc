#include "interview/plain_text.h"

#include <array>
#include <utility>

namespace ooe::interview {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 25> kPlain{{
    {"\xE2\x80\x98", "'"},
    {"\xE2\x80\x99", "'"},
    {"\xE2\x80\x9C", "\""},
    {"\xE2\x80\x9D", "\""},
    {"\xE2\x80\x93", "-"},
    {"\xE2\x80\x94", " - "},
    {"\xE2\x88\x92", "-"},
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

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Returns the size of the replaced piece at the front of `rest`, 0 when it is plain already.
std::size_t append_plain(std::string_view rest, std::string& plain) {
  for (const auto& [typed, ascii] : kPlain) {
    if (!rest.starts_with(typed)) continue;
    plain += ascii;
    return typed.size();
  }
  for (const std::string_view space : kGroupSpaces) {
    if (!rest.starts_with(space)) continue;
    const bool groups = !plain.empty() && is_digit(plain.back()) && rest.size() > space.size() &&
                        is_digit(rest[space.size()]);
    if (!groups) plain += ' ';
    return space.size();
  }
  return 0;
}

}  // namespace

std::string plain_text(std::string_view answer) {
  std::string plain;
  plain.reserve(answer.size());
  while (!answer.empty()) {
    std::size_t size = append_plain(answer, plain);
    if (size == 0) {
      plain += answer.front();
      size = 1;
    }
    answer.remove_prefix(size);
  }
  return plain;
}

}  // namespace ooe::interview
