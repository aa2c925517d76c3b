#include "predictor/adapt.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include <Eigen/Cholesky>
#include <Eigen/LU>

#include "learn/as_index.h"
#include "predictor/levels.h"
#include "predictor/model_impl.h"
#include "predictor/moved_level.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

// Variances of a score around what its question's factors say, and around what its text says.
constexpr double kFactorNoise = 0.15;
constexpr double kDirectionNoise = 0.17;

// What is known of one question of the new data.
struct Known {
  Vector directions;              // [K], g
  std::optional<Vector> factors;  // [r]; empty: no other expert answered it
};

Vector with_one(const Vector& values) {
  Vector row(values.size() + 1);
  row << 1.0, values;
  return row;
}

std::vector<Known> know(const Model::Impl& model, const Dataset& data) {
  std::map<QueryId, std::size_t> place;
  for (std::size_t i = 0; i < model.basis.queries.size(); ++i) place[model.basis.queries[i]] = i;
  std::vector<Known> known;
  Scratch::Impl scratch;
  for (std::size_t i = 0; i < data.texts.size(); ++i) {
    const auto found = place.find(data.query_ids[i]);
    if (found != place.end()) {
      const auto row = as_index(found->second);
      known.push_back({.directions = model.basis.directions.row(row).transpose().cast<double>(),
                       .factors = model.basis.factors.row(row).transpose().cast<double>()});
      continue;
    }
    model.read(data.texts[i], scratch);
    const std::vector<float>& g = scratch.directions.g;
    known.push_back(
        {.directions =
             Eigen::Map<const Eigen::VectorXf>(g.data(), as_index(g.size())).cast<double>(),
         .factors = {}});
  }
  return known;
}

// Level and slopes of a new expert, [1 + K]: its mean given its answers (expert_prior.h).
Vector fit_new(const ExpertPrior& prior, const std::vector<Known>& known, const Dataset& data,
               std::size_t expert) {
  const Matrix& a = prior.factors_of_direction;
  const Eigen::Index p = a.cols();
  const Eigen::Index q = a.rows();
  Matrix precision = Matrix::Zero(p + q, p + q);
  precision.topLeftCorner(p, p) = prior.by_factors.covariance.inverse();
  precision.bottomRightCorner(q, q) = prior.deviations.covariance.inverse();
  Vector pull = Vector::Zero(p + q);
  pull.head(p) = precision.topLeftCorner(p, p) * prior.by_factors.mean;
  Vector x(p + q);
  for (std::size_t i = 0; i < known.size(); ++i) {
    const float score = data.outcomes.score[data.outcomes.at(i, expert)];
    if (std::isnan(score)) continue;
    const Vector g = with_one(known[i].directions);
    x << (known[i].factors ? with_one(*known[i].factors) : Vector(a.transpose() * g)), g;
    const double noise = known[i].factors ? kFactorNoise : kDirectionNoise;
    precision += x * x.transpose() / noise;
    pull += x * (double{score} / noise);
  }
  const Vector weights = precision.ldlt().solve(pull);
  return a * weights.head(p) + weights.tail(q);
}

double expected(const Vector& weights, const Vector& directions) {
  return weights[0] + weights.tail(directions.size()).dot(directions);
}

// Mean of what the expert's outcomes leave over, shrunk, and the variance that is left in it.
struct Shift {
  double value = 0.0;
  double variance = 0.0;
  std::size_t n = 0;  // outcomes
};

Shift shift_of(const Vector& weights, const std::vector<Known>& known, const Dataset& data,
               std::size_t expert) {
  double sum = 0.0;
  double n = 0.0;
  for (std::size_t i = 0; i < known.size(); ++i) {
    const float score = data.outcomes.score[data.outcomes.at(i, expert)];
    if (std::isnan(score)) continue;
    sum += double{score} - expected(weights, known[i].directions);
    n += 1.0;
  }
  const double weight = n + kLevelPriorOutcomes;
  return {.value = sum / weight,
          .variance = kDirectionNoise / weight,
          .n = static_cast<std::size_t>(n)};
}

// Of the level of an expert that the model has in `column`.
Shift shift_of_known(const Model& model, std::size_t column, const std::vector<Known>& known,
                     const Dataset& data, std::size_t expert) {
  const DirectionModel& directions = model.impl()->directions;
  Vector weights(directions.slopes.rows() + 1);
  weights << double{directions.level[column]},
      directions.slopes.col(as_index(column)).cast<double>();
  return shift_of(weights, known, data, expert);
}

