// What decides, in one immutable object: the catalogue, the trained predictor and the models
// clients may ask for, each with its goal calibrated to today's prices. The gateway shares one
// between its threads and swaps it whole. In: experts, a predictor, goals. Out: predictions with
// costs, and trade-offs. Knows: predictor, policy, experts, core.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/expert.h"
#include "core/goal.h"
#include "core/prediction.h"
#include "experts/catalogue.h"
#include "orchestrator/llm_predictor.h"
#include "orchestrator/token_counters.h"
#include "policy/calibrate.h"
#include "policy/explore.h"
#include "policy/pacing.h"
#include "policy/shrink.h"
#include "predictor/model.h"

namespace ooe::orchestrator {

enum class DedicatedMode {
  route,     // the predictor says who answers
  tag,       // the own expert answers, or says the tag: then the generic one does, unseen
  tag_only,  // the own expert answers, with the tag for the client to see
};

// An own expert and a generic one behind one name.
struct DedicatedSpec {
  std::string own;
  std::string generic;
  DedicatedMode mode = DedicatedMode::route;
  std::string tag = "<GPT4>";
};

// A name clients may ask for, and what it stands for.
struct ModelSpec {
  std::string name;
  Goal goal;
  std::vector<std::string> zones = {};                 // where its queries may go; empty: anywhere
  PrivacyClass privacy_floor = PrivacyClass::public_;  // no request for it is below
  std::optional<DedicatedSpec> dedicated = std::nullopt;
  policy::ExploreOptions explore = {};

  [[nodiscard]] bool needs_predictor() const {
    return !dedicated || dedicated->mode == DedicatedMode::route;
  }
};

// Error::subject of what is wrong with it: "model auto".
[[nodiscard]] inline std::string subject_of(const ModelSpec& model) {
  return "model " + model.name;
}

struct RoutedModel {
  std::string name;
  Goal goal;
  std::vector<std::string> zones;
  PrivacyClass privacy_floor = PrivacyClass::public_;
  policy::Calibrated calibrated;             // what the goal is expected to bring
  std::optional<policy::PacingPlan> pacing;  // of a budget or a share, while traffic drifts
  std::vector<ExpertId> only = {};           // of whom it is made; empty: of all
  std::string tag = {};                      // of only[0], which may defer; empty: nobody does
  policy::ExploreOptions explore = {};

  // Whether the predictor has a say in who answers.
  [[nodiscard]] bool routes() const { return only.size() != 1 && tag.empty(); }

  // Sets what the goal demands of every decision. `options` then points into this object.
  void steer(policy::Tradeoff& tradeoff, policy::DecideOptions& options) const {
    tradeoff = calibrated.tradeoff;
    options.only = only;
    options.zones = zones;
    if (!tag.empty()) options.plan_size_max = std::max(options.plan_size_max, only.size());
    options.deadline = goal.deadline;
    options.first_token = goal.first_token;
  }
};

class Orchestrator {
 public:
  // Calibrates every goal on the predictor's held-out sample: its predictions, shrunk by what
  // happened, and what happened. Without a predictor only experts by name and models whose own
  // expert decides can be asked. Errors: invalid_argument when a name is taken twice, when there
  // are models that route but no predictor, when the predictor knows none of the experts (it is set
  // aside where no model needs one) or not both of a dedicated model, when that is not made of an
  // own expert and another, when no expert is in a model's zones, or when a goal cannot be met.
  [[nodiscard]] static Result<Orchestrator> make(experts::Catalogue catalogue,
                                                 std::optional<predictor::Model> predictor,
                                                 std::vector<ModelSpec> models);

