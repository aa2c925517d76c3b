#include "predictor/fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <utility>

#include "core/table_part.h"
#include "learn/as_index.h"
#include "predictor/choice.h"
#include "predictor/contamination.h"
#include "predictor/folds.h"
#include "predictor/levels.h"
#include "predictor/metrics.h"

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

// Those that are asked for.
std::vector<LearnerChoice> asked_choices(const TrainOptions& options) {
  std::vector<LearnerChoice> asked(kLearnerChoices.begin(), kLearnerChoices.end());
  std::erase_if(asked, [&](const LearnerChoice& choice) {
    return !options.trees && choice.learners[static_cast<std::size_t>(Learner::trees)];
  });
  return asked;
}

Eigen::MatrixXd to_matrix(const OutcomeMatrix& outcomes) {
  return Eigen::Map<const learn::MatrixRowsF>(outcomes.score.data(), as_index(outcomes.n_queries()),
                                              as_index(outcomes.n_experts()))
      .cast<double>();
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

void set_levels(Model::Impl& model, const Levels& levels) {
  model.directions.level.clear();
  for (const double level : levels.mean) {
    model.directions.level.push_back(static_cast<float>(level));
  }
}

void set_constant(Model::Impl& model, const Levels& levels) {
  model.encoder.reset();
  model.prior.reset();
  model.directions = {};
  model.directions.mix.resize(0, 4);
  model.directions.slopes.resize(0, as_index(levels.mean.size()));
  set_levels(model, levels);
}

// What is learnt of some questions before a set of learners is chosen. No encoded text: those of
// 200,000 questions are the largest thing there is, and only the fit itself reads them.
struct Learnt {
  Model::Impl common;  // of every candidate; it is the constant model itself
  OutcomeMatrix outcomes;
  Levels levels;
  encoder::TextEncoder encoder;
  Eigen::MatrixXd score;            // [n, m]
  Eigen::VectorXd level;            // [m]
  std::optional<DirectionFit> fit;  // empty without an outcome

  // Requires: fit.
  [[nodiscard]] DirectionFit::Mixed mix(const LearnerSet& learners) const {
    return fit->mix(score, level, learners);
  }
};

Learnt learn_from(const Dataset& data, const TrainOptions& options) {
  const std::vector<std::string_view> texts = texts_of(data, all_rows(data));
  OutcomeMatrix outcomes = level_training_splits(data);
  Levels levels = fit_levels(outcomes, all_rows(data));
  encoder::LexicalOptions lexical;
  lexical.words.features_max = options.ngrams_max;
  lexical.characters.features_max = options.ngrams_max;
  encoder::TextEncoder encoder = encoder::LexicalEncoder::fit(texts, lexical, options.threads);
  EncodedTexts encoded = encode_texts(encoder, texts, options.threads);
  Model::Impl common;
  common.card.experts = data.outcomes.experts;
  common.quality_sd.assign(data.outcomes.n_experts(), 0.0F);
  common.novelty = fit_novelty(encoded);
  if (options.prior != nullptr) append_prior(*options.prior->impl(), texts, encoded);
  const learn::DenseScale scale = learn::fit_dense_scale(
      encoded.dense,
      dense_weights(encoder::kDenseCount,
                    static_cast<std::size_t>(encoded.dense.cols()) - encoder::kDenseCount));
  common.tokens = fit_tokens(outcomes, learn::scaled(encoded.dense, scale));
  set_constant(common, levels);

  Eigen::MatrixXd score = to_matrix(outcomes);
  Eigen::VectorXd level =
      Eigen::Map<const Eigen::VectorXd>(levels.mean.data(), as_index(levels.mean.size()));
  std::vector<std::string> subject;
  std::vector<std::uint32_t> fold;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    subject.push_back(data.questions[i].subject);
    fold.push_back(fold_of(data.query_ids[i], inner_seed(options.seed, 3), options.folds));
  }
  std::optional<DirectionFit> fit;
  if (std::ranges::any_of(levels.count, [](std::size_t count) { return count > 0; })) {
    fit = fit_directions({.texts = encoded,
                          .scale = scale,
                          .score = score,
                          .level = level,
                          .subject = subject,
                          .fold = fold,
                          .n_folds = options.folds},
                         {.threads = options.threads}, options.trees);
  }
  return {.common = std::move(common),
          .outcomes = std::move(outcomes),
          .levels = std::move(levels),
          .encoder = std::move(encoder),
          .score = std::move(score),
          .level = std::move(level),
          .fit = std::move(fit)};
}

