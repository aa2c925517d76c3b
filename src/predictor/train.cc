#include "predictor/train.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/core.h>

#include "base/check.h"
#include "base/hash.h"
#include "core/query.h"
#include "core/table_part.h"
#include "core/token_estimate.h"
#include "learn/as_index.h"
#include "predictor/adapt.h"
#include "predictor/fit.h"
#include "predictor/folds.h"
#include "predictor/metrics.h"
#include "predictor/model_card.h"
#include "predictor/model_impl.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

// At most `rows_max` of the rows, chosen by hash: the same whatever else the data holds; ascending.
std::vector<std::size_t> sample_rows(const Dataset& data, std::vector<std::size_t> rows,
                                     std::uint64_t seed, std::size_t rows_max) {
  std::ranges::stable_sort(rows, {}, [&](std::size_t row) {
    return fold_of(data.query_ids[row], seed, std::numeric_limits<std::uint32_t>::max());
  });
  rows.resize(std::min(rows.size(), rows_max));
  std::ranges::sort(rows);
  return rows;
}

// Of a table of what was judged, [h, m], these rows of the data; all of them were judged.
std::vector<float> judged_rows(const Fitted& fitted, const std::vector<float>& table,
                               std::span<const std::size_t> rows) {
  std::vector<std::size_t> places;
  for (const std::size_t row : rows) {
    places.push_back(static_cast<std::size_t>(std::ranges::lower_bound(fitted.judged, row) -
                                              fitted.judged.begin()));
  }
  return subset_rows(table, places, fitted.model->card.experts.size());
}

// Fills the sample by which goals are calibrated. Requires: these rows were judged.
void fill_held_out(const Dataset& data, const std::vector<std::size_t>& rows, Fitted& fitted) {
  const std::size_t m = data.outcomes.n_experts();
  Model::Impl& model = *fitted.model;
  HeldOutSample& sample = model.held_out;
  sample.quality = judged_rows(fitted, fitted.quality, rows);
  sample.score = subset_rows(fitted.scores, rows, m);
  std::vector<float> tokens(m);
  Scratch::Impl scratch;
  for (const std::size_t row : rows) {
    model.read(data.texts[row], scratch);
    model.tokens.predict(scratch.directions.z, tokens);
    sample.output_tokens.insert(sample.output_tokens.end(), tokens.begin(), tokens.end());
    sample.prompt_tokens.push_back(static_cast<float>(estimate_tokens(data.texts[row])));
  }
}

// Fills what adapt() needs of these rows.
void fill_basis(const Dataset& data, std::span<const std::size_t> rows, Fitted& fitted) {
  const std::size_t m = data.outcomes.n_experts();
  AdaptBasis& basis = fitted.model->basis;
  const OutcomeFactors none{.mean = {}, .loadings = Eigen::MatrixXd(0, 0), .noise = {}};
  const OutcomeFactors& factors = fitted.fit ? fitted.fit->factors : none;
  const std::vector<Eigen::Index> anchors =
      fitted.fit ? fitted.fit->anchors : std::vector<Eigen::Index>{};
  basis.directions.resize(as_index(rows.size()), fitted.directions.cols());
  basis.factors.resize(as_index(rows.size()), factors.loadings.cols());
  Eigen::VectorXd anchor_scores(as_index(anchors.size()));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::size_t row = rows[r];
    basis.queries.push_back(data.query_ids[row]);
    basis.directions.row(as_index(r)) = fitted.directions.row(as_index(row)).cast<float>();
    for (std::size_t a = 0; a < anchors.size(); ++a) {
      const auto j = static_cast<std::size_t>(anchors[a]);
      anchor_scores[as_index(a)] = double{fitted.scores[row * m + j]};
    }
    basis.factors.row(as_index(r)) = factors.scores(anchor_scores).transpose().cast<float>();
  }
}

// Fills what the model keeps of its training questions: of those that were judged, then, for adapt()
// alone, of others.
void keep_rows(const Dataset& data, const TrainOptions& options, Fitted& fitted) {
  const std::uint64_t seed = inner_seed(options.seed, 1);
  std::vector<std::size_t> rows =
      sample_rows(data, fitted.judged, seed, options.held_out_queries_max);
  fill_held_out(data, rows, fitted);
  std::vector<std::size_t> others;
  std::ranges::set_difference(all_rows(data), fitted.judged, std::back_inserter(others));
  std::ranges::copy(sample_rows(data, others, seed, options.held_out_queries_max - rows.size()),
                    std::back_inserter(rows));
  fill_basis(data, rows, fitted);
}

