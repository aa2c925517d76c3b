#include "cli/predictions.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ooe::cli {

void add_prediction_options(CLI::App& command, PredictionOptions& options) {
  auto* model =
      command
          .add_option("--model", options.model, "a trained model; the questions must be new to it")
          ->type_name("FILE");
  command
      .add_option("--folds", options.folds,
                  "train on the other folds and predict each, instead of --model")
      ->capture_default_str()
      ->check(CLI::Range(2, 100))
      ->excludes(model);
  command.add_option("--seed", options.train.seed, "of folds and intervals")
      ->capture_default_str()
      ->check(whole_number());
}

Result<predictor::CrossPredictions> predictions_of(const Dataset& data,
                                                   const PredictionOptions& options) {
  if (options.model.empty()) {
    ProgressLine progress;
    auto crossed =
        predictor::cross_predict(data, options.folds, options.train,
                                 [&](std::string_view phase, std::size_t done, std::size_t total) {
                                   progress.show(phase, done, total);
                                 });
    return crossed;
  }
  const auto model = predictor::load_model(options.model);
  if (!model) return fail(model.error());
  if (model->card().data_hash == predictor::data_hash(data)) {
    fmt::print(
        stderr,
        "{}: was trained on these very outcomes, so the figures are better than it is; judge "
        "it on new questions, or with --folds\n",
        options.model);
  }
  const auto& known = model->card().experts;
  const std::size_t n_experts = data.outcomes.n_experts();
  std::vector<std::size_t> column(n_experts);
  for (std::size_t i = 0; i < n_experts; ++i) {
    const auto at = std::ranges::find(known, data.outcomes.experts[i]);
    if (at == known.end()) {
      return fail(ErrorCode::invalid_argument,
                  "{}: the model does not know the expert '{}'; train again with it, or choose "
                  "experts with --experts",
                  options.model, data.outcomes.experts[i]);
    }
    column[i] = static_cast<std::size_t>(at - known.begin());
  }
  std::vector<Prediction> predictions;
  predictions.reserve(data.texts.size() * n_experts);
  predictor::Scratch scratch;
  std::vector<Prediction> row(known.size());
  for (const std::string& text : data.texts) {
    model->predict(text, scratch, row);
    for (const std::size_t from : column) predictions.push_back(row[from]);
  }
  predictor::CrossPredictions of_model;
  of_model.prediction = std::move(predictions);
  return of_model;
}

std::string how_predicted(const PredictionOptions& options) {
  return options.model.empty() ? fmt::format("{} folds, seed {}", options.folds, options.train.seed)
                               : options.model;
}

Result<ExpertId> find_expert(const Dataset& data, const std::string& name,
                             std::string_view option) {
  const auto at = std::ranges::find(data.outcomes.experts, name);
  if (at == data.outcomes.experts.end()) {
    return fail(ErrorCode::not_found, "{}: no expert is named '{}' in these outcomes", option,
                name);
  }
  return ExpertId{static_cast<std::int32_t>(at - data.outcomes.experts.begin())};
}

}  // namespace ooe::cli
