#include "predictor/token_model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/check.h"
#include "learn/as_index.h"
#include "learn/primal_ridge.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

constexpr float kLogTokensMax =
    13.0F;  // 440,000: no answer is longer, whatever a text extrapolates to
constexpr double kPriorAnswers = 5.0;  // an expert's level starts at the typical one

// Per expert and over all: the mean of the recorded values, shrunk to the mean of all.
std::vector<double> shrunk_means(const std::vector<std::vector<double>>& of_expert) {
  double sum = 0.0;
  double count = 0.0;
  for (const auto& values : of_expert) {
    for (const double value : values) sum += value;
    count += static_cast<double>(values.size());
  }
  const double typical = count > 0.0 ? sum / count : std::log1p(double{kOutputTokensDefault});
  std::vector<double> means;
  for (const auto& values : of_expert) {
    double total = kPriorAnswers * typical;
    for (const double value : values) total += value;
    means.push_back(total / (static_cast<double>(values.size()) + kPriorAnswers));
  }
  return means;
}

float bounded_smear(double smear) { return static_cast<float>(std::clamp(smear, 0.1, 10.0)); }

}  // namespace

void TokenModel::predict(std::span<const float> z, std::span<float> tokens) const {
  float shared = 0.0F;
  for (std::size_t f = 0; f < weights.size(); ++f) shared += weights[f] * z[f];
  for (std::size_t j = 0; j < tokens.size(); ++j) {
    const float log_tokens = std::clamp(log_level[j] + shared, 0.0F, kLogTokensMax);
    tokens[j] = smear[j] * (std::exp(log_tokens) - 1.0F);
  }
}

TokenLevel fit_token_level(const TokenModel& model, std::span<const float> tokens,
                           const learn::MatrixRowsF& z) {
  OOE_CHECK(!model.log_level.empty() && static_cast<std::size_t>(z.rows()) == tokens.size() &&
                static_cast<std::size_t>(z.cols()) == model.weights.size(),
            "a row of features for every answer");
  double typical = 0.0;
  for (const float level : model.log_level) typical += double{level};
  typical /= static_cast<double>(model.log_level.size());

  const auto b = Eigen::Map<const Eigen::VectorXf>(model.weights.data(), z.cols());
  double sum = kPriorAnswers * typical;
  double count = kPriorAnswers;
  std::vector<std::size_t> recorded;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (std::isnan(tokens[i]) || tokens[i] < 0.0F) continue;
    recorded.push_back(i);
    sum += std::log1p(double{tokens[i]}) - double{z.row(as_index(i)).dot(b)};
    count += 1.0;
  }
  TokenLevel level{.log_level = static_cast<float>(sum / count)};
  const TokenModel alone{.log_level = {level.log_level}, .smear = {1.0F}, .weights = model.weights};
  double expected = 0.0;
  double real = 0.0;
  for (const std::size_t i : recorded) {
    float one = 0.0F;
    const auto row = z.row(as_index(i));
    alone.predict({row.data(), model.weights.size()}, {&one, 1});
    expected += double{one};
    real += double{tokens[i]};
  }
  if (expected > 0.0) level.smear = bounded_smear(real / expected);
  return level;
}

TokenModel fit_tokens(const OutcomeMatrix& outcomes, const learn::MatrixRowsF& z) {
  const std::size_t m = outcomes.n_experts();
  std::vector<std::vector<double>> logs(m);
  std::vector<std::vector<std::size_t>> rows(m);
  for (std::size_t cell = 0; cell < outcomes.output_tokens.size(); ++cell) {
    const float tokens = outcomes.output_tokens[cell];
    if (std::isnan(tokens) || tokens < 0.0F) continue;
    logs[cell % m].push_back(std::log1p(double{tokens}));
    rows[cell % m].push_back(cell / m);
  }
  const std::vector<double> level = shrunk_means(logs);
  TokenModel model;
  model.weights.assign(static_cast<std::size_t>(z.cols()), 0.0F);
  model.smear.assign(m, 1.0F);
  for (const double a : level) model.log_level.push_back(static_cast<float>(a));

  // One target a question: the mean over its recorded answers of log tokens beyond the expert's
  // level.
  std::vector<double> sum(outcomes.n_queries(), 0.0);
  std::vector<double> count(outcomes.n_queries(), 0.0);
  for (std::size_t j = 0; j < m; ++j) {
    for (std::size_t k = 0; k < rows[j].size(); ++k) {
      sum[rows[j][k]] += logs[j][k] - level[j];
      count[rows[j][k]] += 1.0;
    }
  }
  std::vector<std::size_t> recorded;
  for (std::size_t i = 0; i < count.size(); ++i) {
    if (count[i] > 0.0) recorded.push_back(i);
  }
  if (recorded.size() < 2) return model;
  learn::MatrixRowsF x(as_index(recorded.size()), z.cols());
  learn::MatrixRowsF y(as_index(recorded.size()), 1);
  for (std::size_t r = 0; r < recorded.size(); ++r) {
    x.row(as_index(r)) = z.row(as_index(recorded[r]));
    y(as_index(r), 0) = static_cast<float>(sum[recorded[r]] / count[recorded[r]]);
  }
  std::vector<std::uint32_t> fold;  // for the penalty alone
  for (std::size_t r = 0; r < recorded.size(); ++r)
    fold.push_back(static_cast<std::uint32_t>(r % 5));
  const learn::PrimalRidgeFit ridge = learn::fit_primal_ridge(x, y, fold);
  for (std::size_t f = 0; f < model.weights.size(); ++f) {
    model.weights[f] = ridge.weights(as_index(f), 0);
  }
  std::vector<float> tokens(m);
  std::vector<double> expected(m, 0.0);
  std::vector<double> real(m, 0.0);
  for (std::size_t j = 0; j < m; ++j) {
    for (std::size_t k = 0; k < rows[j].size(); ++k) {
      const auto row = z.row(as_index(rows[j][k]));
      model.predict({row.data(), static_cast<std::size_t>(z.cols())}, tokens);
      expected[j] += double{tokens[j]};
      real[j] += std::expm1(logs[j][k]);
    }
  }
  for (std::size_t j = 0; j < m; ++j) {
    if (expected[j] > 0.0) {
      model.smear[j] = bounded_smear(real[j] / expected[j]);
    }
  }
  return model;
}

}  // namespace ooe::predictor
