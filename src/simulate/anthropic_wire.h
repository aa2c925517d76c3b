// Anthropic's Messages dialect from the server's side, as strict about requests as the real one:
// what experts/anthropic_dialect.h translates meets a server that would refuse what is not of this
// dialect. Source: the public reference of POST /v1/messages, version 2023-06-01.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "simulate/wire.h"

namespace ooe::simulate {

// Errors: invalid_argument with the reason; so, too, for a member that the dialect does not have,
// and for a missing max_tokens.
[[nodiscard]] Result<ChatRequest> parse_messages_request(std::string_view body);

// As completion_json(); `finish_reason` is OpenAI's word.
[[nodiscard]] std::string message_json(const AnswerFrame& frame, const ToolCall* tool,
                                       std::string_view text, std::string_view finish_reason,
                                       const TokenCounts& usage);

// The events of a stream, as bytes: up to the first token, of one token, and from the last to the
// end. `tool` as for completion_json().
[[nodiscard]] std::string message_start(const AnswerFrame& frame, const ToolCall* tool,
                                        const TokenCounts& usage);
[[nodiscard]] std::string message_delta(const ToolCall* tool, std::string_view token);
[[nodiscard]] std::string message_end(std::string_view finish_reason, const TokenCounts& usage);

[[nodiscard]] std::string anthropic_error_json(std::string_view message, std::string_view type);

}  // namespace ooe::simulate
