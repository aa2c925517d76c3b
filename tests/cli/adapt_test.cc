// What `ooe adapt` says it did.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Three experts on 60 questions, and their failures on 20 others.
class AdaptCommand : public InEmptyFolder {
 protected:
  AdaptCommand() {
    std::string questions;
    std::string old = "id\ta\tb\tc\n";
    std::string fresh = "id\ta\n";
    for (int i = 0; i < 80; ++i) {
      questions +=
          fmt::format("{{\"id\": \"q{0}\", \"question\": \"{1} {0}?\", \"answer\": \"1\"}}\n", i,
                      i % 2 == 0 ? "How much is" : "Why is the sky so");
      if (i < 60) {
        old += fmt::format("q{}\t{}\t{}\t{}\n", i, i % 2, i % 3 == 0 ? 0 : 1, i % 5 == 0 ? 1 : 0);
      } else {
        fresh += fmt::format("q{}\t0\n", i);
      }
    }
    write("q.jsonl", questions);
    write("old.tsv", old);
    write("fresh.tsv", fresh);
    EXPECT_EQ(
        run_ooe({"train", "--questions", "q.jsonl", "--outcomes", "old.tsv", "--out", "m.ooe"})
            .code,
        0);
  }

  static Ended adapt(const std::string& outcomes, const Words& more = {}) {
    Words words{"adapt", "--model", "m.ooe", "--out", "m2.ooe"};
    if (!outcomes.empty()) {
      words.insert(words.end(), {"--questions", "q.jsonl", "--outcomes", outcomes});
    }
    words.insert(words.end(), more.begin(), more.end());
    return run_ooe(words);
  }
};

TEST_F(AdaptCommand, SaysWhoseLevelMovedAndWarnsOfWhatTheModelKnows) {
  const Ended fresh = adapt("fresh.tsv");
  EXPECT_EQ(fresh.code, 0) << fresh.said;
  EXPECT_THAT(fresh.printed, HasSubstr("3 experts, 0 added, 0 removed, levels of 1 moved"));
  EXPECT_THAT(fresh.printed, HasSubstr("  a: -0."));
  EXPECT_THAT(fresh.printed, HasSubstr("by 20 outcomes"));
  EXPECT_THAT(fresh.said, Not(HasSubstr("was trained on")));
  EXPECT_THAT(adapt("old.tsv").said, HasSubstr("was trained on 60 of the 60 questions"));
}

TEST_F(AdaptCommand, LearnsAnewWhomItRemoves) {
  const Ended anew = adapt("fresh.tsv", {"--remove", "a"});
  EXPECT_EQ(anew.code, 0) << anew.said;
  EXPECT_THAT(anew.printed, HasSubstr("3 experts, 1 added, 1 removed, levels of 0 moved"));
  ASSERT_EQ(run_ooe({"import", "--db", "i.db", "--format", "ooe", "q.jsonl", "fresh.tsv"}).code, 0);
  const Ended from_database = adapt("", {"--remove", "a", "--db", "i.db"});
  EXPECT_EQ(from_database.code, 0) << from_database.said;
  EXPECT_THAT(from_database.printed, HasSubstr("3 experts, 1 added, 1 removed"));
  EXPECT_EQ(adapt("", {"--remove", "a", "--db", "none.db"}).code, 1);
  const Ended twice = adapt("", {"--remove", "a", "--remove", "a"});
  EXPECT_EQ(twice.code, 0) << twice.said;
  EXPECT_THAT(twice.printed, HasSubstr("2 experts, 0 added, 1 removed"));
  EXPECT_EQ(adapt("", {"--remove", "nobody"}).code, 1);
}

TEST_F(AdaptCommand, MayReplaceTheModelButNothingElseThatItReads) {
  const Words in_place{"adapt", "--model", "m2.ooe", "--out", "m2.ooe", "--remove", "b"};
  ASSERT_EQ(adapt("fresh.tsv").code, 0);
  EXPECT_EQ(run_ooe(in_place).code, 0);
  EXPECT_EQ(run_ooe(in_place).code, 1) << "b is gone";
  const Ended over_outcomes = run_ooe({"adapt", "--model", "m.ooe", "--out", "fresh.tsv",
                                       "--questions", "q.jsonl", "--outcomes", "fresh.tsv"});
  EXPECT_EQ(over_outcomes.code, 1);
  EXPECT_THAT(over_outcomes.said, HasSubstr("would be written over"));
}

}  // namespace
}  // namespace ooe::cli
