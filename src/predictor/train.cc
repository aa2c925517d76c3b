#include "predictor/train.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "base/check.h"
#include "base/hash.h"
#include "core/query.h"
#include "core/token_estimate.h"
#include "learn/as_index.h"
#include "predictor/adapt.h"
#include "predictor/choice.h"
#include "predictor/contamination.h"
#include "predictor/direction_fit.h"
#include "predictor/folds.h"
#include "predictor/levels.h"
#include "predictor/metrics.h"
#include "predictor/model_card.h"
#include "predictor/model_impl.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

constexpr std::size_t kModelBytesMax = 40'000'000;  // a candidate with larger tables is not kept

// How large the prior model's directions are beside the n-grams: squared length of all together.
constexpr float kPriorModelWeight = 2.0F;

// A set of learners that may serve together, simplest first. The constant model comes before these.
struct LearnerChoice {
  const char* name;
  LearnerSet learners;  // length, dense, near ridge, far ridge, trees
};
constexpr std::array kLearnerChoices = {
    LearnerChoice{"length", {true, false, false, false, false}},
    LearnerChoice{"features", {true, true, false, false, false}},
    LearnerChoice{"ridge", {true, true, true, true, false}},
    LearnerChoice{"ridge + trees", {true, true, true, true, true}},
};

Eigen::MatrixXd to_matrix(const OutcomeMatrix& outcomes) {
  return Eigen::Map<const learn::MatrixRowsF>(outcomes.score.data(), as_index(outcomes.n_queries()),
                                              as_index(outcomes.n_experts()))
      .cast<double>();
}

// Scores as they are judged: moved ones come back into [0, 1].
std::vector<float> judged_scores(const OutcomeMatrix& outcomes) {
  std::vector<float> scores = outcomes.score;
  for (float& score : scores) {
    if (!std::isnan(score)) score = std::clamp(score, 0.0F, 1.0F);
  }
  return scores;
}

Candidate judge(std::string name, std::span<const float> scores, std::span<const float> qualities,
                std::size_t m) {
  const Quality quality = measure(scores, qualities, m);
  const Choice choice = measure_choice(scores, qualities, m);
  return {.name = std::move(name),
          .log_loss = quality.log_loss,
          .auc = quality.auc,
          .ece = quality.ece,
          .over_promise = choice.over_promise,
          .gain = choice.gain,
          .gain_se = choice.gain_se,
          .verdict = {}};
}

std::vector<float> bounded(const Eigen::MatrixXd& qualities) {
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(qualities.size()));
  for (Eigen::Index i = 0; i < qualities.rows(); ++i) {
    for (Eigen::Index j = 0; j < qualities.cols(); ++j) {
      values.push_back(static_cast<float>(bounded_quality(qualities(i, j))));
    }
  }
  return values;
}

// A fit with everything that only its training rows can say.
struct Fitted {
  std::shared_ptr<Model::Impl> model;  // of the card only the experts; no held-out sample yet
  std::vector<float> scores;           // [n, m], as judged
  std::vector<Candidate> candidates;
  std::vector<float> constant;      // [n, m]
  std::vector<float> quality;       // [n, m], of the kept candidate, out of fold
  Eigen::MatrixXd directions;       // [n, K], of the kept candidate, out of fold
  std::optional<DirectionFit> fit;  // empty when nothing but the constant could be fitted
};

// What the constant model says, [n, m]. Not left out: an expert's mean without its answer is the
// lower for a right one, which would make a constant look worse than it is.
std::vector<float> constant_predictions(std::size_t n, const Levels& levels) {
  std::vector<float> quality;
  quality.reserve(n * levels.mean.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (const double level : levels.mean) {
      quality.push_back(static_cast<float>(bounded_quality(level)));
    }
  }
  return quality;
}

std::vector<float> dense_weights(std::size_t own, std::size_t of_prior) {
  std::vector<float> weights(own, 1.0F / std::sqrt(static_cast<float>(own)));
  weights.resize(own + of_prior, std::sqrt(kPriorModelWeight /
                                           static_cast<float>(std::max<std::size_t>(1, of_prior))));
  return weights;
}

