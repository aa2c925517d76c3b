#include "encoder/known_words.h"

#include <algorithm>
#include <array>

#include "base/fast_hash.h"

namespace ooe::encoder {
namespace {

struct Listed {
  std::string_view word;
  WordClass word_class;
};

// Ascending by length, then alphabet: so none is there twice.
constexpr auto kKnownWords = std::to_array<Listed>({
    {"a", WordClass::stop},
    {"an", WordClass::stop},
    {"as", WordClass::stop},
    {"at", WordClass::stop},
    {"be", WordClass::stop},
    {"by", WordClass::stop},
    {"if", WordClass::condition},
    {"in", WordClass::stop},
    {"is", WordClass::stop},
    {"it", WordClass::stop},
    {"no", WordClass::negation},
    {"of", WordClass::stop},
    {"on", WordClass::stop},
    {"or", WordClass::stop},
    {"to", WordClass::stop},
    {"and", WordClass::stop},
    {"are", WordClass::stop},
    {"def", WordClass::programming},
    {"few", WordClass::change},
    {"for", WordClass::stop},
    {"how", WordClass::asking},
    {"int", WordClass::programming},
    {"its", WordClass::stop},
    {"let", WordClass::mathematics},
    {"not", WordClass::negation},
    {"one", WordClass::number},
    {"per", WordClass::rate},
    {"set", WordClass::mathematics},
    {"six", WordClass::number},
    {"sql", WordClass::programming},
    {"sum", WordClass::mathematics},
    {"ten", WordClass::number},
    {"the", WordClass::stop},
    {"two", WordClass::number},
    {"was", WordClass::stop},
    {"who", WordClass::asking},
    {"why", WordClass::reason},
    {"best", WordClass::best},
    {"char", WordClass::programming},
    {"code", WordClass::programming},
    {"cost", WordClass::change},
    {"each", WordClass::rate},
    {"earn", WordClass::change},
    {"five", WordClass::number},
    {"four", WordClass::number},
    {"from", WordClass::stop},
    {"half", WordClass::rate},
    {"json", WordClass::programming},
    {"left", WordClass::change},
    {"less", WordClass::change},
    {"list", WordClass::task},
    {"main", WordClass::best},
    {"more", WordClass::change},
    {"most", WordClass::best},
    {"nine", WordClass::number},
    {"null", WordClass::programming},
    {"rest", WordClass::change},
    {"self", WordClass::programming},
    {"than", WordClass::change},
    {"that", WordClass::stop},
    {"then", WordClass::condition},
    {"this", WordClass::stop},
    {"true", WordClass::truth},
    {"void", WordClass::programming},
    {"what", WordClass::asking},
    {"when", WordClass::condition},
    {"with", WordClass::stop},
    {"after", WordClass::condition},
    {"class", WordClass::programming},
    {"const", WordClass::programming},
    {"dozen", WordClass::number},
    {"eight", WordClass::number},
    {"every", WordClass::rate},
    {"false", WordClass::truth},
    {"fewer", WordClass::change},
    {"group", WordClass::mathematics},
    {"least", WordClass::negation},
    {"never", WordClass::negation},
    {"print", WordClass::programming},
    {"proof", WordClass::mathematics},
    {"prove", WordClass::mathematics},
    {"ratio", WordClass::rate},
    {"seven", WordClass::number},
    {"solve", WordClass::mathematics},
    {"spend", WordClass::change},
    {"third", WordClass::rate},
    {"three", WordClass::number},
    {"times", WordClass::rate},
    {"total", WordClass::change},
    {"twice", WordClass::rate},
    {"until", WordClass::condition},
    {"where", WordClass::asking},
    {"which", WordClass::stop},
    {"while", WordClass::condition},
    {"write", WordClass::task},
    {"before", WordClass::condition},
    {"create", WordClass::task},
    {"double", WordClass::rate},
    {"except", WordClass::negation},
    {"import", WordClass::programming},
    {"likely", WordClass::best},
    {"public", WordClass::programming},
    {"reason", WordClass::reason},
    {"remain", WordClass::change},
    {"return", WordClass::programming},
    {"select", WordClass::programming},
    {"string", WordClass::programming},
    {"unless", WordClass::condition},
    {"average", WordClass::rate},
    {"because", WordClass::reason},
    {"compute", WordClass::mathematics},
    {"percent", WordClass::rate},
    {"primary", WordClass::best},
    {"quarter", WordClass::rate},
    {"theorem", WordClass::mathematics},
    {"describe", WordClass::task},
    {"equation", WordClass::mathematics},
    {"function", WordClass::mathematics},
    {"generate", WordClass::task},
    {"integral", WordClass::mathematics},
    {"according", WordClass::source},
    {"calculate", WordClass::mathematics},
    {"following", WordClass::stop},
    {"implement", WordClass::programming},
    {"incorrect", WordClass::negation},
    {"remaining", WordClass::change},
    {"statement", WordClass::statement},
    {"summarize", WordClass::task},
    {"translate", WordClass::task},
    {"altogether", WordClass::change},
    {"derivative", WordClass::mathematics},
    {"percentage", WordClass::rate},
    {"explanation", WordClass::reason},
});

static_assert(kKnownWords.size() < kKnownWordsMax);
static_assert(std::ranges::adjacent_find(kKnownWords, [](const Listed& a, const Listed& b) {
                return a.word.size() != b.word.size() ? a.word.size() > b.word.size()
                                                      : a.word >= b.word;
              }) == kKnownWords.end());

// 1 + the place of the word whose hash leads here or, taken, to an entry before; 0: no word.
// A quarter full, so that what is no known word mostly meets none.
class Table {
 public:
  Table() {
    for (std::size_t i = 0; i < kKnownWords.size(); ++i) {
      std::size_t at = first(fast_hash(kKnownWords[i].word));
      while (entries_[at] != 0) at = next(at);
      entries_[at] = static_cast<std::uint8_t>(i + 1);
    }
  }

  [[nodiscard]] KnownWord find(std::string_view word, std::uint64_t hash) const {
    for (std::size_t at = first(hash); entries_[at] != 0; at = next(at)) {
      const auto place = static_cast<std::uint8_t>(entries_[at] - 1);
      if (kKnownWords[place].word == word) return {kKnownWords[place].word_class, place};
    }
    return {};
  }

 private:
  static constexpr std::size_t kEntries = 1024;
  static_assert(kKnownWords.size() <= kEntries / 4);
  static constexpr std::size_t first(std::uint64_t hash) { return hash % kEntries; }
  static constexpr std::size_t next(std::size_t at) { return (at + 1) % kEntries; }

  std::array<std::uint8_t, kEntries> entries_{};
};

}  // namespace

KnownWord known_word(std::string_view lower_word, std::uint64_t hash) {
  static const Table table;
  return table.find(lower_word, hash);
}

}  // namespace ooe::encoder