// A model with the directions that some learners make.
Model::Impl reading_model(const Learnt& learnt, const TrainOptions& options,
                          DirectionModel&& directions) {
  Model::Impl model = learnt.common;
  model.encoder = learnt.encoder;
  model.directions = std::move(directions);
  if (options.prior != nullptr) model.prior = view_of(*options.prior->impl());
  return model;
}

// The models of all candidates: the constant, then one for each of asked_choices(); without an
// outcome they are the constant too.
std::vector<Model::Impl> candidates_of(const Learnt& learnt, const TrainOptions& options) {
  std::vector<Model::Impl> candidates;
  candidates.push_back(learnt.common);
  for (const LearnerChoice& choice : asked_choices(options)) {
    candidates.push_back(learnt.fit
                             ? reading_model(learnt, options, learnt.mix(choice.learners).model)
                             : learnt.common);
  }
  return candidates;
}

// What the model says, served with these levels.
void append_predictions(Model::Impl&& impl, const Levels& levels, const Dataset& data,
                        std::span<const std::size_t> rows, std::vector<float>& quality) {
  set_levels(impl, levels);
  const Model model(std::make_shared<const Model::Impl>(std::move(impl)));
  Scratch scratch;
  std::vector<Prediction> predictions(data.outcomes.n_experts());
  for (const std::size_t row : rows) {
    model.predict(data.texts[row], scratch, predictions);
    for (const Prediction& prediction : predictions) {
      quality.push_back(static_cast<float>(prediction.quality));
    }
  }
}

// Whether these rows are enough to judge by: questions together, and outcomes of every expert.
bool suffices(std::span<const std::size_t> rows, const Learnt& whole, const TrainOptions& options) {
  if (rows.size() < options.judged_min) return false;
  for (std::size_t j = 0; j < whole.levels.count.size(); ++j) {
    const auto outcomes =
        static_cast<std::size_t>(std::ranges::count_if(rows, [&](std::size_t row) {
          return !std::isnan(whole.outcomes.score[whole.outcomes.at(row, j)]);
        }));
    if (outcomes < std::min(whole.levels.count[j], options.judged_outcomes_min)) return false;
  }
  return true;
}

// What the candidates say of questions that they have not seen.
struct Unseen {
  std::vector<std::size_t> rows;            // [h], by fold
  std::vector<std::vector<float>> quality;  // [candidate][h, m]
};

Unseen predict_unseen(const Dataset& data, const TrainOptions& options, const Learnt& whole,
                      const Progress& progress) {
  Unseen unseen;
  unseen.quality.resize(1 + asked_choices(options).size());
  for (std::size_t f = 0; f < options.folds && !suffices(unseen.rows, whole, options); ++f) {
    if (progress) progress("judging", f, options.folds);
    const auto [seen, rows] = split_at_fold(data, judging_seed(options), options.folds, f);
    if (rows.empty()) continue;
    // Of too few questions for a fold of their own all candidates are the constant.
    std::vector<Model::Impl> candidates =
        seen.empty() ? std::vector<Model::Impl>(unseen.quality.size(), whole.common)
                     : candidates_of(learn_from(subset_rows(data, seen), options), options);
    // With the levels of all questions, as they will serve. An expert's mean without a fold is the
    // lower, the better it was there: of all folds together that would make a constant look worse
    // than it is, and sort questions by their fold.
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      append_predictions(std::move(candidates[c]), whole.levels, data, rows, unseen.quality[c]);
    }
    unseen.rows.insert(unseen.rows.end(), rows.begin(), rows.end());
  }
  return unseen;
}

