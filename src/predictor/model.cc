#include "predictor/model.h"

#include <utility>

#include <Eigen/Core>

#include "base/check.h"
#include "base/file.h"
#include "predictor/levels.h"
#include "predictor/model_impl.h"

namespace ooe::predictor {

struct Scratch::Impl {
  encoder::EncoderScratch encoder;
  encoder::Features features;
  Eigen::VectorXf logit;  // [m]
};

Scratch::Scratch() : impl_(std::make_unique<Impl>()) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

Model::Model(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

const ModelCard& Model::card() const { return impl_->card; }
const HeldOutSample& Model::held_out() const { return impl_->held_out; }

void Model::predict(std::string_view text, Scratch& scratch,
                    std::span<Prediction> predictions) const {
  const Impl& model = *impl_;
  OOE_CHECK(predictions.size() == model.intercept.size(), "one prediction for each expert");
  const auto m = static_cast<Eigen::Index>(predictions.size());
  Scratch::Impl& work = scratch.impl();
  work.logit = Eigen::Map<const Eigen::VectorXf>(model.intercept.data(), m);
  if (model.encoder) {
    encoder::encode(*model.encoder, text, work.encoder, work.features);
    const encoder::SparseVector& x = work.features.ngrams;
    for (std::size_t k = 0; k < x.size(); ++k) {
      const float* row = model.weights.data() + std::size_t{x.index[k]} * predictions.size();
      work.logit += x.value[k] * Eigen::Map<const Eigen::VectorXf>(row, m);
    }
  }
  for (std::size_t j = 0; j < predictions.size(); ++j) {
    predictions[j] = {.quality = sigmoid(double{work.logit[static_cast<Eigen::Index>(j)]}),
                      .quality_sd = double{model.quality_sd[j]},
                      .output_tokens = double{model.output_tokens[j]},
                      .cost = {}};
  }
}

Result<Model> load_model(const std::string& path) {
  auto bytes = read_file(path);
  if (!bytes) return fail(bytes.error());
  auto model = Model::parse(*bytes);
  if (!model) return fail(model.error().code, "{}: {}", path, model.error().message);
  return model;
}

Result<void> save_model(const Model& model, const std::string& path) {
  return write_file_atomically(path, model.serialise());
}

}  // namespace ooe::predictor
