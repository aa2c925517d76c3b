#include "selfplay/question_filter.h"

#include <algorithm>
#include <set>
#include <utility>

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
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (byte >= 0xC3 && byte <= 0xC9)) {
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
    const bool digit = c >= '0' && c <= '9';
    if (!digit) {
      form.push_back(c);
    } else if (!form.ends_with('#')) {
      form.push_back('#');
    }
  }
  return form;
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

void QuestionFilter::know(const Question& question) {
  known_.add(shingles_of(presented_text(question)));
}

void QuestionFilter::know_test(const Question& question) {
  tests_.add(shingles_of(presented_text(question)));
}

Screening QuestionFilter::verdict(const Question& question, const Shingles& shingles) const {
  const std::string text = presented_text(question);
  if (!is_well_formed(question, text, options_)) return Screening::malformed;
  if (latin_share(text) < options_.latin_min) return Screening::foreign;
  const bool open = question.answer.empty() && !options_.answer_needed;
  if (!open && !is_answerable(question)) return Screening::unanswerable;
  if (tests_.near(shingles, options_.similarity_max)) return Screening::contaminated;
  if (known_.near(shingles, options_.similarity_max)) return Screening::known;
  const auto form = forms_.find(form_of(question.question));
  if (form != forms_.end() && form->second >= options_.form_max) return Screening::alike;
  return Screening::admitted;
}

Screening QuestionFilter::screen(const Question& question) {
  Shingles shingles = shingles_of(presented_text(question));
  const Screening screening = verdict(question, shingles);
  ++counts_[static_cast<std::size_t>(screening)];
  if (screening == Screening::admitted) {
    known_.add(std::move(shingles));
    ++forms_[form_of(question.question)];
  }
  return screening;
}

}  // namespace ooe::selfplay
