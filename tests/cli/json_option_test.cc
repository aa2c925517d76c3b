// --json and --json=FILE, of every command that has them and a folder can hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class JsonOptionTest : public InEmptyFolder {
 protected:
  JsonOptionTest() {
    std::string questions;
    std::string outcomes = "id\ta\tb\n";
    for (int i = 0; i < 60; ++i) {
      questions +=
          fmt::format("{{\"id\": \"q{0}\", \"subject\": \"s{2}\", \"question\": \"{1} {0}?\"}}\n",
                      i, i % 2 == 0 ? "How much is" : "Why is the sky so", i % 2);
      outcomes += fmt::format("q{}\t{}\t{}\n", i, i % 2, i % 3 == 0 ? 0 : 1);
    }
    write("q.jsonl", questions);
    write("o.tsv", outcomes);
  }

  // With `--json` prints nothing but JSON; with `--json=F` writes the same and prints text.
  static Json both(const Words& command) {
    SCOPED_TRACE(command.front());
    Words to_stdout = command;
    to_stdout.emplace_back("--json");
    const Ended printed = run_ooe(to_stdout);
    EXPECT_EQ(printed.code, 0) << printed.said;
    Words to_file = command;
    to_file.emplace_back("--json=out.json");
    const Ended written = run_ooe(to_file);
    EXPECT_EQ(written.code, 0) << written.said;
    EXPECT_THAT(written.printed, Not(HasSubstr("\":")));
    EXPECT_FALSE(written.printed.empty());
    EXPECT_EQ(read_file("out.json").value_or(""), printed.printed);
    return Json::parse(printed.printed, nullptr, false);
  }

  static void train(const std::string& out) {
    ASSERT_EQ(run_ooe({"train", "--questions", "q.jsonl", "--outcomes", "o.tsv", "--no-baselines",
                       "--out", out})
                  .code,
              0);
  }
};

const Words kTrain{"train", "--questions",    "q.jsonl", "--outcomes",
                   "o.tsv", "--no-baselines", "--out",   "m.ooe"};

TEST_F(JsonOptionTest, OfTrain) {
  const Json told = both(kTrain);
  EXPECT_EQ(told["model"], "m.ooe");
  EXPECT_EQ(told["experts"], (Json{"a", "b"}));
  EXPECT_EQ(told["held_out"], true);
  EXPECT_EQ(told["metrics"]["questions"], 60.0);
  EXPECT_FALSE(told["candidates"].empty());
}

TEST_F(JsonOptionTest, OfAPriorModelThatKnewTheQuestions) {
  train("prior.ooe");
  Words words = kTrain;
  words.insert(words.end(), {"--prior-model", "prior.ooe"});
  const Json told = both(words);
  EXPECT_EQ(told["held_out"], false);
  const Ended ended = run_ooe(words);
  EXPECT_THAT(ended.said, HasSubstr("prior.ooe was trained on 60 of its 60 questions"));
  EXPECT_THAT(ended.said, HasSubstr("or train without one"));
  EXPECT_THAT(ended.printed, HasSubstr("Not held out"));
}

TEST_F(JsonOptionTest, OfAdapt) {
  train("m.ooe");
  write("new.tsv", "id\tc\nq0\t1\nq1\t0\n");
  const Json told = both({"adapt", "--model", "m.ooe", "--questions", "q.jsonl", "--outcomes",
                          "new.tsv", "--out", "m2.ooe"});
  EXPECT_EQ(told["added"], Json{"c"});
  EXPECT_EQ(told["experts"], (Json{"a", "b", "c"}));
  EXPECT_EQ(told["removed"], 0);
}

TEST_F(JsonOptionTest, OfImportTakesNoFileForItsOwn) {
  const std::string questions = read_file("q.jsonl").value_or("");
  const Ended ended =
      run_ooe({"import", "--db", "i.db", "--format", "ooe", "--json", "q.jsonl", "o.tsv"});
  ASSERT_EQ(ended.code, 0) << ended.said;
  EXPECT_EQ(read_file("q.jsonl").value_or(""), questions);
  const Json told = Json::parse(ended.printed, nullptr, false);
  ASSERT_EQ(told["files"].size(), 1U);
  EXPECT_EQ(told["files"][0]["questions"], 60);
  EXPECT_EQ(told["files"][0]["experts"][0]["expert"], "a");
  EXPECT_EQ(told["files"][0]["experts"][0]["accuracy"], 0.5);
  EXPECT_EQ(told["files"][0]["experts"][0]["usd"], nullptr);
  EXPECT_EQ(both({"import", "--db", "i.db", "--format", "ooe", "q.jsonl", "o.tsv"}), told);
}

