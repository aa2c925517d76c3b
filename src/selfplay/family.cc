#include "selfplay/family.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/fast_hash.h"
#include "selfplay/draft.h"

namespace ooe::selfplay {
namespace {

constexpr std::array kFamilies = {
    Family{"arithmetic", "mathematics", draft_arithmetic},
    Family{"algebra", "mathematics", draft_algebra},
    Family{"word-problems", "quantities", draft_word_problems},
    Family{"units", "quantities", draft_units},
    Family{"dates", "quantities", draft_dates},
    Family{"logic", "reasoning", draft_logic},
    Family{"ordering", "reasoning", draft_ordering},
    Family{"strings", "programming", draft_strings},
    Family{"code", "programming", draft_code},
    Family{"sequences", "reasoning", draft_sequences},
    Family{"sets", "reasoning", draft_sets},
    Family{"probability", "mathematics", draft_probability},
    Family{"number-theory", "mathematics", draft_number_theory},
    Family{"geometry", "mathematics", draft_geometry},
};

constexpr std::size_t kChoices = 4;

}  // namespace

Draft choice_draft(std::string text, const std::string& right, std::vector<std::string> wrong,
                   Rng& rng) {
  std::vector<std::string> choices{right};
  for (std::string& other : wrong) {
    if (choices.size() == kChoices) break;
    if (std::ranges::find(choices, other) == choices.end()) choices.push_back(std::move(other));
  }
  rng.shuffle(std::span(choices));
  const auto place = std::ranges::find(choices, right) - choices.begin();
  return {.text = std::move(text),
          .choices = std::move(choices),
          .answer = std::string(1, static_cast<char>('A' + place))};
}

std::span<const Family> families() { return kFamilies; }

Result<std::vector<const Family*>> families_of(std::string_view focus) {
  std::vector<const Family*> chosen;
  for (const Family& family : kFamilies) {
    if (focus.empty() || focus == family.subject || focus == family.name ||
        focus == fmt::format("{}/{}", family.subject, family.name)) {
      chosen.push_back(&family);
    }
  }
  if (!chosen.empty()) return chosen;
  std::string names;
  for (const Family& family : kFamilies)
    names += fmt::format(" {}/{}", family.subject, family.name);
  return fail(ErrorCode::invalid_argument,
              "no questions are generated about '{}'; give a subject, a family, or both as in:{}",
              focus, names);
}

Question make_question(const Family& family, int level, std::uint64_t seed) {
  OOE_CHECK(level >= 1 && level <= kLevels, "a level of difficulty");
  Rng rng(fast_hash(fmt::format("{} {}", family.name, level), seed));
  Draft draft = family.draft(level, rng);
  return {.id = fmt::format("{}{}-{}-{:016x}", kIdPrefix, family.name, level, seed),
          .benchmark = "selfplay",
          .split = {},
          .subject = std::string(family.subject),
          .category = std::string(family.name),
          .question = std::move(draft.text),
          .choices = std::move(draft.choices),
          .answer = std::move(draft.answer)};
}

}  // namespace ooe::selfplay
