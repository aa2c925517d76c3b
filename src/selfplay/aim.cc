#include "selfplay/aim.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/rng.h"
#include "learn/as_index.h"
#include "selfplay/acquisition.h"
#include "selfplay/family.h"

namespace ooe::selfplay {
namespace {

using learn::as_index;

constexpr double kGapWeight = 0.1;
constexpr double kNeedMin = 0.1;  // of the mean need

// What is missing at one target, from the means and variances of all experts there.
double need_at(const Eigen::RowVectorXd& mean, const Eigen::RowVectorXd& variance) {
  Eigen::Index best = 0;
  const double quality = mean.maxCoeff(&best);
  double gain = 0.0;
  for (Eigen::Index j = 0; j < mean.size(); ++j) {
    if (j == best) continue;
    const double s = std::sqrt(std::max(0.0, variance[best]) + std::max(0.0, variance[j]));
    gain = std::max(gain, expected_gain(s, quality - mean[j]));
  }
  return gain + kGapWeight * (1.0 - std::clamp(quality, 0.0, 1.0));
}

}  // namespace

std::vector<Topic> needs_of(std::span<const std::string> names, const Known& known,
                            std::span<const Question> targets) {
  const Believed believed = believe(known, targets, {});
  const std::size_t first = believed.texts.known;
  const auto n = as_index(targets.size());
  const auto m = as_index(known.experts.size());
  const Eigen::MatrixXd mean = believed.belief.mean(first, targets.size());
  Eigen::MatrixXd variance(n, m);
  for (Eigen::Index j = 0; j < m; ++j) {
    const auto covariance =
        believed.belief.covariance(static_cast<std::size_t>(j), first, targets.size());
    variance.col(j) = covariance.diagonal();
  }
  std::map<std::string_view, double> needs;
  for (Eigen::Index t = 0; t < n; ++t) {
    needs[targets[static_cast<std::size_t>(t)].subject] += need_at(mean.row(t), variance.row(t));
  }
  std::vector<Topic> topics;
  double sum = 0.0;
  double found = 0.0;
  for (const std::string& name : names) {
    if (!needs.contains(name)) continue;
    sum += needs[name];
    found += 1.0;
  }
  const double middling = sum > 0.0 ? sum / found : 1.0;
  for (const std::string& name : names) {
    const double need = needs.contains(name) ? needs[name] : middling;
    topics.push_back({name, std::max(need, kNeedMin * middling)});
  }
  return topics;
}

// Systematic sampling: evenly spaced pointers, thrown once, over the needs laid end to end. Each
// topic gets its share, rounded up or down.
std::vector<WritingSeed> writing_seeds(std::span<const Topic> topics, std::uint64_t seed,
                                       std::size_t count, bool open) {
  const std::size_t forms = open ? kForms : kForms - 1;  // the last one is open
  const std::size_t kinds = std::size_t{kLevels} * forms;
  Rng rng(seed);
  const double sum = std::accumulate(topics.begin(), topics.end(), 0.0,
                                     [](double s, const Topic& topic) { return s + topic.need; });
  const double step = sum / static_cast<double>(count);
  double pointer = rng.uniform() * step;
  double end = topics.front().need;
  std::size_t topic = 0;
  const std::size_t kind_first = rng.below(kinds);
  std::vector<WritingSeed> seeds;
  for (std::size_t i = 0; i < count; ++i, pointer += step) {
    while (pointer >= end && topic + 1 < topics.size()) end += topics[++topic].need;
    const std::size_t kind = (kind_first + i) % kinds;
    seeds.push_back({.topic = topics[topic].name,
                     .level = static_cast<int>(kind / forms) + 1,
                     .form = static_cast<Form>(kind % forms),
                     .variant = rng.below(1'000'000)});
  }
  return seeds;
}

}  // namespace ooe::selfplay
