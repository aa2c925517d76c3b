#include "dataset/dataset.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "core/query.h"
#include "dataset/question_file.h"

namespace ooe::dataset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Question question_of(std::string id, std::string text) {
  Question question;
  question.id = std::move(id);
  question.question = std::move(text);
  return question;
}

ExpertPrices price_of(std::string expert, double usd) {
  const TokenPrice price = *token_price(usd);
  return {std::move(expert), {price, price, price}};
}

DatasetParts small_parts() {
  DatasetParts parts;
  parts.questions = {question_of("q1", "One?"), question_of("q2", "Two?"),
                     question_of("q3", "Three?"), question_of("q4", "Four?")};
  parts.outcomes = {.ids = {"q3", "q1", "lost", "q2"},
                    .experts = {"a", "b"},
                    .scores = {1, 0, kNotMeasured, 1, 1, 1, kNotMeasured, kNotMeasured},
                    .subjects = {"law", "art", "x", "y"},
                    .categories = {}};
  return parts;
}

TEST(Dataset, RowsFollowTheOutcomesAndWhatIsLeftOutIsCounted) {
  DatasetParts parts = small_parts();
  parts.questions[0].subject = "music";
  const auto loaded = build_dataset(std::move(parts), {});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  const Dataset& data = loaded->data;
  EXPECT_THAT(data.outcomes.question_ids, ElementsAre("q3", "q1"));
  EXPECT_THAT(data.outcomes.experts, ElementsAre("a", "b"));
  EXPECT_THAT(data.texts, ElementsAre("Three?", "One?"));
  EXPECT_EQ(data.query_ids[1], query_id("  ONE? "));
  EXPECT_EQ(data.questions[0].subject, "law") << "filled from the outcomes' column";
  EXPECT_EQ(data.questions[1].subject, "music") << "the question's own label stays";
  EXPECT_EQ(data.outcomes.row(0)[0], 1.0F);
  EXPECT_TRUE(std::isnan(data.outcomes.row(1)[0]));
  EXPECT_TRUE(data.outcomes.cost_usd.empty());
  EXPECT_EQ(data.prices.size(), 2U);
  EXPECT_EQ(loaded->counts, (DatasetCounts{2, 1, 1, 0}));
}

TEST(Dataset, TheChoiceOfExpertsKeepsTheTablesOrder) {
  const auto loaded = build_dataset(small_parts(), {.experts = {"b", "a"}});
  ASSERT_TRUE(loaded.has_value());
  EXPECT_THAT(loaded->data.outcomes.experts, ElementsAre("a", "b"));
  const auto only_a = build_dataset(small_parts(), {.experts = {"a"}});
  ASSERT_TRUE(only_a.has_value());
  EXPECT_THAT(only_a->data.outcomes.question_ids, ElementsAre("q3")) << "q1 was not asked of a";
  EXPECT_EQ(only_a->counts.outcomes_empty, 2U);
}

TEST(Dataset, RefusesUnknownOrRepeatedExpertsAndNamesTheNearest) {
  const auto unknown = build_dataset(small_parts(), {.experts = {"a", "bb"}});
  ASSERT_FALSE(unknown.has_value());
  EXPECT_THAT(unknown.error().message, HasSubstr("expert 'bb'"));
  EXPECT_THAT(unknown.error().message, HasSubstr("'b'"));
  const auto twice = build_dataset(small_parts(), {.experts = {"a", "a"}});
  ASSERT_FALSE(twice.has_value());
  EXPECT_THAT(twice.error().message, HasSubstr("'a' is chosen twice"));
}

TEST(Dataset, SaysSoWhenTheFilesDoNotBelongTogether) {
  DatasetParts parts = small_parts();
  parts.questions = {question_of("other", "?")};
  const auto loaded = build_dataset(std::move(parts), {});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(loaded.error().message, HasSubstr("1 questions, 4 outcome rows"));
}

