#include "selfplay/generator.h"

#include <utility>

#include "base/rng.h"

namespace ooe::selfplay {

Generated generate(const std::vector<const Family*>& families, std::uint64_t seed,
                   std::size_t count, QuestionFilter filter) {
  constexpr std::size_t kTriesEach = 10;
  Rng rng(seed);
  std::vector<Question> questions;
  for (std::size_t made = 0; made < kTriesEach * count && questions.size() < count; ++made) {
    const Family& family = *families[made % families.size()];
    const auto level = static_cast<int>(made / families.size() % std::size_t{kLevels}) + 1;
    Question question = make_question(family, level, rng.next());
    if (filter.screen(question) == Screening::admitted) questions.push_back(std::move(question));
  }
  return {std::move(questions), filter.counts()};
}

}  // namespace ooe::selfplay
