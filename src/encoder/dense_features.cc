#include "encoder/dense_features.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>

#include "base/ascii.h"
#include "base/check.h"
#include "base/fast_hash.h"
#include "encoder/known_words.h"
#include "encoder/mark_counts.h"
#include "encoder/needle.h"

namespace ooe::encoder {
namespace {

constexpr std::size_t kWordBytesMax = 24;  // longer ones are no known word; a view is enough

// Of a word of language: unlike is_word_byte(), no digits.
constexpr bool is_language_byte(char c) { return is_alpha(c) || is_beyond_ascii(c); }

// One word in lower case, its hash and class, without allocating.
struct Word {
  std::array<char, kWordBytesMax> bytes;
  std::string_view text;  // lower case; the word as it came when it is long
  std::uint64_t hash = 0;
  KnownWord known;

  [[nodiscard]] bool carries_meaning() const { return known.word_class != WordClass::stop; }
};

void read_word(std::string_view raw, Word& word) {
  word.text = raw;
  if (raw.size() <= word.bytes.size()) {
    std::ranges::transform(raw, word.bytes.begin(), lower_byte);
    word.text = {word.bytes.data(), raw.size()};
  }
  word.hash = fast_hash(word.text);
  word.known = known_word(word.text, word.hash);
}

// Calls use(raw) for each run of letters and bytes beyond ASCII.
template <class Use>
void for_each_word(std::string_view text, Use use) {
  for (std::size_t i = 0; i < text.size();) {
    if (!is_language_byte(text[i])) {
      ++i;
      continue;
    }
    const std::size_t begin = i;
    while (i < text.size() && is_language_byte(text[i])) ++i;
    use(text.substr(begin, i - begin));
  }
}

void sort_unique(std::vector<std::uint64_t>& items, std::size_t begin) {
  const auto first = items.begin() + static_cast<std::ptrdiff_t>(begin);
  std::sort(first, items.end());
  items.erase(std::unique(first, items.end()), items.end());
}

std::size_t common(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  std::size_t count = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      ++count;
      ++i;
      ++j;
    } else {
      a[i] < b[j] ? ++i : ++j;
    }
  }
  return count;
}

float log1(std::size_t count) { return std::log1p(static_cast<float>(count)); }
float share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0F : static_cast<float>(part) / static_cast<float>(whole);
}
float mark(bool on) { return on ? 1.0F : 0.0F; }

// The question is all that is not a choice: the text up to the first of the lines "A. ...",
// "B. ...", which must follow each other to the end but for empty lines.
std::string_view split_choices(std::string_view text, std::vector<std::string_view>& choices) {
  choices.clear();
  std::size_t question_end = text.size();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    if (line.starts_with('(')) line.remove_prefix(1);
    const char letter = static_cast<char>('A' + choices.size());
    const bool choice = choices.size() < 26 && line.size() >= 3 && line[0] == letter &&
                        (line[1] == '.' || line[1] == ')') && line[2] == ' ';
    if (choice) {
      if (choices.empty()) question_end = begin == 0 ? 0 : begin - 1;
      choices.push_back(line.substr(3));
    } else if (!choices.empty() && line.find_first_not_of(" \t\r") != std::string_view::npos) {
      // A choice of several lines: the rest of it.
      std::string_view& last = choices.back();
      last = {last.data(), static_cast<std::size_t>(text.data() + end - last.data())};
    }
    begin = end + 1;
  }
  if (choices.size() == 1) {  // one is not a choice
    choices.clear();
    return text;
  }
  return text.substr(0, question_end);
}

