// OpenAI's chat dialect as experts speak it: bodies we write, answers and stream events we read.
// Source: the public reference of POST /v1/chat/completions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/expert.h"

namespace ooe::experts {

struct ChatMessage {
  std::string role;  // "system", "user", "assistant"
  std::string content;
};

struct ChatPrompt {
  std::vector<ChatMessage> messages;
  std::optional<std::int64_t> max_tokens;
  std::optional<double> temperature;
};

// Returns the JSON body of a request for `model`.
[[nodiscard]] std::string chat_body(const ChatPrompt& prompt, std::string_view model, bool stream);

struct Completion {
  std::string text;
  std::string finish_reason;         // "stop", "length", ...
  std::optional<TokenCounts> usage;  // nothing when the expert did not say
};

// Reads a whole answer. Errors: corrupt when it is not a chat completion.
[[nodiscard]] Result<Completion> parse_completion(std::string_view body);

// One `data:` of a stream.
struct StreamEvent {
  bool done = false;          // "[DONE]"
  bool has_content = false;   // text, refusal, reasoning or tool call: something a reader would see
  bool has_choices = false;   // false for the last chunk that carries only usage
  std::string text;           // delta.content of the first choice
  std::string finish_reason;  // empty until the last content chunk
  std::optional<TokenCounts> usage;
};

// Errors: corrupt when the event is not JSON or not a chunk; unavailable with the expert's message
// when it carries an error object.
[[nodiscard]] Result<StreamEvent> parse_stream_event(std::string_view data);

// Returns the message of an OpenAI-style error body, or an empty string when it is something else.
[[nodiscard]] std::string error_message(std::string_view body);

}  // namespace ooe::experts
