#include "interview/text_grader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/unicode.h"
#include "interview/final_answer.h"
#include "interview/plain_text.h"
#include "interview/text_words.h"

namespace ooe::interview {
namespace {

// Emphasis and mathematics that wrap all of the text: "**Paris**", "`x`", "\"Paris\"",
// "$\text{Paris}$". Inner marks stay.
std::string_view without_wrapping(std::string_view text) {
  using Wrap = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Wrap, 13> kWraps{{{"**", "**"},
                                         {"__", "__"},
                                         {"`", "`"},
                                         {"\"", "\""},
                                         {"'", "'"},
                                         {"*", "*"},
                                         {"$", "$"},
                                         {"\\(", "\\)"},
                                         {"\\[", "\\]"},
                                         {"\\text{", "}"},
                                         {"\\textbf{", "}"},
                                         {"\\mathrm{", "}"},
                                         {"\\mathbf{", "}"}}};
  for (const auto& [open, close] : kWraps) {
    if (text.size() <= open.size() + close.size() || !text.starts_with(open)) continue;
    const std::string_view whole = text.substr(0, text.size() - (text.ends_with('.') ? 1 : 0));
    if (!whole.ends_with(close) || whole.size() <= open.size() + close.size()) continue;
    const std::string_view inside =
        whole.substr(open.size(), whole.size() - open.size() - close.size());
    if (inside.find(close) == std::string_view::npos) return trimmed(inside, is_blank);
  }
  return text;
}

std::string_view unwrapped(std::string_view text) {
  constexpr int kLayersMax = 4;
  for (int layer = 0; layer < kLayersMax; ++layer) text = without_wrapping(text);
  return text;
}

// "**Answer: Paris**": the opening stars stand before the mark.
std::string_view without_open_end(std::string_view text) {
  if (text.ends_with("**") && text.find("**") == text.size() - 2) text.remove_suffix(2);
  return trimmed(text, is_blank);
}

// What follows "answer:" or "answer is", in the same line or, after a bare heading, the next one.
std::optional<std::string_view> last_announced(std::string_view answer) {
  const std::string lower = ascii_lower(answer);
  for (std::size_t at = lower.rfind("answer"); at != std::string::npos;
       at = at == 0 ? std::string::npos : lower.rfind("answer", at - 1)) {
    std::string_view rest = answer.substr(at + 6);
    const std::size_t marks = std::min(rest.find_first_not_of("* "), rest.size());
    std::string_view after = rest.substr(marks);
    const bool heading = after.starts_with("\n") && lower.rfind('#', at) != std::string::npos &&
                         lower.find('\n', lower.rfind('#', at)) > at;
    if (after.starts_with(":")) {
      after.remove_prefix(1);
    } else if (ascii_lower(after.substr(0, 3)) == "is " ||
               ascii_lower(after.substr(0, 3)) == "is:") {
      after.remove_prefix(3);
    } else if (!heading) {
      continue;
    }
    if (after.starts_with("**")) after.remove_prefix(2);  // "**Answer:** Paris"
    after = trimmed(after, is_blank);
    const std::string_view line = after.substr(0, after.find('\n'));
    if (!line.empty()) return without_open_end(line);
  }
  return std::nullopt;
}

// "Answer: The final answer is Paris" announces twice.
std::string_view without_lead(std::string_view text) {
  const std::string lower = ascii_lower(text.substr(0, 40));
  for (const std::string_view lead :
       {"the answer is", "the final answer is", "the correct answer is"}) {
    if (!lower.starts_with(lead)) continue;
    std::string_view rest = text.substr(lead.size());
    if (rest.starts_with(":")) rest.remove_prefix(1);
    if (rest.starts_with(" ") && !trimmed(rest, is_blank).empty()) return trimmed(rest, is_blank);
  }
  return text;
}

// What the answer announces, with its emphasis; all of it when it announces nothing.
std::string_view announced_text(std::string_view answer) {
  const auto finals = final_answers(answer);
  if (!finals.empty()) {
    const auto [begin, end, _] = finals.back();
    return without_open_end(without_lead(trimmed(answer.substr(begin, end - begin), is_blank)));
  }
  return last_announced(answer).value_or(trimmed(answer, is_blank));
}

bool is_ascii_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

}  // namespace

std::string_view final_text(std::string_view answer) { return unwrapped(announced_text(answer)); }

std::string plain_words(std::string_view text) {
  const std::string normal = normalise_text(plain_punctuation(text));
  std::vector<std::string_view> words;
  std::string_view rest = normal;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    // A sign belongs to its number.
    while (!word.empty() && is_ascii_punctuation(word.front()) &&
           !(word.front() == '-' && word.size() > 1 && is_digit(word[1]))) {
      word.remove_prefix(1);
    }
    while (!word.empty() && is_ascii_punctuation(word.back()) && word.back() != '%' &&
           word.back() != '+' && word.back() != '#') {
      word.remove_suffix(1);
    }
    if (!word.empty()) words.push_back(word);
  }
  constexpr std::array<std::string_view, 3> kArticles{"a", "an", "the"};
  std::string plain;
  for (const std::string_view word : words) {
    // An answer that is nothing but "A" is no article.
    if (words.size() > 1 && std::ranges::find(kArticles, word) != kArticles.end()) continue;
    if (!plain.empty()) plain += ' ';
    plain += word;
  }
  return plain;
}

bool same_words(std::string_view answer, std::string_view truth) {
  return says_the_same(final_text(answer), truth);
}

bool same_bytes(std::string_view answer, std::string_view truth) {
  const std::string_view wanted = trimmed(truth, is_blank);
  return trimmed(answer, is_blank) == wanted || announced_text(answer) == wanted ||
         final_text(answer) == wanted;
}

}  // namespace ooe::interview