  [[nodiscard]] std::span<const Expert> experts() const { return catalogue_.experts(); }
  [[nodiscard]] std::span<const RoutedModel> models() const { return models_; }
  [[nodiscard]] bool has_predictor() const { return predictor_.has_value(); }
  // From now on an LLM is asked first, and the built-in predictor stands by. Errors: those of
  // make_llm_predictor; invalid_argument without a built-in predictor.
  [[nodiscard]] Result<void> use_llm(const LlmPredictorSpec& spec);
  [[nodiscard]] const std::optional<LlmPredictor>& llm() const { return llm_; }
  // The LLM to be asked about a query with these needs; null when there is none, when it may not
  // see the query, or when nobody would listen: the client named an expert, or one's own decides.
  [[nodiscard]] const LlmPredictor* llm_for(const Query& query, std::string_view model) const;
  // From now on prompts of experts that have a tokenizer are counted with it.
  void use_tokenizers(TokenCounters counters) { counters_ = std::move(counters); }
  [[nodiscard]] const TokenCounters& counters() const { return counters_; }
  // How far predictions are pulled back before anything is decided on them.
  [[nodiscard]] const policy::Shrinkage& shrinkage() const { return shrinkage_; }
  // What goals are calibrated on: the predictor's held-out sample, shrunk and priced.
  [[nodiscard]] policy::CalibrationSample held_out() const { return sample_.view(); }
  // Experts the predictor has never seen: predicted to be worth nothing, so they are asked last.
  [[nodiscard]] std::vector<std::string> strangers() const;

  [[nodiscard]] const RoutedModel* find_model(std::string_view name) const;
  // The model with another goal, calibrated as those of the configuration are, but not paced: a
  // goal of single requests has no traffic of its own. Takes milliseconds: a pass over the sample
  // for each step of a search.
  // Errors: invalid_argument when the goal cannot be met, with the nearest that can, or when the
  // model does not route.
  [[nodiscard]] Result<RoutedModel> with_goal(const RoutedModel& model, Goal goal) const;
  [[nodiscard]] std::optional<ExpertId> find_expert(std::string_view name) const {
    return catalogue_.find(name);
  }
  [[nodiscard]] const NameList& cleared_for(PrivacyClass privacy) const {
    return catalogue_.cleared_for(privacy);
  }

  // Per-thread working memory of predict().
  struct Scratch {
    predictor::Scratch predictor;
    std::vector<Prediction> known;  // in the predictor's order
    std::vector<double> quality;    // in that of experts()
  };

  // Fills predictions[i], costs included, for experts()[i]. Without a predictor the qualities are
  // zero. Requires: predictions.size() == experts().size(). Threads: any, one Scratch each.
  void predict(const Query& query, Scratch& scratch, std::span<Prediction> predictions) const;

 private:
  // The predictor's held-out sample in the catalogue's order, at the catalogue's prices; shrunk as
  // soon as the orchestrator is made.
  // Shape: as policy::CalibrationSample.
  struct PricedSample {
    std::vector<float> quality;
    std::vector<float> cost_usd;
    std::vector<float> score;
    std::size_t n_queries = 0;

    [[nodiscard]] policy::CalibrationSample view() const {
      return {.quality = quality, .cost_usd = cost_usd, .n_queries = n_queries, .score = score};
    }
  };

  explicit Orchestrator(experts::Catalogue catalogue) : catalogue_(std::move(catalogue)) {}
  // A stranger's quality is not a number yet.
  [[nodiscard]] PricedSample price(const predictor::Model& predictor) const;
  void shrink_sample();
  // The sample in which nobody but `only` is a candidate.
  [[nodiscard]] PricedSample sample_of(std::span<const ExpertId> only) const;
  [[nodiscard]] Result<RoutedModel> make_model(ModelSpec spec) const;
  [[nodiscard]] Result<void> dedicate(const DedicatedSpec& spec, RoutedModel& model) const;

  experts::Catalogue catalogue_;
  std::optional<predictor::Model> predictor_;
  std::vector<std::optional<std::size_t>> column_;  // [n_experts], where the predictor has it
  policy::Shrinkage shrinkage_;                     // fitted on the held-out sample
  PricedSample sample_;
  std::vector<RoutedModel> models_;
  std::optional<LlmPredictor> llm_;
  TokenCounters counters_;
};

}  // namespace ooe::orchestrator
