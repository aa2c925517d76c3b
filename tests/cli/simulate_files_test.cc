// What `ooe simulate` writes is what other commands take.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/config.h"
#include "cli/simulation_config.h"
#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;

TEST(SimulationConfig, QuotesNamesAsTomlWantsThem) {
  simulate::SimulationOptions options;
  for (const char* name : {R"(a "b" \ c)", "d"}) options.experts.emplace_back().name = name;
  const std::uint16_t ports[] = {8001, 8002};
  const auto config = parse_config(config_for(options, ports), "ooe.toml");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_TRUE(config->catalogue.find(R"(a "b" \ c)"));
  EXPECT_EQ(config->catalogue.experts()[0].model, R"(a "b" \ c)");
}

class SimulateFiles : public InEmptyFolder {
 protected:
  SimulateFiles() {
    write("world.toml", R"([[expert]]
name = "a"
competence = { default = 0.5 }
)");
    write("q.jsonl", question("q1", "1 + 1?") + question("q2", "1 + 2?"));
  }
  static std::string question(const std::string& id, const std::string& text) {
    return fmt::format("{{\"id\": \"{}\", \"question\": \"{}\", \"answer\": \"2\"}}\n", id, text);
  }
  static Ended simulate(const std::string& more) {
    return run_ooe({"simulate", "--config", "world.toml", "--questions", "q.jsonl", "--questions",
                    more, "--write-outcomes", "o.tsv"});
  }
};

TEST_F(SimulateFiles, AQuestionOfTwoFilesHasOneRow) {
  write("more.jsonl", question("q2", "1 + 2?") + question("q3", "1 + 3?"));
  const Ended ended = simulate("more.jsonl");
  ASSERT_EQ(ended.code, 0) << ended.said;
  EXPECT_THAT(ended.printed, HasSubstr("o.tsv: 3 questions"));
  write("all.jsonl",
        question("q1", "1 + 1?") + question("q2", "1 + 2?") + question("q3", "1 + 3?"));
  const Ended taken = run_ooe({"import", "--format", "ooe", "all.jsonl", "o.tsv"});
  EXPECT_EQ(taken.code, 0) << taken.said;
}

TEST_F(SimulateFiles, TwoQuestionsOfOneIdAreRefused) {
  write("more.jsonl", question("q2", "7 + 2?"));
  const Ended ended = simulate("more.jsonl");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.said, HasSubstr("two questions 'q2' that differ"));
  EXPECT_FALSE(std::filesystem::exists("o.tsv"));
}

}  // namespace
}  // namespace ooe::cli
