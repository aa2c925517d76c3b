// How byte-pair tokenizers cut a text before they merge bytes: no token crosses a cut. Each family
// has a regular expression for it; these are the same rules by hand, without back-tracking, since
// RE2 has no look-ahead and others are not linear. In: UTF-8; other bytes count as marks. Out: ends
// of pieces. Source: the patterns of OpenAI's tiktoken (openai_public.py) and of Qwen2's
// tokenizer.json, quoted beside each rule.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ooe::encoder {

enum class TokenSplit {
  gpt2,    // GPT-2, GPT-3 (r50k, p50k)
  cl100k,  // GPT-3.5, GPT-4; Llama 3
  qwen2,   // as cl100k, each digit by itself
  o200k,   // GPT-4o and later
};

// Returns nothing for another word than "gpt2", "cl100k", "qwen2" and "o200k".
[[nodiscard]] std::optional<TokenSplit> parse_token_split(std::string_view word);

// Returns where the piece that begins at `at` ends. Requires: at < text.size().
[[nodiscard]] std::size_t piece_end(TokenSplit split, std::string_view text, std::size_t at);

}  // namespace ooe::encoder