// From the usage of the expert's answers, where there is any.
TokenLevel token_level_of(const Model::Impl& model, const Dataset& data, std::size_t expert) {
  std::vector<float> tokens;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; !data.outcomes.output_tokens.empty() && i < data.texts.size(); ++i) {
    const float recorded = data.outcomes.output_tokens[data.outcomes.at(i, expert)];
    if (std::isnan(recorded)) continue;
    tokens.push_back(recorded);
    rows.push_back(i);
  }
  const std::size_t p = model.tokens.weights.size();
  learn::MatrixRowsF z(as_index(rows.size()), as_index(p));
  Scratch::Impl scratch;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    model.read(data.texts[rows[i]], scratch);
    std::ranges::copy_n(scratch.directions.z.begin(), static_cast<std::ptrdiff_t>(p),
                        z.row(as_index(i)).data());
  }
  return fit_token_level(model.tokens, tokens, z);
}

void append_expert(Model::Impl& model, const std::string& name, const Vector& weights, double sd,
                   const TokenLevel& tokens) {
  model.card.experts.push_back(name);
  DirectionModel& directions = model.directions;
  directions.level.push_back(static_cast<float>(weights[0]));
  const Eigen::Index m = directions.slopes.cols();
  directions.slopes.conservativeResize(Eigen::NoChange, m + 1);
  directions.slopes.col(m) = weights.tail(directions.slopes.rows()).cast<float>();
  model.quality_sd.push_back(static_cast<float>(sd));
  model.tokens.log_level.push_back(tokens.log_level);
  model.tokens.smear.push_back(tokens.smear);
}

// Gives a matrix of [n, from.size()] the columns `from` of the old one, [n, columns]; a column that
// was not there is filled by value(row, new column).
template <class Value>
std::vector<float> with_columns(const std::vector<float>& matrix, std::size_t columns,
                                const std::vector<std::optional<std::size_t>>& from, Value value) {
  std::vector<float> result;
  const std::size_t n = columns == 0 ? 0 : matrix.size() / columns;
  result.reserve(n * from.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < from.size(); ++j) {
      result.push_back(from[j] ? matrix[i * columns + *from[j]] : value(i, j));
    }
  }
  return result;
}

// The sample of held-out predictions follows: row i is question i of the basis (train.cc).
void extend_held_out(Model::Impl& model, std::size_t m_old) {
  const std::size_t m = model.card.experts.size();
  std::vector<std::optional<std::size_t>> from;
  for (std::size_t j = 0; j < m; ++j) from.push_back(j < m_old ? std::optional(j) : std::nullopt);
  const Eigen::Index k = model.directions.slopes.rows();
  const auto quality = [&](std::size_t i, std::size_t j) {
    float q = model.directions.level[j];
    if (k > 0) {
      q += model.basis.directions.row(as_index(i))
               .dot(model.directions.slopes.col(as_index(j)).transpose());
    }
    return static_cast<float>(bounded_quality(double{q}));
  };
  HeldOutSample& sample = model.held_out;
  // What the question's text adds to everybody's level, b . z, is kept in what the known experts
  // were expected to take.
  const auto tokens = [&](std::size_t i, std::size_t j) {
    const TokenModel& model_of = model.tokens;
    float shared = 0.0F;
    for (std::size_t known = 0; known < m_old; ++known) {
      const float expected = sample.output_tokens[i * m_old + known];
      shared += std::log1p(expected / model_of.smear[known]) - model_of.log_level[known];
    }
    const TokenModel alone{
        .log_level = {model_of.log_level[j]}, .smear = {model_of.smear[j]}, .weights = {1.0F}};
    const float mean = shared / static_cast<float>(m_old);
    float result = 0.0F;
    alone.predict({&mean, 1}, {&result, 1});
    return result;
  };
  sample.quality = with_columns(sample.quality, m_old, from, quality);
  sample.score = with_columns(sample.score, m_old, from,
                              [](std::size_t, std::size_t) { return kNotMeasured; });
  sample.output_tokens = with_columns(sample.output_tokens, m_old, from, tokens);
}

