// Anthropic's Messages dialect, translated: everybody inside ooe speaks OpenAI's, and this file
// turns requests one way, answers, streams and errors the other. Pure text to text.
//
// Carried over: text, images, tools and their results, tool choice, stop sequences, token limits,
// usage with its cache, reasoning (as `reasoning_content`), a `thinking` of theirs; temperatures
// above 1 as 1. Refused, because an answer without them would be another answer: n > 1, logprobs,
// response_format other than text, audio, functions, stop sequences of white space alone, a
// temperature that is none. All else is left out, most of it as Anthropic's own OpenAI endpoint
// does: seed, penalties, logit_bias, reasoning_effort, web_search_options, strict.
// Source: the public references of POST /v1/messages (version 2023-06-01) and of POST
// /v1/chat/completions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ooe::experts {

inline constexpr std::string_view kAnthropicVersion = "2023-06-01";
// max_tokens is required there and optional here: of experts whose longest answer nobody has told.
inline constexpr std::int64_t kAnthropicMaxTokens = 4'096;

// Returns the body of a request to /v1/messages for one to /v1/chat/completions; one that sets no
// limit gets `max_tokens`. Errors: invalid_argument, naming what cannot be said in the other
// dialect.
[[nodiscard]] Result<std::string> anthropic_request(std::string_view openai_body,
                                                    std::int64_t max_tokens = kAnthropicMaxTokens);

// Returns a chat completion for a message; `created` is seconds since 1970. Errors: corrupt when it
// is no message.
[[nodiscard]] Result<std::string> openai_completion(std::string_view anthropic_body,
                                                    std::int64_t created);

// Returns an error body in OpenAI's shape; one that is none comes back with a message of its own.
[[nodiscard]] std::string openai_error(std::string_view anthropic_body);

// The input tokens of an answer. What is written to and read from the cache is counted beside the
// rest there, among it here.
struct AnthropicInput {
  std::optional<std::int64_t> fresh;  // neither; once told
  std::int64_t written = 0;
  std::int64_t cached = 0;
  // Requires: fresh.
  [[nodiscard]] std::int64_t total() const { return *fresh + written + cached; }
};

// A stream of messages to a stream of chunks, event by event.
class AnthropicStream {
 public:
  explicit AnthropicStream(std::int64_t created) : created_(created) {}

  // Returns the `data:` lines to send for one event's data, "[DONE]" the last of them. After an
  // error event, nothing more comes. Errors: corrupt when the event is none of the dialect's.
  [[nodiscard]] Result<std::vector<std::string>> take(std::string_view data);

 private:
  // What a content block of theirs is here; a tool call has a place of its own.
  struct Block {
    std::int64_t index = 0;
    std::int64_t tool = -1;
    bool begun = false;  // something of the tool's input has been told
    bool whole = false;  // all of it, where the block began
  };

  std::int64_t created_;
  std::string id_;
  std::string model_;
  std::vector<Block> blocks_;
  std::int64_t tools_ = 0;
  AnthropicInput input_;
  bool started_ = false;
  bool over_ = false;

  friend struct StreamReader;
};

}  // namespace ooe::experts
