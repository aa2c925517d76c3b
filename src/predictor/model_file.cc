// The model file, all little-endian:
//
//   "OOEMODEL"  u32 version  u64 payload bytes  payload  16 bytes BLAKE2b-128 of all before
//
// The payload is the fields of ModelCard, HeldOutSample and Model::Impl in the order of write()
// below; vectors and strings carry their length. The checksum tells damage; since anyone can make a
// valid checksum, parse() trusts no size or number behind it either.
#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/hash.h"
#include "predictor/bytes.h"
#include "predictor/model_impl.h"

namespace ooe::predictor {
namespace {

constexpr std::string_view kMagic = "OOEMODEL";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeadBytes = kMagic.size() + sizeof(std::uint32_t) + sizeof(std::uint64_t);
constexpr std::size_t kChecksumBytes = 16;

std::string checksum(std::string_view bytes) {
  const auto hash = blake2b_128(bytes);
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

void write(ByteWriter& out, const ModelCard& card) {
  out.number(static_cast<std::uint64_t>(card.experts.size()));
  for (const std::string& expert : card.experts) out.text(expert);
  out.number(card.seed);
  out.text(card.data_hash);
  out.text(card.options_hash);
  out.text(card.kept);
  out.number(static_cast<std::uint64_t>(card.metrics.size()));
  for (const TrainingMetric& metric : card.metrics) {
    out.text(metric.name);
    out.number(metric.value);
  }
}

ModelCard read_card(ByteReader& in) {
  ModelCard card;
  const auto n_experts = in.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < n_experts && in.ok(); ++i) card.experts.push_back(in.text());
  card.seed = in.number<std::uint64_t>();
  card.data_hash = in.text();
  card.options_hash = in.text();
  card.kept = in.text();
  const auto n_metrics = in.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < n_metrics && in.ok(); ++i) {
    std::string name = in.text();
    card.metrics.push_back({std::move(name), in.number<double>()});
  }
  return card;
}

void write(ByteWriter& out, const HeldOutSample& sample) {
  out.numbers(sample.quality);
  out.numbers(sample.score);
  out.numbers(sample.output_tokens);
  out.numbers(sample.prompt_tokens);
}

HeldOutSample read_held_out(ByteReader& in) {
  HeldOutSample sample;
  sample.quality = in.numbers<float>();
  sample.score = in.numbers<float>();
  sample.output_tokens = in.numbers<float>();
  sample.prompt_tokens = in.numbers<float>();
  return sample;
}

void write(ByteWriter& out, const encoder::NgramEncoder& encoder) {
  out.number(encoder.hash_bits());
  out.numbers(std::vector(encoder.buckets().begin(), encoder.buckets().end()));
  out.numbers(std::vector(encoder.idf().begin(), encoder.idf().end()));
}

bool within(const std::vector<float>& values, float low, float high) {
  return std::ranges::all_of(values, [&](float v) { return v >= low && v <= high; });  // not NaN
}

bool finite(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float v) { return std::isfinite(v); });
}

bool not_negative(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float v) { return std::isfinite(v) && v >= 0.0F; });
}

// Returns what is wrong with the card, or nothing.
std::string_view fault(const ModelCard& card) {
  if (card.experts.empty()) return "it names no expert";
  if (std::set(card.experts.begin(), card.experts.end()).size() != card.experts.size()) {
    return "it names an expert twice";
  }
  return {};
}

std::string_view fault(const HeldOutSample& sample, std::size_t n_experts) {
  const std::size_t cells = sample.n_queries() * n_experts;
  if (sample.quality.size() != cells || sample.score.size() != cells ||
      sample.output_tokens.size() != cells) {
    return "its held-out sample has the wrong shape";
  }
  const bool scores = std::ranges::all_of(
      sample.score, [](float v) { return std::isnan(v) || (v >= 0.0F && v <= 1.0F); });
  if (!scores || !within(sample.quality, 0.0F, 1.0F) || !not_negative(sample.output_tokens) ||
      !not_negative(sample.prompt_tokens)) {
    return "a number of its held-out sample is out of range";
  }
  return {};
}

