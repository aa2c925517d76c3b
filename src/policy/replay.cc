#include "policy/replay.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

namespace ooe::policy {
namespace {

// What was foreseen, in the order of the experts of now; one that was not there then is worth
// nothing and not asked.
struct Recalled {
  Query query;
  std::vector<Prediction> predictions;
  std::unique_ptr<bool[]> healthy;
  std::unique_ptr<bool[]> takes_length;
};

Recalled recall(const Foreseen& foreseen, PrivacyClass privacy, std::span<const Expert> experts) {
  Recalled recalled;
  recalled.query.prompt_tokens = foreseen.prompt_tokens;
  recalled.query.output_tokens_max = foreseen.output_tokens_max;
  recalled.query.needs = foreseen.needs;
  recalled.query.privacy = privacy;
  recalled.query.counted_tokens.resize(experts.size());
  recalled.predictions.resize(experts.size());
  recalled.healthy = std::make_unique<bool[]>(experts.size());
  recalled.takes_length = std::make_unique<bool[]>(experts.size());
  for (std::size_t i = 0; i < experts.size(); ++i) {
    const auto then = std::ranges::find(foreseen.experts, name_hash_of(experts[i].name),
                                        &ForeseenExpert::name_hash);
    if (then == foreseen.experts.end()) continue;  // healthy stays false
    recalled.healthy[i] = then->healthy;
    recalled.takes_length[i] = then->takes_length;
    recalled.predictions[i].quality = then->quality;
    recalled.predictions[i].output_tokens = then->output_tokens;
    recalled.query.counted_tokens[i] = then->prompt_tokens;
    recalled.predictions[i].cost =
        expected_cost(experts[i], then->prompt_tokens, then->output_tokens);
  }
  return recalled;
}

}  // namespace

void RunningMean::add(double x) {
  ++n_;
  const double before = x - mean_;
  mean_ += before / static_cast<double>(n_);
  squares_ += before * (x - mean_);
}

double RunningMean::standard_error() const {
  if (n_ < 2) return 0.0;
  const auto n = static_cast<double>(n_);
  return std::sqrt(squares_ / (n - 1.0) / n);
}

void WeightedMean::add(double weight, double x) {
  w_ += weight;
  ww_ += weight * weight;
  wx_ += weight * x;
  wwx_ += weight * weight * x;
  wwxx_ += weight * weight * x * x;
}

double WeightedMean::mean() const { return wx_ / w_; }

double WeightedMean::standard_error() const {
  const double m = mean();
  return std::sqrt(std::max(0.0, wwxx_ - 2.0 * m * wwx_ + m * m * ww_)) / w_;
}

double WeightedMean::effective_n() const { return ww_ > 0.0 ? w_ * w_ / ww_ : 0.0; }

double ReplayFigures::coverage() const {
  const std::int64_t n = replayed;
  return n == 0 ? 0.0 : std::min(1.0, measured_usd.weights() / static_cast<double>(n));
}

Replay::Replay(ReplayPolicy policy) : policy_(std::move(policy)) {
  if (policy_.pacing) pacer_.emplace(policy_.pacing->target, policy_.pacing->options);
}

void Replay::add(const Receipt& receipt, std::optional<double> score) {
  const auto foreseen = parse_foreseen(receipt.foreseen);
  if (!foreseen) {
    ++figures_.nothing_foreseen;
    return;
  }
  const std::span<const Expert> experts = policy_.experts;
  const Recalled recalled = recall(*foreseen, receipt.privacy, experts);
  DecideOptions options = policy_.options;
  options.healthy = {recalled.healthy.get(), experts.size()};
  options.takes_length = {recalled.takes_length.get(), experts.size()};
  const double aim = pacer_ ? pacer_->aim() : 0.0;
  const Tradeoff tradeoff = pacer_ ? policy_.pacing->curve.at(aim) : policy_.tradeoff;
  const Decision decision =
      decide(recalled.predictions, experts, recalled.query, tradeoff, options);
  if (decision.plan.empty()) {
    ++figures_.refused;
    return;
  }
  const ExpertId first = decision.plan.front();
  const Expert& now = experts[first.index()];
  const Prediction& expected = recalled.predictions[first.index()];
  if (pacer_) {
    const double usd = expected.cost ? to_double(*expected.cost) : 0.0;
    pacer_->observe(aim, policy_.counts_ownership ? (now.own ? 1.0 : 0.0) : usd);
  }

  // Refused then, by a limit of the request's or for want of anybody well: no other expert went
  // first.
  if (receipt.chosen.empty()) {
    ++figures_.nobody_then;
    return;
  }
  ++figures_.replayed;
  figures_.paid += receipt.cost;
  if (now.name != receipt.chosen) ++figures_.changed;
  if (receipt.propensity < 0.5) ++figures_.explored;
  measure(receipt, first, score);

  const auto then = std::ranges::find(foreseen->experts, name_hash_of(receipt.chosen),
                                      &ForeseenExpert::name_hash);
  if (then == foreseen->experts.end()) return;  // of another catalogue
  figures_.quality_then.add(then->quality);
  figures_.quality_now.add(expected.quality);
  figures_.quality_difference.add(expected.quality - then->quality);
  const auto there = std::ranges::find(experts, receipt.chosen, &Expert::name);
  const auto cost_then =
      there == experts.end()
          ? std::nullopt
          : recalled.predictions[static_cast<std::size_t>(there - experts.begin())].cost;
  if (!cost_then || !expected.cost) {
    ++figures_.unpriced;
    return;
  }
  figures_.usd_then.add(to_double(*cost_then));
  figures_.usd_now.add(to_double(*expected.cost));
  figures_.usd_difference.add(to_double(*expected.cost) - to_double(*cost_then));
}

void Replay::measure(const Receipt& receipt, ExpertId now, std::optional<double> score) {
  if (policy_.experts[now.index()].name != receipt.chosen || !(receipt.propensity > 0.0)) return;
  const double weight = 1.0 / receipt.propensity;
  figures_.measured_usd.add(weight, to_double(receipt.cost));
  figures_.measured_answered.add(weight, receipt.ending == Ending::answered ? 1.0 : 0.0);
  if (score) figures_.measured_score.add(weight, *score);
}

}  // namespace ooe::policy
