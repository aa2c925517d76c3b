#include "encoder/known_words.h"

#include <algorithm>
#include <array>

namespace ooe::encoder {
namespace {

struct KnownWord {
  std::string_view word;
  WordClass word_class;
};

// Ascending by length, then alphabet.
constexpr auto kKnownWords = std::to_array<KnownWord>({
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

constexpr bool before(const KnownWord& known, std::string_view word) {
  return known.word.size() != word.size() ? known.word.size() < word.size() : known.word < word;
}

static_assert(std::ranges::adjacent_find(kKnownWords, [](const auto& a, const auto& b) {
                return !before(a, b.word);
              }) == kKnownWords.end());

}  // namespace

WordClass class_of(std::string_view lower_word) {
  const auto* found = std::lower_bound(kKnownWords.begin(), kKnownWords.end(), lower_word, before);
  return found != kKnownWords.end() && found->word == lower_word ? found->word_class
                                                                 : WordClass::none;
}

}  // namespace ooe::encoder
