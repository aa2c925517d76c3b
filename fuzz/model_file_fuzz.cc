// A model file from anywhere is refused or can predict, and what is accepted is exactly what
// serialise() writes.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "predictor/model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto model = ooe::predictor::Model::parse(bytes);
  if (!model) return 0;
  OOE_CHECK(model->serialise() == bytes, "an accepted file is what serialise() writes");
  ooe::predictor::Scratch scratch;
  std::vector<ooe::Prediction> predictions(model->card().experts.size());
  model->predict("Which of these is a prime? A. 21 B. 23", scratch, predictions);
  for (const ooe::Prediction& prediction : predictions) {
    OOE_CHECK(prediction.quality >= 0.0 && prediction.quality <= 1.0, "a quality is in [0, 1]");
  }
  return 0;
}