// Appends the prior model's directions of each text to its dense features.
void append_prior(const Model::Impl& prior, std::span<const std::string_view> texts,
                  EncodedTexts& encoded) {
  const Eigen::Index own = encoded.dense.cols();
  encoded.dense.conservativeResize(Eigen::NoChange,
                                   own + as_index(prior.directions.n_directions()));
  Scratch::Impl scratch;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    prior.read(texts[i], scratch);
    std::ranges::copy(scratch.directions.g, encoded.dense.row(as_index(i)).data() + own);
  }
}

// What another model needs of its prior: all that reads a text, nothing of its training questions.
std::shared_ptr<const Model::Impl> view_of(const Model::Impl& prior) {
  auto view = std::make_shared<Model::Impl>(prior);
  view->held_out = {};
  view->basis.queries.clear();
  view->basis.directions.resize(0, prior.basis.directions.cols());
  view->basis.factors.resize(0, prior.basis.factors.cols());
  return view;
}

void set_constant(Model::Impl& model, const Levels& levels) {
  model.encoder.reset();
  model.prior.reset();
  model.directions = {};
  model.directions.mix.resize(0, 4);
  model.directions.slopes.resize(0, as_index(levels.mean.size()));
  for (const double level : levels.mean) {
    model.directions.level.push_back(static_cast<float>(level));
  }
}

// Chooses by log loss. Text has to beat the constant surely.
void choose(Fitted& fitted, const DirectionData& data, const Levels& levels,
            const TrainOptions& options) {
  const std::size_t m = levels.mean.size();
  std::size_t kept = 0;
  const std::size_t table_bytes = fitted.fit->parts.table.memory_bytes();
  for (const LearnerChoice& choice : kLearnerChoices) {
    if (!options.trees && choice.learners[static_cast<std::size_t>(Learner::trees)]) continue;
    DirectionFit::Mixed mixed = fitted.fit->mix(data, choice.learners);
    std::vector<float> quality = bounded(mixed.out_of_fold);
    fitted.candidates.push_back(judge(choice.name, fitted.scores, quality, m));
    Candidate& candidate = fitted.candidates.back();
    const Gain gain = log_loss_gain(fitted.scores, quality, fitted.constant, m);
    if (!options.only.empty() && options.only != choice.name) {
      candidate.verdict = "not asked for";
    } else if (table_bytes > kModelBytesMax) {
      candidate.verdict = "too large";
    } else if (!gain.is_sure()) {
      candidate.verdict = "not surely better than the constant";
    } else if (candidate.log_loss >= fitted.candidates[kept].log_loss) {
      candidate.verdict = kHigherLogLoss;
    } else {
      kept = fitted.candidates.size() - 1;
      fitted.quality = std::move(quality);
      fitted.directions = std::move(mixed.directions);
      fitted.model->directions = std::move(mixed.model);
    }
  }
  for (std::size_t i = 0; i < kept; ++i) {
    if (fitted.candidates[i].verdict.empty()) fitted.candidates[i].verdict = kHigherLogLoss;
  }
  fitted.candidates[kept].verdict = "kept";
}

