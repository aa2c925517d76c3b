#include "dataset/foreign_outcomes.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ooe::dataset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(ForeignOutcomes, ReadsRouteLlmsTables) {
  const auto read = parse_routellm(
      ",prompt,mixtral,gpt-4\n0,\"What, then?\",True,False\n1,Who?,,True\n2,,True,True\n"
      "3,Why?,maybe,0.5\n",
      "f.csv", "gsm8k");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->questions.size(), 3U);
  EXPECT_EQ(read->questions[0].question, "What, then?");
  EXPECT_EQ(read->questions[0].id, "gsm8k-2");
  ASSERT_EQ(read->outcomes.size(), 4U);
  EXPECT_EQ(read->outcomes[0].expert, "mixtral");
  EXPECT_EQ(read->outcomes[0].score, 1.0F);
  EXPECT_EQ(read->outcomes[1].score, 0.0F);
  EXPECT_EQ(read->outcomes[2].expert, "gpt-4");
  EXPECT_EQ(read->outcomes[2].question, 1U);
  EXPECT_EQ(read->outcomes[3].score, 0.5F);
  EXPECT_THAT(
      read->skipped,
      UnorderedElementsAre(Pair("empty cells (not measured)", 1), Pair("rows without a prompt", 1),
                           Pair("cells of 'mixtral' that are no score in [0, 1]", 1)));
}

TEST(ForeignOutcomes, AnIndexIsNoExpertWhateverItsName) {
  const auto read =
      parse_routellm("idx,prompt,m\n0,a,1\n1,b,0\n2,c,1\n3,d,1\n4,e,nan\n", "f.csv", "b");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->outcomes.size(), 4U);
  for (const auto& outcome : read->outcomes) EXPECT_EQ(outcome.expert, "m");
  EXPECT_THAT(read->skipped,
              UnorderedElementsAre(Pair("columns of which most cells are no score ('idx')", 1),
                                   Pair("cells of NA, null or the like (not measured)", 1)));
}

// An expert measured on two of seven questions, with the words of several programs for the others.
TEST(ForeignOutcomes, TakesNaAndItsLikeForNotMeasured) {
  for (const std::string nothing : {"NA", "NaN", "nan", "null", "None", "N/A", "NULL"}) {
    SCOPED_TRACE(nothing);
    std::string csv = "prompt,m,m|total_cost,k,k|total_cost\n";
    for (int i = 0; i < 5; ++i) csv += fmt::format("Q{},{},,1,0.5\n", i, nothing);
    csv += "Q5,1,,0,\nQ6,0,0.25,0,\n";
    const auto read = parse_routerbench(csv, "f.csv", "b");
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->questions.size(), 7U);
    EXPECT_EQ(std::ranges::count(read->outcomes, "m", &ForeignOutcome::expert), 2);
    EXPECT_EQ(read->outcomes.size(), 9U);
    EXPECT_THAT(read->skipped,
                ElementsAre(Pair("cells of NA, null or the like (not measured)", 5)));
  }
}

TEST(ForeignOutcomes, ReadsRouterBenchsWideTables) {
  const auto read = parse_routerbench(
      "sample_id,prompt,eval_name,gpt-4,gpt-4|model_response,gpt-4|total_cost,llama,"
      "llama|total_cost,oracle_model_to_route_to\n"
      "mmlu.1,\"['Q?']\",mmlu,1.0,\"A, b\",0.002,0.25,0.0001,gpt-4\n"
      "mmlu.1,again,mmlu,1.0,A,0.002,0.25,0.0001,gpt-4\n"
      "mmlu.2,Q2,mmlu,7,A,-1,0,x,gpt-4\n",
      "f.csv", "rb");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->questions.size(), 2U);
  EXPECT_EQ(read->questions[0].id, "mmlu.1");
  EXPECT_EQ(read->questions[0].subject, "mmlu");
  ASSERT_EQ(read->outcomes.size(), 3U);
  EXPECT_EQ(read->outcomes[0].cost_usd, 0.002);
  EXPECT_EQ(read->outcomes[1].expert, "llama");
  EXPECT_EQ(read->outcomes[1].score, 0.25F);
  EXPECT_FALSE(read->outcomes[2].cost_usd.has_value());
  EXPECT_THAT(read->skipped,
              UnorderedElementsAre(Pair("rows whose id was there before", 1),
                                   Pair("costs of 'llama' that are no amount from 0 USD up", 1),
                                   Pair("cells of 'gpt-4' that are no score in [0, 1]", 1)));
}