// Values of the numbers in a text: digits with one point or with commas between thousands.
void read_numbers(std::string_view text, std::vector<double>& numbers) {
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      ++i;
      continue;
    }
    double value = 0.0;
    double scale = 0.0;  // 0: before the point
    for (; i < text.size(); ++i) {
      const bool more = i + 1 < text.size() && is_digit(text[i + 1]);
      if (is_digit(text[i])) {
        value = scale == 0.0 ? std::min(value * 10.0 + (text[i] - '0'), 1e18)
                             : value + (text[i] - '0') * scale;
        if (scale != 0.0) scale *= 0.1;
      } else if (text[i] == '.' && more && scale == 0.0) {
        scale = 0.1;
      } else if (text[i] != ',' || !more || scale != 0.0) {
        break;
      }
    }
    numbers.push_back(value);
  }
}

// One after the other, each with its name: names and values cannot drift apart.
class Writer {
 public:
  explicit Writer(std::span<float, kDenseCount> out) : out_(out) {}
  void operator()(float value) {
    OOE_CHECK(next_ < kDenseCount, "kDenseCount counts the features");
    out_[next_++] = value;
  }
  void finish() const { OOE_CHECK(next_ == kDenseCount, "kDenseCount counts the features"); }

 private:
  std::span<float, kDenseCount> out_;
  std::size_t next_ = 0;
};

struct WordCounts {
  std::size_t words = 0;
  std::size_t distinct = 0;
  std::size_t letters = 0;
  std::size_t long_words = 0;
  std::size_t capitalised = 0;
  std::size_t shouted = 0;  // two or more capitals and nothing else
  WordClass first_class = WordClass::none;
  std::uint64_t first_hash = 0;
  std::array<std::size_t, static_cast<std::size_t>(WordClass::count)> of_class{};

  [[nodiscard]] std::size_t operator[](WordClass c) const {
    return of_class[static_cast<std::size_t>(c)];
  }
};

WordCounts count_question_words(std::string_view question, DenseScratch& scratch) {
  WordCounts counts;
  scratch.question_words.clear();
  std::bitset<kKnownWordsMax> stop_words;
  Word word;
  for_each_word(question, [&](std::string_view raw) {
    read_word(raw, word);
    if (counts.words++ == 0) {
      counts.first_class = word.known.word_class;
      counts.first_hash = word.hash;
    }
    counts.letters += raw.size();
    if (raw.size() > 9) ++counts.long_words;
    if (is_upper(raw[0])) {
      const bool all = std::ranges::all_of(raw, is_upper);
      if (all && raw.size() > 1) ++counts.shouted;
      if (!all) ++counts.capitalised;
    }
    ++counts.of_class[static_cast<std::size_t>(word.known.word_class)];
    if (word.carries_meaning()) {
      scratch.question_words.push_back(word.hash);
    } else {
      stop_words.set(word.known.place);
    }
  });
  sort_unique(scratch.question_words, 0);
  counts.distinct = scratch.question_words.size() + stop_words.count();
  return counts;
}

void write_choices(DenseScratch& scratch, Writer& write) {
  const std::vector<std::string_view>& choices = scratch.choices;
  scratch.choice_words.clear();
  scratch.choice_begin.assign(1, 0);
  std::size_t bytes = 0;
  std::size_t bytes_max = 0;
  std::size_t bytes_min = choices.empty() ? 0 : choices[0].size();
  std::size_t with_digit = 0;
  std::size_t without_word = 0;
  std::size_t of_one_word = 0;
  Word word;
  for (const std::string_view choice : choices) {
    bytes += choice.size();
    bytes_max = std::max(bytes_max, choice.size());
    bytes_min = std::min(bytes_min, choice.size());
    if (std::ranges::any_of(choice, is_digit)) ++with_digit;
    std::size_t words = 0;
    bool has_word = false;
    for_each_word(choice, [&](std::string_view raw) {
      ++words;
      has_word = has_word || raw.size() > 1;
      read_word(raw, word);
      if (word.carries_meaning()) scratch.choice_words.push_back(word.hash);
    });
    if (!has_word) ++without_word;
    if (words == 1) ++of_one_word;
    sort_unique(scratch.choice_words, scratch.choice_begin.back());
    scratch.choice_begin.push_back(scratch.choice_words.size());
  }
  const auto words_of = [&](std::size_t i) {
    return std::span(scratch.choice_words)
        .subspan(scratch.choice_begin[i], scratch.choice_begin[i + 1] - scratch.choice_begin[i]);
  };
  float with_question = 0.0F;
  float with_each_other = 0.0F;
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    with_question += share(common(words_of(i), scratch.question_words), 1 + words_of(i).size());
    for (std::size_t j = i + 1; j < choices.size(); ++j, ++pairs) {
      const std::size_t both = common(words_of(i), words_of(j));
      with_each_other += share(both, 1 + words_of(i).size() + words_of(j).size() - both);
    }
  }
  const std::size_t n = choices.size();
  write(log1(n));
  write(n == 0 ? 0.0F : std::log1p(static_cast<float>(bytes) / static_cast<float>(n)));
  write(log1(bytes_max));
  write(log1(bytes_min));
  write(share(bytes_max - bytes_min, 1 + bytes_max));
  write(share(with_digit, n));
  write(share(without_word, n));
  write(share(of_one_word, n));
  write(n == 0 ? 0.0F : with_question / static_cast<float>(n));
  write(pairs == 0 ? 0.0F : with_each_other / static_cast<float>(pairs));
}