// What the known experts say of one to come. Requires: keep_rows().
ExpertPrior expert_prior(const Fitted& fitted) {
  const Model::Impl& model = *fitted.model;
  const std::vector<Eigen::Index> anchors =
      fitted.fit ? fitted.fit->anchors : std::vector<Eigen::Index>{0};
  const Eigen::Index r = fitted.fit ? fitted.fit->factors.loadings.cols() : 0;
  Eigen::MatrixXd by_factors(as_index(anchors.size()), 1 + r);
  Eigen::MatrixXd by_directions(as_index(anchors.size()), 1 + model.directions.slopes.rows());
  for (std::size_t a = 0; a < anchors.size(); ++a) {
    const double level{model.directions.level[static_cast<std::size_t>(anchors[a])]};
    by_factors(as_index(a), 0) = level;
    if (r > 0) by_factors.row(as_index(a)).tail(r) = fitted.fit->factors.loadings.row(as_index(a));
    by_directions.row(as_index(a)) << level,
        model.directions.slopes.col(anchors[a]).transpose().cast<double>();
  }
  return fit_expert_prior(model.basis.directions, model.basis.factors, by_factors, by_directions);
}

std::string hex_hash(std::string_view bytes) { return to_hex(QueryId{blake2b_128(bytes)}); }

std::string hash_of(const TrainOptions& options) {
  return hex_hash(fmt::format(
      "seed={} folds={} judged_min={} judged_outcomes_min={} held_out_queries_max={} "
      "ngrams_max={} prior={}{}{}",
      options.seed, options.folds, options.judged_min, options.judged_outcomes_min,
      options.held_out_queries_max, options.ngrams_max,
      options.prior == nullptr ? "" : options.prior->card().data_hash,
      options.only.empty() ? "" : " only=" + options.only, options.trees ? "" : " trees=no"));
}

// What baselines that learned from the rows `seen` say of the rows `unseen`. Shape: scores as the
// data's; the qualities are [unseen, m].
std::vector<Rival> rivals_of(const Dataset& data, const std::vector<float>& scores,
                             const std::vector<std::size_t>& seen,
                             const std::vector<std::size_t>& unseen, const RivalOptions& options) {
  std::vector<std::size_t> rows = seen;
  rows.insert(rows.end(), unseen.begin(), unseen.end());
  const std::size_t m = data.outcomes.n_experts();
  Dataset part = subset_rows(data, rows);
  part.outcomes.score = subset_rows(scores, rows, m);
  std::vector<std::size_t> learned = all_rows(part);
  const std::vector<std::size_t> predicted(
      learned.begin() + static_cast<std::ptrdiff_t>(seen.size()), learned.end());
  learned.resize(seen.size());
  std::vector<Rival> rivals;
  predict_rivals(part, learned, predicted, options, rivals);
  for (Rival& rival : rivals) rival.quality = subset_rows(rival.quality, predicted, m);
  return rivals;
}

