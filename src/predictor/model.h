// The trained predictor: the text of a query in, for every expert its expected quality, its
// uncertainty and its expected output tokens out, without running any. Immutable once made; one
// object serves every thread. In: text. Out: Prediction per expert. Knows: encoder, core.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "core/prediction.h"

namespace ooe::predictor {

// A sample of the training queries that were judged, each as predicted by a fit without its fold
// (fit.h) with the levels that serve, from which the policy calibrates its multipliers whenever
// goals or prices change. Shape: [n_queries, n_experts], row-major.
struct HeldOutSample {
  std::vector<float> quality;
  std::vector<float> score;          // what really happened; NaN where not measured
  std::vector<float> output_tokens;  // expected
  std::vector<float> prompt_tokens;  // [n_queries], estimated

  [[nodiscard]] std::size_t n_queries() const { return prompt_tokens.size(); }
};

// One held-out figure of the training run, printed by `ooe train` and kept in the file.
struct TrainingMetric {
  std::string name;  // "log_loss", "brier", "auc", "ece", "baseline_log_loss", ...
  double value = 0.0;
};

// Why a candidate was kept or was not.
enum class Verdict : std::uint8_t {
  kept,
  higher_log_loss,  // another one predicts better
  not_asked_for,    // TrainOptions::only names another
  too_large,        // for a model in memory
  not_surely_better_than_constant,
  baseline,         // never kept, shown beside: docs/decisions/0021-baselines-are-shown.md
  better_baseline,  // that surely predicts better than what is kept, on the same questions
};

// The words, which the model file and --json hold too: "kept", "not asked for", ...
[[nodiscard]] std::string_view to_string(Verdict verdict);
[[nodiscard]] std::optional<Verdict> parse_verdict(std::string_view words);

// What one way to predict made of the questions that were judged, each predicted by a fit without
// its fold; of a baseline: on a part of them.
struct Candidate {
  std::string name;
  double log_loss = 0.0;
  double auc = 0.5;
  double ece = 0.0;
  double over_promise = 0.0;  // the chosen expert's predicted less its real mean score
  double gain = 0.0;          // mean score of the chosen less that of the best single expert
  double gain_se = 0.0;
  Verdict verdict = Verdict::higher_log_loss;
};

struct ModelCard {
  std::vector<std::string> experts;  // exact names, in the order of every prediction
  std::uint64_t seed = 0;
  std::string data_hash;     // hex of BLAKE2b-128 over all that training read
  std::string options_hash;  // hex
  std::string kept;          // the name of the candidate that the file holds
  std::vector<TrainingMetric> metrics;
  std::vector<Candidate> candidates;

  [[nodiscard]] std::optional<std::size_t> column_of(std::string_view expert) const;
};

// Per-thread working memory of predict(); reused, so that a warm prediction allocates nothing.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;
  struct Impl;
  [[nodiscard]] Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

class Model {
 public:
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  [[nodiscard]] const ModelCard& card() const;
  [[nodiscard]] const HeldOutSample& held_out() const;
  // Whether that sample comes from models no part of which had seen it. False for a file of before
  // decision 24: it promises too much, and goals that are calibrated on it will not be met.
  [[nodiscard]] bool judged_by_unseen() const;
  // Whose predictions these are, [held_out().n_queries()].
  [[nodiscard]] std::span<const QueryId> held_out_queries() const;

  // Fills quality, quality_sd and output_tokens of predictions[i] for card().experts[i]; `cost` is
  // left empty. Returns how unlike the training questions the text is, in [0, 1] (novelty.h).
  // Requires: predictions.size() == card().experts.size(). Threads: any, one Scratch each.
  double predict(std::string_view text, Scratch& scratch, std::span<Prediction> predictions) const;

  // The file: magic, version, sizes, payload, checksum. Same model, same bytes.
  [[nodiscard]] std::string serialise() const;
  // Errors: corrupt for anything that is not exactly what serialise() writes, with the reason.
  [[nodiscard]] static Result<Model> parse(std::string_view bytes);

  struct Impl;
  explicit Model(std::shared_ptr<const Impl> impl);
  [[nodiscard]] const std::shared_ptr<const Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

// By how the file begins; parse() says whether it is whole.
[[nodiscard]] bool is_model(std::string_view beginning);

// Errors: those of MappedFile and of parse, with the path.
[[nodiscard]] Result<Model> load_model(const std::string& path);
[[nodiscard]] Result<void> save_model(const Model& model, const std::string& path);

}  // namespace ooe::predictor
