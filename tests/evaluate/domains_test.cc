#include "evaluate/domains.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "evaluate/mmlu_subcategories.h"
#include "evaluate/rows.h"
#include "evaluate/topics.h"

namespace ooe::evaluate {
namespace {

using ::testing::HasSubstr;

constexpr BootstrapOptions kFewResamples{.resamples = 50, .seed = 1};

struct DomainCase {
  Dataset data;
  std::vector<Prediction> predictions;
};

// Three experts; in law the second is right, in maths the third, the first is fair everywhere.
// Predictions know.
DomainCase specialists(std::size_t n) {
  static const double kRight[2][3] = {{0.5, 0.9, 0.2}, {0.5, 0.2, 0.9}};
  DomainCase c;
  Rng rng(51);
  c.data.outcomes.experts = {"fair", "lawyer", "mathematician"};
  c.data.prices.resize(3);
  for (std::size_t query = 0; query < n; ++query) {
    const std::size_t domain = query % 2;
    Question& question = c.data.questions.emplace_back();
    question.subject = domain == 0 ? "law" : "maths";
    c.data.outcomes.question_ids.push_back(std::to_string(query));
    c.data.texts.emplace_back("?");
    for (std::size_t i = 0; i < 3; ++i) {
      c.data.outcomes.score.push_back(rng.uniform() < kRight[domain][i] ? 1.0F : 0.0F);
      c.predictions.emplace_back().quality = kRight[domain][i];
    }
  }
  return c;
}

TEST(DomainTable, FindsTheSpecialists) {
  const DomainCase c = specialists(400);
  const auto groupings = groupings_of(c.data);
  ASSERT_EQ(groupings.size(), 1U);
  EXPECT_EQ(groupings[0].title, "subject");
  const auto table = domain_table(c.data, c.predictions, groupings[0], {}, kFewResamples);
  ASSERT_TRUE(table.has_value());
  ASSERT_EQ(table->domains.size(), 2U);
  const DomainFigures& law = table->domains[0];
  EXPECT_EQ(law.name, "law");
  EXPECT_EQ(law.n, 200U);
  EXPECT_DOUBLE_EQ(law.traffic, 0.5);
  EXPECT_EQ(law.specialist.value, 1);
  EXPECT_EQ(table->domains[1].specialist.value, 2);
  EXPECT_EQ(law.routed.mean, law.accuracy[1]) << "routing asks the specialist";
  EXPECT_DOUBLE_EQ(law.headroom, 1.0 - law.routed.mean);
  EXPECT_FALSE(law.outsider.has_value());
  // One of them is the best single expert and leads itself by nothing, the other leads it by far.
  const double leads = law.specialist_lead.mean + table->domains[1].specialist_lead.mean;
  EXPECT_GT(leads, 0.5);
}

// `n` questions, answered by equals that are right `right` of the time.
DomainCase equals(std::size_t experts, std::size_t n, double right, Rng& rng) {
  DomainCase c;
  for (std::size_t i = 0; i < experts; ++i) c.data.outcomes.experts.push_back(std::to_string(i));
  c.data.prices.resize(experts);
  for (std::size_t query = 0; query < n; ++query) {
    c.data.outcomes.question_ids.push_back(std::to_string(query));
    c.data.questions.emplace_back();
    c.data.texts.emplace_back("?");
    for (std::size_t i = 0; i < experts; ++i) {
      c.data.outcomes.score.push_back(rng.uniform() < right ? 1.0F : 0.0F);
      c.predictions.emplace_back().quality = right;
    }
  }
  return c;
}

// Of many equals one is the luckiest in each domain, and that is no lead; nor does routing, which
// asks the first of them, miss anything. Large domains, and small ones in which hardly anybody errs.
TEST(DomainTable, TheBestOfManyEqualsIsNoSpecialist) {
  struct Equals {
    std::size_t experts;
    std::size_t size;  // questions of a domain
    double right;
  };
  Rng rng(53);
  for (const auto& [experts, size, right] :
       {Equals{20, 50, 0.6}, Equals{2, 12, 0.6}, Equals{2, 12, 0.9}, Equals{3, 25, 0.2}}) {
    SCOPED_TRACE(size);
    std::size_t leads = 0;
    std::size_t misses = 0;
    std::size_t domains = 0;
    for (int round = 0; round < 10; ++round) {
      const std::size_t n = 20 * size;
      const DomainCase c = equals(experts, n, right, rng);
      Grouping grouping{"g", {}};
      for (std::size_t query = 0; query < n; ++query) {
        grouping.label.push_back(std::to_string(query % 20));
      }
      const auto table =
          domain_table(c.data, c.predictions, grouping, {}, {.resamples = 20, .seed = rng.next()});
      ASSERT_TRUE(table.has_value());
      for (const DomainFigures& domain : table->domains) {
        leads += domain.specialist_leads ? 1 : 0;
        misses += domain.routing_misses ? 1 : 0;
      }
      domains += table->domains.size();
    }
    EXPECT_LE(leads, domains / 40) << "of " << domains;
    EXPECT_LE(misses, domains / 40) << "of " << domains;
  }
}

TEST(DomainTable, AFewQuestionsMakeNoSpecialist) {
  for (const std::size_t n : {kGapQuestionsMin, kGapQuestionsMin - 1}) {
    DomainCase c;
    Grouping grouping{"g", {}};
    c.data.outcomes.experts = {"single", "specialist"};
    c.data.prices.resize(2);
    for (std::size_t query = 0; query < 3 * n; ++query) {
      const bool special = query < n;
      c.data.outcomes.question_ids.push_back(std::to_string(query));
      c.data.questions.emplace_back();
      c.data.texts.emplace_back("?");
      c.data.outcomes.score.push_back(special ? 0.0F : 1.0F);
      c.data.outcomes.score.push_back(special ? 1.0F : 0.0F);
      for (int i = 0; i < 2; ++i) c.predictions.emplace_back().quality = 0.5;
      grouping.label.emplace_back(special ? "a" : "b");
    }
    const auto table = domain_table(c.data, c.predictions, grouping, {}, kFewResamples);
    ASSERT_TRUE(table.has_value());
    EXPECT_EQ(table->domains[0].specialist_leads, n == kGapQuestionsMin);
    EXPECT_FALSE(table->domains[1].specialist_leads) << "it leads itself by nothing";
    EXPECT_TRUE(table->domains[0].routing_misses) << "it asks the first of equals";
  }
}

TEST(DomainTable, AgreesWithCounting) {
  Rng rng(52);
  for (int round = 0; round < 20; ++round) {
    DomainCase c = specialists(60);
    for (float& score : c.data.outcomes.score) {
      if (rng.below(6) == 0) score = kNotMeasured;
    }
    Grouping grouping{"g", {}};
    for (std::size_t i = 0; i < 60; ++i) {
      grouping.label.push_back(
          rng.below(4) == 0 ? "" : std::string(1, static_cast<char>('a' + rng.below(3))));
    }
    const auto table = domain_table(c.data, c.predictions, grouping, {}, kFewResamples);
    ASSERT_TRUE(table.has_value());
    for (const DomainFigures& domain : table->domains) {
      std::size_t n = 0;
      double routed = 0.0;
      double oracle = 0.0;
      double lawyer = 0.0;
      double measured = 0.0;
      for (const std::size_t row : evaluated_rows(c.data.outcomes).queries) {
        if (grouping.label[row] != domain.name) continue;
        ++n;
        const auto scores = c.data.outcomes.row(row);
        double best_quality = -1.0;
        double routed_score = 0.0;
        double best_score = 0.0;
        for (std::size_t i = 0; i < 3; ++i) {
          if (std::isnan(scores[i])) continue;
          best_score = std::max(best_score, double{scores[i]});
          if (c.predictions[row * 3 + i].quality <= best_quality) continue;
          best_quality = c.predictions[row * 3 + i].quality;
          routed_score = scores[i];
        }
        routed += routed_score;
        oracle += best_score;
        if (std::isnan(scores[1])) continue;
        lawyer += scores[1];
        measured += 1.0;
      }
      ASSERT_EQ(domain.n, n);
      EXPECT_NEAR(domain.routed.mean, routed / static_cast<double>(n), 1e-9);
      EXPECT_NEAR(domain.oracle.mean, oracle / static_cast<double>(n), 1e-9);
      if (measured > 0.0) {
        EXPECT_NEAR(domain.accuracy[1], lawyer / measured, 1e-9);
      }
    }
  }
}

TEST(DomainTable, AnOutsiderThatWouldHelpIsFound) {
  const DomainCase c = specialists(200);
  std::vector<Outsider> outsiders{{"useless", std::vector<float>(200, 0.0F)},
                                  {"perfect in maths", std::vector<float>(200, 0.0F)},
                                  {"hardly measured", std::vector<float>(200, kNotMeasured)}};
  for (std::size_t query = 1; query < 200; query += 2) outsiders[1].score[query] = 1.0F;
  outsiders[2].score[1] = 1.0F;
  const auto table =
      domain_table(c.data, c.predictions, groupings_of(c.data)[0], outsiders, kFewResamples);
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->domains[1].outsider, 1U);
  EXPECT_GT(table->domains[1].outsider_gain.low, 0.0);
  EXPECT_TRUE(table->domains[1].outsider_helps);
  EXPECT_LT(table->domains[0].outsider_gain.high, 0.0);
  EXPECT_FALSE(table->domains[0].outsider_helps);
}

TEST(WorstGaps, AreThoseThatLoseMostAnswersAndNoDomainBetterThanAllTogether) {
  DomainTable table;
  const auto add = [&](std::size_t n, double traffic, double headroom) {
    DomainFigures& domain = table.domains.emplace_back();
    domain.n = n;
    domain.traffic = traffic;
    domain.headroom = headroom;
  };
  add(100, 0.5, 0.1);
  add(20, 0.1, 0.9);
  add(80, 0.39, 0.3);
  add(kGapQuestionsMin - 1, 0.01, 0.9);
  EXPECT_THAT(worst_gaps(table), ::testing::ElementsAre(2U, 1U));
  for (DomainFigures& domain : table.domains) domain.headroom = 0.1;
  EXPECT_THAT(worst_gaps(table), ::testing::ElementsAre(0U, 2U, 1U)) << "all alike";
  for (DomainFigures& domain : table.domains) domain.headroom = 0.0;
  EXPECT_TRUE(worst_gaps(table).empty()) << "nothing is lost";
}

TEST(MmluSubcategories, AreSeventeenOfFiftySeven) {
  EXPECT_EQ(mmlu_subcategory("college_physics"), "physics");
  EXPECT_EQ(mmlu_subcategory("world_religions"), "philosophy");
  EXPECT_EQ(mmlu_subcategory("abstract_algebra"), "math");
  EXPECT_EQ(mmlu_subcategory("cooking"), "");
  Dataset data;
  for (const std::string subject : {"virology", "sociology", "machine_learning", "cooking"}) {
    data.questions.emplace_back().subject = subject;
    data.outcomes.question_ids.push_back(subject);
    data.texts.emplace_back();
  }
  const auto groupings = groupings_of(data);
  ASSERT_EQ(groupings.size(), 2U);
  EXPECT_EQ(groupings[0].title, "MMLU subcategory");
  EXPECT_THAT(groupings[0].label,
              ::testing::ElementsAre("health", "culture", "computer science", ""));
}

TEST(Topics, AreNamedByTheirWords) {
  // Ten fields of six words each, in thirty texts each, with noise.
  Rng rng(53);
  std::vector<std::string> texts;
  const auto word = [](std::size_t field, std::size_t i) {
    return "field" + std::string(1, static_cast<char>('a' + field)) +
           std::string(1, static_cast<char>('p' + i));
  };
  for (std::size_t i = 0; i < 300; ++i) {
    std::string text = "Which of these?";
    for (int k = 0; k < 6; ++k) text += " " + word(i % 10, rng.below(6));
    text += " noise" + std::string(1, static_cast<char>('a' + rng.below(26)));
    texts.push_back(std::move(text));
  }
  const auto topics = topics_of(texts, {.topics = 10, .seed = 3});
  ASSERT_EQ(topics.size(), texts.size());
  EXPECT_EQ(topics, topics_of(texts, {.topics = 10, .seed = 3}));
  std::size_t named_after_its_field = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string stem = word(i % 10, 0).substr(0, 6);
    if (topics[i].find(stem) != std::string::npos) ++named_after_its_field;
  }
  EXPECT_GT(named_after_its_field, 240U);
  EXPECT_TRUE(topics_of(std::vector<std::string>{"a", "b"}).front().empty());
}

}  // namespace
}  // namespace ooe::evaluate
