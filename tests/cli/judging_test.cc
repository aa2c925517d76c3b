// What commands that judge count, on a small workspace of its own: no questions of self-play, and
// of gaps only those.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// 60 questions of two subjects, of which nobody knows the second, and 40 that self-play made, which
// `asked` alone answered, all of them right.
class Judging : public InEmptyFolder {
 protected:
  Judging() {
    std::string questions;
    std::string outcomes = "id\tgood\tasked\n";
    for (int i = 0; i < 100; ++i) {
      const bool made = i >= 60;
      const bool law = i % 2 == 0;
      const std::string id = fmt::format("{}{}", made ? "selfplay-sums-" : "q", i);
      questions += fmt::format(
          "{{\"id\": \"{}\", \"question\": \"What is {}?\", \"subject\": \"{}\", \"answer\": "
          "\"1\"}}\n",
          id, i,
          made  ? "sums"
          : law ? "law"
                : "cooking");
      outcomes += fmt::format("{}\t{}\t{}\n", id,
                              made  ? ""
                              : law ? "1"
                                    : "0",
                              made         ? 1
                              : i % 4 == 0 ? 1
                                           : 0);
    }
    write("q.jsonl", questions);
    write("o.tsv", outcomes);
  }

  static Ended on_data(Words words) {
    words.insert(words.end(), {"--questions", "q.jsonl", "--outcomes", "o.tsv"});
    return run_ooe(words);
  }
};

TEST_F(Judging, LeavesOutWhatSelfPlayMadeAndSaysSo) {
  for (const char* command : {"evaluate", "report"}) {
    const Ended ended = on_data({command});
    EXPECT_EQ(ended.code, 0) << ended.said;
    EXPECT_THAT(ended.printed, HasSubstr("40 questions of self-play do not count"));
    EXPECT_THAT(ended.printed, HasSubstr("A  good")) << "the best on what users gave";
    EXPECT_THAT(ended.printed, HasSubstr("\n60 questions, 2 experts"));
  }
  const Ended chosen = on_data({"select", "--size", "1"});
  EXPECT_THAT(chosen.said, HasSubstr("40 questions of self-play do not count"));
  EXPECT_THAT(chosen.printed, HasSubstr("1  good"));
}

TEST_F(Judging, WritesTheQuestionsOfGapsOnly) {
  ASSERT_EQ(on_data({"report", "--gap-questions", "gaps.tsv"}).code, 0);
  const auto gaps = read_file("gaps.tsv");
  ASSERT_TRUE(gaps.has_value());
  EXPECT_THAT(*gaps, HasSubstr("q1\tcooking\t0\n"));
  EXPECT_THAT(*gaps, Not(HasSubstr("law")));
  EXPECT_THAT(*gaps, Not(HasSubstr("selfplay")));
}

}  // namespace
}  // namespace ooe::cli