// Requires: no two rows with equal texts.
Fitted fit(const Dataset& data, const TrainOptions& options, const Progress& progress) {
  const auto step = [&](std::size_t done) {
    if (progress) progress("fitting", done, 4);
  };
  step(0);
  Fitted fitted;
  fitted.model = std::make_shared<Model::Impl>();
  Model::Impl& model = *fitted.model;
  model.card.experts = data.outcomes.experts;
  const std::vector<std::string_view> texts = texts_of(data, all_rows(data));
  const OutcomeMatrix outcomes = level_training_splits(data);
  fitted.scores = judged_scores(outcomes);
  const Levels levels = fit_levels(outcomes, all_rows(data));
  fitted.constant = constant_predictions(outcomes.n_queries(), levels);
  set_constant(model, levels);
  fitted.candidates.push_back(
      judge("constant", fitted.scores, fitted.constant, outcomes.n_experts()));
  fitted.quality = fitted.constant;
  encoder::LexicalOptions lexical;
  lexical.words.features_max = options.ngrams_max;
  lexical.characters.features_max = options.ngrams_max;
  const encoder::TextEncoder encoder =
      encoder::LexicalEncoder::fit(texts, lexical, options.threads);
  EncodedTexts encoded = encode_texts(encoder, texts, options.threads);
  model.novelty = fit_novelty(encoded);
  if (options.prior != nullptr) append_prior(*options.prior->impl(), texts, encoded);
  const learn::DenseScale scale = learn::fit_dense_scale(
      encoded.dense,
      dense_weights(encoder::kDenseCount,
                    static_cast<std::size_t>(encoded.dense.cols()) - encoder::kDenseCount));
  model.tokens = fit_tokens(outcomes, learn::scaled(encoded.dense, scale));

  step(1);
  const Eigen::MatrixXd score = to_matrix(outcomes);
  const Eigen::VectorXd level =
      Eigen::Map<const Eigen::VectorXd>(levels.mean.data(), as_index(levels.mean.size()));
  std::vector<std::string> subject;
  std::vector<std::uint32_t> fold;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    subject.push_back(data.questions[i].subject);
    fold.push_back(fold_of(data.query_ids[i], inner_seed(options.seed, 3), options.folds));
  }
  const DirectionData direction_data{.texts = encoded,
                                     .scale = scale,
                                     .score = score,
                                     .level = level,
                                     .subject = subject,
                                     .fold = fold,
                                     .n_folds = options.folds};
  if (std::ranges::any_of(levels.count, [](std::size_t count) { return count > 0; })) {
    fitted.fit = fit_directions(direction_data, {.threads = options.threads}, options.trees);
    step(3);
    choose(fitted, direction_data, levels, options);
  } else {
    fitted.candidates[0].verdict = "kept";
  }
  if (fitted.candidates[0].verdict != "kept") {
    model.encoder = encoder;
    if (options.prior != nullptr) model.prior = view_of(*options.prior->impl());
  } else {
    fitted.directions.resize(as_index(texts.size()), 0);
  }
  for (const double sd : calibration_sd(fitted.scores, fitted.quality, levels.mean.size())) {
    model.quality_sd.push_back(static_cast<float>(sd));
  }
  step(4);
  return fitted;
}

// At most `rows_max` rows, chosen by hash: the same whatever else the data holds; ascending.
std::vector<std::size_t> sample_rows(const Dataset& data, std::uint64_t seed,
                                     std::size_t rows_max) {
  std::vector<std::size_t> rows = all_rows(data);
  std::ranges::stable_sort(rows, {}, [&](std::size_t row) {
    return fold_of(data.query_ids[row], seed, std::numeric_limits<std::uint32_t>::max());
  });
  rows.resize(std::min(rows.size(), rows_max));
  std::ranges::sort(rows);
  return rows;
}

// Fills what the model keeps of its training questions, row for row.
void keep_rows(const Dataset& data, const std::vector<std::size_t>& rows, Fitted& fitted) {
  Model::Impl& model = *fitted.model;
  HeldOutSample& sample = model.held_out;
  AdaptBasis& basis = model.basis;
  const std::size_t m = data.outcomes.n_experts();
  const OutcomeFactors none{.mean = {}, .loadings = Eigen::MatrixXd(0, 0), .noise = {}};
  const OutcomeFactors& factors = fitted.fit ? fitted.fit->factors : none;
  const std::vector<Eigen::Index> anchor =
      fitted.fit ? fitted.fit->anchors : std::vector<Eigen::Index>{};
  basis.directions.resize(as_index(rows.size()), fitted.directions.cols());
  basis.factors.resize(as_index(rows.size()), factors.loadings.cols());
  std::vector<float> tokens(m);
  Scratch::Impl scratch;
  Eigen::VectorXd anchor_scores(as_index(anchor.size()));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::size_t row = rows[r];
    for (std::size_t j = 0; j < m; ++j) {
      sample.quality.push_back(fitted.quality[row * m + j]);
      sample.score.push_back(fitted.scores[row * m + j]);
    }
    model.read(data.texts[row], scratch);
    model.tokens.predict(scratch.directions.z, tokens);
    sample.output_tokens.insert(sample.output_tokens.end(), tokens.begin(), tokens.end());
    sample.prompt_tokens.push_back(static_cast<float>(estimate_tokens(data.texts[row])));
    basis.queries.push_back(data.query_ids[row]);
    basis.directions.row(as_index(r)) = fitted.directions.row(as_index(row)).cast<float>();
    for (std::size_t a = 0; a < anchor.size(); ++a) {
      const auto j = static_cast<std::size_t>(anchor[a]);
      anchor_scores[as_index(a)] = double{fitted.scores[row * m + j]};
    }
    basis.factors.row(as_index(r)) = factors.scores(anchor_scores).transpose().cast<float>();
  }
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
      "seed={} folds={} held_out_queries_max={} ngrams_max={} prior={}{}{}", options.seed,
      options.folds, options.held_out_queries_max, options.ngrams_max,
      options.prior == nullptr ? "" : options.prior->card().data_hash,
      options.only.empty() ? "" : " only=" + options.only, options.trees ? "" : " trees=no"));
}

