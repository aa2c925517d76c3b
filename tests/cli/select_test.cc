// `ooe select` on small tables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Select : public InEmptyFolder {
 protected:
  // Right on 65% of all, and on all of the half that it was asked.
  Select() {
    std::string questions;
    std::string outcomes = "id\tfull65\tstar100\n";
    for (int i = 0; i < 300; ++i) {
      questions += fmt::format("{{\"id\": \"q{0}\", \"question\": \"What is {0}?\"}}\n", i);
      outcomes += fmt::format("q{}\t{}\t{}\n", i, i % 20 < 13 ? 1 : 0, i % 2 == 0 ? "1" : "");
    }
    write("q.jsonl", questions);
    write("o.tsv", outcomes);
  }
  static Words words(const Words& more) {
    Words all{"select", "--questions", "q.jsonl", "--outcomes", "o.tsv", "--size", "1"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

TEST_F(Select, DoesNotTakeABlankForAWrongAnswer) {
  for (const char* objective : {"predictable", "oracle"}) {
    const Ended ended = run_ooe(words({"--objective", objective}));
    ASSERT_EQ(ended.code, 0) << ended.said;
    EXPECT_THAT(ended.printed, HasSubstr("1  star100"));
    EXPECT_THAT(ended.printed, HasSubstr("150 of 600 cells were not measured"));
  }
}

TEST_F(Select, WritesTheNamesThatOtherCommandsTake) {
  const Ended ended = run_ooe(words({"--out", "chosen.txt"}));
  ASSERT_EQ(ended.code, 0) << ended.said;
  EXPECT_EQ(read_file("chosen.txt").value_or(""), "star100\n");
  const Ended trained = run_ooe({"train", "--questions", "q.jsonl", "--outcomes", "o.tsv",
                                 "--experts", "@chosen.txt", "--no-baselines", "--out", "m.ooe"});
  EXPECT_EQ(trained.code, 0) << trained.said;
  EXPECT_THAT(trained.printed, HasSubstr("m.ooe: 1 experts"));
  EXPECT_EQ(run_ooe(words({"--out", "nowhere/x"})).code, 1);
}

TEST_F(Select, SaysBeforeTheWorkThatTheResultCannotBeWritten) {
  const Ended ended = run_ooe(words({"--out", "/proc/chosen.txt"}));
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.said, HasSubstr("'/proc' may not be written"));
  EXPECT_THAT(ended.said, Not(HasSubstr("questions"))) << "not even the data was read";
  // A file that is there is replaced by one beside it.
  EXPECT_THAT(run_ooe(words({"--out", "/proc/self/comm"})).said, HasSubstr("may not be written"));
}

TEST_F(Select, WithAPriceTheFirstExpertAddsItsOwnValue) {
  const Ended ended = run_ooe(words({"--objective", "oracle", "--lambda", "1000", "--price",
                                     "full65=1/1", "--price", "star100=100/100", "--json"}));
  ASSERT_EQ(ended.code, 0) << ended.said;
  const auto selected = nlohmann::json::parse(ended.printed);
  EXPECT_NEAR(selected["members"][0]["gain"]["mean"].get<double>(),
              selected["utility"].get<double>(), 1e-9);
}

TEST_F(Select, AZoneLimitIsAWholeNumber) {
  for (const char* limit : {"eu=0.9", "eu=inf", "eu=-1", "eu=", "eu=1e3"}) {
    const Ended ended = run_ooe(words({"--zone-limit", limit}));
    EXPECT_EQ(ended.code, 2) << limit;
  }
  EXPECT_EQ(run_ooe(words({"--zone", "full65=eu", "--zone-limit", "eu=0"})).code, 0);
  EXPECT_EQ(run_ooe(words({"--fixed-cost", "full65=inf"})).code, 2);
}

}  // namespace
}  // namespace ooe::cli
