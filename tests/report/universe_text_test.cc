#include "report/universe_text.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "report/universe_json.h"
#include "tests/report/golden.h"

namespace ooe::report {
namespace {

const std::vector<std::string> kExperts{"giant-general-1-preview", "maths-7b", "law-13b",
                                        "small-8b"};

Selection selection() {
  Selection selection;
  selection.experts = kExperts;
  selection.universe = {{{{2}, 0.592}, {{0}, 0.253}, {{1}, 0.021}}, 0.866, 0.985};
  selection.options.size_max = 4;
  selection.options.include = {"law-13b"};
  selection.quality_per_usd = 10.0;
  selection.n_queries = 4'636;
  selection.figures.utility = {0.866, 0.851, 0.880};
  selection.figures.oracle = {0.973, 0.967, 0.979};
  selection.figures.usd_per_1k = 1.84;
  selection.figures.score = 0.8844;
  selection.figures.members = {{{2}, {0.592, 0.57, 0.61}, {0.08, 0.07, 0.09}, 0.31, {0}, 0.55},
                               {{0}, {0.253, 0.24, 0.27}, {0.12, 0.11, 0.13}, 0.45, {1}, 0.61},
                               {{1}, {0.021, 0.01, 0.03}, {0.021, 0.01, 0.03}, 0.24, {0}, 0.61}};
  selection.figures.outsiders = {{{3}, {-0.001, -0.004, 0.002}, -0.125, std::nan(""), Usd{}}};
  selection.figures.sizes = {
      {{2}, 0.592, 0.592}, {{0}, 0.845, 0.93}, {{1}, 0.866, 0.973}, {{3}, 0.865, 0.985}};
  return selection;
}

TEST(UniverseText, LooksAsItLooked) {
  expect_golden("universe_80.txt", universe_text(selection(), {80, false}));
  Selection best = selection();
  best.options.objective = universe::Objective::oracle;
  best.options.size_max = 3;
  best.options.include.clear();
  best.quality_per_usd = 0.0;
  best.universe.utility = best.universe.utility_bound;
  best.figures.oracle.mean = best.universe.utility_bound;
  best.figures.outsiders.clear();
  expect_golden("universe_oracle_120.txt", universe_text(best, {120, false}));
}

TEST(UniverseText, SaysWhatBecameOfCellsThatWereNotMeasured) {
  using ::testing::HasSubstr;
  Selection of = selection();
  EXPECT_EQ(blanks_text(of), "");
  of.cells = 9'272;
  of.blank_cells = 1'234;
  EXPECT_THAT(universe_text(of, {160, false}),
              HasSubstr("1,234 of 9,272 cells were not measured: such a cell counts as the "
                        "expert's mean on the benchmark."));
  of.only_common = true;
  EXPECT_THAT(universe_text(of, {160, false}),
              HasSubstr("not measured: only questions count that every expert was asked."));
}

TEST(UniverseText, ComparesWithinTheLimitsWhereThereAreSome) {
  Selection of = selection();
  of.options.zone_limits.clear();
  of.options.fixed_per_month_max.reset();
  for (const bool includes : {true, false}) {
    of.options.include =
        includes ? std::vector<std::string>{of.experts[0]} : std::vector<std::string>{};
    const std::string text = universe_text(of, {160, false});
    EXPECT_EQ(text.find("no set within these limits") != std::string::npos, includes);
  }
  of.options.fixed_per_month_max = usd_from_double(20.0);
  EXPECT_THAT(universe_text(of, {160, false}), ::testing::HasSubstr("within these limits"));
}

TEST(UniverseText, ComparesWithTheBestPossibleInWordsThatFitTheSize) {
  const auto worth_line = [](std::size_t size, std::size_t members, double oracle, double bound) {
    Selection of = selection();
    of.options.include.clear();
    of.options.size_max = size;
    of.universe.members.resize(members, {ExpertId{3}, 0.0});
    evaluate::MemberFigures last;
    last.expert = ExpertId{3};
    of.figures.members.resize(members, last);
    of.figures.oracle.mean = oracle;
    of.universe.utility_bound = bound;
    const std::string text = universe_text(of, {160, false});
    const std::size_t begin = text.find("queries. ", text.find("\nWorth ")) + 9;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  EXPECT_EQ(worth_line(1, 1, 0.592, 0.592), "No expert alone is worth more.");
  EXPECT_EQ(worth_line(1, 1, 0.592, 0.6), "The best expert alone is worth 60.0.");
  EXPECT_EQ(worth_line(2, 1, 0.592, 0.93),
            "With hindsight it would still be worth 59.2, and no 2 experts more than 93.0.");
  EXPECT_EQ(worth_line(2, 2, 0.93, 0.9301),
            "With hindsight it would be worth 93.0, and no 2 experts would be worth more.");
  EXPECT_EQ(worth_line(3, 3, 0.93, 0.97),
            "With hindsight it would be worth 93.0, and no 3 experts more than 97.0.");
  EXPECT_EQ(worth_line(9, 3, 0.93, 0.985),
            "With hindsight it would be worth 93.0, and all 4 experts together 98.5.");
  EXPECT_EQ(worth_line(4, 4, 0.985, 0.985),
            "With hindsight it would be worth 98.5: everybody is in it.");
}

TEST(UniverseText, SaysWhyItIsSmallerThanItMayBe) {
  using ::testing::HasSubstr;
  const auto says = [](const Selection& of) { return universe_text(of, {160, false}); };
  Selection of = selection();
  of.options.include.clear();
  EXPECT_THAT(says(of),
              HasSubstr("Up to 4 may be chosen; no further expert is worth what it costs."));
  of.quality_per_usd = 0.0;
  EXPECT_THAT(says(of), HasSubstr("Up to 4 may be chosen; no further expert adds anything."));
  of.options.size_max = 5;
  of.options.exclude = {"small-8b"};
  EXPECT_THAT(says(of),
              HasSubstr("Up to 5 may be chosen; there are only 3 experts to choose from."));
  of.options.exclude.clear();
  const Usd ten = usd_from_double(10.0);
  of.options.fixed_per_month = {ten, ten, ten, ten};
  of.options.fixed_per_month_max = usd_from_double(35.0);
  EXPECT_THAT(says(of), HasSubstr("Up to 5 may be chosen; the limits allow no further expert."));
  of.universe.members.pop_back();
  of.figures.members.pop_back();
  of.options.fixed_per_month = {ten, ten, ten, ten + ten};
  EXPECT_THAT(says(of), HasSubstr("; no further expert that the limits allow adds anything."));
}

TEST(UniverseJson, NamesTheMembersInOrder) {
  const auto json = nlohmann::json::parse(universe_json(selection()));
  ASSERT_EQ(json["members"].size(), 3U);
  EXPECT_EQ(json["members"][0]["name"], "law-13b");
  EXPECT_DOUBLE_EQ(json["members"][1]["marginal_gain"], 0.253);
  EXPECT_EQ(json["objective"], "predictable");
  EXPECT_DOUBLE_EQ(json["oracle_bound"], 0.985);
}

}  // namespace
}  // namespace ooe::report
