// The three tables share a reader, so they share the cases of bad tables.
#include <cmath>
#include <functional>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "dataset/outcome_file.h"
#include "dataset/price_file.h"
#include "dataset/usage_file.h"

namespace ooe::dataset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Returns the error's message, or an empty text when the table was read.
template <class T>
std::string message_of(const Result<T>& result) {
  return result ? std::string() : result.error().message;
}

struct BadTable {
  std::string_view text;
  std::string_view says;
};

TEST(OutcomeFile, ReadsScoresBlanksAndLabels) {
  const auto table = parse_outcomes(
      "id\tcategory\tsubject\tgpt-4(MoT greedy CoT)\thelm:a/b@001\r\n"
      "q1\tSTEM\tphysics\t1\t\r\n"
      "\n"
      "q2\t\tlaw\t0.25\t0",
      "o.tsv");
  ASSERT_TRUE(table.has_value()) << table.error().message;
  EXPECT_THAT(table->ids, ElementsAre("q1", "q2"));
  EXPECT_THAT(table->experts, ElementsAre("gpt-4(MoT greedy CoT)", "helm:a/b@001"));
  EXPECT_THAT(table->categories, ElementsAre("STEM", ""));
  EXPECT_THAT(table->subjects, ElementsAre("physics", "law"));
  EXPECT_EQ(table->row(0)[0], 1.0F);
  EXPECT_TRUE(std::isnan(table->row(0)[1]));
  EXPECT_THAT(table->row(1), ElementsAre(0.25F, 0.0F));
}

TEST(OutcomeFile, RefusesBadTablesAndSaysWhereAndWhy) {
  const BadTable tables[] = {
      {"", "o.tsv: the file is empty"},
      {"question\ta\n", "o.tsv: the first column is 'question'"},
      {"id\n", "no expert's column"},
      {"id\tsubject\n", "no expert's column"},
      {"id\ta\t\n", "o.tsv:1: column 3 has no name"},
      {"id\ta\ta\n", "o.tsv:1: column 'a': the name is there twice"},
      {"id\ta\t b\n", "o.tsv:1: column 3: an expert's name neither begins nor ends with a space"},
      {"id\ta\x1B[31m\n", "o.tsv:1: column 2: an expert's name neither begins nor ends"},
      {"id\ta,b\n", "o.tsv:1: column 'a,b': an expert's name has no comma"},
      {"id\ta\tsubject\n", "o.tsv:1: column 'subject': it describes the question"},
      {"id\ta\xFF\n", "o.tsv:1: not valid UTF-8"},
      {"id\ta\nq\xC3\t1\n", "o.tsv:2: not valid UTF-8"},
      {"id\ta\nq1\t1\t0\n", "o.tsv:2: 3 cells, but the header names 2 columns"},
      {"id\ta\nq1\n", "o.tsv:2: 1 cells"},
      {"id\ta\n\t1\n", "o.tsv:2: column 'id': empty"},
      {"id\ta\nq1\t1\n\nq1\t0\n", "o.tsv:4: column 'id': 'q1' is there twice"},
      {"id\ta\nq1\t1.01\n", "o.tsv:2: column 'a': '1.01' is out of range; a score lies in [0, 1]"},
      {"id\ta\nq1\t-0.1\n", "'-0.1' is out of range"},
      {"id\ta\nq1\tnan\n", "'nan' is not a number"},
      {"id\ta\nq1\tinf\n", "'inf' is not a number"},
      {"id\ta\nq1\t1e999\n", "'1e999' is not a number"},
      {"id\ta\nq1\t0.5x\n", "'0.5x' is not a number"},
      {"id\ta\nq1\t 1\n", "' 1' is not a number"},
      {"id\ta\nq1\tyes\n", "'yes' is not a number"},
  };
  for (const auto& [text, says] : tables) {
    SCOPED_TRACE(text);
    EXPECT_THAT(message_of(parse_outcomes(text, "o.tsv")), HasSubstr(std::string(says)));
  }
}

