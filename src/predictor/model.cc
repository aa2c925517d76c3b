#include "predictor/model.h"

#include <cmath>
#include <utility>

#include "base/check.h"
#include "base/file.h"
#include "base/mapped_file.h"
#include "predictor/model_impl.h"

namespace ooe::predictor {

Scratch::Scratch() : impl_(std::make_unique<Impl>()) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

Model::Model(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

const ModelCard& Model::card() const { return impl_->card; }
const HeldOutSample& Model::held_out() const { return impl_->held_out; }
bool Model::judged_by_unseen() const { return impl_->judged_by_unseen; }

std::span<const QueryId> Model::held_out_queries() const {
  return std::span(impl_->basis.queries).first(impl_->held_out.n_queries());
}

double Model::Impl::read(std::string_view text, Scratch::Impl& scratch) const {
  if (!encoder) {
    scratch.directions.g.clear();
    scratch.directions.z.assign(tokens.weights.size(), 0.0F);
    return 0.0;
  }
  encoder::encode(*encoder, text, scratch.encoder, scratch.features);
  scratch.dense = scratch.features.dense;
  if (prior) {
    if (!scratch.prior) scratch.prior = std::make_unique<Scratch::Impl>();
    prior->read(text, *scratch.prior);
    const std::vector<float>& seen = scratch.prior->directions.g;
    scratch.dense.insert(scratch.dense.end(), seen.begin(), seen.end());
  }
  directions.read(scratch.features.ngrams, scratch.dense, scratch.directions);
  const float novel = novelty.of(scratch.features);
  for (float& g : scratch.directions.g) g *= 1.0F - novel;
  return double{novel};
}

double Model::predict(std::string_view text, Scratch& scratch,
                      std::span<Prediction> predictions) const {
  const Impl& model = *impl_;
  OOE_CHECK(predictions.size() == model.card.experts.size(), "one prediction for each expert");
  Scratch::Impl& work = scratch.impl();
  const double novelty = model.read(text, work);
  work.quality.resize(predictions.size());
  work.tokens.resize(predictions.size());
  model.directions.qualities(work.directions.g, work.quality);
  model.tokens.predict(work.directions.z, work.tokens);
  const double unknown = novelty * kNovelQualitySd * kNovelQualitySd;
  for (std::size_t j = 0; j < predictions.size(); ++j) {
    const auto sd = double{model.quality_sd[j]};
    predictions[j] = {.quality = bounded_quality(double{work.quality[j]}),
                      .quality_sd = std::sqrt(sd * sd + unknown),
                      .output_tokens = double{work.tokens[j]},
                      .cost = {}};
  }
  return novelty;
}

Result<Model> load_model(const std::string& path) {
  auto file = MappedFile::open(path);
  if (!file && file.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::not_found, "{}; `ooe train --out {}` makes a model",
                file.error().message, path);
  }
  if (!file) return fail(file.error());
  auto model = Model::parse((*file)->bytes());
  if (!model) return fail(model.error().code, "{}: {}", path, model.error().message);
  return model;
}

Result<void> save_model(const Model& model, const std::string& path) {
  return write_file_atomically(path, model.serialise());
}

}  // namespace ooe::predictor