constexpr std::string_view kConfig =
    "[[expert]]\nname = \"a\"\nbase_url = \"http://127.0.0.1:1/v1\"\n"
    "[[expert]]\nname = \"b\"\nbase_url = \"http://127.0.0.1:1/v1\"\n"
    "[[model]]\nname = \"auto\"\ngoal = { maximise = \"quality\" }\n"
    "[predictor]\nfile = \"now.ooe\"\n[privacy]\ndefault = \"public\"\n";

TEST_F(JsonOptionTest, OfPromote) {
  train("m.ooe");
  write("ooe.toml", std::string(kConfig));
  const Json told = both({"promote", "m.ooe"});
  EXPECT_EQ(told["model"], "m.ooe");
  EXPECT_EQ(told["now"], "now.ooe");
  EXPECT_EQ(told["held_out"], true);
}

TEST_F(JsonOptionTest, OfKeysTellsASecretOnceAndToNoFile) {
  write("ooe.toml", std::string(kConfig));
  const Ended made = run_ooe({"keys", "add", "alice", "--usd-per-day", "5", "--json"});
  ASSERT_EQ(made.code, 0) << made.said;
  const Json added = Json::parse(made.printed, nullptr, false);
  const auto secret = added["key"].get<std::string>();
  EXPECT_TRUE(secret.starts_with("ooe_")) << secret;
  EXPECT_EQ(run_ooe({"keys", "add", "bob", "--json=key.json"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists("key.json"));

  const Ended listed = run_ooe({"keys", "list", "--json"});
  ASSERT_EQ(listed.code, 0) << listed.said;
  EXPECT_THAT(listed.printed, Not(HasSubstr(secret)));
  const Json told = Json::parse(listed.printed, nullptr, false);
  ASSERT_EQ(told["keys"].size(), 1U);
  EXPECT_EQ(told["keys"][0]["name"], "alice");
  EXPECT_EQ(told["keys"][0]["usd_per_day"], "5");
  EXPECT_EQ(told["keys"][0]["usd_per_month"], nullptr);
  EXPECT_FALSE(told["keys"][0].contains("key"));
}

TEST_F(JsonOptionTest, OfDedicatedFit) {
  const Json told = both({"dedicated", "fit", "--questions", "q.jsonl", "--outcomes", "o.tsv",
                          "--own", "a", "--generic", "b", "--ownership", "0.5", "--out", "d.ooe"});
  EXPECT_EQ(told["model"], "d.ooe");
  EXPECT_EQ(told["pair"]["own"], "a");
  EXPECT_EQ(told["added_to"], nullptr);
  EXPECT_FALSE(told["card"]["kept"].empty());
}

TEST_F(JsonOptionTest, OfADryInterview) {
  write("ooe.toml", std::string(kConfig));
  const Json told = both({"interview", "--benchmark", "q.jsonl", "--dry-run", "--grader", "text"});
  EXPECT_EQ(told["event"], "dry_run");
}

TEST_F(JsonOptionTest, EvaluateWritesThePageToo) {
  const Ended ended = run_ooe({"evaluate", "--questions", "q.jsonl", "--outcomes", "o.tsv",
                               "--folds", "2", "--html", "page"});
  ASSERT_EQ(ended.code, 0) << ended.said;
  const std::string page = read_file("page/index.html").value_or("");
  EXPECT_THAT(page, HasSubstr("Does the predictor earn its place?"));
  EXPECT_THAT(page, HasSubstr("domain by domain"));
  EXPECT_THAT(page, Not(HasSubstr("Which experts earn their place")));
  EXPECT_THAT(ended.printed, HasSubstr("Experts alone"));
}

}  // namespace
}  // namespace ooe::cli
