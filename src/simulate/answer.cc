#include "simulate/answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include <fmt/args.h>
#include <fmt/core.h>

#include "base/check.h"
#include "base/parse_number.h"

namespace ooe::simulate {
namespace {

constexpr double kRefusalShare = 1.0 / 12.0;  // of wrong answers
constexpr double kDistinctShare = 0.05;  // a wrong number is further off than any fair tolerance

using Templates = std::span<const char* const>;

// Sentences for choices have no word of a single letter, which a fair grader could take for a
// choice.
constexpr std::array<const char*, 8> kChoiceBrief{
    "{letter}",
    "The answer is ({letter}).",
    "{letter}. {text}",
    "**Answer: {letter}**",
    "({letter}) {text}",
    "The others do not fit, so it must be {letter}: {text}",
    "\\boxed{{{letter}}}",
    "The correct option is {letter}, {text}.",
};
constexpr std::array<const char*, 3> kChoiceWorked{
    "Let me work through this step by step.\n\n"
    "1. The question turns on one fact, so every option has to be checked against it.\n"
    "2. Option {other} looks tempting at first, but it does not hold when checked.\n"
    "3. The remaining options differ in detail, and only one survives.\n\n"
    "The answer is {letter}.",
    "First, what is asked? Then, what does each option claim?\n\n"
    "Going through them in turn, {other} can be ruled out because it contradicts what is given. "
    "Comparing the rest leaves one that agrees with everything stated.\n\n"
    "Final answer: ({letter}) {text}",
    "Reasoning: the options exclude each other, so ruling out the wrong ones is enough. {other} "
    "would need something the question does not say. What is left is consistent.\n\n"
    "So the answer is \\boxed{{{letter}}}.",
};
constexpr std::array<const char*, 6> kOpenBrief{
    "{value}",
    "The answer is {value}.",
    "**Answer: {value}**",
    "It comes to {value}.",
    "So the result is \\(\\boxed{{{value}}}\\).",
    "Answer: {grouped}",
};
constexpr std::array<const char*, 3> kOpenWorked{
    "Let me work through this step by step.\n\n"
    "Step 1: write down what is given and what is asked.\n"
    "Step 2: a first estimate gives {other}, which is too rough.\n"
    "Step 3: doing it exactly, with every term, settles it.\n\n"
    "**Answer: {value}**",
    "There are 2 parts to this. In the 1st part, set up the relation; in the 2nd, solve it. "
    "Trying {other} does not satisfy the relation, so it has to be corrected.\n\n"
    "#### {value}",
    "We go through it in 3 steps: collect the terms, simplify, and check. The check rules out "
    "{other} and confirms the rest.\n\n"
    "The answer is {grouped}.",
};
constexpr std::array<const char*, 3> kRefusals{
    "The information given does not settle this question.",
    "Sorry, this cannot be answered with certainty.",
    "There is not enough context here to decide.",
};

const char* one_of(Templates templates, Rng& rng) { return templates[rng.below(templates.size())]; }

Templates manner(Templates brief, Templates worked, double verbosity, Rng& rng) {
  return rng.uniform() < verbosity ? worked : brief;
}

std::string letter_of(std::size_t choice) {
  return {static_cast<char>('A' + static_cast<char>(choice))};
}

std::optional<std::size_t> right_choice(const Question& question) {
  if (question.answer.size() != 1) return std::nullopt;
  const int choice = question.answer[0] - 'A';
  if (choice < 0 || choice >= static_cast<int>(question.choices.size())) return std::nullopt;
  return static_cast<std::size_t>(choice);
}

// A choice other than `not_this`, uniformly.
std::size_t other_choice(std::size_t count, std::size_t not_this, Rng& rng) {
  if (count < 2) return not_this;
  const std::size_t drawn = rng.below(count - 1);
  return drawn < not_this ? drawn : drawn + 1;
}

std::string choice_text(const Question& question, bool right, double verbosity, Rng& rng) {
  const std::size_t count = question.choices.size();
  const std::size_t truth = *right_choice(question);
  const std::size_t said = right ? truth : other_choice(count, truth, rng);
  if (said == truth && !right) return one_of(kRefusals, rng);  // nothing else to choose
  fmt::dynamic_format_arg_store<fmt::format_context> words;
  words.push_back(fmt::arg("letter", letter_of(said)));
  words.push_back(fmt::arg("text", question.choices[said]));
  words.push_back(fmt::arg("other", letter_of(other_choice(count, said, rng))));
  return fmt::vformat(one_of(manner(kChoiceBrief, kChoiceWorked, verbosity, rng), rng), words);
}

// A decimal number, as written: digits, perhaps a sign and decimals.
struct Decimal {
  double value = 0.0;
  int decimals = 0;
};

std::optional<Decimal> parse_decimal(std::string_view text) {
  const auto value = parse_number<double>(text, std::chars_format::fixed);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  Decimal number{.value = *value};
  const auto point = text.find('.');
  if (point != std::string_view::npos) number.decimals = static_cast<int>(text.size() - point - 1);
  return number;
}

// Off by one, by a factor of two or of ten: the slips people make. As many decimals as the truth.
std::string wrong_number(const Decimal& truth, Rng& rng) {
  std::array<double, 5> slips{truth.value + 1, truth.value - 1, truth.value * 2, truth.value / 2,
                              truth.value * 10};
  rng.shuffle(std::span<double>(slips));
  for (const double slip : slips) {
    std::string text = fmt::format("{:.{}f}", slip, truth.decimals);
    const auto read = parse_decimal(text);
    if (read && std::abs(read->value - truth.value) > kDistinctShare * std::abs(truth.value)) {
      return text;
    }
  }
  return fmt::format("{:.{}f}", truth.value * 3 + 7, truth.decimals);
}

// 1234567.5 -> 1,234,567.5
std::string grouped(std::string_view number) {
  const std::size_t first = number.starts_with('-') ? 1 : 0;
  std::string text(number);
  for (std::size_t at = std::min(number.find('.'), number.size()); at > first + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string open_text(const Question& question, bool right, double verbosity, Rng& rng) {
  const auto number = parse_decimal(question.answer);
  if (!right && !number) return one_of(kRefusals, rng);  // no plausible wrong words at hand
  const std::string value = right ? question.answer : wrong_number(*number, rng);
  const auto said = parse_decimal(value);
  fmt::dynamic_format_arg_store<fmt::format_context> words;
  words.push_back(fmt::arg("value", value));
  words.push_back(fmt::arg("grouped", said ? grouped(value) : value));
  words.push_back(fmt::arg("other", said ? wrong_number(*said, rng) : "the first guess"));
  return fmt::vformat(one_of(manner(kOpenBrief, kOpenWorked, verbosity, rng), rng), words);
}

// Names two wrong choices where there are two, else refuses.
std::string evasive_text(const Question& question, Rng& rng) {
  if (question.choices.size() < 3 || rng.below(2) == 0) return one_of(kRefusals, rng);
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    if (i != *right_choice(question)) wrong.push_back(i);
  }
  rng.shuffle(std::span(wrong));
  return fmt::format("It could be {} or {}; both seem possible.", letter_of(wrong[0]),
                     letter_of(wrong[1]));
}

}  // namespace

bool has_known_answer(const Question& question) {
  return question.choices.empty() ? !question.answer.empty() : right_choice(question).has_value();
}

std::string answer_text(const Question& question, bool right, double verbosity, Rng& rng) {
  OOE_CHECK(has_known_answer(question), "only a known answer can be missed");
  if (!right && rng.uniform() < kRefusalShare) return evasive_text(question, rng);
  return question.choices.empty() ? open_text(question, right, verbosity, rng)
                                  : choice_text(question, right, verbosity, rng);
}

std::string placeholder_text(std::string_view expert) {
  return fmt::format(
      "This is {}, a simulated expert of ooe. It knows the questions of its question bank and "
      "nothing else, so please take this sentence for the answer that a real model would give.",
      expert);
}

}  // namespace ooe::simulate