TEST(OutcomeFile, LongValuesAreCutInMessagesOnACharactersBorder) {
  std::string score(59, 'x');
  for (int i = 0; i < 40; ++i) score += "\xC3\xA9";
  const auto message = message_of(parse_outcomes("id\ta\nq1\t" + score + "\n", "o.tsv"));
  EXPECT_THAT(message, HasSubstr("'" + std::string(59, 'x') + "...'"));
}

TEST(OutcomeFile, WhatIsWrittenIsReadBackTheSame) {
  Rng rng(7);
  OutcomeTable table;
  table.experts = {"a", "b c", "d=e"};
  for (int row = 0; row < 100; ++row) {
    table.ids.push_back("q" + std::to_string(row));
    table.subjects.push_back(row % 3 == 0 ? "" : "law");
    for (std::size_t expert = 0; expert < table.experts.size(); ++expert) {
      table.scores.push_back(rng.below(4) == 0 ? kNotMeasured : static_cast<float>(rng.uniform()));
    }
  }
  const auto path = std::string(::testing::TempDir()) + "/table_files_test.tsv.gz";
  ASSERT_TRUE(write_outcomes(path, table).has_value());
  const auto read = load_outcomes(path);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->ids, table.ids);
  EXPECT_EQ(read->experts, table.experts);
  EXPECT_EQ(read->subjects, table.subjects);
  EXPECT_TRUE(read->categories.empty());
  ASSERT_EQ(read->scores.size(), table.scores.size());
  for (std::size_t i = 0; i < table.scores.size(); ++i) {
    EXPECT_TRUE(std::isnan(table.scores[i]) ? std::isnan(read->scores[i])
                                            : read->scores[i] == table.scores[i]);
  }
}

TEST(OutcomeFile, IsNotWrittenWithANameThatWouldNotBeReadBack) {
  for (const std::string name : {"a\tb", "a,b", "a\n", " a", "\xff", "subject", ""}) {
    const OutcomeTable table{
        .ids = {"q"}, .experts = {name}, .scores = {1.0F}, .subjects = {}, .categories = {}};
    const std::string path = ::testing::TempDir() + "unreadable.tsv";
    EXPECT_NE(message_of(write_outcomes(path, table)), "") << name;
    EXPECT_FALSE(load_outcomes(path).has_value());
  }
}

TEST(UsageFile, ReadsTheColumnsThatAreThere) {
  const auto usage = parse_usage(
      "id\tmodel\toutput_tokens\tcost_usd\tseconds\n"
      "q1\ta\t14\t1.22e-05\t\n"
      "q1\ta\t\t\t0.5\n",
      "u.tsv");
  ASSERT_TRUE(usage.has_value()) << usage.error().message;
  ASSERT_EQ(usage->size(), 2U);
  EXPECT_EQ((*usage)[0].expert, "a");
  EXPECT_EQ((*usage)[0].output_tokens, 14.0);
  EXPECT_EQ((*usage)[0].cost_usd, 1.22e-05);
  EXPECT_FALSE((*usage)[0].seconds.has_value());
  EXPECT_FALSE((*usage)[0].latency_ms.has_value());
  EXPECT_EQ((*usage)[1].seconds, 0.5);
}