// The baselines, judged on the questions that the candidates were judged on, each fold by baselines
// that learned from the others; from and on so many questions as are enough to be shown. They learn
// from `scores`, by which candidates and they are judged. One is better when it beats the kept
// candidate surely on the same questions, though it may have learned from fewer.
std::vector<Candidate> judge_rivals(const Dataset& data, const TrainOptions& options,
                                    const Fitted& fitted, const Progress& progress) {
  const RivalOptions rival_options{
      .seed = options.seed, .folds = options.folds, .threads = options.threads};
  const std::vector<std::size_t> judged =
      sample_rows(data, fitted.judged, inner_seed(options.seed, 4), rival_options.questions_max);
  const std::size_t m = data.outcomes.n_experts();
  std::vector<std::size_t> rows;         // of which `rivals` says something, by fold
  std::vector<std::uint32_t> row_folds;  // [rows]
  std::vector<Rival> rivals;
  for (std::size_t fold = 0; fold < options.folds; ++fold) {
    if (progress) progress("baselines", fold, options.folds);
    const auto [others, of_fold] = split_at_fold(data, judging_seed(options), options.folds, fold);
    std::vector<std::size_t> unseen;
    std::ranges::set_intersection(judged, of_fold, std::back_inserter(unseen));
    if (others.empty() || unseen.empty()) continue;
    const std::vector<std::size_t> seen =
        sample_rows(data, others, inner_seed(options.seed, 5), rival_options.questions_max);
    std::vector<Rival> more = rivals_of(data, fitted.scores, seen, unseen, rival_options);
    rows.insert(rows.end(), unseen.begin(), unseen.end());
    row_folds.insert(row_folds.end(), unseen.size(), static_cast<std::uint32_t>(fold));
    if (rivals.empty()) {
      rivals = std::move(more);
      continue;
    }
    for (std::size_t i = 0; i < rivals.size(); ++i) {
      std::ranges::copy(more[i].quality, std::back_inserter(rivals[i].quality));
    }
  }
  if (progress) progress("baselines", options.folds, options.folds);
  const std::vector<float> scores = subset_rows(fitted.scores, rows, m);
  const std::vector<float> kept = judged_rows(fitted, fitted.quality, rows);
  std::vector<Candidate> candidates;
  for (Rival& rival : rivals) {
    candidates.push_back(judge(std::move(rival.name), scores, rival.quality, m, row_folds));
    const bool better = log_loss_gain(scores, rival.quality, kept, m).is_sure();
    candidates.back().verdict = better ? Verdict::better_baseline : Verdict::baseline;
  }
  return candidates;
}

// Log loss to ECE are of the questions judged; questions and outcomes are all that there are.
std::vector<TrainingMetric> metrics_of(const Dataset& data, const Fitted& fitted) {
  const auto is_measured = [](float score) { return !std::isnan(score); };
  const std::size_t m = data.outcomes.n_experts();
  const std::vector<float> scores = fitted.judged_scores();
  const Quality kept = measure(scores, fitted.quality, m);
  const Quality constant = measure(scores, fitted.constant, m);
  return {
      {"log_loss", kept.log_loss},
      {"brier", kept.brier},
      {"auc", kept.auc},
      {"ece", kept.ece},
      {"baseline_log_loss", constant.log_loss},
      {"baseline_brier", constant.brier},
      {"baseline_ece", constant.ece},
      {"questions", static_cast<double>(data.outcomes.n_queries())},
      {std::string(kQuestionsJudged), static_cast<double>(fitted.judged.size())},
      {"outcomes", static_cast<double>(std::ranges::count_if(data.outcomes.score, is_measured))}};
}

Result<void> check(const Dataset& data, std::size_t folds, const TrainOptions& options) {
  const OutcomeMatrix& outcomes = data.outcomes;
  OOE_CHECK(data.texts.size() == outcomes.n_queries() &&
                data.questions.size() == outcomes.n_queries() &&
                data.query_ids.size() == outcomes.n_queries() &&
                outcomes.score.size() == outcomes.n_queries() * outcomes.n_experts(),
            "a data set's parts describe the same questions and experts");
  if (outcomes.n_queries() == 0) {
    return fail(ErrorCode::invalid_argument, "no questions to learn from; give some");
  }
  if (outcomes.n_experts() == 0) {
    return fail(ErrorCode::invalid_argument, "no experts to learn about; give outcomes of some");
  }
  if (std::ranges::all_of(outcomes.score, [](float score) { return std::isnan(score); })) {
    return fail(ErrorCode::invalid_argument,
                "{} questions and {} experts, but not one outcome; interview the experts first",
                outcomes.n_queries(), outcomes.n_experts());
  }
  const auto outside = std::ranges::find_if(
      outcomes.score, [](float score) { return score < 0.0F || score > 1.0F; });
  if (outside != outcomes.score.end()) {
    return fail(ErrorCode::invalid_argument, "a score of {} is outside [0, 1]; rescale the scores",
                *outside);
  }
  if (folds < 2 || options.folds < 2) {
    return fail(ErrorCode::invalid_argument,
                "{} folds leave nothing to learn from; give at least 2",
                std::min(folds, options.folds));
  }
  if (options.prior != nullptr && options.prior->impl()->prior) {
    return fail(ErrorCode::invalid_argument,
                "the prior model stands on a prior model itself; give that one, or train without");
  }
  return {};
}

}  // namespace

