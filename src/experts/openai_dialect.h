// OpenAI's chat dialect as experts speak it: bodies we write, answers and stream events we read.
// Experts take liberties (vLLM, llama.cpp, Ollama, proxies of all kinds), so reading is lenient
// about what is missing or extra and strict about what is wrong. A usage that is absent or negative
// counts as none, and costs nobody the answer. Source: the public reference of POST
// /v1/chat/completions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/event.h"
#include "core/expert.h"

namespace ooe::experts {

struct ChatMessage {
  std::string role;  // "system", "user", "assistant"
  std::string content;
};

struct ChatPrompt {
  std::vector<ChatMessage> messages;
  std::optional<std::int64_t> max_tokens = std::nullopt;
  std::optional<double> temperature = std::nullopt;
};

// Returns the JSON body of a request for `model`. A streamed one asks for usage too. Bytes that are
// not UTF-8 become U+FFFD.
[[nodiscard]] std::string chat_body(const ChatPrompt& prompt, std::string_view model, bool stream);

// No answer has more tokens than this; a larger count is a broken counter, not a bill.
inline constexpr std::int64_t kTokensMax = 1'000'000'000;

// Returns a usage as far as it can be believed when `content_bytes` had been said: some servers
// fill in zeros for what they do not know, or leave it out. Returns nothing for zeros alone. Output
// that was not counted is guessed, and flagged. A prompt of nothing, which no answer has, is
// flagged too, and the caller fills it in.
[[nodiscard]] std::optional<TokenCounts> believed(std::optional<TokenCounts> told,
                                                  std::size_t content_bytes);

struct Completion {
  std::string text;                  // of the first choice; its refusal when it has no content
  std::string finish_reason;         // "stop", "length", ...
  std::optional<TokenCounts> usage;  // as believed(); nothing when the expert did not say
  std::string usage_fault = {};      // what was wrong with it
  bool broken_off = false;           // finish_reason "error"
  std::string reasoning = {};        // of the first choice, where it is told beside the text
  // The bytes of texts, reasoning and tool calls of all choices. Tokens are guessed from them when
  // the expert told no usage, or zeros.
  std::size_t content_bytes = 0;
};

// Reads a whole answer. A usage that cannot be is no error, nor is an answer that the expert broke
// off: what has been paid for is not thrown away. Errors: corrupt when it is not a chat completion;
// unavailable with the expert's message when it carries an error object instead.
[[nodiscard]] Result<Completion> parse_answer(std::string_view body);

// How much is kept of the end of an answer that is too long to be read whole. Its usage fits in.
inline constexpr std::size_t kUsageTailBytes = 4'096;

// What is billed for a body that is no answer.
struct Said {
  std::optional<TokenCounts> usage = std::nullopt;  // as believed()
  std::size_t content_bytes = 0;
};

// Returns the usage where the body tells one, and what it says: its content's bytes where they can
// be told, also in JSON that was cut, else all bytes. An error says nothing, nor does what is not
// even the beginning of an object.
[[nodiscard]] Said said_in(std::string_view body);

// Returns the usage that an answer tells before its choices, as told, by its beginning; nothing
// where it tells none there.
[[nodiscard]] std::optional<TokenCounts> usage_at_beginning(std::string_view head);

// Returns the usage of an answer of which only the end is known, as believed(), where it is told
// there; nothing otherwise. Inside strings quotes are escaped, so that no text can pass for it.
[[nodiscard]] std::optional<TokenCounts> usage_at_end(std::string_view tail,
                                                      std::size_t content_bytes);

// One `data:` of a stream.
struct StreamEvent {
  bool done = false;          // "[DONE]"
  bool has_content = false;   // text, refusal, reasoning or tool call: something a reader would see
  bool first_speaks = false;  // some of that content is the first choice's
  bool has_choices = false;   // false for the last chunk that carries only usage
  std::string text = {};      // delta.content of the first choice
  std::string reasoning = {};      // of the first choice, where it is told beside the text
  std::string finish_reason = {};  // of the first choice; empty until its last chunk
  bool says_why = false;           // some choice has a finish_reason
  bool broken_off = false;         // and one of them is "error"
  std::size_t content_bytes = 0;   // of everything has_content counts, all choices: to guess tokens
  std::optional<TokenCounts> usage = {};  // as told: estimated where its output was not
  bool usage_unreadable = false;          // one is told, and cannot be
  bool usage_of_one_choice = false;       // it stands in a choice (Moonshot), and may be that one's
  bool says_only_usage = false;           // beside it, choices may stand that say nothing
  bool says_nothing = false;              // it only keeps the connection alive: {} or a ping
  // The choices that say something, and those that say why they end, as bits: 1 << index.
  std::uint64_t spoke = 0;
  std::uint64_t ended = 0;

  friend bool operator==(const StreamEvent&, const StreamEvent&) = default;
};

// Choices from here on share a bit of StreamEvent::spoke, and have none of `ended`.
inline constexpr std::int64_t kChoicesToldApart = 63;

// An event of another kind, without choices, is one that has nothing to say. Errors: corrupt when
// the event is not JSON; unavailable with the expert's message when it carries an error object.
[[nodiscard]] Result<StreamEvent> parse_stream_event(std::string_view data);

// Returns the message of an OpenAI-style error body, or an empty string when it is something else.
[[nodiscard]] std::string error_message(std::string_view body);

// The code of the error which says that a request cannot be said in the expert's dialect.
inline constexpr std::string_view kDialectCode = "dialect";

// Returns why an expert says that a request is wrong, by the code of its error, or, where that says
// nothing, by the words that OpenAI, Anthropic, vLLM, llama.cpp and others use for it. What stands
// between the first and the last quote may be the client's words, and is not believed: one client
// could put the expert out for all others.
[[nodiscard]] Objection objection_of(std::string_view body);

// Returns the tokens that such an error says are the most it takes; 0 when it names none.
[[nodiscard]] std::int64_t context_tokens_told(std::string_view body);

}  // namespace ooe::experts