TEST(UsageFile, RefusesBadTablesAndSaysWhereAndWhy) {
  const BadTable tables[] = {
      {"", "u.tsv: the file is empty"},
      {"id\tcost_usd\n", "must start with id<TAB>model"},
      {"id\n", "must start with id<TAB>model"},
      {"id\tmodel\ttokens\n",
       "u.tsv:1: column 'tokens': not known; drop it or use one of cost_usd latency_ms "
       "input_tokens output_tokens seconds response_chars"},
      {"id\tmodel\tcost_usd\tcost_usd\n", "the name is there twice"},
      {"id\tmodel\tcost_usd\nq1\t\t1\n", "u.tsv:2: column 'model': empty"},
      {"id\tmodel\tcost_usd\n\ta\t1\n", "u.tsv:2: column 'id': empty"},
      {"id\tmodel\tcost_usd\nq1\ta\t-1\n", "u.tsv:2: column 'cost_usd': '-1' is out of range"},
      {"id\tmodel\tcost_usd\nq1\ta\tnan\n", "'nan' is not a number"},
      {"id\tmodel\tcost_usd\nq1\ta\t1e10\n",
       "u.tsv:2: column 'cost_usd': '1e10' is out of range; give a number from 0 to 1000000, or"},
      {"id\tmodel\tlatency_ms\nq1\ta\t1e30\n", "'1e30' is out of range"},
      {"id\tmodel\tinput_tokens\nq1\ta\t1e30\n", "'1e30' is out of range"},
      {"id\tmodel\toutput_tokens\nq1\ta\t1e30\n",
       "'1e30' is out of range; give a number from 0 to 1000000000, or nothing"},
      {"id\tmodel\tseconds\nq1\ta\t1e30\n", "'1e30' is out of range"},
      {"id\tmodel\tresponse_chars\nq1\ta\t1e30\n", "'1e30' is out of range"},
      {"id\tmodel\tcost_usd\nq1\ta\n", "u.tsv:2: 2 cells"},
  };
  for (const auto& [text, says] : tables) {
    SCOPED_TRACE(text);
    EXPECT_THAT(message_of(parse_usage(text, "u.tsv")), HasSubstr(std::string(says)));
  }
}

TEST(PriceFile, ReadsUsdPerMillionTokensAndSkipsNotes) {
  const auto prices = parse_prices("expert\tinput\toutput\tbasis\na b\t0.2\t60\thosted\n", "p.tsv");
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  ASSERT_EQ(prices->size(), 1U);
  EXPECT_EQ(prices->front().expert, "a b");
  EXPECT_EQ(prices->front().prices.input.pico, 200'000);
  EXPECT_EQ(prices->front().prices.cached_input.pico, 200'000);
  EXPECT_EQ(prices->front().prices.output.pico, 60'000'000);
}

TEST(PriceFile, RefusesBadTablesAndSaysWhereAndWhy) {
  const BadTable tables[] = {
      {"", "p.tsv: the file is empty"},
      {"expert\tinput\n", "must start with expert<TAB>input<TAB>output"},
      {"expert\toutput\tinput\n", "must start with expert<TAB>input<TAB>output"},
      {"expert\tinput\toutput\n\t1\t1\n", "p.tsv:2: column 'expert': empty"},
      {"expert\tinput\toutput\na\t1\t1\na\t1\t1\n", "p.tsv:3: column 'expert': 'a' is there twice"},
      {"expert\tinput\toutput\na\t1\t\n", "p.tsv:2: column 'output': empty; give USD"},
      {"expert\tinput\toutput\na\t-1\t1\n", "p.tsv:2: column 'input': '-1' is out of range"},
      {"expert\tinput\toutput\na\t1\t2000000\n", "'2000000' is out of range"},
      {"expert\tinput\toutput\na\t1$\t1\n", "'1$' is not a number"},
  };
  for (const auto& [text, says] : tables) {
    SCOPED_TRACE(text);
    EXPECT_THAT(message_of(parse_prices(text, "p.tsv")), HasSubstr(std::string(says)));
  }
}

TEST(PriceOption, SplitsAtTheLastEqualsSign) {
  const auto price = parse_price_option("temp=0.7/x=0.5/1.5");
  ASSERT_TRUE(price.has_value()) << price.error().message;
  EXPECT_EQ(price->expert, "temp=0.7/x");
  EXPECT_EQ(price->prices.input.pico, 500'000);
  EXPECT_EQ(price->prices.output.pico, 1'500'000);
}

TEST(PriceOption, RefusesEverythingElse) {
  for (const std::string_view text : {"", "a", "a=", "a=1", "a=1/", "a=/1", "=1/1", "a=1/2/3",
                                      "a=-1/1", "a=nan/1", "a=1/inf", "a=1 /1", "a=9e9/1"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(message_of(parse_price_option(text)), HasSubstr("give NAME=INPUT/OUTPUT"));
  }
}

}  // namespace
}  // namespace ooe::dataset
