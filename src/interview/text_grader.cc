#include "interview/text_grader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/unicode.h"

namespace ooe::interview {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kBox = "\\boxed{";

std::string_view trimmed(std::string_view text, std::string_view blanks = kBlanks) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Emphasis that wraps all of the text: "**Paris**", "`x`", "\"Paris\"". Inner marks stay.
std::string_view unwrapped(std::string_view text) {
  for (const std::string_view mark : {"**", "__", "`", "\"", "'", "*"}) {
    if (text.size() > 2 * mark.size() && text.starts_with(mark) && text.ends_with(mark) &&
        text.substr(mark.size(), text.size() - 2 * mark.size()).find(mark) ==
            std::string_view::npos) {
      return trimmed(text.substr(mark.size(), text.size() - 2 * mark.size()));
    }
  }
  return text;
}

// "**Answer: Paris**": the opening stars stand before the mark.
std::string_view without_open_end(std::string_view text) {
  if (text.ends_with("**") && text.find("**") == text.size() - 2) text.remove_suffix(2);
  return trimmed(text);
}

struct Announced {
  std::size_t at = 0;  // where the mark stands
  std::string_view text;
};

// What follows "answer:" or "answer is", in the same line or, after a bare heading, the next one.
std::optional<Announced> last_announced(std::string_view answer) {
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
    after = trimmed(after);
    const std::string_view line = after.substr(0, after.find('\n'));
    if (!line.empty()) return Announced{at, without_open_end(line)};
  }
  return std::nullopt;
}

std::optional<Announced> last_box(std::string_view answer) {
  const std::size_t at = answer.rfind(kBox);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view inside = answer.substr(at + kBox.size());
  int depth = 1;
  std::size_t end = 0;
  for (; end < inside.size(); ++end) {
    if (inside[end] == '{') ++depth;
    if (inside[end] == '}' && --depth == 0) break;
  }
  inside = trimmed(inside.substr(0, end));
  for (const std::string_view font : {"\\text{", "\\textbf{", "\\mathrm{"}) {
    if (inside.starts_with(font) && inside.ends_with("}")) {
      inside = trimmed(inside.substr(font.size(), inside.size() - font.size() - 1));
    }
  }
  return Announced{at, inside};
}

bool is_ascii_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

}  // namespace

std::string_view final_text(std::string_view answer) {
  const auto announced = last_announced(answer);
  const auto box = last_box(answer);
  if (box && (!announced || box->at > announced->at)) return box->text;
  return unwrapped(announced ? announced->text : trimmed(answer));
}

std::string plain_words(std::string_view text) {
  const std::string normal = normalise_text(text);
  std::vector<std::string_view> words;
  std::string_view rest = normal;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    // A sign belongs to its number.
    while (!word.empty() && is_ascii_punctuation(word.front()) &&
           !(word.front() == '-' && word.size() > 1 && word[1] >= '0' && word[1] <= '9')) {
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
  const std::string words = plain_words(final_text(answer));
  return !words.empty() && words == plain_words(truth);
}

bool same_bytes(std::string_view answer, std::string_view truth) {
  return trimmed(answer) == trimmed(truth) || final_text(answer) == trimmed(truth);
}

}  // namespace ooe::interview