TEST(ForeignOutcomes, ReadsTheHarnesssSampleLogs) {
  const auto read = parse_lm_eval(
      R"({"doc_id":0,"doc":{"question":"Q0?"},"arguments":[["long prompt",{}]],"filter":"strict-match","exact_match":1.0}
{"doc_id":0,"doc":{"question":"Q0?"},"filter":"flexible-extract","exact_match":0.0}
{"doc_id":1,"doc":{"text":"x"},"arguments":{"gen_args_0":{"arg_0":"P1"}},"filter":"strict-match","exact_match":false}
{"doc_id":2,"doc":{},"arguments":[["P2"," A"],["P2"," B"]],"acc":0.5,"acc_norm":1}
{"doc_id":3,"doc":{"question":"Q3?"},"f1":0.5}
{"doc_id":4,"doc":{"question":"Q4?"},"acc":12}
{"doc_id":2,"doc":{"question":"Q2?"},"acc":1}
)",
      "f.jsonl", "gsm8k", {.expert = "mistral", .metric = "", .filter = ""});
  ASSERT_TRUE(read.has_value()) << read.error().message;
  std::vector<std::string> texts;
  for (const Question& question : read->questions) texts.push_back(question.question);
  EXPECT_THAT(texts, ElementsAre("Q0?", "P1", "P2"));
  ASSERT_EQ(read->outcomes.size(), 3U);
  EXPECT_EQ(read->outcomes[0].score, 1.0F);
  EXPECT_EQ(read->outcomes[1].score, 0.0F);
  EXPECT_EQ(read->outcomes[2].score, 0.5F);
  EXPECT_EQ(read->outcomes[2].expert, "mistral");
  EXPECT_THAT(read->skipped,
              UnorderedElementsAre(Pair("lines of other filters than 'strict-match'", 1),
                                   Pair("lines without the metric 'acc or exact_match'", 1),
                                   Pair("lines whose metric is no score in [0, 1]", 1),
                                   Pair("lines whose doc_id was there before", 1)));
  EXPECT_EQ(parse_lm_eval(R"({"doc_id":2,"doc":{"question":"Q"},"acc":0,"acc_norm":1})", "f", "b",
                          {.expert = "m", .metric = "acc_norm", .filter = ""})
                ->outcomes[0]
                .score,
            1.0F);
}

TEST(ForeignOutcomes, ReadsTheHarnesssChoicesAndAnswers) {
  const auto read = parse_lm_eval(
      R"({"doc_id":0,"doc":{"question":"MMLU?","choices":["8","2","24","120"],"answer":2},"target":"C","acc":1}
{"doc_id":1,"doc":{"question":"ARC?","choices":{"text":["x","y"],"label":["1","2"]},"answerKey":"2"},"acc":1}
{"doc_id":2,"doc":{"question":"Gold?","choices":["x","y"],"gold":"y"},"acc":1}
{"doc_id":3,"doc":{"question":"GSM8K?","answer":"Add.\n#### 72"},"target":"Add.\n#### 72","acc":1}
{"doc_id":4,"doc":{"question":"Which?","choices":["x","y"],"answer":7},"target":"B","acc":1}
{"doc_id":5,"doc":{"question":"Odd?","choices":[1,2]},"target":["a"],"acc":1}
)",
      "f.jsonl", "b", {.expert = "m", .metric = "", .filter = ""});
  ASSERT_TRUE(read.has_value()) << read.error().message;
  std::vector<std::string> answers;
  for (const Question& question : read->questions) answers.push_back(question.answer);
  EXPECT_THAT(answers, ElementsAre("C", "B", "B", "72", "B", ""));
  EXPECT_THAT(read->questions[1].choices, ElementsAre("x", "y"));
  EXPECT_TRUE(read->questions[5].choices.empty());
}