// What is calibrated on the sample is to see the new level, in what was predicted and in what
// happened: scores move as if a share of the right answers had turned wrong, or of the wrong ones
// right, so that they stay in [0, 1] and their mean moves by `shift`.
void move_held_out(HeldOutSample& sample, std::size_t n_experts, std::size_t column, double shift) {
  double scores = 0.0;
  double n = 0.0;
  for (std::size_t i = 0; i < sample.n_queries(); ++i) {
    float& quality = sample.quality[i * n_experts + column];
    quality = static_cast<float>(bounded_quality(double{quality} + shift));
    const float score = sample.score[i * n_experts + column];
    if (std::isnan(score)) continue;
    scores += double{score};
    n += 1.0;
  }
  if (n == 0.0) return;
  const MovedLevel moved = MovedLevel::between(scores / n, scores / n + shift);
  for (std::size_t i = 0; i < sample.n_queries(); ++i) {
    float& score = sample.score[i * n_experts + column];
    score = moved.of(score);
  }
}

}  // namespace

Result<Model> adapt(const Model& model, const Dataset& data) {
  if (std::ranges::all_of(data.outcomes.score, [](float score) { return std::isnan(score); })) {
    return fail(ErrorCode::invalid_argument, "no outcome to adapt the model to; give some");
  }
  auto adapted = std::make_shared<Model::Impl>(*model.impl());
  const std::vector<Known> known = know(*model.impl(), data);
  const std::size_t m_old = model.card().experts.size();
  for (std::size_t j = 0; j < data.outcomes.n_experts(); ++j) {
    const std::string& name = data.outcomes.experts[j];
    const auto column = model.card().column_of(name);
    if (!column) {
      const Vector weights = fit_new(model.impl()->basis.prior, known, data, j);
      const Shift left = shift_of(weights, known, data, j);
      append_expert(*adapted, name, weights, std::sqrt(left.variance),
                    token_level_of(*model.impl(), data, j));
      continue;
    }
    const Shift shift = shift_of_known(model, *column, known, data, j);
    adapted->directions.level[*column] += static_cast<float>(shift.value);
    move_held_out(adapted->held_out, m_old, *column, shift.value);
  }
  extend_held_out(*adapted, m_old);
  return Model(std::move(adapted));
}

std::vector<LevelMove> level_moves(const Model& model, const Dataset& data) {
  const std::vector<Known> known = know(*model.impl(), data);
  std::vector<LevelMove> moves;
  for (std::size_t j = 0; j < data.outcomes.n_experts(); ++j) {
    const auto column = model.card().column_of(data.outcomes.experts[j]);
    if (!column) continue;
    const Shift shift = shift_of_known(model, *column, known, data, j);
    if (shift.n == 0) continue;
    moves.push_back({data.outcomes.experts[j], shift.value, shift.n});
  }
  return moves;
}

std::size_t count_trained_on(const Model& model, std::span<const QueryId> queries) {
  std::vector<QueryId> kept = model.impl()->basis.queries;
  std::ranges::sort(kept);
  return static_cast<std::size_t>(std::ranges::count_if(
      queries, [&](const QueryId& query) { return std::ranges::binary_search(kept, query); }));
}

Result<Model> without_experts(const Model& model, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!model.card().column_of(name)) {
      return fail(ErrorCode::not_found, "the model knows no expert '{}'", name);
    }
  }
  auto part = std::make_shared<Model::Impl>(*model.impl());
  const Model::Impl& whole = *model.impl();
  const std::size_t m_old = whole.card.experts.size();
  std::vector<std::optional<std::size_t>> kept;
  for (std::size_t j = 0; j < m_old; ++j) {
    if (std::ranges::find(names, whole.card.experts[j]) == names.end()) kept.emplace_back(j);
  }
  if (kept.empty()) {
    return fail(ErrorCode::invalid_argument, "no expert would be left; keep at least one");
  }
  const auto no_new = [](std::size_t, std::size_t) { return 0.0F; };
  const auto take = [&](const std::vector<float>& row) {
    return with_columns(row, m_old, kept, no_new);
  };
  part->card.experts.clear();
  part->directions.slopes.resize(whole.directions.slopes.rows(), as_index(kept.size()));
  for (std::size_t j = 0; j < kept.size(); ++j) {
    part->card.experts.push_back(whole.card.experts[*kept[j]]);
    part->directions.slopes.col(as_index(j)) = whole.directions.slopes.col(as_index(*kept[j]));
  }
  part->directions.level = take(whole.directions.level);
  part->quality_sd = take(whole.quality_sd);
  part->tokens.log_level = take(whole.tokens.log_level);
  part->tokens.smear = take(whole.tokens.smear);
  part->held_out.quality = take(whole.held_out.quality);
  part->held_out.score = take(whole.held_out.score);
  part->held_out.output_tokens = take(whole.held_out.output_tokens);
  return Model(std::move(part));
}

}  // namespace ooe::predictor
