#include "orchestrator/orchestrator.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/ranges.h>

#include "base/check.h"
#include "base/near_names.h"
#include "core/outcome.h"
#include "policy/decide.h"

namespace ooe::orchestrator {
namespace {

// What an expert that nobody has interviewed is taken for: worthless, and we may be wrong.
constexpr Prediction kStranger{
    .quality = 0.0, .quality_sd = 0.5, .output_tokens = 256.0, .cost = std::nullopt};

Result<void> check_names(std::span<const Expert> experts, std::span<const ModelSpec> models) {
  std::vector<std::string_view> names;
  for (const Expert& expert : experts) names.push_back(expert.name);
  for (const ModelSpec& model : models) names.push_back(model.name);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end()) {
    // Those of a catalogue differ: one of the two is a model's.
    return fail_about(subject_of(*std::ranges::find(models, *twice, &ModelSpec::name)),
                      ErrorCode::invalid_argument,
                      "the name '{}' is taken twice; experts and models need names of their own",
                      *twice);
  }
  return {};
}

}  // namespace

Result<Orchestrator> Orchestrator::make(experts::Catalogue catalogue,
                                        std::optional<predictor::Model> predictor,
                                        std::vector<ModelSpec> models) {
  if (auto ok = check_names(catalogue.experts(), models); !ok) return fail(ok.error());
  Orchestrator made(std::move(catalogue));
  const std::span<const Expert> experts = made.experts();
  made.predictor_ = std::move(predictor);
  made.column_.resize(experts.size());
  if (made.predictor_) {
    const auto& names = made.predictor_->card().experts;
    for (std::size_t i = 0; i < experts.size(); ++i) {
      made.column_[i] = made.predictor_->card().column_of(experts[i].name);
    }
    const bool knows_nobody = made.strangers().size() == experts.size();
    if (knows_nobody && std::ranges::none_of(models, &ModelSpec::needs_predictor)) {
      made.predictor_.reset();
    } else if (knows_nobody) {
      return fail(ErrorCode::invalid_argument,
                  "the predictor knows none of the configured experts (it knows '{}' and {} more); "
                  "interview them and train again",
                  names.front(), names.size() - 1);
    }
  }
  if (made.predictor_) {
    made.sample_ = made.price(*made.predictor_);
    made.shrinkage_ = policy::fit_shrinkage(made.sample_.view(), experts.size());
    made.shrink_sample();
  }
  for (ModelSpec& spec : models) {
    const std::string name = spec.name;
    const std::string subject = subject_of(spec);
    auto model = made.make_model(std::move(spec));
    if (!model) {
      return fail_about(subject, model.error().code, "model {}: {}", name, model.error().message);
    }
    made.models_.push_back(std::move(*model));
  }
  return made;
}

Result<void> Orchestrator::use_llm(const LlmPredictorSpec& spec) {
  if (!predictor_) {
    return fail(ErrorCode::invalid_argument,
                "[predictor] kind = \"llm\" needs the built-in predictor to stand by; run `ooe "
                "train`");
  }
  auto llm = make_llm_predictor(experts(), spec);
  if (!llm) return fail(llm.error());
  llm_ = std::move(*llm);
  return {};
}

const LlmPredictor* Orchestrator::llm_for(const Query& query, std::string_view model) const {
  if (!llm_) return nullptr;
  const Expert& expert = experts()[llm_->expert.index()];
  const RoutedModel* routed = find_model(model);
  if (routed == nullptr || !routed->routes() || expert.clearance < query.privacy) return nullptr;
  const bool in_zone =
      routed->zones.empty() || std::ranges::find(routed->zones, expert.zone) != routed->zones.end();
  return in_zone ? &*llm_ : nullptr;
}

Result<RoutedModel> Orchestrator::make_model(ModelSpec spec) const {
  RoutedModel model;
  model.name = std::move(spec.name);
  model.goal = std::move(spec.goal);
  model.zones = std::move(spec.zones);
  model.privacy_floor = spec.privacy_floor;
  model.explore = spec.explore;
  if (spec.dedicated) {
    if (auto ok = dedicate(*spec.dedicated, model); !ok) return fail(ok.error());
  }
  std::vector<std::string> zones;  // of those it is made of
  for (std::size_t i = 0; i < experts().size(); ++i) {
    const ExpertId expert{static_cast<std::int32_t>(i)};
    const bool part =
        model.only.empty() || std::ranges::find(model.only, expert) != model.only.end();
    if (part) zones.push_back(experts()[i].zone);
  }
  if (!model.zones.empty() && std::ranges::find_first_of(zones, model.zones) == zones.end()) {
    return fail(ErrorCode::invalid_argument,
                "none of its experts is in one of its zones ('{}'); set an expert's zone, or leave "
                "zones out",
                fmt::join(model.zones, "', '"));
  }
  if (!model.routes()) {
    model.calibrated.tradeoff.anchor = model.only.front();
    return model;
  }
  if (!predictor_) {
    return fail(ErrorCode::invalid_argument,
                "it needs a predictor; run `ooe train`, or remove the [[model]] and let clients "
                "name experts");
  }
  const PricedSample sample = sample_of(model.only);
  auto calibrated = policy::calibrate(model.goal, experts(), sample.view());
  if (!calibrated) return fail(calibrated.error());
  model.calibrated = *calibrated;
  model.pacing = policy::plan_pacing(model.goal, experts(), sample.view());
  return model;
}