std::string_view fault(const Model::Impl& model, std::size_t width) {
  const std::size_t m = model.card.experts.size();
  if (const auto why = fault(model.card); !why.empty()) return why;
  if (const auto why = fault(model.held_out, m); !why.empty()) return why;
  if (model.intercept.size() != m || model.quality_sd.size() != m ||
      model.output_tokens.size() != m || model.weights.size() / m != width ||
      model.weights.size() % m != 0) {
    return "its weights have the wrong shape";
  }
  if (!finite(model.intercept) || !finite(model.weights) || !within(model.quality_sd, 0.0F, 1.0F) ||
      !not_negative(model.output_tokens)) {
    return "a weight is out of range";
  }
  return {};
}

// Reads an encoder; empty when the sizes make none.
std::optional<encoder::NgramEncoder> read_encoder(ByteReader& in) {
  const auto hash_bits = in.number<std::uint32_t>();
  auto buckets = in.numbers<std::uint32_t>();
  auto idf = in.numbers<float>();
  const bool ascending =
      std::ranges::adjacent_find(buckets, std::ranges::greater_equal{}) == buckets.end();
  if (!in.ok() || hash_bits < 1 || hash_bits > encoder::kHashBitsMax ||
      buckets.size() != idf.size() || !ascending ||
      (!buckets.empty() && buckets.back() >= std::uint32_t{1} << hash_bits) ||
      !within(idf, 0.0F, 1e6F)) {
    return {};
  }
  return encoder::NgramEncoder(hash_bits, std::move(buckets), std::move(idf));
}

// Returns the payload, once head and checksum are what they should be.
Result<std::string_view> payload_of(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) {
    return fail(ErrorCode::corrupt, "not a model file; make one with ooe train");
  }
  if (bytes.size() < kHeadBytes + kChecksumBytes) {
    return fail(ErrorCode::corrupt, "the model file is cut off at {} bytes; train or copy it again",
                bytes.size());
  }
  ByteReader head(bytes.substr(kMagic.size()));
  const auto version = head.number<std::uint32_t>();
  if (version != kVersion) {
    return fail(ErrorCode::corrupt,
                "model file of version {}, this program reads version {}; train it again", version,
                kVersion);
  }
  const auto payload_bytes = head.number<std::uint64_t>();
  if (payload_bytes != bytes.size() - kHeadBytes - kChecksumBytes) {
    return fail(
        ErrorCode::corrupt,
        "the model file has {} bytes where {} of payload are announced; train or copy it again",
        bytes.size(), payload_bytes);
  }
  const std::string_view covered = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (checksum(covered) != bytes.substr(covered.size())) {
    return fail(ErrorCode::corrupt, "the model file's checksum is wrong; train or copy it again");
  }
  return covered.substr(kHeadBytes);
}

}  // namespace

std::string Model::serialise() const {
  ByteWriter payload;
  write(payload, impl_->card);
  write(payload, impl_->held_out);
  payload.numbers(impl_->intercept);
  payload.numbers(impl_->quality_sd);
  payload.numbers(impl_->output_tokens);
  payload.number(static_cast<std::uint8_t>(impl_->encoder.has_value()));
  if (impl_->encoder) {
    std::visit([&](const auto& encoder) { write(payload, encoder); }, *impl_->encoder);
    payload.numbers(impl_->weights);
  }
  ByteWriter file;
  file.bytes().append(kMagic);
  file.number(kVersion);
  file.text(payload.bytes());
  file.bytes().append(checksum(file.bytes()));
  return std::move(file.bytes());
}

Result<Model> Model::parse(std::string_view bytes) {
  const auto payload = payload_of(bytes);
  if (!payload) return fail(payload.error());
  ByteReader in(*payload);
  auto impl = std::make_unique<Impl>();
  impl->card = read_card(in);
  impl->held_out = read_held_out(in);
  impl->intercept = in.numbers<float>();
  impl->quality_sd = in.numbers<float>();
  impl->output_tokens = in.numbers<float>();
  const auto has_encoder = in.number<std::uint8_t>();
  if (in.ok() && has_encoder == 1) {
    impl->encoder = read_encoder(in);
    impl->weights = in.numbers<float>();
  }
  if (!in.ok() || !in.at_end() || has_encoder != impl->encoder.has_value()) {
    return fail(ErrorCode::corrupt, "the model file contradicts itself in a size; train it again");
  }
  const std::size_t width = impl->encoder ? encoder::ngram_width(*impl->encoder) : 0;
  if (const auto why = fault(*impl, width); !why.empty()) {
    return fail(ErrorCode::corrupt, "the model file cannot be used, {}; train it again", why);
  }
  return Model(std::move(impl));
}

}  // namespace ooe::predictor