TEST(Dataset, CostIsTheRecordedOneElseTokensAtTheExpertsPrice) {
  DatasetParts parts = small_parts();
  parts.prices = {price_of("a", 1.0), price_of("b", 2.0), price_of("somebody else", 3.0)};
  parts.usage = {
      {.id = "q3", .expert = "a", .cost_usd = 0.5, .input_tokens = 10, .output_tokens = 20},
      {.id = "q3", .expert = "a", .cost_usd = 1.5},  // asked twice: the mean counts
      {.id = "q3", .expert = "b", .input_tokens = 1'000, .output_tokens = 500},
      {.id = "q1", .expert = "b", .input_tokens = 7},
      {.id = "lost", .expert = "b", .cost_usd = 1},
      {.id = "q3", .expert = "somebody else", .cost_usd = 1},
  };
  const auto loaded = build_dataset(std::move(parts), {});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  const OutcomeMatrix& outcomes = loaded->data.outcomes;
  EXPECT_FLOAT_EQ(outcomes.cost_usd[outcomes.at(0, 0)], 1.0F);
  EXPECT_FLOAT_EQ(outcomes.input_tokens[outcomes.at(0, 0)], 10.0F);
  EXPECT_FLOAT_EQ(outcomes.cost_usd[outcomes.at(0, 1)], 0.003F);
  EXPECT_FLOAT_EQ(outcomes.input_tokens[outcomes.at(1, 1)], 7.0F);
  EXPECT_TRUE(std::isnan(outcomes.cost_usd[outcomes.at(1, 1)])) << "half the tokens are no cost";
  EXPECT_TRUE(std::isnan(outcomes.cost_usd[outcomes.at(1, 0)]));
  EXPECT_EQ(loaded->counts.usage_unmatched, 2U);
  ASSERT_TRUE(loaded->data.prices[1].has_value());
  EXPECT_EQ(loaded->data.prices[1]->output.pico, 2'000'000);
}

TEST(Dataset, ChoicesArePartOfTheTextAndWorkedExamplesMayBeCutOff) {
  DatasetParts parts;
  parts.questions = {question_of("q1", "1+1?\nAnswer: 2\n\n2+2?")};
  parts.questions[0].choices = {"3", "4"};
  parts.outcomes = {
      .ids = {"q1"}, .experts = {"a"}, .scores = {1}, .subjects = {}, .categories = {}};
  const auto whole = build_dataset(parts, {});
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->data.texts[0], "1+1?\nAnswer: 2\n\n2+2?\nA. 3\nB. 4");
  const auto last = build_dataset(parts, {.experts = {}, .text_last_block = true});
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->data.texts[0], "2+2?\nA. 3\nB. 4");
  EXPECT_NE(last->data.query_ids[0], whole->data.query_ids[0]);
}

TEST(Dataset, RecordsOfAStoreBecomeTheSameTable) {
  const std::vector<Question> questions = {question_of("q2", "Two?"), question_of("q1", "One?"),
                                           question_of("q9", "Nine?")};
  const auto outcome = [](std::string id, std::string expert, float score, std::int64_t nano) {
    return Outcome{.question_id = std::move(id),
                   .expert = std::move(expert),
                   .score = score,
                   .tokens = {.input = 10, .output = 4},
                   .cost = Usd{nano},
                   .latency_ms = 5,
                   .grader = "choice/1"};
  };
  const std::vector<Outcome> outcomes = {
      outcome("q1", "b", 1.0F, 1'000'000'000), outcome("q1", "b", 0.0F, 3'000'000'000),
      outcome("q1", "a", 1.0F, 0), outcome("q2", "b", 0.5F, 0), outcome("lost", "c", 1.0F, 0)};
  const auto loaded = dataset_from_records(questions, outcomes, {price_of("a", 1.0)}, {});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  const OutcomeMatrix& matrix = loaded->data.outcomes;
  EXPECT_THAT(matrix.question_ids, ElementsAre("q2", "q1"));
  EXPECT_THAT(matrix.experts, ElementsAre("a", "b", "c"));
  EXPECT_TRUE(std::isnan(matrix.score[matrix.at(0, 0)]));
  EXPECT_FLOAT_EQ(matrix.score[matrix.at(1, 1)], 0.5F) << "the mean of two samples";
  EXPECT_FLOAT_EQ(matrix.cost_usd[matrix.at(1, 1)], 2.0F);
  EXPECT_FLOAT_EQ(matrix.output_tokens[matrix.at(0, 1)], 4.0F);
  EXPECT_TRUE(loaded->data.prices[0].has_value());
  EXPECT_EQ(loaded->counts.questions_without_outcomes, 1U);
  EXPECT_EQ(loaded->counts.outcomes_without_question, 1U);
}

