#include "selfplay/aim.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "selfplay/family.h"

namespace ooe::selfplay {
namespace {

Question about(std::string subject, int number) {
  return {.id = subject + std::to_string(number),
          .benchmark = {},
          .split = {},
          .subject = subject,
          .category = {},
          .question = subject + " " + subject + " what is item " + std::to_string(number) + " of " +
                      subject,
          .choices = {},
          .answer = "1"};
}

// Two experts, two hundred readings of "law" that tell them clearly apart, none of "optics".
class NeedsOf : public testing::Test {
 protected:
  NeedsOf() {
    known.experts = {"good", "poor"};
    for (int i = 0; i < 100; ++i) {
      const std::size_t question = known.add(about("law", i));
      known.readings.push_back({.question = question, .expert = 0, .score = 1.0});
      known.readings.push_back({.question = question, .expert = 1, .score = 0.0});
    }
  }
  std::map<std::string, double> needs(const std::vector<Question>& targets,
                                      const std::vector<std::string>& names) {
    std::map<std::string, double> found;
    for (const Topic& topic : needs_of(names, known, targets)) found[topic.name] = topic.need;
    return found;
  }
  Known known{.experts = {}};
};

TEST_F(NeedsOf, IsHighWhereNothingIsKnown) {
  const auto found = needs({about("law", 200), about("optics", 1)}, {"law", "optics"});
  EXPECT_GT(found.at("optics"), 1.5 * found.at("law"));
}

TEST_F(NeedsOf, GrowsWithTraffic) {
  const std::vector<Question> many(8, about("acoustics", 1));
  const double few = needs({about("acoustics", 1)}, {"acoustics"}).at("acoustics");
  // Not eight times: what is rare in all texts together makes them alike.
  EXPECT_GT(needs(many, {"acoustics"}).at("acoustics") / few, 4.0);
}

TEST_F(NeedsOf, IsHighWhereNobodyIsGood) {
  for (int i = 0; i < 100; ++i) {
    const std::size_t question = known.add(about("chess", i));
    for (std::size_t j = 0; j < 2; ++j) {
      known.readings.push_back({.question = question, .expert = j, .score = 0.0});
    }
  }
  const auto found = needs({about("law", 200), about("chess", 200)}, {"law", "chess"});
  EXPECT_GT(found.at("chess"), 2.0 * found.at("law"));
}

TEST_F(NeedsOf, NobodyIsLeftOut) {
  const auto found = needs({about("law", 200), about("optics", 1), about("optics", 2)},
                           {"law", "optics", "rocks"});
  EXPECT_NEAR(found.at("rocks"), 0.5 * (found.at("law") + found.at("optics")),
              0.2 * found.at("rocks"));
  for (const auto& [name, need] : found) EXPECT_GE(need, 0.09 * found.at("rocks")) << name;
}

TEST(WritingSeeds, AreSharedOutByNeedAndCoverLevelsAndForms) {
  const std::vector<Topic> topics{{"law", 1.0}, {"optics", 3.0}, {"rocks", 0.0}};
  std::map<std::string, int> count;
  std::set<std::pair<int, Form>> kinds;
  const auto seeds = writing_seeds(topics, 3, 16, false);
  for (const WritingSeed& seed : seeds) {
    ++count[seed.topic];
    kinds.emplace(seed.level, seed.form);
  }
  EXPECT_EQ(count["law"], 4);
  EXPECT_EQ(count["optics"], 12);
  EXPECT_EQ(kinds.size(), kLevels * 2U) << "open questions need a judge";
  kinds.clear();
  for (const WritingSeed& seed : writing_seeds(topics, 3, 16, true)) {
    kinds.emplace(seed.level, seed.form);
  }
  EXPECT_EQ(kinds.size(), kLevels * kForms);
  EXPECT_EQ(writing_seeds(topics, 3, 16, false), seeds);
  EXPECT_NE(writing_seeds(topics, 4, 16, false), seeds);
}

}  // namespace
}  // namespace ooe::selfplay
