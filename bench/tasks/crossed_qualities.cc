#include "bench/tasks/crossed_qualities.h"

#include <algorithm>
#include <utility>

#include "bench/tasks/figure_table.h"

namespace ooe::tasks {

Qualities cross_predicted(const Dataset& data, const predictor::TrainOptions& options) {
  auto crossed = predictor::cross_predict(data, kFolds, options);
  if (!crossed) die(crossed.error().message);
  Qualities qualities;
  std::vector<float>& ours = qualities[kOurs];
  for (const Prediction& p : crossed->prediction) ours.push_back(static_cast<float>(p.quality));
  for (predictor::Rival& rival : crossed->rivals) qualities[rival.name] = std::move(rival.quality);
  return qualities;
}

std::vector<std::string> names_of(const Qualities& qualities) {
  std::vector<std::string> names;
  for (const auto& [name, quality] : qualities) names.push_back(name);
  return names;
}

evaluate::DeferralCurve curve_of(const Dataset& data, const std::vector<float>& quality,
                                 const Rows& rows, const Rows& places, const Rows& pool,
                                 std::size_t strong) {
  const OutcomeMatrix& outcomes = data.outcomes;
  std::vector<double> gain;
  std::vector<float> weak_score;
  std::vector<float> strong_score;
  for (const std::size_t place : places) {
    const std::size_t row = rows[place];
    const std::size_t best = *std::ranges::max_element(
        pool, {}, [&](std::size_t j) { return quality[outcomes.at(row, j)]; });
    gain.push_back(double{quality[outcomes.at(row, best)]} -
                   double{quality[outcomes.at(row, strong)]});
    weak_score.push_back(outcomes.score[outcomes.at(row, best)]);
    strong_score.push_back(outcomes.score[outcomes.at(row, strong)]);
  }
  return evaluate::deferral_curve(gain, weak_score, strong_score);
}

}  // namespace ooe::tasks