TEST(ForeignOutcomes, TheHarnesssLogsOfTwoExpertsAreOfOneTask) {
  EXPECT_EQ(lm_eval_task("samples_gsm8k_2024-05-01T10-11-12.123456"), "gsm8k");
  EXPECT_EQ(lm_eval_task("samples_mmlu_law_2024-05-01T10-11-12"), "mmlu_law");
  EXPECT_EQ(lm_eval_task("samples_mmlu_law"), "mmlu_law");
  EXPECT_EQ(lm_eval_task("my_log_2024"), "my_log_2024");
  EXPECT_EQ(lm_eval_task("samples_"), "samples_");
}

TEST(ForeignOutcomes, RefusesFilesOfOtherFormatsByName) {
  EXPECT_THAT(parse_routellm("", "f", "b").error().message, HasSubstr("f: the file is empty"));
  EXPECT_THAT(parse_routellm("question,gpt-4\n", "f", "b").error().message,
              HasSubstr("f:1: no column 'prompt'"));
  EXPECT_THAT(parse_routellm("prompt\n", "f", "b").error().message,
              HasSubstr("no column of a model"));
  EXPECT_THAT(parse_routellm("prompt,m\nx\n", "f", "b").error().message,
              HasSubstr("f:2: 1 cells under 2 columns"));
  EXPECT_THAT(parse_routerbench("prompt,gpt-4\nx,1\n", "f", "b").error().message,
              HasSubstr("MODEL|total_cost"));
  EXPECT_THAT(
      parse_lm_eval("{}", "f", "b", {.expert = "m", .metric = "", .filter = ""}).error().message,
      HasSubstr("f:1: no 'doc_id'"));
  EXPECT_THAT(parse_routellm("prompt,m\n\xff,True\n", "f", "b").error().message,
              HasSubstr("UTF-8"));
}

TEST(ForeignOutcomes, RefusesNamesThatOurFilesCannotHave) {
  for (const std::string name : {"\"a\tb\"", "\"a,b\"", "\"a\nb\"", "a ", "subject"}) {
    SCOPED_TRACE(name);
    const auto read = parse_routellm("prompt," + name + "\nx,True\n", "f", "b");
    ASSERT_FALSE(read.has_value());
    EXPECT_THAT(read.error().message, HasSubstr("f:1: column '"));
    EXPECT_THAT(read.error().message, HasSubstr("rename it"));
  }
  EXPECT_THAT(parse_routellm("prompt,a,a\nx,True,False\n", "f", "b").error().message,
              HasSubstr("column 'a' is there twice"));
  EXPECT_THAT(parse_routerbench("prompt,a,a,a|total_cost\nx,1,0,1\n", "f", "b").error().message,
              HasSubstr("column 'a' is there twice"));
  EXPECT_THAT(
      parse_lm_eval("{}", "f", "b", {.expert = "a\tb", .metric = "", .filter = ""}).error().message,
      HasSubstr("no control character"));
}

TEST(ForeignOutcomes, KnowsRouterBenchsColumns) {
  EXPECT_THAT(parse_routellm("prompt,a,a|total_cost\nx,1,0.1\n", "f", "b").error().message,
              HasSubstr("--format routerbench"));
}

TEST(ForeignOutcomes, CountsCostsThatAreNone) {
  const auto read = parse_routerbench(
      "prompt,a,a|total_cost\np,1,-0.5\nq,1,inf\nr,1,nan\ns,1,much\nt,1,\nu,1,0.25\n", "f", "b");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->skipped.at("costs of 'a' that are no amount from 0 USD up"), 4U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_FALSE(read->outcomes[i].cost_usd.has_value());
  EXPECT_EQ(read->outcomes[5].cost_usd, 0.25);
}

}  // namespace
}  // namespace ooe::dataset