constexpr std::array<std::string_view, kDenseCount> kNames = {"bytes of the question",
                                                              "words",
                                                              "bytes of all",
                                                              "mean length of a word",
                                                              "long words",
                                                              "different words, share",
                                                              "stop words, share",
                                                              "sentences",
                                                              "lines",
                                                              "mean length of a sentence",
                                                              "numbers",
                                                              "long numbers",
                                                              "different numbers",
                                                              "largest number",
                                                              "numbers of 100 and more",
                                                              "decimal numbers",
                                                              "number words",
                                                              "choices",
                                                              "mean length of a choice",
                                                              "longest choice",
                                                              "shortest choice",
                                                              "spread of choices",
                                                              "choices with digits",
                                                              "choices without words",
                                                              "choices of one word",
                                                              "choices like the question",
                                                              "choices like each other",
                                                              "negations",
                                                              "says true or false",
                                                              "says statement",
                                                              "rates",
                                                              "changes",
                                                              "conditions",
                                                              "question words",
                                                              "reasons",
                                                              "tasks",
                                                              "words of mathematics",
                                                              "words of programming",
                                                              "superlatives",
                                                              "says according",
                                                              "starts by asking",
                                                              "starts with a task",
                                                              "starts with why",
                                                              "starts with which",
                                                              "says how many",
                                                              "says which of the following",
                                                              "all or none of the above",
                                                              "I and II",
                                                              "ends with ?",
                                                              "ends with :",
                                                              "has a gap",
                                                              "question marks",
                                                              "operators",
                                                              "LaTeX marks",
                                                              "variable before = or (",
                                                              "dollars",
                                                              "percent signs",
                                                              "fractions",
                                                              "code marks",
                                                              "code fence",
                                                              "braces",
                                                              "brackets",
                                                              "semicolons",
                                                              "JSON keys",
                                                              "tags",
                                                              "addresses",
                                                              "names",
                                                              "shouted words",
                                                              "years",
                                                              "quotes",
                                                              "commas",
                                                              "bytes beyond ASCII, share",
                                                              "capitals, share",
                                                              "digits, share",
                                                              "over 600 bytes",
                                                              "over 1200 bytes"};

