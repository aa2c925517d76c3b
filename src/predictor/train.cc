#include "predictor/train.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "core/query.h"
#include "predictor/metrics.h"
#include "predictor/model_impl.h"
#include "predictor/text_fit.h"

namespace ooe::predictor {
namespace {

using Rows = std::vector<std::size_t>;  // of the data set, ascending

// Penalties on what is an expert's own, strongest first: at the first, text tells experts apart by
// little but level and slope. 4 or 1 won on every benchmark tried, 0.25 nowhere.
constexpr std::array kPenalties = {256.0, 64.0, 16.0, 4.0, 1.0};

// Below this many questions cross_predict() judges candidates on all inner folds, for one fold
// would decide by chance; above, one will do and saves most of the time.
constexpr std::size_t kQuestionsForOneFold = 2'000;

// Folds inside folds hash with seeds of their own, or they would repeat the outer ones.
std::uint64_t inner_seed(std::uint64_t seed, std::uint64_t level) {
  return seed + 0x9E37'79B9'7F4A'7C15U * (level + 1);  // the golden ratio: far apart
}

// Predictions of rows by candidates that did not see them. Shape: each is [n_queries, n_experts],
// NaN in the rows no fold held out.
struct HeldOut {
  std::vector<float> constant;
  std::array<std::vector<float>, kPenalties.size()> logistic;

