// The tokenizers that experts' configurations name, each read once, and what a prompt comes to with
// each. Chat templates are not data that anybody publishes in one form: every message counts
// kFrameTokens beside its text. In: experts, the texts of a prompt. Out: tokens. Knows: encoder,
// core.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/expert.h"
#include "encoder/byte_pair.h"

namespace ooe::orchestrator {

class TokenCounters {
 public:
  // Role and the marks around a message; then those that begin the answer. OpenAI's say 3 and the
  // role, Llama 3's and Qwen's 5 with it.
  static constexpr std::int64_t kFrameTokens = 4;
  static constexpr std::int64_t kAnswerFrameTokens = 3;
  // How much of a prompt is tokenized. The thread that serves does it, which takes milliseconds.
  // The rest is taken to be as dense.
  static constexpr std::size_t kCountedBytesMax = std::size_t{64} << 10U;

  TokenCounters() = default;
  // Errors: invalid_argument for an unknown split; those of BytePairTokenizer::load, with the
  // expert's name.
  [[nodiscard]] static Result<TokenCounters> load(std::span<const Expert> experts);

  [[nodiscard]] bool empty() const { return tokenizers_.empty(); }
  // Returns [n_experts], 0 for those without a tokenizer; empty when nobody has one.
  // `media_tokens`: of what is no text, to be added.
  [[nodiscard]] std::vector<std::int64_t> count(std::span<const std::string_view> texts,
                                                std::int64_t n_messages,
                                                std::int64_t media_tokens = 0) const;

 private:
  std::vector<std::shared_ptr<const encoder::BytePairTokenizer>> tokenizers_;
  std::vector<std::optional<std::size_t>> of_expert_;  // [n_experts], into tokenizers_
};

}  // namespace ooe::orchestrator
