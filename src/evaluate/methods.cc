#include "evaluate/methods.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/check.h"
#include "base/nan.h"
#include "predictor/metrics.h"

namespace ooe::evaluate {
namespace {

constexpr double kUninformed = 0.5;  // the prediction for an expert nobody has asked

// Per-row figures of one way to route; index 0 of every list is the first column.
struct Column {
  std::vector<double> score;
  std::vector<double> usd_per_1k;
};

Column column_of(const Replay& replay, std::span<const ExpertId> asked) {
  return {scores_of(replay, asked), costs_of(replay, asked)};
}

CostQuality point_of(const Column& column, std::span<const double> times) {
  return {weighted_mean(column.usd_per_1k, times), weighted_mean(column.score, times)};
}

std::vector<float> qualities_of(const Replay& replay) {
  std::vector<float> quality;
  quality.reserve(replay.predictions.size());
  for (const Prediction& prediction : replay.predictions) {
    quality.push_back(static_cast<float>(prediction.quality));
  }
  return quality;
}

// Points of these columns in one sample; an expert without an outcome in it has none.
std::vector<CostQuality> points_of(std::span<const Column> columns, std::span<const double> times) {
  std::vector<CostQuality> points;
  for (const Column& column : columns) {
    const CostQuality point = point_of(column, times);
    if (!std::isnan(point.cost) && !std::isnan(point.quality)) points.push_back(point);
  }
  return points;
}

std::vector<Column> singles_of(const Replay& replay) {
  std::vector<Column> singles;
  for (std::size_t expert = 0; expert < replay.m(); ++expert) {
    const std::vector<ExpertId> always(replay.n(), {static_cast<std::int32_t>(expert)});
    singles.push_back(column_of(replay, always));
  }
  return singles;
}

std::vector<Column> sweep_of(const Replay& replay, std::span<const double> multipliers) {
  std::vector<Column> sweep;
  for (const double multiplier : multipliers) {
    sweep.push_back(column_of(replay, route(replay, multiplier)));
  }
  return sweep;
}

// AIQ of the zero router, then that of each sweep, in one sample.
std::vector<double> aiqs(std::span<const Column> singles,
                         std::span<const std::vector<Column>> sweeps,
                         std::span<const double> times) {
  const std::vector<CostQuality> alone = points_of(singles, times);
  if (alone.empty()) return std::vector<double>(1 + sweeps.size(), kNaN);
  const auto [low, high] = std::ranges::minmax_element(alone, {}, &CostQuality::cost);
  std::vector<double> figures{aiq(quality_hull(alone), low->cost, high->cost)};
  for (const auto& sweep : sweeps) {
    std::vector<CostQuality> points = points_of(sweep, times);
    points.push_back(*low);
    figures.push_back(aiq(quality_hull(std::move(points)), low->cost, high->cost));
  }
  return figures;
}

void add_aiq(const std::vector<Replay>& replays, const BootstrapOptions& options,
             MethodTable& table) {
  const std::vector<double> multipliers = hull_multipliers(replays.front());
  const std::vector<Column> singles = singles_of(replays.front());
  std::vector<std::vector<Column>> sweeps;
  for (const Replay& replay : replays) sweeps.push_back(sweep_of(replay, multipliers));
  const std::size_t n = replays.front().n();
  table.zero_router = quality_hull(points_of(singles, std::vector<double>(n, 1.0)));

  // The zero router's, each method's, each method's less the zero router's.
  const Statistic statistic = [&](std::span<const double> times) {
    std::vector<double> figures = aiqs(singles, sweeps, times);
    for (std::size_t i = 0; i < sweeps.size(); ++i) {
      figures.push_back(figures[1 + i] - figures[0]);
    }
    return figures;
  };
  const std::vector<Interval> intervals = bootstrap(n, statistic, options);
  table.zero_aiq = intervals[0];
  for (std::size_t i = 0; i < sweeps.size(); ++i) {
    table.methods[i].aiq = intervals[1 + i];
    table.methods[i].aiq_over_zero = intervals[1 + sweeps.size() + i];
  }
}

}  // namespace

MethodTable compare_methods(const Replay& kept, std::span<const Rival> rivals, ExpertId best_single,
                            std::span<const std::uint32_t> fold, bool priced,
                            const BootstrapOptions& options) {
  MethodTable table;
  std::vector<Replay> replays{kept};
  table.methods.emplace_back().name = "kept predictor";
  for (const Rival& rival : rivals) {
    replays.push_back(with_quality(kept, rival.quality));
    table.methods.emplace_back().name = rival.name;
  }

  const std::vector<ExpertId> always(kept.n(), best_single);
  const std::vector<double> best = scores_of(kept, always);
  std::vector<std::vector<double>> columns;  // four a method
  for (std::size_t i = 0; i < replays.size(); ++i) {
    table.methods[i].prediction = prediction_quality(replays[i], fold);
    table.methods[i].log_loss_lead = predictor::log_loss_gain(
        kept.outcomes.score, qualities_of(kept), qualities_of(replays[i]), kept.m());
    Column column = column_of(replays[i], route(replays[i], 0.0));
    columns.push_back(difference(column.score, best));
    columns.push_back(i == 0 ? std::vector<double>(kept.n(), 0.0)
                             : difference(columns[2], column.score));
    columns.push_back(std::move(column.score));
    columns.push_back(std::move(column.usd_per_1k));
  }
  const std::vector<Interval> intervals = bootstrap(columns, options);
  for (std::size_t i = 0; i < replays.size(); ++i) {
    MethodFigures& method = table.methods[i];
    method.gain = intervals[4 * i];
    method.lead = intervals[4 * i + 1];
    method.accuracy = intervals[4 * i + 2];
    method.usd_per_1k = intervals[4 * i + 3];
    method.aiq = method.aiq_over_zero = kNoInterval;
  }
  if (priced) add_aiq(replays, options, table);
  return table;
}

std::vector<MethodFigures> better_methods(const MethodTable& table) {
  std::vector<MethodFigures> better;
  for (const MethodFigures& method : table.methods) {
    if (method.name != kTrueSubject && method.log_loss_lead.is_surely_a_loss()) {
      better.push_back(method);
    }
  }
  return better;
}

PredictionQuality prediction_quality(const Replay& replay, std::span<const std::uint32_t> fold) {
  const predictor::Quality figures =
      predictor::measure(replay.outcomes.score, qualities_of(replay), replay.m(), fold);
  if (figures.cells == 0) return {kNaN, kNaN, kNaN, kNaN};
  return {figures.log_loss, figures.brier, figures.auc, figures.ece};
}

std::vector<float> subject_means(const Dataset& data, std::span<const std::uint32_t> fold) {
  const OutcomeMatrix& outcomes = data.outcomes;
  OOE_CHECK(fold.size() == outcomes.n_queries(), "a fold of every query");
  if (data.questions.size() != outcomes.n_queries()) return {};
  std::map<std::string, std::size_t> subjects;
  for (const Question& question : data.questions) {
    subjects.emplace(question.subject, subjects.size());
  }
  const std::size_t folds = fold.empty() ? 0 : *std::ranges::max_element(fold) + std::size_t{1};
  if (subjects.size() < 2 || folds < 2) return {};

  // Sums and counts by fold and subject; what a fold may see is the total less its own.
  struct Sum {
    double score = 0.0;
    double count = 0.0;
    void add(const Sum& other, double sign) {
      score += sign * other.score;
      count += sign * other.count;
    }
  };
  std::vector<float> quality(outcomes.score.size());
  for (std::size_t expert = 0; expert < outcomes.n_experts(); ++expert) {
    std::vector<Sum> of_subject(subjects.size());
    std::vector<Sum> of_both(subjects.size() * folds);
    std::vector<Sum> of_fold(folds);
    Sum total;
    for (std::size_t query = 0; query < outcomes.n_queries(); ++query) {
      const float score = outcomes.row(query)[expert];
      if (std::isnan(score)) continue;
      const std::size_t subject = subjects.at(data.questions[query].subject);
      const Sum one{double{score}, 1.0};
      of_subject[subject].add(one, 1.0);
      of_both[subject * folds + fold[query]].add(one, 1.0);
      of_fold[fold[query]].add(one, 1.0);
      total.add(one, 1.0);
    }
    for (std::size_t query = 0; query < outcomes.n_queries(); ++query) {
      const std::size_t subject = subjects.at(data.questions[query].subject);
      Sum elsewhere = total;
      elsewhere.add(of_fold[fold[query]], -1.0);
      Sum seen = of_subject[subject];
      seen.add(of_both[subject * folds + fold[query]], -1.0);
      const double level = elsewhere.count > 0.0 ? elsewhere.score / elsewhere.count : kUninformed;
      quality[outcomes.at(query, expert)] =
          static_cast<float>((seen.score + kSubjectPrior * level) / (seen.count + kSubjectPrior));
    }
  }
  return quality;
}

}  // namespace ooe::evaluate
