// Predictions of questions the predictor has not seen, for the commands that judge with them: by a
// trained model, or by models of the other folds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "core/outcome.h"
#include "core/prediction.h"
#include "predictor/train.h"

namespace ooe::cli {

struct PredictionOptions {
  std::string model;  // a file; empty: folds
  std::size_t folds = 5;
  predictor::TrainOptions train;
};

// --model, --folds, --seed
void add_prediction_options(CLI::App& command, PredictionOptions& options);

// Folds are empty with a model. Errors: those of load_model() and cross_predict();
// invalid_argument when the model does not know an expert.
[[nodiscard]] Result<predictor::CrossPredictions> predictions_of(const Dataset& data,
                                                                 const PredictionOptions& options);

// Predictions that know nothing of anybody and take every answer to be of one length: for costs of
// answers without a recorded one. Shape: as the scores.
[[nodiscard]] std::vector<Prediction> flat_predictions(const Dataset& data);

// Only these rows of a table and of the predictions for it.
void keep_rows(const std::vector<std::size_t>& rows, Dataset& data,
               predictor::CrossPredictions& predictions);

// Takes the questions that self-play made out of what is judged, unless there are no others, and
// returns how many there were. Each was put to those experts whose answer could change a decision,
// and is no question of a user: experts would be ranked by what they were asked. Models learn from
// them nevertheless, so predict first.
[[nodiscard]] std::size_t leave_out_selfplay(Dataset& data,
                                             predictor::CrossPredictions& predictions);

// "5 folds, seed 1", or the model's file; and how many questions of self-play were left out.
[[nodiscard]] std::string how_predicted(const PredictionOptions& options,
                                        std::size_t of_selfplay = 0);

// The column of an expert. Errors: not_found, naming the option.
[[nodiscard]] Result<ExpertId> find_expert(const Dataset& data, const std::string& name,
                                           std::string_view option);

}  // namespace ooe::cli
