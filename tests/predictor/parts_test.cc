// The smaller parts of the predictor: weight table, subjects, novelty, tokens, choice,
// contamination.
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "learn/as_index.h"
#include "predictor/choice.h"
#include "predictor/contamination.h"
#include "predictor/folds.h"
#include "predictor/novelty.h"
#include "predictor/subject_scores.h"
#include "predictor/token_model.h"
#include "predictor/weight_table.h"
#include "tests/predictor/toy_data.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

// Columns of all sizes, rows too.
learn::MatrixRowsF weights_of_all_sizes(Eigen::Index rows, Eigen::Index columns) {
  Rng rng(1);
  const auto size = [&rng] { return std::pow(10.0, rng.uniform() * 4.0 - 2.0); };
  std::vector<double> column_size(static_cast<std::size_t>(columns));
  for (double& value : column_size) value = size();
  learn::MatrixRowsF weights(rows, columns);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const double row_size = size();
    for (Eigen::Index j = 0; j < columns; ++j) {
      weights(i, j) =
          static_cast<float>(rng.normal() * row_size * column_size[static_cast<std::size_t>(j)]);
    }
  }
  weights.row(3).setZero();
  return weights;
}

TEST(WeightTable, RoundsToWithinHalfAStepOfTheRow) {
  const learn::MatrixRowsF weights = weights_of_all_sizes(20, 7);
  const WeightBytes bytes = to_bytes(weights);
  const WeightTable table(bytes);
  ASSERT_EQ(table.rows(), 20U);
  ASSERT_TRUE(table.is_sound());
  for (std::uint32_t i = 0; i < 20; ++i) {
    std::vector<float> sums(7, 9.0F);
    table.sum_rows(std::array{i}, std::array{2.0F}, sums);
    for (std::size_t j = 0; j < 7; ++j) {
      const float w = weights(i, as_index(j));
      const float half_a_step = 0.5F * bytes.row_scale[i] * bytes.column_scale[j];
      EXPECT_NEAR(sums[j], 2.0F * w, 2.001F * half_a_step + 1e-6F * std::abs(w));
    }
  }
}

// However many rows, and columns beside those that are added eight at a time.
TEST(WeightTable, SumsRowsAsALoopDoes) {
  for (const Eigen::Index columns : {1, 8, 21}) {
    const WeightBytes bytes = to_bytes(weights_of_all_sizes(50, columns));
    const WeightTable table(bytes);
    const auto n_columns = static_cast<std::size_t>(columns);
    Rng rng(2);
    for (std::size_t n = 0; n < 20; ++n) {
      std::vector<std::uint32_t> rows;
      std::vector<float> scale;
      std::vector<float> expected(n_columns, 0.0F);
      for (std::size_t r = 0; r < n; ++r) {
        rows.push_back(static_cast<std::uint32_t>(rng.below(50)));
        scale.push_back(static_cast<float>(rng.normal()));
        const float factor = scale[r] * bytes.row_scale[rows[r]];
        for (std::size_t j = 0; j < n_columns; ++j) {
          expected[j] += factor * static_cast<float>(bytes.values[rows[r] * n_columns + j]);
        }
      }
      for (std::size_t j = 0; j < n_columns; ++j) expected[j] *= bytes.column_scale[j];
      std::vector<float> sums(n_columns, 9.0F);
      table.sum_rows(rows, scale, sums);
      EXPECT_EQ(sums, expected) << columns << " columns, " << n << " rows";
    }
  }
}

TEST(WeightTable, GivesBackWhatItWasMadeOf) {
  const WeightBytes bytes = to_bytes(weights_of_all_sizes(20, 7));
  const WeightBytes back = WeightTable(bytes).bytes();
  EXPECT_EQ(back.values, bytes.values);
  EXPECT_EQ(back.row_scale, bytes.row_scale);
  EXPECT_EQ(back.column_scale, bytes.column_scale);
  WeightBytes broken = bytes;
  broken.row_scale[19] = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(WeightTable(broken).is_sound());
  broken = bytes;
  broken.column_scale[6] = -1.0F;
  EXPECT_FALSE(WeightTable(broken).is_sound());
}

EncodedTexts encoded(const std::vector<std::string>& texts) {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  return encode_texts(encoder::LexicalEncoder::fit(views, {}, 1), views, 1);
}

TEST(Subjects, AreToldApartOutOfFold) {
  Rng rng(2);
  std::vector<std::string> texts;
  std::vector<std::string> label;
  for (int i = 0; i < 150; ++i) {
    const std::string subject = std::string("abc").substr(rng.below(3), 1);
    std::string text;
    for (int w = 0; w < 6; ++w) text += " " + subject + "word" + std::to_string(rng.below(12));
    texts.push_back(text);
    label.push_back(i % 10 == 0 ? "" : subject);
  }
  const SubjectFit fit = fit_subjects(encoded(texts), label, {.threads = 1});
  ASSERT_EQ(fit.scores.names, (std::vector<std::string>{"a", "b", "c"}));
  int right = 0;
  for (Eigen::Index i = 0; i < 150; ++i) {
    EXPECT_NEAR(double{fit.out_of_fold.row(i).sum()}, 1.0, 1e-4);
    Eigen::Index best = 0;
    fit.out_of_fold.row(i).maxCoeff(&best);
    right += texts[static_cast<std::size_t>(i)][1] == 'a' + best ? 1 : 0;
  }
  EXPECT_GT(right, 140) << "unlabelled ones too";
}

