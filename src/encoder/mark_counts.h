// How often digits, marks and what they stand for appear in a text: capitals, operators, fractions,
// years, braces, tags, ends of sentences. Letters and white space, which are nearly all of most
// texts, are passed over by the block. In: text, any bytes. Cost: linear.
#pragma once

#include <cstddef>
#include <string_view>

namespace ooe::encoder {

struct MarkCounts {
  std::size_t upper = 0, digits = 0, beyond = 0, commas = 0, quotes = 0, operators = 0;
  std::size_t dollars = 0, percents = 0, braces = 0, brackets = 0, semicolons = 0, backslashes = 0;
  std::size_t carets = 0, tags = 0, fractions = 0, years = 0, json_keys = 0, variables = 0;
};

[[nodiscard]] MarkCounts count_marks(std::string_view text);

struct SentenceCounts {
  std::size_t ends = 0;  // . ! ? ; before white space
  std::size_t lines = 0;
  std::size_t question_marks = 0;
};

[[nodiscard]] SentenceCounts count_sentences(std::string_view question);

}  // namespace ooe::encoder
