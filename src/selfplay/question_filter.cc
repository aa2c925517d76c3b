#include "selfplay/question_filter.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/unicode.h"
#include "interview/grade.h"

namespace ooe::selfplay {
namespace {

bool is_well_formed(const Question& question, std::string_view text, const FilterOptions& options) {
  if (question.id.empty() || text.size() < options.bytes_min || text.size() > options.bytes_max) {
    return false;
  }
  if (!is_valid_utf8(text)) return false;
  const auto is_control = [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
  };
  if (std::ranges::any_of(text, is_control)) return false;
  if (question.choices.empty()) return true;
  std::set<std::string> different;
  for (const std::string& choice : question.choices) different.insert(normalise_text(choice));
  return question.choices.size() >= 2 && question.choices.size() <= kChoicesMax &&
         different.size() == question.choices.size() && !different.contains("");
}

bool is_answerable(const Question& question) {
  if (!interview::grader_of(question)) return false;
  if (question.choices.empty()) return true;
  const std::string& letter = question.answer;
  return letter.size() == 1 && letter[0] >= 'A' &&
         static_cast<std::size_t>(letter[0] - 'A') < question.choices.size();
}

// ASCII letters and U+00C0 to U+024F over all letters, where all else above ASCII counts as one.
double latin_share(std::string_view text) {
  double latin = 0.0;
  double other = 0.0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alpha(c) || (byte >= 0xC3 && byte <= 0xC9)) {
      latin += 1.0;
    } else if (byte >= 0xCA) {  // the first byte of another character
      other += 1.0;
    }
  }
  return latin + other == 0.0 ? 1.0 : latin / (latin + other);
}

// The words with all numbers alike.
std::string form_of(std::string_view text) {
  std::string form;
  for (const char c : text) {
    if (!is_digit(c)) {
      form.push_back(c);
    } else if (!form.ends_with('#')) {
      form.push_back('#');
    }
  }
  return form;
}

// The words in lower case with single spaces, punctuation aside; signs of arithmetic stay.
std::string plain_words(std::string_view text) {
  constexpr std::string_view kSigns = "+-*/^=%<>";
  std::string words;
  bool apart = false;
  for (const char c : normalise_text(text)) {
    const bool kept = is_word_byte(c) || kSigns.find(c) != std::string_view::npos;
    if (!kept) {
      apart = true;
      continue;
    }
    if (apart && !words.empty()) words += ' ';
    apart = false;
    words += c;
  }
  return words;
}

std::size_t word_count(std::string_view text) {
  const std::string words = plain_words(text);
  return words.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(words, ' '));
}

// The right answer in words, not as a letter. Empty: it is not known.
std::string answer_words(const Question& question) {
  if (question.choices.empty()) return plain_words(question.answer);
  if (question.answer.size() != 1 || question.answer[0] < 'A') return {};
  const auto place = static_cast<std::size_t>(question.answer[0] - 'A');
  return place < question.choices.size() ? plain_words(question.choices[place]) : std::string();
}

}  // namespace

std::string_view to_string(Screening screening) {
  switch (screening) {
    case Screening::admitted:
      return "admitted";
    case Screening::malformed:
      return "malformed";
    case Screening::unanswerable:
      return "unanswerable";
    case Screening::foreign:
      return "foreign";
    case Screening::contaminated:
      return "contaminated";
    case Screening::known:
      return "known";
    case Screening::alike:
      return "alike";
  }
  return "?";
}

void QuestionFilter::Shelf::add(Words words) {
  whole.add(std::move(words.whole));
  if (words.stem) stems.add(std::move(*words.stem));
  for (std::string& one : words.exact) exact.insert(std::move(one));
}

bool QuestionFilter::Shelf::has(const Words& words, double share) const {
  if (whole.near(words.whole, share)) return true;
  if (words.stem && stems.twin(*words.stem, share)) return true;
  return std::ranges::any_of(words.exact,
                             [&](const std::string& one) { return exact.contains(one); });
}

QuestionFilter::Words QuestionFilter::words_of(const Question& question) const {
  Words words{.whole = shingles_of(presented_text(question)), .stem = {}, .exact = {}};
  if (word_count(question.question) >= options_.stem_words_min) {
    words.stem = shingles_of(question.question);
    return words;
  }
  const std::string stem = plain_words(question.question);
  const std::string answer = answer_words(question);
  if (!answer.empty()) words.exact.push_back(stem + "\n" + answer);
  std::set<std::string> choices;
  for (const std::string& choice : question.choices) choices.insert(plain_words(choice));
  if (!choices.empty()) {
    words.exact.push_back(fmt::format("{}\n\n{}", stem, fmt::join(choices, "\n")));
  }
  return words;
}

void QuestionFilter::know(const Question& question) { known_.add(words_of(question)); }

void QuestionFilter::know_test(const Question& question) { tests_.add(words_of(question)); }

Screening QuestionFilter::verdict(const Question& question, const Words& words) const {
  const std::string text = presented_text(question);
  if (!is_well_formed(question, text, options_)) return Screening::malformed;
  if (latin_share(text) < options_.latin_min) return Screening::foreign;
  const bool open = question.answer.empty() && !options_.answer_needed;
  if (!open && !is_answerable(question)) return Screening::unanswerable;
  if (tests_.has(words, options_.similarity_max)) return Screening::contaminated;
  if (known_.has(words, options_.similarity_max)) return Screening::known;
  const auto form = forms_.find(form_of(question.question));
  if (form != forms_.end() && form->second >= options_.form_max) return Screening::alike;
  return Screening::admitted;
}

Screening QuestionFilter::screen(const Question& question) {
  Words words = words_of(question);
  const Screening screening = verdict(question, words);
  ++counts_[static_cast<std::size_t>(screening)];
  if (screening == Screening::admitted) {
    known_.add(std::move(words));
    ++forms_[form_of(question.question)];
  }
  return screening;
}

}  // namespace ooe::selfplay
