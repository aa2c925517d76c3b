#include "core/foreseen.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/fast_hash.h"

namespace ooe {
namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::size_t kHeadBytes = 10;
constexpr std::size_t kExpertBytes = 13;
constexpr double kSteps = std::numeric_limits<std::uint16_t>::max();

enum Flag : std::uint8_t { kHealthy = 1, kTakesLength = 2 };

// The lowest byte first, on every machine.
template <class Unsigned>
void put(std::string& bytes, Unsigned value) {
  for (std::size_t i = 0; i < sizeof(value); ++i) {
    bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFFU));
  }
}

template <class Unsigned>
Unsigned take(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  bytes.remove_prefix(sizeof(Unsigned));
  return static_cast<Unsigned>(value);
}

std::uint32_t count_of(std::int64_t tokens) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(tokens, 0, std::numeric_limits<std::uint32_t>::max()));
}

// NaN, which no expert wins by, becomes 0.
std::uint16_t step_of(double value) {
  return static_cast<std::uint16_t>(std::isnan(value) ? 0.0
                                                      : std::round(std::clamp(value, 0.0, kSteps)));
}

}  // namespace

std::uint32_t name_hash_of(std::string_view expert) {
  return static_cast<std::uint32_t>(fast_hash(expert));
}

std::string foreseen_bytes(const Query& query, std::span<const Expert> experts,
                           std::span<const Prediction> predictions, std::span<const bool> healthy,
                           std::span<const bool> takes_length) {
  OOE_CHECK(predictions.size() == experts.size(), "one prediction an expert");
  std::string bytes;
  bytes.reserve(kHeadBytes + kExpertBytes * experts.size());
  put(bytes, kVersion);
  put(bytes, static_cast<std::uint8_t>(query.needs.bits()));
  put(bytes, count_of(query.prompt_tokens));
  put(bytes, count_of(query.output_tokens_max));
  for (std::size_t i = 0; i < experts.size(); ++i) {
    put(bytes, name_hash_of(experts[i].name));
    put(bytes, step_of(predictions[i].quality * kSteps));
    put(bytes, step_of(predictions[i].output_tokens));
    put(bytes, count_of(prompt_tokens_for(query, i)));
    unsigned flags = 0;
    if (healthy.empty() || healthy[i]) flags |= kHealthy;
    if (takes_length.empty() || takes_length[i]) flags |= kTakesLength;
    put(bytes, static_cast<std::uint8_t>(flags));
  }
  return bytes;
}

Result<Foreseen> parse_foreseen(std::string_view bytes) {
  if (bytes.size() < kHeadBytes || (bytes.size() - kHeadBytes) % kExpertBytes != 0 ||
      static_cast<std::uint8_t>(bytes[0]) != kVersion) {
    return fail(ErrorCode::corrupt, "{} bytes that are no record of what was foreseen",
                bytes.size());
  }
  bytes.remove_prefix(sizeof(kVersion));
  Foreseen foreseen;
  foreseen.needs = Capabilities::from_bits(take<std::uint8_t>(bytes));
  foreseen.prompt_tokens = take<std::uint32_t>(bytes);
  foreseen.output_tokens_max = take<std::uint32_t>(bytes);
  while (!bytes.empty()) {
    ForeseenExpert& expert = foreseen.experts.emplace_back();
    expert.name_hash = take<std::uint32_t>(bytes);
    expert.quality = take<std::uint16_t>(bytes) / kSteps;
    expert.output_tokens = take<std::uint16_t>(bytes);
    expert.prompt_tokens = take<std::uint32_t>(bytes);
    const auto flags = take<std::uint8_t>(bytes);
    expert.healthy = (flags & kHealthy) != 0;
    expert.takes_length = (flags & kTakesLength) != 0;
  }
  return foreseen;
}

}  // namespace ooe