// `ooe import` knows no tokens of an answer whose usage nobody recorded.
TEST(Dataset, TokensThatNobodyCountedAreNotZeroTokens) {
  const std::vector<Question> questions = {question_of("q1", "One?"), question_of("q2", "Two?")};
  const auto outcome = [](std::string id, std::string expert, TokenCounts tokens) {
    return Outcome{.question_id = std::move(id),
                   .expert = std::move(expert),
                   .score = 1.0F,
                   .tokens = tokens,
                   .cost = std::nullopt,
                   .latency_ms = 0,
                   .grader = "import:ooe/1"};
  };
  const TokenCounts unknown{.estimated = true};
  const auto none = dataset_from_records(
      questions, std::vector{outcome("q1", "a", unknown), outcome("q2", "a", unknown)},
      {price_of("a", 1.0)}, {});
  ASSERT_TRUE(none.has_value()) << none.error().message;
  EXPECT_TRUE(none->data.outcomes.output_tokens.empty());
  EXPECT_TRUE(none->data.outcomes.cost_usd.empty());

  const auto some = dataset_from_records(
      questions,
      std::vector{outcome("q1", "a", unknown),
                  outcome("q2", "a", {.input = 10, .output = 30, .estimated = true})},
      {price_of("a", 1.0)}, {});
  ASSERT_TRUE(some.has_value()) << some.error().message;
  EXPECT_TRUE(std::isnan(some->data.outcomes.output_tokens[0]));
  EXPECT_TRUE(std::isnan(some->data.outcomes.input_tokens[0]));
  EXPECT_TRUE(std::isnan(some->data.outcomes.cost_usd[0]));
  EXPECT_FLOAT_EQ(some->data.outcomes.output_tokens[1], 30.0F);

  const auto half =
      dataset_from_records(questions,
                           std::vector{outcome("q1", "a", {.input = 10, .estimated = true}),
                                       outcome("q2", "a", {.output = 30, .estimated = true})},
                           {price_of("a", 1.0)}, {});
  ASSERT_TRUE(half.has_value()) << half.error().message;
  EXPECT_FLOAT_EQ(half->data.outcomes.input_tokens[0], 10.0F);
  EXPECT_TRUE(std::isnan(half->data.outcomes.output_tokens[0]));
  EXPECT_TRUE(std::isnan(half->data.outcomes.input_tokens[1]));
  EXPECT_FLOAT_EQ(half->data.outcomes.output_tokens[1], 30.0F);
  EXPECT_TRUE(std::isnan(half->data.outcomes.cost_usd[0])) << "half an answer has no cost";
  EXPECT_TRUE(std::isnan(half->data.outcomes.cost_usd[1]));
}

class DatasetOnDisk : public ::testing::Test {
 protected:
  // Returns the path of a file with these bytes.
  static std::string file(const std::string& name, const std::string& bytes) {
    std::string path = std::string(::testing::TempDir()) + "/dataset_test_" + name;
    EXPECT_TRUE(write_file_atomically(path, bytes).has_value());
    return path;
  }

  const DatasetFiles files_{
      .questions = file("q.jsonl.gz", questions_jsonl(small_parts().questions)),
      .outcomes = file("o.tsv", outcomes_tsv(small_parts().outcomes)),
      .usage = file("u.tsv", "id\tmodel\tcost_usd\nq3\ta\t0.5\n"),
      .prices = file("p.tsv", "expert\tinput\toutput\na\t1\t1\nb\t2\t2\nz\t9\t9\n"),
      .price_options = {"b=3/4"},
      .experts = "b,a"};
};

TEST_F(DatasetOnDisk, FilesAreReadAndJoined) {
  const auto loaded = load_dataset(files_);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->data.outcomes.n_queries(), 2U);
  EXPECT_FLOAT_EQ(loaded->data.outcomes.cost_usd[0], 0.5F);
  EXPECT_EQ(loaded->data.prices[0]->output.pico, 1'000'000);
  EXPECT_EQ(loaded->data.prices[1]->output.pico, 4'000'000) << "the option beats the file";
}

TEST_F(DatasetOnDisk, AMissingOrDamagedFileIsNamed) {
  for (std::string DatasetFiles::*file : {&DatasetFiles::questions, &DatasetFiles::outcomes,
                                          &DatasetFiles::usage, &DatasetFiles::prices}) {
    DatasetFiles files = files_;
    files.*file = "/nowhere/file";
    const auto loaded = load_dataset(files);
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().code, ErrorCode::not_found);
    EXPECT_THAT(loaded.error().message, HasSubstr("/nowhere/file"));
  }
  DatasetFiles files = files_;
  files.questions = file("cut.jsonl.gz", std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b", 11));
  const auto cut = load_dataset(files);
  ASSERT_FALSE(cut.has_value());
  EXPECT_EQ(cut.error().code, ErrorCode::corrupt);
}

TEST_F(DatasetOnDisk, APriceOptionThatNamesNoColumnIsASlip) {
  DatasetFiles files = files_;
  files.price_options = {"z=1/1"};
  const auto loaded = load_dataset(files);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(loaded.error().message, HasSubstr("price 'z=1/1'"));
}

TEST_F(DatasetOnDisk, ExpertsMayComeFromAFile) {
  const std::string path = file("experts.txt", "a\r\n\nb c,d\n");
  const auto names = parse_expert_list("@" + path);
  ASSERT_TRUE(names.has_value()) << names.error().message;
  EXPECT_THAT(*names, ElementsAre("a", "b c", "d"));
  EXPECT_FALSE(parse_expert_list("").has_value());
  EXPECT_FALSE(parse_expert_list(",").has_value());
  EXPECT_FALSE(parse_expert_list("@/nowhere/list").has_value());
  const auto twice = parse_expert_list("a,b, a");
  ASSERT_FALSE(twice.has_value()) << "it would be asked, and paid, twice";
  EXPECT_THAT(twice.error().message, HasSubstr("a is named twice"));
}

}  // namespace
}  // namespace ooe::dataset
