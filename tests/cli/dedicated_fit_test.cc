// What `ooe dedicated fit` prints is what the configuration and `ooe serve` take.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;

// An own expert that knows half of the questions, and one that knows nearly all of them.
class DedicatedFit : public InEmptyFolder {
 protected:
  DedicatedFit() {
    std::string questions;
    std::string outcomes = "id\tmine\tbig \\ one\n";
    for (int i = 0; i < 60; ++i) {
      questions +=
          fmt::format("{{\"id\": \"q{0}\", \"question\": \"{1} {0}?\", \"answer\": \"1\"}}\n", i,
                      i % 2 == 0 ? "How much is" : "Why is the sky so");
      outcomes += fmt::format("q{}\t{}\t{}\n", i, i % 2 == 0 ? 1 : 0, i % 10 == 0 ? 0 : 1);
    }
    write("q.jsonl", questions);
    write("o.tsv", outcomes);
  }

  static Ended fit(const Words& goal) {
    Words words{"dedicated", "fit",      "--questions", "q.jsonl",         "--outcomes",
                "o.tsv",     "--own",    "mine",        "--generic",       "big \\ one",
                "--price",   "mine=1/1", "--price",     "big \\ one=10/20"};
    words.insert(words.end(), goal.begin(), goal.end());
    return run_ooe(words);
  }

  // A configuration with both experts and the [[model]] that was printed.
  static void write_config(const std::string& model) {
    write("ooe.toml", R"([privacy]
default = "public"
[[expert]]
name = "mine"
base_url = "http://127.0.0.1:1/v1"
own = true
price = { input = 1, output = 1 }
[[expert]]
name = 'big \ one'
base_url = "http://127.0.0.1:1/v1"
price = { input = 10, output = 20 }
)" + model);
  }
};

TEST_F(DedicatedFit, PrintsWhatServingTakes) {
  const Words kGoals[] = {{"--usd-per-1k", "3"},
                          {"--usd-per-1k", "1000000"},
                          {"--usd-per-1k", "2.5"},
                          {"--ownership", "0.00001"},
                          {"--ownership", "1"},
                          {"--match", "0.5"},
                          {"--usd-per-1k", "3", "--name", "a \"b\"\tc"}};
  for (const Words& goal : kGoals) {
    SCOPED_TRACE(::testing::PrintToString(goal));
    const Ended fitted = fit(goal);
    ASSERT_EQ(fitted.code, 0) << fitted.said;
    const std::size_t table = fitted.printed.find("[[model]]");
    ASSERT_NE(table, std::string::npos);
    write_config(fitted.printed.substr(table));
    const Ended routed = run_ooe({"route", "How much is 7?"});
    EXPECT_EQ(routed.code, 0) << routed.said;
  }
}

TEST_F(DedicatedFit, WritesNothingThatServingWouldRefuse) {
  const Ended fitted = fit({"--usd-per-1k", "0.000001"});
  EXPECT_EQ(fitted.code, 1);
  EXPECT_THAT(fitted.said, HasSubstr("nothing was written"));
  EXPECT_FALSE(std::filesystem::exists("model.ooe"));
  EXPECT_EQ(fit({"--usd-per-1k", "10000000"}).code, 2) << "more than a configuration takes";
}

}  // namespace
}  // namespace ooe::cli
