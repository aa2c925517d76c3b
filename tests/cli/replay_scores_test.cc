#include "cli/replay_scores.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;

const std::string kFirst = "000102030405060708090a0b0c0d0e0f";
const std::string kSecond = "ff0102030405060708090a0b0c0d0e0f";

TEST(ReplayScores, ReadsWhatSpreadsheetsWrite) {
  const auto scores = parse_scores("\xEF\xBB\xBFreceipt\tscore\r\n" + kFirst + "\t1\r\n\r\n" +
                                       kSecond + "\t0.25\r\n" + kFirst + "\t1\r\n",
                                   "s.tsv");
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  EXPECT_EQ(scores->size(), 2U);
  EXPECT_EQ(scores->at(*parse_hex_id<ReceiptId>(kSecond)), 0.25);
  EXPECT_TRUE(parse_scores("", "s.tsv")->empty());
}

TEST(ReplayScores, RefusesTwoScoresOfOneReceiptAndWhatIsNone) {
  EXPECT_THAT(parse_scores(kFirst + "\t1\n" + kFirst + "\t0\n", "s.tsv").error().message,
              HasSubstr("s.tsv:2: receipt " + kFirst + " has the score 0 here and 1 before"));
  for (const std::string& line : {kFirst, kFirst + "\t2", kFirst + "\tx", std::string("a\t1")}) {
    EXPECT_THAT(parse_scores(line, "s.tsv").error().message, HasSubstr("s.tsv:1: ")) << line;
  }
}

}  // namespace
}  // namespace ooe::cli
