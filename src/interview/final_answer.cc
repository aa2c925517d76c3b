#include "interview/final_answer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/ascii.h"

namespace ooe::interview {
namespace {

constexpr auto kNowhere = std::string_view::npos;
constexpr std::string_view kWord = "answer";
constexpr std::string_view kBox = "\\boxed{";
// What may stand before and behind the word: emphasis, headings, quotes, lists, JSON.
constexpr std::string_view kBefore = " \t*_#>`\"'{[(-";
constexpr std::string_view kBehind = " \t*_`\"')]";
constexpr std::string_view kNoWords = " \t\r*_#`$";
constexpr std::array<std::string_view, 5> kEpithets{"the ", "my ", "final ", "correct ", "best "};

// Of a text in lower case; unlike a word, a name may hold "_".
bool is_name_byte(char lower) { return lower == '_' || is_word_byte(lower); }

// Behind "answer" and its decoration: the place behind a colon, `end` for a heading.
std::optional<std::size_t> announced_at(std::string_view lower, std::size_t at, std::size_t end) {
  const std::string_view line = lower.substr(0, end);
  at = std::min(line.find_first_not_of(kBehind, at), end);
  if (at == end || line[at] == '\r') return end;
  if (line[at] != ':') return std::nullopt;
  ++at;
  for (const std::string_view mark : {"**", "__", "*"}) {  // "**Answer:** Paris"
    if (line.substr(at).starts_with(mark)) return at + mark.size();
  }
  return at;
}

// Where in the line [begin, end) the words of its answer begin; nothing when it is another line.
std::optional<std::size_t> answer_of_line(std::string_view lower, std::size_t begin,
                                          std::size_t end) {
  constexpr std::string_view kThought = "</think>";
  std::string_view line = lower.substr(0, end);
  if (const std::size_t thought = line.substr(begin).rfind(kThought); thought != kNowhere) {
    begin += thought + kThought.size();
  }
  std::size_t at = std::min(line.find_first_not_of(kBefore, begin), end);
  for (bool more = true; more;) {
    more = false;
    for (const std::string_view epithet : kEpithets) {
      if (!line.substr(at).starts_with(epithet)) continue;
      at += epithet.size();
      more = true;
    }
  }
  if (!line.substr(at).starts_with(kWord)) return std::nullopt;
  auto said = announced_at(lower, at + kWord.size(), end);
  // "Answer: B? No. Answer: C"
  for (std::size_t next = at; said && *said < end && next != kNowhere;) {
    next = line.find(kWord, next + 1);
    if (next == kNowhere) break;
    if (is_name_byte(line[next - 1])) continue;  // "question_answer"
    const auto later = announced_at(lower, next + kWord.size(), end);
    if (later && *later < end) said = later;
  }
  return said;
}

// "`*`" is an answer too, "```" begins one.
bool is_code(std::string_view line) {
  const std::size_t open = line.find('`');
  const std::size_t close = line.rfind('`');
  return open != close && line.substr(open, close - open).find_first_not_of("` ") != kNowhere;
}

bool says_something(std::string_view line) {
  return line.find_first_not_of(kNoWords) != kNowhere || is_code(line);
}

std::vector<FinalAnswer> answer_lines(std::string_view text) {
  const std::string lower = ascii_lower(text);
  std::vector<FinalAnswer> found;
  bool heading = false;  // the next line that says something is the answer
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const auto said = answer_of_line(lower, begin, end);
    if (said) {
      heading = !says_something(text.substr(*said, end - *said));
      if (!heading) found.push_back({*said, end, true});
    } else if (heading && says_something(text.substr(begin, end - begin))) {
      found.push_back({begin, end, false});
      heading = false;
    }
    begin = end + 1;
  }
  return found;
}

std::vector<FinalAnswer> boxes(std::string_view text) {
  std::vector<FinalAnswer> found;
  for (std::size_t at = text.rfind(kBox); at != kNowhere && found.size() < kFinalAnswersMax;
       at = at == 0 ? kNowhere : text.rfind(kBox, at - 1)) {
    std::size_t end = at + kBox.size();
    for (int depth = 1; end < text.size(); ++end) {
      if (text[end] == '{') ++depth;
      if (text[end] == '}' && --depth == 0) break;
    }
    const std::size_t begin = at + kBox.size();
    if (says_something(text.substr(begin, end - begin))) found.push_back({begin, end, true});
  }
  return found;
}

}  // namespace

std::vector<FinalAnswer> final_answers(std::string_view text) {
  std::vector<FinalAnswer> found = answer_lines(text);
  if (found.size() > kFinalAnswersMax) {
    found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(kFinalAnswersMax));
  }
  const std::vector<FinalAnswer> boxed = boxes(text);
  found.insert(found.end(), boxed.begin(), boxed.end());
  std::ranges::stable_sort(found, {}, &FinalAnswer::begin);
  return found;
}

}  // namespace ooe::interview
