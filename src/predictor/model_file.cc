// The model file, all little-endian:
//
//   "OOEMODEL"  u32 version  u64 payload bytes  payload  16 bytes BLAKE2b-128 of all before
//
// The payload is the fields of Model::Impl in the order of write() below, then those of the prior
// model if there is one; vectors, matrices and strings carry their sizes. The checksum tells
// damage; since anyone can make a valid checksum, parse() trusts no size behind it either, and no
// number that model_faults.h has not looked at.
//
// Versions 4 and 5 have the same fields. In a file of version 4 the held-out sample was predicted by
// steps that had seen it (decision 24), which is what the number says: such a model is written as 4
// again.
#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "predictor/byte_stream.h"
#include "predictor/model_faults.h"
#include "predictor/model_impl.h"

namespace ooe::predictor {
namespace {

constexpr std::string_view kMagic = "OOEMODEL";
constexpr std::uint32_t kVersion = 5;
constexpr std::uint32_t kVersionJudgedBySeen = 4;
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
  out.number(static_cast<std::uint64_t>(card.candidates.size()));
  for (const Candidate& candidate : card.candidates) {
    out.text(candidate.name);
    for (const double value : {candidate.log_loss, candidate.auc, candidate.ece,
                               candidate.over_promise, candidate.gain, candidate.gain_se}) {
      out.number(value);
    }
    out.text(to_string(candidate.verdict));
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
  const auto n_candidates = in.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < n_candidates && in.ok(); ++i) {
    Candidate candidate{.name = in.text()};
    for (double* value : {&candidate.log_loss, &candidate.auc, &candidate.ece,
                          &candidate.over_promise, &candidate.gain, &candidate.gain_se}) {
      *value = in.number<double>();
    }
    const auto verdict = parse_verdict(in.text());
    in.require(verdict.has_value());
    candidate.verdict = verdict.value_or(Verdict{});
    card.candidates.push_back(std::move(candidate));
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

using learn::MatrixRowsF;

void write(ByteWriter& out, const TokenModel& tokens) {
  out.numbers(tokens.log_level);
  out.numbers(tokens.smear);
  out.numbers(tokens.weights);
}

TokenModel read_tokens(ByteReader& in) {
  TokenModel tokens;
  tokens.log_level = in.numbers<float>();
  tokens.smear = in.numbers<float>();
  tokens.weights = in.numbers<float>();
  return tokens;
}

void write(ByteWriter& out, const Novelty& novelty) {
  out.numbers(novelty.mean);
  out.numbers(novelty.sd);
  for (const Ramp& ramp : {novelty.known_share, novelty.distance}) {
    out.number(ramp.inside);
    out.number(ramp.outside);
  }
}

Novelty read_novelty(ByteReader& in) {
  Novelty novelty;
  novelty.mean = in.numbers<float>();
  novelty.sd = in.numbers<float>();
  for (Ramp* ramp : {&novelty.known_share, &novelty.distance}) {
    ramp->inside = in.number<float>();
    ramp->outside = in.number<float>();
  }
  return novelty;
}

void write(ByteWriter& out, const encoder::NgramEncoder& encoder) {
  out.number(encoder.hash_bits());
  out.numbers(std::vector(encoder.buckets().begin(), encoder.buckets().end()));
  out.numbers(std::vector(encoder.idf().begin(), encoder.idf().end()));
}

// Shape of all trees, then their nodes and leaves.
void write(ByteWriter& out, const learn::BoostedTrees& trees) {
  out.number(trees.base);
  out.numbers(trees.node_begin);
  out.numbers(trees.leaf_begin);
  out.number(static_cast<std::uint64_t>(trees.nodes.size()));
  for (const learn::TreeNode& node : trees.nodes) {
    out.number(node.feature);
    out.number(node.low);
    out.number(node.high);
    out.number(node.threshold);
  }
  out.numbers(trees.leaves);
}

learn::BoostedTrees read_trees(ByteReader& in) {
  learn::BoostedTrees trees;
  trees.base = in.number<float>();
  trees.node_begin = in.numbers<std::uint32_t>();
  trees.leaf_begin = in.numbers<std::uint32_t>();
  const auto nodes = in.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < nodes && in.ok(); ++i) {
    learn::TreeNode node;
    node.feature = in.number<std::uint16_t>();
    node.low = in.number<std::int16_t>();
    node.high = in.number<std::int16_t>();
    node.threshold = in.number<float>();
    trees.nodes.push_back(node);
  }
  trees.leaves = in.numbers<float>();
  return trees;
}

void write(ByteWriter& out, const DirectionModel& model) {
  for (const auto* values : {&model.scale.mean, &model.scale.sd, &model.scale.weight,
                             &model.subjects.share, &model.level}) {
    out.numbers(*values);
  }
  out.number(static_cast<std::uint64_t>(model.subjects.names.size()));
  for (const std::string& name : model.subjects.names) out.text(name);
  out.number(model.subjects.sharpness);
  for (const MatrixRowsF* matrix :
       {&model.z_weights, &model.dense_weights, &model.mix, &model.slopes}) {
    out.matrix(*matrix);
  }
  out.number(static_cast<std::uint64_t>(model.trees.size()));
  for (const learn::BoostedTrees& trees : model.trees) write(out, trees);
  const WeightBytes table = model.table.bytes();
  out.numbers(table.row_scale);
  out.numbers(table.column_scale);
  out.numbers(table.values);
}

DirectionModel read_directions(ByteReader& in) {
  DirectionModel model;
  for (auto* values : {&model.scale.mean, &model.scale.sd, &model.scale.weight,
                       &model.subjects.share, &model.level}) {
    *values = in.numbers<float>();
  }
  const auto subjects = in.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < subjects && in.ok(); ++i) {
    model.subjects.names.push_back(in.text());
  }
  model.subjects.sharpness = in.number<float>();
  for (MatrixRowsF* matrix : {&model.z_weights, &model.dense_weights, &model.mix, &model.slopes}) {
    *matrix = in.matrix<MatrixRowsF>();
  }
  const auto trees = in.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < trees && in.ok(); ++i) model.trees.push_back(read_trees(in));
  if (std::ranges::all_of(model.trees, is_sound)) model.make_scorers();  // else a fault
  WeightBytes table;
  table.row_scale = in.numbers<float>();
  table.column_scale = in.numbers<float>();
  table.values = in.numbers<std::int8_t>();
  in.require(table.values.size() == table.row_scale.size() * table.column_scale.size() &&
             table.values.empty() == table.row_scale.empty());
  if (in.ok()) model.table = WeightTable(table);
  return model;
}

