#include "orchestrator/token_counters.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace ooe::orchestrator {
namespace {

std::int64_t count_with(const encoder::BytePairTokenizer& tokenizer,
                        std::span<const std::string_view> texts) {
  std::int64_t tokens = 0;
  std::size_t counted = 0;
  std::size_t bytes = 0;
  for (const std::string_view text : texts) {
    bytes += text.size();
    const std::string_view part = text.substr(
        0, TokenCounters::kCountedBytesMax - std::min(TokenCounters::kCountedBytesMax, counted));
    tokens += tokenizer.count(part);
    counted += part.size();
  }
  if (counted == bytes) return tokens;
  const double density = static_cast<double>(tokens) / static_cast<double>(counted);
  return static_cast<std::int64_t>(density * static_cast<double>(bytes)) + 1;
}

}  // namespace

Result<TokenCounters> TokenCounters::load(std::span<const Expert> experts) {
  TokenCounters counters;
  std::map<std::pair<std::string, std::string>, std::size_t> loaded;
  counters.of_expert_.resize(experts.size());
  for (std::size_t i = 0; i < experts.size(); ++i) {
    const Expert& expert = experts[i];
    if (expert.tokenizer_file.empty()) continue;
    const auto split = encoder::parse_token_split(expert.tokenizer_split);
    if (!split) {
      return fail_about(
          subject_of(expert), ErrorCode::invalid_argument,
          "expert '{}': tokenizer.split '{}' is unknown; use gpt2, cl100k, qwen2 or o200k",
          expert.name, expert.tokenizer_split);
    }
    const auto [at, is_new] = loaded.try_emplace({expert.tokenizer_file, expert.tokenizer_split},
                                                 counters.tokenizers_.size());
    if (is_new) {
      auto tokenizer = encoder::BytePairTokenizer::load(expert.tokenizer_file, *split);
      if (!tokenizer) {
        return fail_about(subject_of(expert), tokenizer.error().code, "expert '{}': tokenizer: {}",
                          expert.name, tokenizer.error().message);
      }
      counters.tokenizers_.push_back(
          std::make_shared<const encoder::BytePairTokenizer>(std::move(*tokenizer)));
    }
    counters.of_expert_[i] = at->second;
  }
  return counters;
}

std::vector<std::int64_t> TokenCounters::count(std::span<const std::string_view> texts,
                                               std::int64_t n_messages,
                                               std::int64_t media_tokens) const {
  if (tokenizers_.empty()) return {};
  std::vector<std::int64_t> by_tokenizer;
  by_tokenizer.reserve(tokenizers_.size());
  for (const auto& tokenizer : tokenizers_) {
    by_tokenizer.push_back(count_with(*tokenizer, texts) + kFrameTokens * n_messages +
                           kAnswerFrameTokens + media_tokens);
  }
  std::vector<std::int64_t> tokens(of_expert_.size(), 0);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (of_expert_[i]) tokens[i] = by_tokenizer[*of_expert_[i]];
  }
  return tokens;
}

}  // namespace ooe::orchestrator