void write_numbers(std::string_view question, DenseScratch& scratch, const WordCounts& words,
                   Writer& write) {
  std::vector<double>& numbers = scratch.numbers;
  numbers.clear();
  read_numbers(question, numbers);
  const auto large = static_cast<std::size_t>(
      std::ranges::count_if(numbers, [](double value) { return value >= 100.0; }));
  const auto decimal = static_cast<std::size_t>(
      std::ranges::count_if(numbers, [](double value) { return value != std::floor(value); }));
  const auto long_ones = static_cast<std::size_t>(
      std::ranges::count_if(numbers, [](double value) { return value >= 1000.0; }));
  const double largest = numbers.empty() ? 0.0 : *std::ranges::max_element(numbers);
  const std::size_t all = numbers.size();
  std::ranges::sort(numbers);
  const auto repeated = std::ranges::unique(numbers);
  numbers.erase(repeated.begin(), repeated.end());
  write(log1(all));
  write(log1(long_ones));
  write(log1(numbers.size()));
  write(static_cast<float>(std::log1p(largest)));
  write(log1(large));
  write(log1(decimal));
  write(log1(words[WordClass::number]));
}

}  // namespace

void dense_features(std::string_view text, DenseScratch& scratch,
                    std::span<float, kDenseCount> out) {
  static const std::uint64_t kWhich = fast_hash("which");
  const std::string_view question = split_choices(text, scratch.choices);
  const std::string_view asked = trimmed_end(question, is_blank);
  const WordCounts words = count_question_words(question, scratch);
  const SentenceCounts sentences = count_sentences(question);
  const MarkCounts marks = count_marks(text);
  Writer write(out);

  write(log1(question.size()));
  write(log1(words.words));
  write(log1(text.size()));
  write(share(words.letters, words.words));
  write(log1(words.long_words));
  write(share(words.distinct, 1 + words.words));
  write(share(words[WordClass::stop], 1 + words.words));
  write(log1(sentences.ends));
  write(log1(sentences.lines));
  write(log1(words.words / (1 + sentences.ends)));
  write_numbers(question, scratch, words, write);
  write_choices(scratch, write);
  write(log1(words[WordClass::negation]));
  write(mark(words[WordClass::truth] > 0));
  write(mark(words[WordClass::statement] > 0));
  for (const WordClass c : {WordClass::rate, WordClass::change, WordClass::condition,
                            WordClass::asking, WordClass::reason, WordClass::task,
                            WordClass::mathematics, WordClass::programming, WordClass::best}) {
    write(log1(words[c]));
  }
  write(mark(words[WordClass::source] > 0));
  write(mark(words.first_class == WordClass::asking));
  write(mark(words.first_class == WordClass::task));
  write(mark(words.first_class == WordClass::reason));
  write(mark(words.words > 0 && words.first_hash == kWhich));
  write(mark(contains(question, "ow many") || contains(question, "ow much")));
  write(mark(contains(question, "hich of the following")));
  write(mark(contains(text, " of the above") || contains(text, " of these") ||
             contains(text, "either ")));
  write(mark(contains(text, "II")));
  write(mark(asked.ends_with('?')));
  write(mark(asked.ends_with(':')));
  write(mark(contains(question, "__")));
  write(log1(sentences.question_marks));
  write(log1(marks.operators));
  write(log1(marks.backslashes + marks.carets));
  write(log1(marks.variables));
  write(log1(marks.dollars));
  write(log1(marks.percents));
  write(log1(marks.fractions));
  write(mark(contains(text, "();") || contains(text, "for (") || contains(text, "return ") ||
             contains(text, "==") || contains(text, "def ") || contains(text, "print(")));
  write(mark(contains(text, "```")));
  write(log1(marks.braces));
  write(log1(marks.brackets));
  write(log1(marks.semicolons));
  write(log1(marks.json_keys));
  write(log1(marks.tags));
  write(mark(contains(text, "://")));
  write(log1(words.capitalised));
  write(log1(words.shouted));
  write(mark(marks.years > 0));
  write(log1(marks.quotes));
  write(log1(marks.commas));
  write(share(marks.beyond, text.size()));
  write(share(marks.upper, text.size()));
  write(share(marks.digits, text.size()));
  write(mark(question.size() > 600));
  write(mark(question.size() > 1'200));
  write.finish();
}

std::span<const std::string_view, kDenseCount> dense_feature_names() { return kNames; }

}  // namespace ooe::encoder
