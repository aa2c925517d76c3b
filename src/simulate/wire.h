// OpenAI's chat dialect from the server's side: requests we read, answers we write. All answers say
// that they are simulated. Source: the public reference of POST /v1/chat/completions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/expert.h"

namespace ooe::simulate {

struct ChatRequest {
  std::string model;
  std::string user_text;           // of the last user message
  std::int64_t prompt_tokens = 0;  // of all messages
  std::optional<std::int64_t> tokens_max;
  bool stream = false;
  bool include_usage = false;  // streamed answers tell usage only when asked
};

// Returns the prompt tokens of a message with `text`: its tokens, and four for its frame.
[[nodiscard]] std::int64_t prompt_tokens(std::string_view text);

// Errors: invalid_argument with the reason.
[[nodiscard]] Result<ChatRequest> parse_chat_request(std::string_view body);

// What all parts of one answer have in common.
struct AnswerFrame {
  std::string id;  // "chatcmpl-sim-..."
  std::string model;
  std::int64_t created = 0;  // seconds since 1970
};

[[nodiscard]] std::string completion_json(const AnswerFrame& frame, std::string_view text,
                                          std::string_view finish_reason, const TokenCounts& usage);

// The events of a stream, as text for `data:`.
[[nodiscard]] std::string role_chunk_json(const AnswerFrame& frame);
[[nodiscard]] std::string content_chunk_json(const AnswerFrame& frame, std::string_view text);
[[nodiscard]] std::string finish_chunk_json(const AnswerFrame& frame,
                                            std::string_view finish_reason);
[[nodiscard]] std::string usage_chunk_json(const AnswerFrame& frame, const TokenCounts& usage);

[[nodiscard]] std::string error_json(std::string_view message, std::string_view type,
                                     std::string_view code);
[[nodiscard]] std::string models_json(std::string_view model);

}  // namespace ooe::simulate
