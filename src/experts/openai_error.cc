#include "experts/openai_error.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"
#include "base/utf8.h"
#include "experts/openai_dialect.h"

namespace ooe::experts {
namespace {

constexpr std::size_t kMessageBytesMax = 500;

std::string clip(std::string_view text) {
  if (text.size() <= kMessageBytesMax) return std::string(text);
  return std::string(whole_characters(text, kMessageBytesMax)) + "...";
}

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

// What a moderator says besides its words (OpenRouter's).
bool was_flagged(const dom::object& error) {
  const auto metadata = member<dom::object>(error, "metadata");
  if (!metadata) return false;
  return member<dom::array>(*metadata, "reasons").has_value() ||
         member<std::string_view>(*metadata, "flagged_input").has_value();
}

constexpr std::array<std::string_view, 6> kTooLong{"context length",     "context window",
                                                   "context size",       "context limit",
                                                   "prompt is too long", "input is too long"};

}  // namespace

bool is_error(const dom::object& object) {
  return has_member(object, "error") || member<std::string_view>(object, "object") == "error";
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

Objection objection_of(std::string_view body) {
  const auto object = parse_object(body, "error");
  if (!object) return Objection::other;
  const auto error = member<dom::object>(*object, "error").value_or(*object);
  const auto code = member<std::string_view>(error, "code").value_or("");
  if (code == "context_length_exceeded") return Objection::context_too_long;
  if (code == "content_filter" || code == "content_policy_violation") {
    return Objection::content_filter;
  }
  if (was_flagged(error)) return Objection::content_filter;
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
  // These phrases name the input. A flagged account is a failure, so that the operator hears of it.
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
    std::int64_t tokens = 0;  // stays, "not told", where there are too many digits
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
