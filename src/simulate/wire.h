// OpenAI's chat dialect from the server's side: requests we read, answers we write. All answers say
// that they are simulated. Anthropic's is in anthropic_wire.h; both fill the same ChatRequest.
// Source: the public reference of POST /v1/chat/completions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/expert.h"

namespace ooe::simulate {

struct ToolCall {
  std::string name;
  std::string arguments;  // a JSON object
};

struct ChatRequest {
  Dialect dialect = Dialect::openai;
  std::string model;
  std::string user_text;           // of the last user message
  std::int64_t prompt_tokens = 0;  // of all messages
  std::optional<std::int64_t> tokens_max;
  bool stream = false;
  bool include_usage = false;  // streamed answers tell usage only when asked
  // What the request asks for instead of words. Whoever is offered tools calls the named one, or
  // the first, unless its results are there already.
  std::optional<ToolCall> tool_call;
  std::optional<std::string> json_answer;  // fits the schema of response_format
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

// `tool` is null where the answer is `text`; else `text` is its arguments.
[[nodiscard]] std::string completion_json(const AnswerFrame& frame, const ToolCall* tool,
                                          std::string_view text, std::string_view finish_reason,
                                          const TokenCounts& usage);

// The events of a stream, as text for `data:`.
[[nodiscard]] std::string role_chunk_json(const AnswerFrame& frame);
[[nodiscard]] std::string content_chunk_json(const AnswerFrame& frame, std::string_view text);
// The first chunk of a call names the tool, the others carry pieces of its arguments.
[[nodiscard]] std::string tool_chunk_json(const AnswerFrame& frame, const ToolCall& tool);
[[nodiscard]] std::string arguments_chunk_json(const AnswerFrame& frame, std::string_view piece);
[[nodiscard]] std::string finish_chunk_json(const AnswerFrame& frame,
                                            std::string_view finish_reason);
[[nodiscard]] std::string usage_chunk_json(const AnswerFrame& frame, const TokenCounts& usage);

[[nodiscard]] std::string error_json(std::string_view message, std::string_view type,
                                     std::string_view code);
// Of the only call of an answer.
[[nodiscard]] std::string tool_call_id(const AnswerFrame& frame);
[[nodiscard]] std::string models_json(std::string_view model);

}  // namespace ooe::simulate