TEST(Subjects, ThatAreFewOrRareAreDropped) {
  const std::vector<std::string> texts(40, "text");
  std::vector<std::string> label(40, "one");
  label[3] = "rare";
  const auto encoded_texts = encoded(texts);
  const SubjectFit fit = fit_subjects(encoded_texts, label, {.threads = 1});
  EXPECT_TRUE(fit.scores.names.empty());
  EXPECT_EQ(fit.scores.ngram_weights.rows(), encoded_texts.ngrams.width);  // no columns of them
  EXPECT_EQ(fit.scores.ngram_weights.cols(), 0);
}

TEST(Novelty, IsLowForWhatTrainingSawAndHighForCodeAmongProse) {
  Rng rng(3);
  std::vector<std::string> texts;
  for (int i = 0; i < 400; ++i) {
    std::string text = "Which of the following";
    for (int w = 0; w < 12; ++w) text += " word" + std::to_string(rng.below(80));
    texts.push_back(text + "?");
  }
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const encoder::TextEncoder encoder = encoder::LexicalEncoder::fit(views, {}, 1);
  const Novelty novelty = fit_novelty(encode_texts(encoder, views, 1));
  encoder::EncoderScratch scratch;
  encoder::Features features;
  const auto of = [&](std::string_view text) {
    encoder::encode(encoder, text, scratch, features);
    return novelty.of(features);
  };
  double mean = 0.0;
  for (int i = 0; i < 100; ++i) {
    std::string text = "Which of the following";
    for (int w = 0; w < 12; ++w) text += " word" + std::to_string(rng.below(80));
    mean += double{of(text + "?")} / 100.0;
  }
  EXPECT_LT(mean, 0.05);
  EXPECT_GT(of("def f(x):\n    return {\"a\": [1, 2]};\n```\n" + std::string(900, '{')), 0.9F);
  EXPECT_GT(of("\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xB8\x96\xE7\x95\x8C"), 0.9F);
  EXPECT_GE(of(""), 0.0F);
}

TEST(Tokens, FollowExpertAndText) {
  Rng rng(4);
  OutcomeMatrix outcomes;
  outcomes.experts = {"short", "long", "unmeasured"};
  learn::MatrixRowsF z(200, 2);
  for (Eigen::Index i = 0; i < 200; ++i) {
    outcomes.question_ids.push_back(std::to_string(i));
    z.row(i) << static_cast<float>(rng.normal()), static_cast<float>(rng.normal());
    const double text = 0.5 * double{z(i, 0)};
    outcomes.output_tokens.push_back(static_cast<float>(std::expm1(3.0 + text)));
    outcomes.output_tokens.push_back(static_cast<float>(std::expm1(5.0 + text)));
    outcomes.output_tokens.push_back(kNotMeasured);
  }
  const TokenModel model = fit_tokens(outcomes, z);
  std::vector<float> tokens(3);
  const std::array<float, 2> hard = {1.0F, 0.0F};
  model.predict(hard, tokens);
  EXPECT_NEAR(tokens[0], std::expm1(3.5), 3.0);
  EXPECT_NEAR(tokens[1], std::expm1(5.5), 20.0);
  EXPECT_GT(tokens[2], tokens[0]);
  EXPECT_LT(tokens[2], tokens[1]);
  double real = 0.0;
  double expected = 0.0;
  for (Eigen::Index i = 0; i < 200; ++i) {
    model.predict({z.row(i).data(), 2}, tokens);
    expected += double{tokens[1]};
    real += double{outcomes.output_tokens[static_cast<std::size_t>(3 * i + 1)]};
  }
  EXPECT_NEAR(expected / real, 1.0, 0.01) << "the mean comes out right";
}

TEST(Choice, CountsGainAndOverPromiseByHand) {
  // Experts 0 and 1 are the pool; 2 was measured once.
  const std::vector<float> scores = {1, 0, 1,           0, 1, kNotMeasured, 1, 1, kNotMeasured,
                                     1, 0, kNotMeasured};
  const std::vector<float> qualities = {0.9F, 0.1F, 1, 0.8F, 0.7F, 1, 0.2F, 0.6F, 1, 0.5F, 0.5F, 1};
  const Choice choice = measure_choice(scores, qualities, 3);
  EXPECT_EQ(choice.queries, 4U);
  EXPECT_NEAR(choice.gain, 3.0 / 4 - 3.0 / 4, 1e-9) << "chosen: 1, 0, 1, 1; best single: 0";
  EXPECT_NEAR(choice.over_promise, (0.9 + 0.8 + 0.6 + 0.5 - 3.0) / 4, 1e-6);
  EXPECT_EQ(measure_choice({}, {}, 3).queries, 0U);
  const std::vector<float> one = {1.0F, 0.0F};
  EXPECT_EQ(measure_choice(one, one, 1).queries, 0U);
}