// These rows of a table, [n, m].
std::vector<float> rows_of(std::span<const float> table, const std::vector<std::size_t>& rows,
                           std::size_t m) {
  std::vector<float> taken;
  taken.reserve(rows.size() * m);
  for (const std::size_t row : rows) {
    const auto cells = table.subspan(row * m, m);
    taken.insert(taken.end(), cells.begin(), cells.end());
  }
  return taken;
}

// The baselines, each judged on the questions it did not see. They learn from `scores`, by which
// candidates and they are judged. One is better when it beats the kept candidate surely on the same
// questions, though it learned from fewer of them.
std::vector<Candidate> judge_rivals(const Dataset& data, const TrainOptions& options,
                                    const Fitted& fitted, const Progress& progress) {
  const RivalOptions rival_options{
      .seed = options.seed, .folds = options.folds, .threads = options.threads};
  const std::vector<std::size_t> rows =
      sample_rows(data, inner_seed(options.seed, 4), rival_options.questions_max);
  const std::size_t m = data.outcomes.n_experts();
  const std::vector<float> sample_scores = rows_of(fitted.scores, rows, m);
  const std::vector<float> kept = rows_of(fitted.quality, rows, m);
  Dataset sample = subset(data, rows);
  sample.outcomes.score = sample_scores;
  std::vector<Rival> rivals;
  for (std::size_t fold = 0; fold < options.folds; ++fold) {
    if (progress) progress("baselines", fold, options.folds);
    const auto [seen, unseen] =
        split_at_fold(sample, inner_seed(options.seed, 5), options.folds, fold);
    predict_rivals(sample, seen, unseen, rival_options, rivals);
  }
  if (progress) progress("baselines", options.folds, options.folds);
  std::vector<Candidate> candidates;
  for (Rival& rival : rivals) {
    candidates.push_back(judge(std::move(rival.name), sample_scores, rival.quality, m));
    const bool better = log_loss_gain(sample_scores, rival.quality, kept, m).is_sure();
    candidates.back().verdict = better ? kBetterBaseline : kBaseline;
  }
  return candidates;
}

std::vector<TrainingMetric> metrics_of(const Dataset& data, const Fitted& fitted) {
  const std::size_t m = data.outcomes.n_experts();
  const Quality kept = measure(fitted.scores, fitted.quality, m);
  const Quality constant = measure(fitted.scores, fitted.constant, m);
  return {{"log_loss", kept.log_loss},
          {"brier", kept.brier},
          {"auc", kept.auc},
          {"ece", kept.ece},
          {"baseline_log_loss", constant.log_loss},
          {"baseline_brier", constant.brier},
          {"baseline_ece", constant.ece},
          {"questions", static_cast<double>(data.outcomes.n_queries())},
          {"outcomes", static_cast<double>(kept.cells)}};
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
  model.card.kept = std::ranges::find(model.card.candidates, "kept", &Candidate::verdict)->name;
  keep_rows(data, sample_rows(data, inner_seed(options.seed, 1), options.held_out_queries_max),
            fitted);
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
    const Dataset training = merge_equal_texts(subset(data, seen));
    Fitted fitted = fit(training, of_fold, {});
    keep_rows(training,
              sample_rows(training, inner_seed(of_fold.seed, 1), of_fold.held_out_queries_max),
              fitted);
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
