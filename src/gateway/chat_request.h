// The door for chat requests: bytes of a client in, what deciding needs out. The last file that
// sees a client's JSON; behind it there are structs. The body itself passes through, to go to an
// expert with the few edits of expert_body.h, whose places are noted here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/expert.h"
#include "gateway/json_strings.h"

namespace ooe::gateway {

struct Redaction;

// More answers at a time than this nobody sells; who asks for more is taken to ask for these.
inline constexpr std::int64_t kChoicesMax = 10'000;

// What an image comes to is for its expert to say. This is the most that gpt-4o (1,445) and Claude
// 3 (1,600) count for one; models that count more are the exception.
inline constexpr std::int64_t kImageTokens = 1'600;
// What one of `"detail": "low"` counts there, and any at least.
inline constexpr std::int64_t kSmallImageTokens = 85;
// Sound is 10 tokens a second (gpt-4o-audio), which has 8,000 bytes at the 64 kbit/s of a small
// MP3.
inline constexpr std::size_t kSoundBytesPerToken = 1'067;  // in base64

struct ChatRequest {
  std::string body;
  std::string model;
  bool stream = false;
  bool include_usage = false;  // the client asked for the usage event itself
  std::string last_user_text;
  std::int64_t n_messages = 0;
  std::int64_t media_tokens = 0;      // estimated at their most, of images and sound
  std::int64_t media_tokens_min = 0;  // of those what nobody counts less
  bool has_unmeasured = false;        // files, video and the like: nobody here knows their length
  std::int64_t prompt_tokens = 0;     // estimated: media_tokens, all that prompt() says, its frames
  std::int64_t output_tokens_max = 0;  // at most experts::kTokensMax
  std::int64_t choices = 1;            // `n`, at most kChoicesMax
  Capabilities needs;
  bool answer_is_json = false;  // by its response_format

  // What an expert gets that is not cleared; null: none of them may have it. See redact_request().
  std::shared_ptr<const Redaction> redaction;

  ByteRange model_value;           // with its quotes
  ByteRange stream_options_value;  // empty: not given
  // What makes the body ask for usage: a flag replaced, or a member put in.
  JsonEdit ask_for_usage;
};

// Hashes of roles and texts in order, by which a conversation is known again: of all messages, and
// of those before the last answer, if there is one.
struct History {
  std::uint64_t all = 0;
  std::optional<std::uint64_t> before_answer;
};

// Reused between requests: it owns simdjson's buffers, of up to experts::kKeptDocumentBytes where
// give_back() is called. Threads: one each.
class ChatRequestParser {
 public:
  ChatRequestParser();
  ~ChatRequestParser();

  // Errors: invalid_argument, saying which member is wrong and what it should be, for anything that
  // is not a chat request: not JSON, not UTF-8, too deep, a needed member missing, of another type,
  // or given twice. Half a surrogate pair, escaped, is read as U+FFFD.
  [[nodiscard]] Result<ChatRequest> parse(std::string body);
  // The texts of the last body that an expert reads as its prompt: of messages, tool calls and tool
  // definitions; good until the next call of parse(). Requires: parse() has returned a request.
  [[nodiscard]] std::span<const std::string_view> prompt() const;
  // Returns the history of the last body. Requires: parse() has returned a request.
  [[nodiscard]] History history() const;
  // All that the last body said, as body_text() would tell it, without reading it again; good until
  // the next call. Requires: parse() has returned a request.
  [[nodiscard]] std::string_view said();
  // Nobody needs the last body any more: what a large one took is given back.
  void give_back();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ooe::gateway