TEST(Contamination, MovesTheTrainingSplitToTheLevelOfTheOthers) {
  std::vector<std::string> texts;
  std::vector<float> scores;
  for (int i = 0; i < 100; ++i) {
    texts.push_back("q" + std::to_string(i));
    const bool training = i < 50;
    scores.push_back(training ? (i % 10 == 0 ? 0.0F : 1.0F) : (i % 2 == 0 ? 1.0F : 0.0F));
    scores.push_back(training ? 1.0F : kNotMeasured);  // measured there alone: nothing to compare
  }
  Dataset data = dataset(std::move(texts), 2, std::move(scores));
  for (std::size_t i = 0; i < 100; ++i) data.questions[i].split = i < 50 ? "train" : "test";
  const OutcomeMatrix moved = level_training_splits(data);
  double training = 0.0;
  for (std::size_t i = 0; i < 50; ++i) training += double{moved.score[2 * i]} / 50.0;
  EXPECT_NEAR(training, 0.5, 1e-5);
  EXPECT_EQ(moved.score[0], 0.0F) << "wrong stays wrong";
  EXPECT_NEAR(moved.score[2], 0.5 / 0.9, 1e-5) << "right elsewhere too, for all that is known";
  EXPECT_EQ(moved.score[1], 1.0F);
  for (std::size_t i = 50; i < 100; ++i) EXPECT_EQ(moved.score[2 * i], data.outcomes.score[2 * i]);
}

TEST(Contamination, ComparesNoSubjectWithAnother) {
  std::vector<std::string> texts;
  std::vector<float> scores;
  for (int i = 0; i < 160; ++i) {
    texts.push_back("q" + std::to_string(i));
    scores.push_back(i < 80 ? 1.0F : 0.0F);  // good at the sums, all of which are for training
  }
  Dataset data = dataset(std::move(texts), 1, std::move(scores));
  for (std::size_t i = 0; i < 160; ++i) {
    data.questions[i].split = i < 120 ? "train" : "test";
    data.questions[i].subject = i < 80 ? "sums" : "law";
  }
  EXPECT_EQ(level_training_splits(data).score, data.outcomes.score);
}

// Many subjects, each too small to tell: together they do. An expert that has seen the split loses
// what it gained there; of one that has not, chance is left alone.
TEST(Contamination, PoolsSubjectsAndMovesNothingByChance) {
  Rng rng(5);
  std::vector<std::string> texts;
  std::vector<float> scores;
  constexpr int kQuestions = 12'000;
  const auto is_train = [](int i) { return i % 6 != 0; };
  for (int i = 0; i < kQuestions; ++i) {
    texts.push_back("q" + std::to_string(i));
    const double p = 0.4 + 0.02 * (i % 20);  // by subject
    scores.push_back(rng.uniform() < p + (is_train(i) ? 0.15 : 0.0) ? 1.0F : 0.0F);
    scores.push_back(rng.uniform() < p ? 1.0F : 0.0F);
  }
  Dataset data = dataset(std::move(texts), 2, std::move(scores));
  for (int i = 0; i < kQuestions; ++i) {
    Question& question = data.questions[static_cast<std::size_t>(i)];
    question.split = is_train(i) ? "train" : "test";
    question.subject = "s" + std::to_string(i % 20);
  }
  const OutcomeMatrix moved = level_training_splits(data);
  double lost = 0.0;
  double training = 0.0;
  for (std::size_t i = 0; i < kQuestions; ++i) {
    ASSERT_EQ(moved.score[2 * i + 1], data.outcomes.score[2 * i + 1]);
    ASSERT_GE(moved.score[2 * i], 0.0F);
    ASSERT_LE(moved.score[2 * i], 1.0F);
    lost += double{data.outcomes.score[2 * i]} - double{moved.score[2 * i]};
    training += is_train(static_cast<int>(i)) ? 1.0 : 0.0;
  }
  EXPECT_NEAR(lost / training, 0.15, 0.03) << "on average, as calibration reads them";
}

TEST(Folds, MergeEqualTextsToTheMeanOfWhatWasMeasured) {
  const Dataset data =
      dataset({"a  b", "c", "A b"}, 2, {1.0F, kNotMeasured, 0.0F, 1.0F, 0.0F, 1.0F});
  const Dataset merged = merge_equal_texts(data);
  ASSERT_EQ(merged.outcomes.n_queries(), 2U);
  EXPECT_EQ(merged.outcomes.score, (std::vector<float>{0.5F, 1.0F, 0.0F, 1.0F}));
}

}  // namespace
}  // namespace ooe::predictor