void write(ByteWriter& out, const Population& population) {
  const MatrixRowsF mean = population.mean.transpose().cast<float>();
  const MatrixRowsF covariance = population.covariance.cast<float>();
  out.matrix(mean);
  out.matrix(covariance);
}

Population read_population(ByteReader& in) {
  Population population;
  population.mean = in.matrix<MatrixRowsF>().cast<double>().transpose().reshaped();
  population.covariance = in.matrix<MatrixRowsF>().cast<double>();
  return population;
}

void write(ByteWriter& out, const AdaptBasis& basis) {
  std::string ids;
  for (const QueryId& id : basis.queries) {
    ids.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  }
  out.text(ids);
  out.matrix(basis.directions);
  out.matrix(basis.factors);
  write(out, basis.prior.by_factors);
  write(out, basis.prior.deviations);
  const MatrixRowsF factors_of_direction = basis.prior.factors_of_direction.cast<float>();
  out.matrix(factors_of_direction);
}

AdaptBasis read_basis(ByteReader& in) {
  AdaptBasis basis;
  const std::string ids = in.text();
  basis.queries.resize(ids.size() / sizeof(QueryId::bytes));
  for (std::size_t i = 0; i < basis.queries.size(); ++i) {
    std::memcpy(basis.queries[i].bytes.data(), ids.data() + i * sizeof(QueryId::bytes),
                sizeof(QueryId::bytes));
  }
  basis.directions = in.matrix<MatrixRowsF>();
  basis.factors = in.matrix<MatrixRowsF>();
  basis.prior.by_factors = read_population(in);
  basis.prior.deviations = read_population(in);
  basis.prior.factors_of_direction = in.matrix<MatrixRowsF>().cast<double>();
  return basis;
}

void write(ByteWriter& out, const Model::Impl& model) {
  write(out, model.card);
  write(out, model.held_out);
  out.numbers(model.quality_sd);
  write(out, model.tokens);
  write(out, model.novelty);
  write(out, model.basis);
  out.number(static_cast<std::uint8_t>(model.encoder.has_value()));
  if (model.encoder) {
    const auto& lexical = std::get<encoder::LexicalEncoder>(*model.encoder);
    write(out, lexical.words());
    write(out, lexical.characters());
  }
  write(out, model.directions);
  out.number(static_cast<std::uint8_t>(model.prior != nullptr));
  if (model.prior) write(out, *model.prior);
}