std::string data_hash(const Dataset& data) {
  std::string digests;  // one hash an item, so that no two lists run together
  const auto add = [&](std::string_view bytes) {
    for (const std::uint8_t byte : blake2b_128(bytes)) digests.push_back(static_cast<char>(byte));
  };
  const auto add_numbers = [&](std::vector<float> values) {
    for (float& value : values) value = std::isnan(value) ? kNotMeasured : value;
    add({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
  };
  for (const std::string& expert : data.outcomes.experts) add(expert);
  for (const std::string& id : data.outcomes.question_ids) add(id);
  for (const std::string& text : data.texts) add(text);
  for (const Question& question : data.questions) {
    for (const std::string* label : {&question.benchmark, &question.split, &question.subject}) {
      add(*label);
    }
  }
  add_numbers(data.outcomes.score);
  add_numbers(data.outcomes.output_tokens);
  return hex_hash(digests);
}

Result<Model> train(const Dataset& given, const TrainOptions& options, const Progress& progress) {
  if (auto ok = check(given, options.folds, options); !ok) return fail(ok.error());
  const Dataset data = merge_equal_texts(given);
  Fitted fitted = fit(data, options, progress);
  Model::Impl& model = *fitted.model;
  model.card = {.experts = data.outcomes.experts,
                .seed = options.seed,
                .data_hash = data_hash(given),
                .options_hash = hash_of(options),
                .kept = {},
                .metrics = metrics_of(data, fitted),
                .candidates = std::move(fitted.candidates)};
  if (options.prior != nullptr) {
    const std::size_t known = count_trained_on(*options.prior, data.query_ids);
    if (known > 0)
      model.card.metrics.push_back({std::string(kPriorKnew), static_cast<double>(known)});
  }
  const auto kept = std::ranges::find(model.card.candidates, Verdict::kept, &Candidate::verdict);
  OOE_CHECK(kept != model.card.candidates.end(), "a fit keeps one of its candidates");
  model.card.kept = kept->name;
  keep_rows(data, options, fitted);
  model.basis.prior = expert_prior(fitted);
  fitted.fit.reset();  // the rivals need the memory
  if (options.rivals) {
    for (Candidate& rival : judge_rivals(data, options, fitted, progress)) {
      model.card.candidates.push_back(std::move(rival));
    }
  }
  return Model(std::move(fitted.model));
}

Result<CrossPredictions> cross_predict(const Dataset& data, std::size_t folds,
                                       const TrainOptions& options, const Progress& progress) {
  if (auto ok = check(data, folds, options); !ok) return fail(ok.error());
  const std::size_t m = data.outcomes.n_experts();
  CrossPredictions result;
  for (const QueryId& id : data.query_ids) {
    result.fold.push_back(fold_of(id, options.seed, folds));
  }
  result.prediction.resize(data.outcomes.score.size());
  for (std::size_t fold = 0; fold < folds; ++fold) {
    if (progress) progress("folds", fold, folds);
    const auto [seen, unseen] = split_at_fold(data, options.seed, folds, fold);
    HeldOutSample& held_out = result.held_out.emplace_back();
    if (unseen.empty()) continue;
    TrainOptions of_fold = options;
    of_fold.seed = inner_seed(options.seed, 6 + fold);
    const Dataset training = merge_equal_texts(subset_rows(data, seen));
    Fitted fitted = fit(training, of_fold, {});
    keep_rows(training, of_fold, fitted);
    held_out = std::move(fitted.model->held_out);
    fitted.fit.reset();  // the rivals need the memory
    const Model model(std::move(fitted.model));
    Scratch scratch;
    for (const std::size_t row : unseen) {
      model.predict(data.texts[row], scratch, std::span(result.prediction).subspan(row * m, m));
    }
    if (options.rivals) {
      predict_rivals(data, seen, unseen,
                     {.seed = of_fold.seed, .folds = options.folds, .threads = options.threads},
                     result.rivals);
    }
  }
  if (progress) progress("folds", folds, folds);
  return result;
}

}  // namespace ooe::predictor