  explicit HeldOut(const OutcomeMatrix& outcomes) : constant(outcomes.score.size(), kNotMeasured) {
    logistic.fill(constant);
  }
};

// Which candidate the held-out outcomes speak for.
struct Choice {
  std::optional<double> penalty;  // empty: the constant
  Quality constant;
  Quality logistic;            // the best of them, though the constant may beat it
  std::vector<float> quality;  // held-out predictions of the kept one
  std::vector<double> quality_sd;
};

std::pair<Rows, Rows> split(const Dataset& data, const Rows& rows, std::uint64_t seed,
                            std::size_t folds, std::size_t held_out) {
  std::pair<Rows, Rows> parts;  // seen, held out
  for (const std::size_t row : rows) {
    const bool out = fold_of(data.query_ids[row], seed, folds) == held_out;
    (out ? parts.second : parts.first).push_back(row);
  }
  return parts;
}

TextFitOptions text_fit_options(const TrainOptions& options) {
  return {.ngrams = {.hash_bits = options.hash_bits},
          .seed = inner_seed(options.seed, 0),
          .inner_folds = options.folds,
          .threads = options.threads};
}

// Fits every candidate to `seen` and lets it predict `unseen`.
void predict_unseen(const Dataset& data, const Rows& seen, const Rows& unseen,
                    const TrainOptions& options, HeldOut& held_out) {
  if (unseen.empty()) return;
  const TextFit fit(data, seen, text_fit_options(options));
  const SparseRows features = encode_rows(fit.encoder(), texts_of(data, unseen), options.threads);
  const OutcomeMatrix& outcomes = data.outcomes;
  parallel_for(outcomes.n_experts(), options.threads, [&](std::size_t expert) {
    const std::vector<ExpertWeights> path = fit.expert_path(expert, kPenalties);
    for (std::size_t i = 0; i < unseen.size(); ++i) {
      const std::size_t cell = outcomes.at(unseen[i], expert);
      held_out.constant[cell] = static_cast<float>(fit.levels().mean[expert]);
      for (std::size_t k = 0; k < path.size(); ++k) {
        const double z = path[k].intercept + features.dot(i, path[k].weights);
        held_out.logistic[k][cell] = static_cast<float>(sigmoid(z));
      }
    }
  });
}

Choice choose(const OutcomeMatrix& outcomes, HeldOut held_out) {
  const std::size_t m = outcomes.n_experts();
  Choice choice;
  choice.constant = measure(outcomes.score, held_out.constant, m);
  std::size_t best = 0;
  for (std::size_t k = 0; k < kPenalties.size(); ++k) {
    const Quality quality = measure(outcomes.score, held_out.logistic[k], m);
    if (k > 0 && quality.log_loss >= choice.logistic.log_loss) continue;
    choice.logistic = quality;
    best = k;
  }
  // Better by chance is not better: the file ships the constant unless text gains a standard error.
  const Gain gain = log_loss_gain(outcomes.score, held_out.logistic[best], held_out.constant, m);
  const bool better = gain.mean > gain.standard_error;
  if (better) choice.penalty = kPenalties[best];
  choice.quality = std::move(better ? held_out.logistic[best] : held_out.constant);
  choice.quality_sd = calibration_sd(outcomes.score, choice.quality, m);
  return choice;
}

// Holds out the first `folds_judged` of `folds` folds of `rows`, one after the other.
Choice judge(const Dataset& data, const Rows& rows, std::uint64_t seed, std::size_t folds_judged,
             const TrainOptions& options, const Progress& progress) {
  HeldOut held_out(data.outcomes);
  for (std::size_t fold = 0; fold < folds_judged; ++fold) {
    if (progress) progress("held-out folds", fold, folds_judged);
    const auto [seen, unseen] = split(data, rows, seed, options.folds, fold);
    predict_unseen(data, seen, unseen, options, held_out);
  }
  if (progress) progress("held-out folds", folds_judged, folds_judged);
  return choose(data.outcomes, std::move(held_out));
}

template <class T>
std::vector<float> to_floats(const std::vector<T>& values) {
  std::vector<float> floats;
  floats.reserve(values.size());
  for (const T value : values) floats.push_back(static_cast<float>(value));
  return floats;
}

// Fits the chosen candidate to `rows`; card and held-out sample stay empty.
std::unique_ptr<Model::Impl> fit_chosen(const Dataset& data, const Rows& rows, const Choice& choice,
                                        const TrainOptions& options) {
  auto model = std::make_unique<Model::Impl>();
  const std::size_t m = data.outcomes.n_experts();
  model->quality_sd = to_floats(choice.quality_sd);
  model->output_tokens = to_floats(mean_output_tokens(data.outcomes, rows));
  if (!choice.penalty) {
    for (const double mean : fit_levels(data.outcomes, rows).mean) {
      model->intercept.push_back(static_cast<float>(logit(mean)));
    }
    return model;
  }
  const TextFit fit(data, rows, text_fit_options(options));
  const std::array penalties = {*choice.penalty};
  model->intercept.resize(m);
  model->weights.resize(fit.width() * m);
  parallel_for(m, options.threads, [&](std::size_t expert) {
    const ExpertWeights weights = fit.expert_path(expert, penalties).front();
    model->intercept[expert] = static_cast<float>(weights.intercept);
    for (std::size_t feature = 0; feature < fit.width(); ++feature) {
      model->weights[feature * m + expert] =
          static_cast<float>(weights.weights[static_cast<Eigen::Index>(feature)]);
    }
  });
  model->encoder = fit.encoder();
  return model;
}

// At most `rows_max` rows, chosen by hash: the same whatever else the data holds.
HeldOutSample sample_of(const Dataset& data, const Choice& choice,
                        const std::vector<float>& output_tokens, std::uint64_t seed,
                        std::size_t rows_max) {
  Rows rows(data.outcomes.n_queries());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::ranges::stable_sort(rows, {}, [&](std::size_t row) {
    return fold_of(data.query_ids[row], seed, std::numeric_limits<std::uint32_t>::max());
  });
  rows.resize(std::min(rows.size(), rows_max));
  std::ranges::sort(rows);
  HeldOutSample sample;
  const std::size_t m = data.outcomes.n_experts();
  const auto append = [&](std::vector<float>& to, const std::vector<float>& matrix,
                          std::size_t row) {
    const auto begin = matrix.begin() + static_cast<std::ptrdiff_t>(row * m);
    to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(m));
  };
  for (const std::size_t row : rows) {
    append(sample.quality, choice.quality, row);
    append(sample.score, data.outcomes.score, row);
    append(sample.output_tokens, output_tokens, 0);
    sample.prompt_tokens.push_back(static_cast<float>(estimate_tokens(data.texts[row])));
  }
  return sample;
}

std::string hex_hash(std::string_view bytes) { return to_hex(QueryId{blake2b_128(bytes)}); }

// Of all that training reads.
std::string hash_of(const Dataset& data) {
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
  add_numbers(data.outcomes.score);
  add_numbers(data.outcomes.output_tokens);
  return hex_hash(digests);
}

std::vector<TrainingMetric> metrics_of(const Dataset& data, const Choice& choice) {
  const Quality& kept = choice.penalty ? choice.logistic : choice.constant;
  return {{"log_loss", kept.log_loss},
          {"brier", kept.brier},
          {"auc", kept.auc},
          {"ece", kept.ece},
          {"baseline_log_loss", choice.constant.log_loss},
          {"baseline_brier", choice.constant.brier},
          {"baseline_ece", choice.constant.ece},
          {"logistic_log_loss", choice.logistic.log_loss},
          {"penalty", choice.penalty.value_or(0.0)},
          {"questions", static_cast<double>(data.outcomes.n_queries())},
          {"outcomes", static_cast<double>(choice.constant.cells)}};
}

Result<void> check(const Dataset& data, std::size_t folds, const TrainOptions& options) {
  const OutcomeMatrix& outcomes = data.outcomes;
  OOE_CHECK(data.texts.size() == outcomes.n_queries() &&
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
  if (options.hash_bits < 1 || options.hash_bits > encoder::kHashBitsMax) {
    return fail(ErrorCode::invalid_argument, "hash_bits is {}; give 1 to {}", options.hash_bits,
                encoder::kHashBitsMax);
  }
  return {};
}

Rows all_rows(const Dataset& data) {
  Rows rows(data.outcomes.n_queries());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

}  // namespace

Result<Model> train(const Dataset& data, const TrainOptions& options, const Progress& progress) {
  if (auto ok = check(data, options.folds, options); !ok) return fail(ok.error());
  const Rows rows = all_rows(data);
  const Choice choice = judge(data, rows, options.seed, options.folds, options, progress);
  if (progress) progress("final fit", 0, 1);
  auto model = fit_chosen(data, rows, choice, options);
  model->card = {.experts = data.outcomes.experts,
                 .seed = options.seed,
                 .data_hash = hash_of(data),
                 .options_hash = hex_hash(fmt::format(
                     "seed={} folds={} hash_bits={} held_out_queries_max={}", options.seed,
                     options.folds, options.hash_bits, options.held_out_queries_max)),
                 .kept = choice.penalty ? "logistic" : "constant",
                 .metrics = metrics_of(data, choice)};
  model->held_out = sample_of(data, choice, model->output_tokens, inner_seed(options.seed, 1),
                              options.held_out_queries_max);
  if (progress) progress("final fit", 1, 1);
  return Model(std::move(model));
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
    const auto [seen, unseen] = split(data, all_rows(data), options.seed, folds, fold);
    if (unseen.empty()) continue;
    const std::size_t folds_judged = seen.size() < kQuestionsForOneFold ? options.folds : 1;
    const Choice choice =
        judge(data, seen, inner_seed(options.seed, 2 + fold), folds_judged, options, {});
    const Model model(fit_chosen(data, seen, choice, options));
    Scratch scratch;
    for (const std::size_t row : unseen) {
      model.predict(data.texts[row], scratch, std::span(result.prediction).subspan(row * m, m));
    }
  }
  if (progress) progress("folds", folds, folds);
  return result;
}

std::uint32_t fold_of(const QueryId& query, std::uint64_t seed, std::size_t folds) {
  const std::string_view bytes(reinterpret_cast<const char*>(query.bytes.data()),
                               query.bytes.size());
  return static_cast<std::uint32_t>(fast_hash(bytes, seed) % folds);
}

Dataset subset(const Dataset& data, const std::vector<std::size_t>& rows) {
  Dataset part;
  part.prices = data.prices;
  part.outcomes.experts = data.outcomes.experts;
  const std::size_t m = data.outcomes.n_experts();
  const auto copy_row = [&](const std::vector<float>& from, std::vector<float>& to,
                            std::size_t row) {
    if (from.empty()) return;
    const auto begin = from.begin() + static_cast<std::ptrdiff_t>(row * m);
    to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(m));
  };
  for (const std::size_t row : rows) {
    part.questions.push_back(data.questions[row]);
    part.texts.push_back(data.texts[row]);
    part.query_ids.push_back(data.query_ids[row]);
    part.outcomes.question_ids.push_back(data.outcomes.question_ids[row]);
    copy_row(data.outcomes.score, part.outcomes.score, row);
    copy_row(data.outcomes.cost_usd, part.outcomes.cost_usd, row);
    copy_row(data.outcomes.input_tokens, part.outcomes.input_tokens, row);
    copy_row(data.outcomes.output_tokens, part.outcomes.output_tokens, row);
  }
  return part;
}

}  // namespace ooe::predictor
