#include "cli/predictions.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/model_card_text.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output.h"
#include "core/table_part.h"
#include "evaluate/served.h"
#include "predictor/adapt.h"
#include "predictor/token_model.h"
#include "selfplay/family.h"

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
    if (crossed) {
      evaluate::as_served(crossed->prediction, data.outcomes.n_experts(), crossed->fold,
                          crossed->held_out);
    }
    return crossed;
  }
  const auto model = predictor::load_model(options.model);
  if (!model) return fail(model.error());
  if (const std::string warning = optimistic_sample_text(*model, options.model); !warning.empty()) {
    note("{}\n", warning);
  }
  if (model->card().data_hash == predictor::data_hash(data)) {
    note(
        "{}: was trained on these very outcomes, so the figures are better than it is; judge "
        "it on new questions, or with --folds\n",
        options.model);
  } else if (const std::size_t known = predictor::count_trained_on(*model, data.query_ids);
             known > 0) {
    note(
        "{}: was trained on {} of these {} questions at least, so the figures are better "
        "than it is; judge it on new questions, or with --folds\n",
        options.model, known, data.query_ids.size());
  }
  const std::size_t n_experts = data.outcomes.n_experts();
  std::vector<std::size_t> column(n_experts);
  for (std::size_t i = 0; i < n_experts; ++i) {
    const auto at = model->card().column_of(data.outcomes.experts[i]);
    if (!at) {
      return fail(ErrorCode::invalid_argument,
                  "{}: the model does not know the expert '{}'; train again with it, or choose "
                  "experts with --experts",
                  options.model, data.outcomes.experts[i]);
    }
    column[i] = *at;
  }
  predictor::CrossPredictions of_model;
  of_model.prediction = evaluate::predict_as_served(*model, data.texts, column);
  return of_model;
}

std::vector<Prediction> flat_predictions(const Dataset& data) {
  return std::vector<Prediction>(data.outcomes.score.size(),
                                 Prediction{.quality = 0.0,
                                            .quality_sd = 0.0,
                                            .output_tokens = predictor::kOutputTokensDefault,
                                            .cost = std::nullopt});
}

void keep_rows(const std::vector<std::size_t>& rows, Dataset& data,
               predictor::CrossPredictions& predictions) {
  const std::size_t n_experts = data.outcomes.n_experts();
  predictions.prediction = subset_rows(predictions.prediction, rows, n_experts);
  for (predictor::Rival& rival : predictions.rivals) {
    rival.quality = subset_rows(rival.quality, rows, n_experts);
  }
  predictions.fold = subset_rows(predictions.fold, rows, 1);
  data = subset_rows(data, rows);
}

std::size_t leave_out_selfplay(Dataset& data, predictor::CrossPredictions& predictions) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < data.questions.size(); ++i) {
    if (!data.questions[i].id.starts_with(selfplay::kIdPrefix)) rows.push_back(i);
  }
  const std::size_t left_out = data.questions.size() - rows.size();
  if (rows.empty() || left_out == 0) return 0;
  keep_rows(rows, data, predictions);
  return left_out;
}

std::string how_predicted(const PredictionOptions& options, std::size_t of_selfplay) {
  std::string text = options.model.empty()
                         ? fmt::format("{} folds, seed {}", options.folds, options.train.seed)
                         : options.model;
  if (of_selfplay > 0) text += fmt::format("; {} questions of self-play do not count", of_selfplay);
  return text;
}

Result<ExpertId> find_expert(const Dataset& data, const std::string& name,
                             std::string_view option) {
  const auto column = data.outcomes.column_of(name);
  if (!column) {
    return fail(ErrorCode::not_found, "{}: no expert is named '{}' in these outcomes", option,
                name);
  }
  return ExpertId{static_cast<std::int32_t>(*column)};
}

}  // namespace ooe::cli