// Reads an encoder; empty when the sizes make none.
std::optional<encoder::NgramEncoder> read_encoder(ByteReader& in, encoder::NgramKind kind) {
  const auto hash_bits = in.number<std::uint32_t>();
  auto buckets = in.numbers<std::uint32_t>();
  auto idf = in.numbers<float>();
  const bool weights =
      std::ranges::all_of(idf, [](float w) { return w >= 0.0F && w <= 1e6F; });  // not NaN
  if (!in.ok() || hash_bits < 1 || hash_bits > encoder::kHashBitsMax ||
      buckets.size() != idf.size() || !encoder::are_buckets(buckets, hash_bits) || !weights) {
    return {};
  }
  return encoder::NgramEncoder(kind, hash_bits, std::move(buckets), std::move(idf));
}

// Reads a model and, one level deep, its prior. Null when sizes contradict each other; what is read
// is still to be checked.
std::shared_ptr<Model::Impl> read_model(ByteReader& in, bool may_have_prior) {
  auto model = std::make_shared<Model::Impl>();
  model->card = read_card(in);
  model->held_out = read_held_out(in);
  model->quality_sd = in.numbers<float>();
  model->tokens = read_tokens(in);
  model->novelty = read_novelty(in);
  model->basis = read_basis(in);
  const auto has_encoder = in.number<std::uint8_t>();
  if (!in.ok() || has_encoder > 1) return nullptr;
  if (has_encoder == 1) {
    auto words = read_encoder(in, encoder::NgramKind::words);
    auto characters = read_encoder(in, encoder::NgramKind::characters);
    if (!words || !characters) return nullptr;
    model->encoder = encoder::LexicalEncoder(std::move(*words), std::move(*characters));
  }
  model->directions = read_directions(in);
  const auto has_prior = in.number<std::uint8_t>();
  if (!in.ok() || has_prior > (may_have_prior && has_encoder == 1 ? 1 : 0)) return nullptr;
  if (has_prior == 1) {
    model->prior = read_model(in, false);
    if (!model->prior) return nullptr;
  }
  return model;
}

// Returns the version, once head and checksum are what they should be.
Result<std::uint32_t> checked(std::string_view bytes) {
  if (!is_model(bytes)) {
    return fail(ErrorCode::corrupt, "not a model file; make one with ooe train");
  }
  if (bytes.size() < kHeadBytes + kChecksumBytes) {
    return fail(ErrorCode::corrupt, "the model file is cut off at {} bytes; train or copy it again",
                bytes.size());
  }
  ByteReader head(bytes.substr(kMagic.size()));
  const auto version = head.number<std::uint32_t>();
  if (version != kVersion && version != kVersionJudgedBySeen) {
    return fail(ErrorCode::corrupt,
                "model file of version {}, this program reads versions {} and {}; train it again",
                version, kVersionJudgedBySeen, kVersion);
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
  return version;
}

}  // namespace

bool is_model(std::string_view beginning) { return beginning.starts_with(kMagic); }

std::string Model::serialise() const {
  ByteWriter file;
  file.bytes().append(kMagic);
  file.number(impl_->judged_by_unseen ? kVersion : kVersionJudgedBySeen);
  file.number(std::uint64_t{0});  // payload bytes, once they are known
  write(file, *impl_);
  const auto payload_bytes = static_cast<std::uint64_t>(file.bytes().size() - kHeadBytes);
  std::memcpy(file.bytes().data() + kHeadBytes - sizeof payload_bytes, &payload_bytes,
              sizeof payload_bytes);
  file.bytes().append(checksum(file.bytes()));
  return std::move(file.bytes());
}

Result<Model> Model::parse(std::string_view bytes) {
  const auto version = checked(bytes);
  if (!version) return fail(version.error());
  ByteReader in(bytes.substr(0, bytes.size() - kChecksumBytes));
  in.skip(kHeadBytes);
  const std::shared_ptr<Impl> impl = read_model(in, true);
  if (!impl || !in.ok() || !in.at_end()) {
    return fail(ErrorCode::corrupt, "the model file contradicts itself in a size; train it again");
  }
  impl->judged_by_unseen = *version != kVersionJudgedBySeen;
  auto why = fault_of(*impl);
  if (why.empty() && impl->prior) why = fault_of(*impl->prior);
  if (!why.empty()) {
    return fail(ErrorCode::corrupt, "the model file cannot be used, {}; train it again", why);
  }
  return Model(impl);
}

}  // namespace ooe::predictor