Result<void> Orchestrator::dedicate(const DedicatedSpec& spec, RoutedModel& model) const {
  for (const std::string& name : {spec.own, spec.generic}) {
    const auto expert = find_expert(name);
    if (!expert) {
      return fail(ErrorCode::invalid_argument, "there is no expert '{}'; {}", name,
                  name_hint(name, names_of(experts())));
    }
    if (spec.mode == DedicatedMode::route && !column_[expert->index()]) {
      return fail(ErrorCode::invalid_argument,
                  "the predictor does not know '{}'; interview it and train again, or `ooe adapt`",
                  name);
    }
    model.only.push_back(*expert);
  }
  const Expert& own = experts()[model.only[0].index()];
  const Expert& generic = experts()[model.only[1].index()];
  if (!own.own || generic.own) {
    return fail(ErrorCode::invalid_argument,
                "it takes an own expert and another: set own = true for '{}', and not for '{}'",
                own.name, generic.name);
  }
  if (spec.mode == DedicatedMode::tag) model.tag = spec.tag;
  if (spec.mode == DedicatedMode::tag_only) model.only.pop_back();
  return {};
}

Orchestrator::PricedSample Orchestrator::sample_of(std::span<const ExpertId> only) const {
  PricedSample part = sample_;
  for (std::size_t cell = 0; cell < part.quality.size() && !only.empty(); ++cell) {
    const ExpertId expert{static_cast<std::int32_t>(cell % experts().size())};
    if (std::ranges::find(only, expert) != only.end()) continue;
    part.quality[cell] = std::numeric_limits<float>::quiet_NaN();
  }
  return part;
}

// What serves is what goals are calibrated on. Strangers took no part in it, and have their place
// in the sample from now on.
void Orchestrator::shrink_sample() {
  const std::size_t m = experts().size();
  std::vector<double> quality(m);
  for (std::size_t query = 0; query < sample_.n_queries; ++query) {
    const std::span<float> row(&sample_.quality[query * m], m);
    std::ranges::copy(row, quality.begin());
    shrinkage_.apply(quality);
    for (std::size_t i = 0; i < m; ++i) {
      row[i] = static_cast<float>(column_[i] ? quality[i] : kStranger.quality);
    }
  }
}

Orchestrator::PricedSample Orchestrator::price(const predictor::Model& predictor) const {
  const predictor::HeldOutSample& sample = predictor.held_out();
  const std::size_t n_columns = predictor.card().experts.size();
  PricedSample priced;
  priced.n_queries = sample.n_queries();
  priced.quality.reserve(priced.n_queries * experts().size());
  priced.cost_usd.reserve(priced.n_queries * experts().size());
  priced.score.reserve(priced.n_queries * experts().size());
  for (std::size_t query = 0; query < priced.n_queries; ++query) {
    const auto prompt_tokens = static_cast<std::int64_t>(sample.prompt_tokens[query]);
    for (std::size_t i = 0; i < experts().size(); ++i) {
      double quality = std::numeric_limits<double>::quiet_NaN();
      double output_tokens = kStranger.output_tokens;
      float score = kNotMeasured;
      if (column_[i]) {
        score = sample.score[query * n_columns + *column_[i]];
        quality = sample.quality[query * n_columns + *column_[i]];
        output_tokens = sample.output_tokens[query * n_columns + *column_[i]];
      }
      const auto cost = policy::expected_cost(experts()[i], prompt_tokens, output_tokens);
      priced.quality.push_back(static_cast<float>(quality));
      priced.score.push_back(score);
      priced.cost_usd.push_back(cost ? static_cast<float>(to_double(*cost))
                                     : std::numeric_limits<float>::quiet_NaN());
    }
  }
  return priced;
}

std::vector<std::string> Orchestrator::strangers() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < column_.size(); ++i) {
    if (!column_[i]) names.push_back(experts()[i].name);
  }
  return names;
}

const RoutedModel* Orchestrator::find_model(std::string_view name) const {
  const auto at = std::ranges::find(models_, name, &RoutedModel::name);
  return at == models_.end() ? nullptr : &*at;
}

Result<RoutedModel> Orchestrator::with_goal(const RoutedModel& model, Goal goal) const {
  if (!model.routes()) {
    return fail(ErrorCode::invalid_argument,
                "'{}' leaves it to its own expert who answers; there is nothing for a goal to "
                "decide",
                model.name);
  }
  auto calibrated = policy::calibrate(goal, experts(), sample_of(model.only).view());
  if (!calibrated) return fail(calibrated.error());
  RoutedModel other = model;
  other.goal = std::move(goal);
  other.calibrated = *calibrated;
  other.pacing.reset();
  other.explore = {};  // whoever states a goal is to get it
  return other;
}

void Orchestrator::predict(const Query& query, Scratch& scratch,
                           std::span<Prediction> predictions) const {
  OOE_CHECK(predictions.size() == experts().size(), "a prediction for every expert");
  if (predictor_) {
    scratch.known.resize(predictor_->card().experts.size());
    predictor_->predict(query.text, scratch.predictor, scratch.known);
  }
  scratch.quality.resize(column_.size());
  for (std::size_t i = 0; i < column_.size(); ++i) {
    predictions[i] = column_[i] ? scratch.known[*column_[i]] : kStranger;
    scratch.quality[i] = predictions[i].quality;
  }
  shrinkage_.apply(scratch.quality);
  for (std::size_t i = 0; i < column_.size(); ++i) {
    predictions[i].quality = scratch.quality[i];
    if (query.output_tokens_max > 0) {
      predictions[i].output_tokens =
          std::min(predictions[i].output_tokens, static_cast<double>(query.output_tokens_max));
    }
    predictions[i].cost =
        policy::expected_cost(catalogue_.experts()[i], prompt_tokens_for(query, i),
                              static_cast<double>(query.choices) * predictions[i].output_tokens);
  }
}

}  // namespace ooe::orchestrator
