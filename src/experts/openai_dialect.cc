#include "experts/openai_dialect.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "experts/half_pairs.h"
#include "experts/kept_parser.h"

namespace ooe::experts {
namespace {

namespace dom = simdjson::dom;

// What an expert says about its own failure ends up in logs and errors: bounded.
constexpr std::size_t kMessageBytesMax = 500;

// A finish_reason of routers whose own expert failed.
constexpr std::string_view kFinishedInError = "error";

// An object in the memory of its parser: a large one has a parser of its own.
struct Parsed : dom::object {
  std::unique_ptr<dom::parser> own = {};
};

// The parser keeps its buffers, so a stream's events cost no allocation; what it returned is gone
// at the next call on the same thread. simdjson checks UTF-8 and refuses more than 1,024 levels.
Result<Parsed> parse_object(std::string_view json, std::string_view what) {
  thread_local dom::parser kept;
  Parsed parsed;
  if (json.size() > kKeptDocumentBytes) parsed.own = std::make_unique<dom::parser>();
  dom::parser& parser = parsed.own ? *parsed.own : kept;
  dom::object& object = parsed;
  // Never a null pointer, which an empty view may hold and simdjson would copy from.
  if (json.empty()) json = " ";
  auto error = parser.parse(json.data(), json.size()).get(object);
  if (error == simdjson::STRING_ERROR) {
    if (const auto mended = without_half_pairs(json)) error = parser.parse(*mended).get(object);
  }
  if (error != simdjson::SUCCESS) {
    return fail(ErrorCode::corrupt, "the expert's {} is not a JSON object: {}", what,
                simdjson::error_message(error));
  }
  return parsed;
}

// Returns nothing when the key is missing, null or of another type: the three are one to a reader
// who can do without.
template <class T>
std::optional<T> member(const dom::object& object, std::string_view key) {
  T value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

bool has_member(const dom::object& object, std::string_view key) {
  dom::element value;
  return object.at_key(key).get(value) == simdjson::SUCCESS && !value.is_null();
}

std::string clip(std::string_view text) {
  if (text.size() <= kMessageBytesMax) return std::string(text);
  return std::string(whole_characters(text, kMessageBytesMax)) + "...";
}

// {"error":{"message":...}} is OpenAI's; {"error":"..."} Ollama's; {"object":"error","message":...}
// older vLLM's; {"detail":"..."} FastAPI's.
std::string message_of(const dom::object& object) {
  if (const auto error = member<dom::object>(object, "error")) {
    if (const auto message = member<std::string_view>(*error, "message")) return clip(*message);
    if (const auto code = member<std::string_view>(*error, "code")) return clip(*code);
    return "no message";
  }
  for (const char* key : {"error", "message", "detail"}) {
    if (const auto message = member<std::string_view>(object, key)) return clip(*message);
  }
  return {};
}

bool is_error(const dom::object& object) {
  return has_member(object, "error") || member<std::string_view>(object, "object") == "error";
}

tl::unexpected<Error> expert_says(const dom::object& object) {
  return fail(ErrorCode::unavailable, "the expert answered with an error: {}", message_of(object));
}

// Returns `otherwise` when the count is missing.
Result<std::int64_t> token_count(const dom::object& usage, std::string_view key,
                                 std::int64_t otherwise) {
  dom::element value;
  if (usage.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return otherwise;
  std::int64_t count = 0;
  double number = 0.0;  // some write 10.0
  if (value.is_double() && value.get(number) == simdjson::SUCCESS &&
      std::abs(number) <= double{kTokensMax} && std::trunc(number) == number) {
    count = static_cast<std::int64_t>(number);
  } else if (value.get(count) != simdjson::SUCCESS) {
    count = -1;
  }
  if (count < 0 || count > kTokensMax) {
    return fail(ErrorCode::corrupt,
                "the expert's usage has a {} that is not a whole number from 0 to {}", key,
                kTokensMax);
  }
  return count;
}

// What a usage says, each count as it stands there.
struct Told {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t read = 0;     // from the cache
  std::int64_t written = 0;  // to it
  std::int64_t reasoning = 0;
  std::int64_t total = -1;           // -1: not told
  bool by_anthropics_names = false;  // of the cache
};

// Returns nothing where prompt or completion are missing: half a bill is no bill.
Result<std::optional<Told>> told_by(const dom::object& usage) {
  Told told;
  std::int64_t cached = 0;  // by OpenAI's name
  const auto take = [](const dom::object& from, std::string_view key,
                       std::int64_t& count) -> Result<void> {
    const auto read = token_count(from, key, count);
    if (!read) return fail(read.error());
    count = *read;
    return {};
  };
  told.input = told.output = -1;
  for (const auto& [key, count] : {std::pair{"prompt_tokens", &told.input},
                                   {"completion_tokens", &told.output},
                                   {"cache_read_input_tokens", &told.read},
                                   {"cache_creation_input_tokens", &told.written}}) {
    if (auto ok = take(usage, key, *count); !ok) return fail(ok.error());
  }
  if (told.input < 0 || told.output < 0) return std::nullopt;
  if (const auto details = member<dom::object>(usage, "prompt_tokens_details")) {
    if (auto ok = take(*details, "cached_tokens", cached); !ok) return fail(ok.error());
  }
  if (const auto details = member<dom::object>(usage, "completion_tokens_details")) {
    if (auto ok = take(*details, "reasoning_tokens", told.reasoning); !ok) return fail(ok.error());
  }
  told.by_anthropics_names = told.read > 0 || told.written > 0;
  told.read = std::max(told.read, cached);  // some tell it by both names
  told.total = token_count(usage, "total_tokens", -1).value_or(-1);
  return told;
}

// Which counts stand beside prompt and completion, and not among them.
struct Beside {
  bool reasoning = false;
  bool read = false;
  bool written = false;
};

// The likelier ways to count come first.
constexpr std::array<Beside, 8> kWaysToCount{{{false, false, false},
                                              {true, false, false},
                                              {false, true, true},
                                              {true, true, true},
                                              {false, true, false},
                                              {true, true, false},
                                              {false, false, true},
                                              {true, false, true}}};

// The total tells. Where it fits none of the ways, or there is none, the bill must not be too
// little: cached tokens by Anthropic's names are beside there, and so are more than the prompt has.
Beside beside(const Told& told) {
  const std::int64_t more = told.total - told.input - told.output;
  for (const Beside& way : kWaysToCount) {
    const std::int64_t added = (way.reasoning ? told.reasoning : 0) + (way.read ? told.read : 0) +
                               (way.written ? told.written : 0);
    const std::int64_t among = (way.read ? 0 : told.read) + (way.written ? 0 : told.written);
    if (told.total >= 0 && added == more && among <= told.input) return way;
  }
  const bool cache = told.by_anthropics_names || told.read > told.input;
  return {.reasoning = told.total >= 0 && told.reasoning == more, .read = cache, .written = cache};
}

Result<std::optional<TokenCounts>> usage_of(const dom::object& object) {
  const auto usage = member<dom::object>(object, "usage");
  if (!usage) return std::nullopt;
  const auto read = told_by(*usage);
  if (!read) return fail(read.error());
  if (!*read) return std::nullopt;
  const Told& told = **read;
  const Beside way = beside(told);
  TokenCounts counts{.input = told.input,
                     .cached_input = told.read,
                     .output = told.output,
                     .reasoning = told.reasoning};
  if (way.read) counts.input += told.read;
  if (way.written) counts.input += told.written;
  if (way.reasoning) counts.output += told.reasoning;
  if (counts.input > kTokensMax) {
    return fail(ErrorCode::corrupt, "the expert's usage comes to more than {} tokens of input",
                kTokensMax);
  }
  // Thoughts that nobody tells apart are in the total alone. Where a cache is counted that is not
  // among the prompt, it may be that, and only what has been told is believed.
  const std::int64_t untold = told.total - counts.input - counts.output;
  const bool cache_beside = told.by_anthropics_names || told.read > told.input;
  if (untold > 0 && !cache_beside) {
    counts.output += untold;
    if (counts.reasoning == 0) counts.reasoning = untold;
  }
  counts.reasoning = std::min(counts.reasoning, counts.output);
  return counts;
}

// Content is a string, or an array of parts of which the text ones are read.
std::string text_of(const dom::object& message) {
  if (const auto text = member<std::string_view>(message, "content")) return std::string(*text);
  std::string joined;
  if (const auto parts = member<dom::array>(message, "content")) {
    for (const dom::element part : *parts) {
      dom::object object;
      if (part.get(object) != simdjson::SUCCESS) continue;
      joined += member<std::string_view>(object, "text").value_or("");
    }
  }
  return joined;
}

// Thinking that is told as parts of the content: a text, or texts (Mistral's).
std::string thinking_of(const dom::array& parts) {
  std::string joined;
  for (const dom::element part : parts) {
    dom::object object;
    if (part.get(object) != simdjson::SUCCESS) continue;
    joined += member<std::string_view>(object, "thinking").value_or("");
    const auto thoughts = member<dom::array>(object, "thinking");
    if (!thoughts) continue;
    for (const dom::element thought : *thoughts) {
      dom::object text;
      if (thought.get(text) != simdjson::SUCCESS) continue;
      joined += member<std::string_view>(text, "text").value_or("");
    }
  }
  return joined;
}

// Servers disagree about the name; some say it twice.
std::string reasoning_of(const dom::object& message) {
  for (const char* key : {"reasoning_content", "reasoning"}) {
    const auto text = member<std::string_view>(message, key);
    if (text && !text->empty()) return std::string(*text);
  }
  const auto parts = member<dom::array>(message, "content");
  return parts ? thinking_of(*parts) : std::string();
}

// An answer in sound, with its transcript: what it comes to, in bytes of text. A token of sound has
// some thousand in base64.
std::size_t sound_bytes(const dom::object& message) {
  constexpr std::size_t kSoundBytesPerTextByte = 256;
  const auto sound = member<dom::object>(message, "audio");
  if (!sound) return 0;
  const std::size_t data = member<std::string_view>(*sound, "data").value_or("").size();
  return member<std::string_view>(*sound, "transcript").value_or("").size() +
         (data + kSoundBytesPerTextByte - 1) / kSoundBytesPerTextByte;
}

std::size_t function_bytes(const dom::object& call) {
  const auto function = member<dom::object>(call, "function").value_or(call);
  return member<std::string_view>(function, "name").value_or("").size() +
         member<std::string_view>(function, "arguments").value_or("").size();
}

std::size_t function_bytes(const dom::array& calls) {
  std::size_t bytes = 0;
  for (const dom::element call : calls) {
    dom::object object;
    if (call.get(object) == simdjson::SUCCESS) bytes += function_bytes(object);
  }
  return bytes;
}

std::size_t content_bytes_of(const dom::array& choices) {
  std::size_t bytes = 0;
  for (const dom::element element : choices) {
    dom::object choice;
    if (element.get(choice) != simdjson::SUCCESS) continue;
    const auto message = member<dom::object>(choice, "message");
    if (!message) continue;
    bytes += text_of(*message).size() + reasoning_of(*message).size() + sound_bytes(*message);
    bytes += member<std::string_view>(*message, "refusal").value_or("").size();
    if (const auto calls = member<dom::array>(*message, "tool_calls")) {
      bytes += function_bytes(*calls);
    }
    if (const auto call = member<dom::object>(*message, "function_call")) {
      bytes += function_bytes(*call);
    }
  }
  return bytes;
}

void read_delta(const dom::object& delta, bool first_choice, StreamEvent& event) {
  const std::size_t bytes_before = event.content_bytes;
  bool speaks = false;
  const std::string text = text_of(delta);
  if (first_choice) event.text += text;
  event.content_bytes += text.size();
  event.content_bytes += member<std::string_view>(delta, "refusal").value_or("").size();
  const std::string reasoning = reasoning_of(delta);
  if (first_choice) event.reasoning += reasoning;
  event.content_bytes += reasoning.size() + sound_bytes(delta);
  if (const auto calls = member<dom::array>(delta, "tool_calls")) {
    speaks = calls->size() > 0;
    event.content_bytes += function_bytes(*calls);
  }
  if (const auto call = member<dom::object>(delta, "function_call")) {
    speaks = true;
    event.content_bytes += function_bytes(*call);
  }
  speaks = speaks || event.content_bytes > bytes_before;
  event.has_content = event.has_content || speaks;
  event.first_speaks = event.first_speaks || (speaks && first_choice);
}

// Several choices of one request arrive in separate chunks, told apart by `index`.
void read_choices(const dom::array& choices, StreamEvent& event) {
  for (const dom::element element : choices) {
    event.has_choices = true;
    dom::object choice;
    if (element.get(choice) != simdjson::SUCCESS) continue;
    const bool first = member<std::int64_t>(choice, "index").value_or(0) == 0;
    const auto reason = member<std::string_view>(choice, "finish_reason").value_or("");
    event.says_why = event.says_why || !reason.empty();
    event.broken_off = event.broken_off || reason == kFinishedInError;
    if (first) event.finish_reason = reason;
    if (const auto delta = member<dom::object>(choice, "delta")) read_delta(*delta, first, event);
  }
}

}  // namespace

std::string chat_body(const ChatPrompt& prompt, std::string_view model, bool stream) {
  nlohmann::ordered_json body{{"model", model}, {"messages", nlohmann::ordered_json::array()}};
  for (const ChatMessage& message : prompt.messages) {
    body["messages"].push_back({{"role", message.role}, {"content", message.content}});
  }
  if (prompt.max_tokens) body["max_tokens"] = *prompt.max_tokens;
  if (prompt.temperature) body["temperature"] = *prompt.temperature;
  if (stream) {
    body["stream"] = true;
    body["stream_options"] = {{"include_usage", true}};
  }
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<TokenCounts> believed(std::optional<TokenCounts> told, std::size_t content_bytes) {
  if (!told || (told->input == 0 && told->output == 0)) return std::nullopt;
  if (told->input == 0) told->estimated = true;
  if (told->output == 0 && content_bytes > 0) {
    told->output = guessed_tokens(content_bytes);
    told->estimated = true;
  }
  return told;
}

Result<Completion> parse_answer(std::string_view body) {
  const auto object = parse_object(body, "answer");
  if (!object) return fail(object.error());
  if (is_error(*object)) return expert_says(*object);

  dom::object message;
  dom::object choice;
  const auto choices = member<dom::array>(*object, "choices");
  if (!choices || choices->at(0).get(choice) != simdjson::SUCCESS ||
      choice.at_key("message").get(message) != simdjson::SUCCESS) {
    return fail(ErrorCode::corrupt, "the expert's answer has no choices[0].message");
  }
  Completion completion{.text = text_of(message), .finish_reason = {}, .usage = {}};
  if (const auto usage = usage_of(*object)) {
    completion.usage = *usage;
  } else {
    completion.usage_fault = usage.error().message;
  }
  if (completion.text.empty()) {
    completion.text = member<std::string_view>(message, "refusal").value_or("");
  }
  completion.reasoning = reasoning_of(message);
  completion.finish_reason = member<std::string_view>(choice, "finish_reason").value_or("");
  completion.broken_off = completion.finish_reason == kFinishedInError;
  if (!completion.usage || completion.usage->input == 0 || completion.usage->output == 0) {
    completion.content_bytes = content_bytes_of(*choices);
    completion.usage = believed(completion.usage, completion.content_bytes);
  }
  return completion;
}

Result<StreamEvent> parse_stream_event(std::string_view data) {
  StreamEvent event;
  while (data.ends_with(' ')) data.remove_suffix(1);
  if (data == "[DONE]") {
    event.done = true;
    return event;
  }
  const auto object = parse_object(data, "stream event");
  if (!object) return fail(object.error());
  if (is_error(*object)) return expert_says(*object);

  const auto usage = usage_of(*object);
  if (!usage) return fail(usage.error());
  event.usage = *usage;

  const auto choices = member<dom::array>(*object, "choices");
  if (!choices && !event.usage) {
    return fail(ErrorCode::corrupt,
                "the expert's stream event is no chat chunk: it has no choices");
  }
  if (choices) read_choices(*choices, event);
  return event;
}

std::optional<TokenCounts> usage_at_end(std::string_view tail) {
  constexpr std::string_view kName = R"("usage")";
  const std::size_t name = tail.rfind(kName);
  if (name == std::string_view::npos) return std::nullopt;
  // What closes the answer stands behind the usage, and members that came after it.
  const std::string_view rest = tail.substr(name);
  const auto object = parse_object("{" + std::string(rest), "answer");
  if (!object) return std::nullopt;
  const auto usage = usage_of(*object);
  if (!usage || !*usage || (*usage)->output == 0) return std::nullopt;
  return believed(*usage, 0);
}

namespace {

// `max_tokens`, "messages": the name of a member, and too short for a sentence.
std::string without_quotes_of_names(std::string_view text) {
  constexpr std::size_t kNameMax = 32;
  constexpr std::string_view kOfNames = "abcdefghijklmnopqrstuvwxyz_";
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char quote = text[i];
    const std::size_t end = std::min(text.find_first_not_of(kOfNames, i + 1), text.size());
    const bool quotes = quote == '"' || quote == '`' || quote == '\'';
    const bool name = quotes && end < text.size() && text[end] == quote && end > i + 1 &&
                      end - i <= kNameMax &&
                      (i == 0 || kOfNames.find(text[i - 1]) == kOfNames.npos);
    if (name) {
      plain += text.substr(i + 1, end - i - 1);
      i = end;
    } else {
      plain += quote;
    }
  }
  return plain;
}

// In lower case, without what stands between the first quote and the last: it may be the client's
// words, with quotes of their own. An apostrophe is none.
std::string own_words(std::string_view message) {
  const std::string text = without_quotes_of_names(ascii_lower(message));
  const auto is_quote = [&](std::size_t i) {
    if (text[i] == '\'')
      return i == 0 || !is_alnum(text[i - 1]) || i + 1 == text.size() || !is_alnum(text[i + 1]);
    return text[i] == '"' || text[i] == '`';
  };
  std::size_t first = text.size();
  std::size_t end = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_quote(i)) continue;
    first = std::min(first, i);
    end = i + 1;
  }
  return end <= first + 1 ? text : text.substr(0, first) + text.substr(end);
}

// Whether the error's code or the parameter it names speaks of something else than the length.
bool is_about_a_value(const dom::object& error) {
  const auto code = member<std::string_view>(error, "code").value_or("");
  for (const std::string_view other :
       {"invalid_value", "invalid_type", "invalid_enum", "unknown_", "unsupported_", "missing_"}) {
    if (code.starts_with(other)) return true;
  }
  const auto param = member<std::string_view>(error, "param").value_or("");
  return param.starts_with("messages[") && !param.ends_with("content");
}

constexpr std::array<std::string_view, 6> kTooLong{"context length",     "context window",
                                                   "context size",       "context limit",
                                                   "prompt is too long", "input is too long"};

}  // namespace

Objection objection_of(std::string_view body) {
  const auto object = parse_object(body, "error");
  if (!object) return Objection::other;
  const auto error = member<dom::object>(*object, "error").value_or(*object);
  const auto code = member<std::string_view>(error, "code").value_or("");
  if (code == "context_length_exceeded") return Objection::context_too_long;
  if (code == "content_filter" || code == "content_policy_violation") {
    return Objection::content_filter;
  }
  if (code == kDialectCode) return Objection::dialect;
  if (code == "insufficient_quota" || code.starts_with("billing_")) return Objection::unpaid;
  const std::string message = own_words(message_of(*object));
  // Whole sentences, from their beginning: others repeat the client's words without quotes.
  for (const std::string_view words : {"your credit balance is too low", "billing hard limit"}) {
    if (message.starts_with(words)) return Objection::unpaid;
  }
  if (is_about_a_value(error)) return Objection::other;
  for (const std::string_view words : kTooLong) {
    if (message.find(words) != std::string::npos) return Objection::context_too_long;
  }
  // Of an account that is flagged the operator has to hear.
  for (const std::string_view words : {"requires moderation", "input was flagged"}) {
    if (message.find(words) != std::string::npos) return Objection::content_filter;
  }
  return Objection::other;
}

// "maximum context length is 8192 tokens", "available context size (4096 tokens)", "210000 tokens >
// 200000 maximum".
std::int64_t context_tokens_told(std::string_view body) {
  constexpr std::size_t kBetween = 8;
  const auto object = parse_object(body, "error");
  if (!object) return 0;
  const std::string message = own_words(message_of(*object));
  for (const std::string_view words :
       {">", "context length", "context window", "context size", "context limit"}) {
    const std::size_t found = message.find(words);
    if (found == std::string::npos) continue;
    const std::size_t digit = message.find_first_of("0123456789", found + words.size());
    if (digit == std::string::npos || digit > found + words.size() + kBetween) continue;
    std::int64_t tokens = 0;
    std::from_chars(message.data() + digit, message.data() + message.size(), tokens);
    return std::min(tokens, kTokensMax);
  }
  return 0;
}

std::string error_message(std::string_view body) {
  const auto object = parse_object(body, "error");
  return object ? message_of(*object) : std::string();
}

}  // namespace ooe::experts
