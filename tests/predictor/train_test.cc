#include "predictor/train.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/table_part.h"
#include "predictor/folds.h"
#include "predictor/metrics.h"
#include "predictor/model_card.h"
#include "predictor/model_impl.h"
#include "predictor/token_model.h"
#include "tests/predictor/toy_data.h"

namespace ooe::predictor {
namespace {

const TrainOptions kSmall = {.folds = 3, .threads = 1, .ngrams_max = 400, .rivals = false};

Model trained(const Dataset& data, const TrainOptions& options = kSmall) {
  auto model = train(data, options);
  EXPECT_TRUE(model.has_value()) << model.error().message;
  return std::move(*model);
}

double metric(const Model& model, std::string_view name) {
  for (const TrainingMetric& metric : model.card().metrics) {
    if (metric.name == name) return metric.value;
  }
  ADD_FAILURE() << "no metric " << name;
  return std::nan("");
}

TEST(Train, LearnsWhoKnowsWhat) {
  const Dataset data = specialists(600, 3, 1);
  const Model model = trained(data, {.folds = 3, .threads = 2});
  EXPECT_THAT(model.card().kept, testing::StartsWith("ridge"));
  EXPECT_LT(metric(model, "log_loss"), metric(model, "baseline_log_loss") - 0.1);
  for (std::size_t subject = 0; subject < 3; ++subject) {
    const std::string s = "s" + std::to_string(subject);
    const auto predictions = predicted(model, s + "w1 " + s + "w2 " + s + "w3 " + s + "w4");
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_LT(predictions[j].quality_sd, 0.25);
      if (j != subject) {
        EXPECT_GT(predictions[subject].quality, predictions[j].quality + 0.15);
      }
    }
  }
}

// Ten specialists differ in ten directions; ten experts that find the same questions hard do not.
TEST(Train, TakesManyDirectionsOnlyWhereTheTextSurelyTellsThem) {
  Dataset data = specialists(1'200, 10, 1);
  const Model many = trained(data, {.folds = 3, .threads = 2, .ngrams_max = 400, .rivals = false});
  EXPECT_GT(many.impl()->directions.n_directions(), 8U);
  Rng rng(2);
  for (std::size_t i = 0; i < data.texts.size(); ++i) {
    const bool easy = data.texts[i].find(" s0w") != std::string::npos;
    for (std::size_t j = 0; j < 10; ++j) {
      data.outcomes.score[data.outcomes.at(i, j)] =
          rng.uniform() < (easy ? 0.9 : 0.4) ? 1.0F : 0.0F;
    }
  }
  const Model few = trained(data, {.folds = 3, .threads = 2, .ngrams_max = 400, .rivals = false});
  EXPECT_EQ(few.impl()->directions.n_directions(), 6U);
}

// A model that may not look at words says less of forty coins a topic than a regression an expert
// on its words: the card says so, and so does the file.
TEST(Train, SaysWhichBaselinesSurelyPredictBetter) {
  const Model model =
      trained(coin_skills(600, 40, 40, 4),
              {.folds = 3, .threads = 2, .ngrams_max = 1'000, .trees = false, .only = "features"});
  const auto verdict = [](const ModelCard& card, std::string_view name) {
    return std::ranges::find(card.candidates, name, &Candidate::name)->verdict;
  };
  EXPECT_EQ(verdict(model.card(), "logistic"), Verdict::better_baseline);
  EXPECT_EQ(verdict(trained(specialists(300, 3, 4), {.ngrams_max = 400}).card(), "knn"),
            Verdict::baseline);
  const auto read_back = Model::parse(model.serialise());
  ASSERT_TRUE(read_back.has_value()) << read_back.error().message;
  EXPECT_EQ(verdict(read_back->card(), "logistic"), Verdict::better_baseline);
}

// Where one fold is judged, baselines learn from the others as the candidates did, and not from the
// judged questions alone: of 400, a fifth would teach them little of 20 topics.
TEST(Train, LetsBaselinesLearnFromWhatTheCandidatesLearnedFrom) {
  const Dataset data = coin_skills(400, 20, 5, 4);
  TrainOptions options = {.threads = 2, .ngrams_max = 300, .trees = false};
  const auto log_loss = [&] {
    const Model model = trained(data, options);
    return std::ranges::find(model.card().candidates, "logistic", &Candidate::name)->log_loss;
  };
  const double all_judged = log_loss();
  options.judged_min = 50;
  options.judged_outcomes_min = 0;
  EXPECT_NEAR(log_loss(), all_judged, 0.05);
}

// Their levels are those of the other folds, each the lower the better its own fold's answers are:
// sorted over all folds, baselines that know nothing would look worse than chance.
TEST(Train, RanksWhatBaselinesSayWithinFolds) {
  double auc = 0.0;
  constexpr std::uint64_t kTables = 8;
  for (std::uint64_t seed = 1; seed <= kTables; ++seed) {
    Rng rng(seed);
    std::vector<std::string> texts;
    std::vector<float> coins;
    for (int i = 0; i < 50; ++i) {
      texts.push_back("w" + std::to_string(i) + " v" + std::to_string(rng.below(1'000'000)));
      for (int j = 0; j < 4; ++j) coins.push_back(rng.uniform() < 0.5 ? 1.0F : 0.0F);
    }
    const Model model = trained(dataset(std::move(texts), 4, std::move(coins)),
                                {.threads = 2, .ngrams_max = 100, .trees = false});
    auc += std::ranges::find(model.card().candidates, "clusters", &Candidate::name)->auc / kTables;
  }
  EXPECT_GT(auc, 0.45);
}

// An expert that was trained on half of the questions: its scores there are moved.
TEST(Train, JudgesBaselinesByTheScoresTheyLearnedFrom) {
  Rng rng(3);
  std::vector<std::string> texts;
  std::vector<float> scores;
  for (int i = 0; i < 400; ++i) {
    texts.push_back("w" + std::to_string(rng.below(500)) + " w" + std::to_string(i));
    scores.push_back(i < 200 || rng.uniform() < 0.5 ? 1.0F : 0.0F);
    scores.push_back(rng.uniform() < 0.5 ? 1.0F : 0.0F);
  }
  Dataset data = dataset(std::move(texts), 2, std::move(scores));
  for (std::size_t i = 0; i < 400; ++i) data.questions[i].split = i < 200 ? "train" : "test";
  const Model model = trained(data, {.folds = 3, .threads = 2, .ngrams_max = 400});
  const auto& candidates = model.card().candidates;
  const auto knn = std::ranges::find(candidates, "knn", &Candidate::name);
  ASSERT_NE(knn, candidates.end());
  EXPECT_NEAR(knn->log_loss, candidates.front().log_loss, 0.03) << "that of the constant";
}

// Of few questions and many candidates one will always fit what it has seen: coins are no skill. One
// table in forty may pass for two standard errors, and with four candidates some more.
TEST(Train, CallsNoCoinASkillHoweverFewTheThrows) {
  const Dataset worded = specialists(80, 6, 5);
  int kept_text = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Dataset data = subset_rows(worded, all_rows(worded));
    Rng rng(seed);
    for (std::size_t cell = 0; cell < data.outcomes.score.size(); ++cell) {
      const double chance = 0.4 + 0.08 * static_cast<double>(cell % 6);
      data.outcomes.score[cell] = rng.uniform() < chance ? 1.0F : 0.0F;
    }
    if (trained(data).card().kept != "constant") ++kept_text;
  }
  EXPECT_LE(kept_text, 2);
}

// What is said of a model holds for questions that come later: the mean over several, of promised
// less real log loss, is within what so few questions leave to chance.
TEST(Train, PromisesWhatComesTrue) {
  double promised = 0.0;
  double came = 0.0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Dataset all = specialists(1'000, 3, 20 + seed);
    const auto [others, fifth] = split_at_fold(all, seed, 5, 0);
    const Model model = trained(subset_rows(all, fifth));
    promised += metric(model, "log_loss") / 6;
    const Dataset fresh = subset_rows(all, others);
    std::vector<float> quality;
    for (const std::string& text : fresh.texts) {
      for (const Prediction& prediction : predicted(model, text)) {
        quality.push_back(static_cast<float>(prediction.quality));
      }
    }
    came += measure(fresh.outcomes.score, quality, 3).log_loss / 6;
  }
  EXPECT_NEAR(promised, came, 0.03);
}

// What text cannot tell, the file must not pretend to know.
TEST(Train, KeepsTheConstantWhenTextSaysNothing) {
  Rng rng(2);
  std::vector<std::string> texts;
  std::vector<float> scores;
  for (int i = 0; i < 300; ++i) {
    texts.push_back("w" + std::to_string(rng.below(50)) + " w" + std::to_string(rng.below(50)));
    scores.push_back(rng.uniform() < 0.8 ? 1.0F : 0.0F);
    scores.push_back(rng.uniform() < 0.3 ? 1.0F : 0.0F);
  }
  const Dataset data = dataset(std::move(texts), 2, std::move(scores));
  const Model model = trained(data);
  EXPECT_EQ(model.card().kept, "constant");
  EXPECT_EQ(metric(model, "log_loss"), metric(model, "baseline_log_loss"));
  const auto predictions = predicted(model, "w1 w2");
  EXPECT_NEAR(predictions[0].quality, 0.8, 0.06);
  EXPECT_NEAR(predictions[1].quality, 0.3, 0.06);
}

TEST(Train, GivesTheSameBytesForAnyNumberOfThreads) {
  const Dataset data = specialists(300, 4, 3);
  const std::string one = trained(data, {.folds = 3, .threads = 1, .ngrams_max = 400}).serialise();
  EXPECT_TRUE(trained(data, {.folds = 3, .threads = 3, .ngrams_max = 400}).serialise() == one);
  EXPECT_TRUE(trained(data, {.folds = 3, .threads = 1, .ngrams_max = 400}).serialise() == one);
  EXPECT_FALSE(
      trained(data, {.seed = 2, .folds = 3, .threads = 1, .ngrams_max = 400}).serialise() == one);
}

// Labels may teach, but a prediction reads question and choices and nothing else.
TEST(Train, PredictsFromQuestionAndChoicesAlone) {
  const Model model = trained(specialists(300, 3, 4));
  Question question{.id = "1",
                    .benchmark = "b",
                    .split = "test",
                    .subject = "s0",
                    .category = "c",
                    .question = "question 7: s0w1 s0w2 s1w3 s0w4 s2w5 s0w6 s0w7",
                    .choices = {},
                    .answer = "A"};
  const auto before = predicted(model, presented_text(question));
  for (std::string* other : {&question.id, &question.benchmark, &question.split, &question.subject,
                             &question.category, &question.answer}) {
    *other = "s2w1 s2w2 s2w3";
  }
  const auto after = predicted(model, presented_text(question));
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_EQ(before[j].quality, after[j].quality);
    EXPECT_EQ(before[j].quality_sd, after[j].quality_sd);
    EXPECT_EQ(before[j].output_tokens, after[j].output_tokens);
  }
  question.question = "question 7: s1w1 s1w2 s1w3 s1w4 s1w5 s1w6 s1w7";
  EXPECT_NE(predicted(model, presented_text(question))[0].quality, before[0].quality);
}

struct Degenerate {
  std::string name;
  Dataset data;
};

std::vector<Degenerate> degenerate_cases() {
  const std::vector<std::string> ten = {"a b", "b c", "c d", "d e", "e f",
                                        "f g", "g h", "h i", "i j", "j k"};
  const auto filled = [&](std::size_t m, float score) {
    return std::vector<float>(ten.size() * m, score);
  };
  std::vector<float> one_outcome = filled(2, 1.0F);
  for (std::size_t i = 0; i < ten.size(); ++i) one_outcome[2 * i + 1] = kNotMeasured;
  std::vector<float> no_outcome = one_outcome;
  one_outcome[1] = 0.0F;
  std::vector<float> alternating = filled(1, 0.0F);
  for (std::size_t i = 0; i < ten.size(); i += 2) alternating[i] = 1.0F;
  std::string megabyte;
  while (megabyte.size() < 1'000'000) megabyte += "word" + std::to_string(megabyte.size()) + " ";
  std::vector<std::string> with_megabyte = ten;
  with_megabyte[3] = megabyte;
  return {{"one question, one expert", dataset({"why?"}, 1, {1.0F})},
          {"all right", dataset(ten, 3, filled(3, 1.0F))},
          {"all wrong", dataset(ten, 3, filled(3, 0.0F))},
          {"soft scores", dataset(ten, 2, filled(2, 0.5F))},
          {"constant text", dataset(std::vector<std::string>(10, "same"), 1, alternating)},
          {"empty text", dataset(std::vector<std::string>(10, ""), 1, alternating)},
          {"an expert with one outcome", dataset(ten, 2, one_outcome)},
          {"an expert without outcomes", dataset(ten, 2, no_outcome)},
          {"a text of a megabyte", dataset(with_megabyte, 1, alternating)}};
}

TEST(Train, GivesSanePredictionsFromDegenerateData) {
  for (const auto& [name, data] : degenerate_cases()) {
    SCOPED_TRACE(name);
    const Model model = trained(data);
    for (const std::string_view text : {"", "a b c", "never seen"}) {
      for (const Prediction& prediction : predicted(model, text)) {
        EXPECT_GT(prediction.quality, 0.0);
        EXPECT_LT(prediction.quality, 1.0);
        EXPECT_GT(prediction.quality_sd, 0.0);
        EXPECT_LE(prediction.quality_sd, 0.5);
        EXPECT_NEAR(prediction.output_tokens, double{kOutputTokensDefault}, 0.1);
      }
    }
    EXPECT_TRUE(cross_predict(data, 2, kSmall).has_value());
    EXPECT_TRUE(Model::parse(model.serialise()).has_value());
  }
}

TEST(Train, AnExpertWithOneOutcomeStaysNearTheOthers) {
  Dataset data = specialists(400, 3, 5);
  bool kept_one = false;
  for (std::size_t i = 0; i < data.outcomes.n_queries(); ++i) {
    float& score = data.outcomes.score[data.outcomes.at(i, 2)];
    if (score == 1.0F && !std::exchange(kept_one, true)) continue;
    score = kNotMeasured;
  }
  ASSERT_TRUE(kept_one);
  const Model model = trained(data);
  for (const std::string_view text : {"s0w1 s0w2", "s2w1 s2w2", ""}) {
    const Prediction prediction = predicted(model, text)[2];
    EXPECT_GT(prediction.quality, 0.3);
    EXPECT_LT(prediction.quality, 0.85);
    EXPECT_GT(prediction.quality_sd, 0.1) << "one outcome cannot make sure";
  }
}

TEST(Train, RefusesDataWithNothingToLearn) {
  const auto message = [](const Dataset& data, const TrainOptions& options) {
    const auto model = train(data, options);
    if (model) return std::string("trained");
    EXPECT_EQ(model.error().code, ErrorCode::invalid_argument);
    return model.error().message;
  };
  EXPECT_THAT(message(dataset({}, 2, {}), {}), testing::HasSubstr("no questions"));
  EXPECT_THAT(message(dataset({"a"}, 0, {}), {}), testing::HasSubstr("no experts"));
  EXPECT_THAT(message(dataset({"a"}, 1, {kNotMeasured}), {}),
              testing::HasSubstr("not one outcome"));
  EXPECT_THAT(message(dataset({"a"}, 1, {2.0F}), {}), testing::HasSubstr("outside [0, 1]"));
  EXPECT_THAT(message(dataset({"a"}, 1, {1.0F}), {.folds = 1}), testing::HasSubstr("at least 2"));
}

TEST(Train, KeepsAtMostTheHeldOutRowsAskedFor) {
  const Dataset data = specialists(300, 2, 6);
  for (const std::size_t rows_max : {0U, 40U, 1'000U}) {
    TrainOptions options = kSmall;
    options.held_out_queries_max = rows_max;
    const HeldOutSample sample = trained(data, options).held_out();
    EXPECT_EQ(sample.n_queries(), std::min<std::size_t>(rows_max, 300));
    EXPECT_EQ(sample.quality.size(), sample.n_queries() * 2);
    EXPECT_EQ(sample.score.size(), sample.n_queries() * 2);
    EXPECT_EQ(sample.output_tokens.size(), sample.n_queries() * 2);
  }
}

// Of 300 questions with a fifth of the outcomes blank, one fold is judged.
TEST(Train, CountsAllOutcomesAndTheQuestionsJudged) {
  const Dataset data = specialists(300, 2, 7);
  TrainOptions options = kSmall;
  options.judged_min = 50;
  options.judged_outcomes_min = 0;
  const Model model = trained(data, options);
  EXPECT_EQ(metric(model, "questions"), 300.0);
  EXPECT_NEAR(metric(model, kQuestionsJudged), 100.0, 30.0);
  EXPECT_EQ(metric(model, "outcomes"),
            static_cast<double>(std::ranges::count_if(
                data.outcomes.score, [](float score) { return !std::isnan(score); })));
}

TEST(Train, HeldOutSampleIsWhatTheMetricsWereMadeOf) {
  const Model model = trained(specialists(300, 2, 7));
  const HeldOutSample& sample = model.held_out();
  EXPECT_NEAR(measure(sample.score, sample.quality, 2).log_loss, metric(model, "log_loss"), 1e-6);
}

TEST(Train, TellsItsProgressToTheEnd) {
  std::map<std::string, std::size_t> last;
  const auto model = train(specialists(60, 2, 9), kSmall,
                           [&](std::string_view phase, std::size_t done, std::size_t total) {
                             EXPECT_LE(done, total);
                             last[std::string(phase)] = total - done;
                           });
  ASSERT_TRUE(model.has_value());
  EXPECT_GE(last.size(), 1U);
  for (const auto& [phase, left] : last) EXPECT_EQ(left, 0U) << phase;
}

TEST(Train, ShowsEveryCandidateAndKeepsTheBest) {
  const Model model = trained(specialists(300, 3, 13), {.folds = 3, .threads = 2});
  std::vector<std::string> names;
  double least = 1e9;
  for (const Candidate& candidate : model.card().candidates) {
    names.push_back(candidate.name);
    EXPECT_EQ(candidate.verdict == Verdict::kept, candidate.name == model.card().kept);
    if (candidate.verdict != Verdict::baseline) least = std::min(least, candidate.log_loss);
  }
  EXPECT_THAT(
      names, testing::ElementsAre("constant", "length", "features", "ridge", "ridge + trees", "knn",
                                  "clusters", "logistic", "matrix factorisation"));
  EXPECT_NEAR(least, metric(model, "log_loss"), 1e-9);
}

TEST(Train, StandsOnAPriorModelOfRelatedQuestions) {
  const Model prior = trained(specialists(600, 3, 14));
  TrainOptions options = kSmall;
  const Dataset few = specialists(120, 3, 15);
  const double alone = metric(trained(few, options), "log_loss");
  options.prior = &prior;
  const Model model = trained(few, options);
  EXPECT_LT(metric(model, "log_loss"), alone - 0.01);
  EXPECT_EQ(metric_of(model.card(), kPriorKnew), 0.0);
  const auto read_back = Model::parse(model.serialise());
  ASSERT_TRUE(read_back.has_value()) << read_back.error().message;
  EXPECT_EQ(predicted(*read_back, few.texts[0])[0].quality,
            predicted(model, few.texts[0])[0].quality);
  options.prior = &model;
  EXPECT_THAT(train(few, options).error().message, testing::HasSubstr("prior model"));
}

// What the prior model says of a question that it was trained on holds the answer: no figure is
// held out then, and the card says so.
TEST(Train, CountsTheQuestionsThatThePriorModelKnew) {
  const Dataset data = specialists(200, 3, 16);
  const Model prior = trained(data);
  TrainOptions options = kSmall;
  options.prior = &prior;
  const auto texts = static_cast<double>(data.texts.size());
  EXPECT_EQ(metric_of(trained(data, options).card(), kPriorKnew), texts);
  std::vector<std::size_t> some(50);
  std::iota(some.begin(), some.end(), std::size_t{0});
  EXPECT_EQ(metric_of(trained(subset_rows(data, some), options).card(), kPriorKnew), 50.0);
  options.prior = nullptr;
  EXPECT_EQ(metric_of(trained(data, options).card(), kPriorKnew), 0.0);
}

TEST(CrossPredict, BeatsTheConstantOnSpecialistsAndKeepsEqualTextsTogether) {
  Dataset data = specialists(400, 3, 10);
  data.texts[7] = "  " + data.texts[3];  // equal once normalised
  data.query_ids[7] = query_id(data.texts[7]);
  const auto crossed = cross_predict(data, 3, kSmall);
  ASSERT_TRUE(crossed.has_value());
  EXPECT_EQ(crossed->fold[3], crossed->fold[7]);
  double right = 0.0;
  double best_single = 0.0;
  double rows = 0.0;
  for (std::size_t i = 0; i < data.outcomes.n_queries(); ++i) {
    const auto scores = data.outcomes.row(i);
    if (std::ranges::any_of(scores, [](float s) { return std::isnan(s); })) continue;
    const auto begin = crossed->prediction.begin() + static_cast<std::ptrdiff_t>(3 * i);
    const auto best = std::max_element(
        begin, begin + 3, [](const auto& a, const auto& b) { return a.quality < b.quality; });
    right += double{scores[static_cast<std::size_t>(best - begin)]};
    best_single += double{scores[0]};
    rows += 1.0;
  }
  EXPECT_GT(right / rows, 0.85);
  EXPECT_GT(right / rows, best_single / rows + 0.2);
}

// A row's prediction may not depend on its own outcomes.
TEST(CrossPredict, NeverSeesTheOutcomesOfTheFoldItPredicts) {
  const Dataset data = specialists(120, 2, 11);
  const auto plain = cross_predict(data, 3, kSmall);
  ASSERT_TRUE(plain.has_value());
  Dataset flipped = data;
  for (std::size_t i = 0; i < data.outcomes.n_queries(); ++i) {
    if (plain->fold[i] != 1) continue;
    for (std::size_t j = 0; j < 2; ++j) {
      float& score = flipped.outcomes.score[data.outcomes.at(i, j)];
      score = 1.0F - score;
    }
  }
  const auto other = cross_predict(flipped, 3, kSmall);
  ASSERT_TRUE(other.has_value());
  // Nor may what its model is judged by; of the other folds' models it is a part.
  ASSERT_EQ(plain->held_out.size(), 3U);
  EXPECT_EQ(plain->held_out[1].n_queries(),
            static_cast<std::size_t>(
                std::ranges::count_if(plain->fold, [](std::uint32_t fold) { return fold != 1; })));
  const auto scores_of = [](const CrossPredictions& crossed, std::size_t fold) {
    std::vector<float> scores = crossed.held_out[fold].score;
    std::ranges::replace_if(
        scores, [](float score) { return std::isnan(score); }, -1.0F);
    return scores;
  };
  EXPECT_EQ(scores_of(*plain, 1), scores_of(*other, 1));
  EXPECT_EQ(plain->held_out[1].quality, other->held_out[1].quality);
  EXPECT_NE(scores_of(*plain, 0), scores_of(*other, 0));
  for (std::size_t i = 0; i < data.outcomes.n_queries(); ++i) {
    if (plain->fold[i] != 1) continue;
    for (std::size_t j = 0; j < 2; ++j) {
      const std::size_t cell = data.outcomes.at(i, j);
      EXPECT_EQ(plain->prediction[cell].quality, other->prediction[cell].quality);
    }
  }
}

TEST(Folds, AreEvenAndIndependentOfTheRest) {
  std::vector<std::size_t> count(5, 0);
  for (int i = 0; i < 5'000; ++i) ++count[fold_of(query_id("text " + std::to_string(i)), 1, 5)];
  for (const std::size_t n : count) EXPECT_NEAR(static_cast<double>(n), 1'000.0, 150.0);
}

}  // namespace
}  // namespace ooe::predictor
