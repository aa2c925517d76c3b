// `ooe route` on a small workspace of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/hash.h"
#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Two experts that are cleared for public and for internal requests, and a model of them.
class Route : public InEmptyFolder {
 protected:
  Route() {
    std::string questions;
    std::string outcomes = "id\topen\tsafe\n";
    for (int i = 0; i < 20; ++i) {
      questions += fmt::format(
          "{{\"id\": \"q{0}\", \"question\": \"What is {0}?\", \"answer\": \"{0}\"}}\n", i);
      outcomes += fmt::format("q{}\t{}\t{}\n", i, i % 2, i % 3 == 0 ? 0 : 1);
    }
    write("q.jsonl", questions);
    write("o.tsv", outcomes);
    write("ooe.toml", R"([[expert]]
name = "open"
base_url = "http://127.0.0.1:1/v1"
[[expert]]
name = "safe"
base_url = "http://127.0.0.1:1/v1"
clearance = "internal"
[[model]]
name = "auto"
goal = { maximise = "quality" }
)");
    EXPECT_EQ(run_ooe({"train", "--questions", "q.jsonl", "--outcomes", "o.tsv"}).code, 0);
  }
};

TEST_F(Route, SaysOfEachExpertWhyItMayNotAnswer) {
  const Ended ended = run_ooe({"route", "--privacy", "confidential", "What is 7?"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.printed,
            "nobody may answer this: open: not cleared (sees public, the request is\n"
            "confidential: header); safe: not cleared (sees internal, the request is\n"
            "confidential: header)\n");
}

TEST_F(Route, SaysWhatWasFoundThatMadeItSoPrivate) {
  const Ended ended = run_ooe({"route", "--privacy", "public", "Write to jane@example.com."});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.printed, HasSubstr("safe: not cleared (sees internal, the request is"));
  EXPECT_THAT(ended.printed, HasSubstr("confidential: email"));
}

TEST_F(Route, NamesWhoAnswers) {
  const Ended ended = run_ooe({"route", "--privacy", "internal", "What is 7?"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.printed, "safe\n");
}

// The model of `ooe train`, as one of version 4.
void make_older(const std::string& path) {
  constexpr std::size_t kVersionByte = 8;
  constexpr std::size_t kChecksumBytes = 16;
  auto bytes = read_file(path);
  ASSERT_TRUE(bytes.has_value());
  (*bytes)[kVersionByte] = 4;
  bytes->resize(bytes->size() - kChecksumBytes);
  const auto checksum = blake2b_128(*bytes);
  bytes->append(reinterpret_cast<const char*>(checksum.data()), checksum.size());
  ASSERT_TRUE(write_file_atomically(path, *bytes).has_value());
}

TEST_F(Route, WarnsOfAModelWhoseSamplePromisesTooMuch) {
  const Words route{"route", "--privacy", "internal", "What is 7?"};
  const Words evaluate{"evaluate", "--questions", "q.jsonl",  "--outcomes",
                       "o.tsv",    "--model",     "model.ooe"};
  const Words doctor{"doctor", "--timeout", "1"};
  for (const Words& words : {route, evaluate, doctor}) {
    EXPECT_THAT(run_ooe(words).said, Not(HasSubstr("promises too much"))) << words.front();
  }
  make_older("model.ooe");
  for (const Words& words : {route, evaluate, doctor}) {
    EXPECT_THAT(run_ooe(words).said, HasSubstr("model.ooe: trained before")) << words.front();
  }
  EXPECT_EQ(run_ooe(route).printed, "safe\n");
}

}  // namespace
}  // namespace ooe::cli