// Judges the candidates and chooses by log loss; text has to beat the constant surely. Returns the
// place of the one that is kept; 0: the constant.
std::size_t choose(const Learnt& learnt, const Unseen& unseen, std::span<const float> scores,
                   const TrainOptions& options, std::vector<Candidate>& candidates) {
  const std::size_t m = learnt.levels.mean.size();
  const std::vector<float>& constant = unseen.quality.front();
  std::size_t kept = 0;
  candidates.push_back(judge("constant", scores, constant, m));
  for (const LearnerChoice& choice : asked_choices(options)) {
    if (!learnt.fit) break;
    const std::vector<float>& quality = unseen.quality[candidates.size()];
    candidates.push_back(judge(choice.name, scores, quality, m));
    Candidate& candidate = candidates.back();
    if (!options.only.empty() && options.only != choice.name) {
      candidate.verdict = Verdict::not_asked_for;
    } else if (learnt.fit->parts.table.memory_bytes() > kModelBytesMax) {
      candidate.verdict = Verdict::too_large;
    } else if (!log_loss_gain(scores, quality, constant, m).is_sure()) {
      candidate.verdict = Verdict::not_surely_better_than_constant;
    } else if (candidate.log_loss < candidates[kept].log_loss) {
      kept = candidates.size() - 1;
    }
  }
  candidates[kept].verdict = Verdict::kept;
  return kept;
}

// The rows in ascending order, and with them their predictions.
void sort_rows(Unseen& unseen, std::size_t m) {
  std::vector<std::size_t> order(unseen.rows.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t i) { return unseen.rows[i]; });
  for (std::vector<float>& quality : unseen.quality) quality = subset_rows(quality, order, m);
  std::ranges::sort(unseen.rows);
}

}  // namespace

std::uint64_t judging_seed(const TrainOptions& options) { return inner_seed(options.seed, 2); }

Candidate judge(std::string name, std::span<const float> scores, std::span<const float> qualities,
                std::size_t m, std::span<const std::uint32_t> fold) {
  const Quality quality = measure(scores, qualities, m, fold);
  const Choice choice = measure_choice(scores, qualities, m);
  return {.name = std::move(name),
          .log_loss = quality.log_loss,
          .auc = quality.auc,
          .ece = quality.ece,
          .over_promise = choice.over_promise,
          .gain = choice.gain,
          .gain_se = choice.gain_se};
}

std::vector<float> Fitted::judged_scores() const {
  return subset_rows(scores, judged, model->card.experts.size());
}

Fitted fit(const Dataset& data, const TrainOptions& options, const Progress& progress) {
  if (progress) progress("fitting", 0, 1);
  Learnt learnt = learn_from(data, options);
  if (progress) progress("fitting", 1, 1);
  const std::size_t m = data.outcomes.n_experts();
  Unseen unseen = predict_unseen(data, options, learnt, progress);
  sort_rows(unseen, m);
  if (progress) progress("judging", options.folds, options.folds);

  Fitted fitted;
  fitted.model = std::make_shared<Model::Impl>(learnt.common);
  fitted.scores = learnt.outcomes.score;
  fitted.judged = std::move(unseen.rows);
  const std::size_t kept =
      choose(learnt, unseen, fitted.judged_scores(), options, fitted.candidates);
  fitted.constant = unseen.quality.front();
  fitted.quality = std::move(unseen.quality[kept]);
  if (kept > 0) {
    DirectionFit::Mixed mixed = learnt.mix(asked_choices(options)[kept - 1].learners);
    *fitted.model = reading_model(learnt, options, std::move(mixed.model));
    fitted.directions = std::move(mixed.directions);
  } else {
    fitted.directions.resize(as_index(data.texts.size()), 0);
  }
  fitted.model->quality_sd.clear();
  for (const double sd :
       calibration_sd(fitted.judged_scores(), fitted.quality, learnt.levels.count)) {
    fitted.model->quality_sd.push_back(static_cast<float>(sd));
  }
  fitted.fit = std::move(learnt.fit);
  return fitted;
}

}  // namespace ooe::predictor
