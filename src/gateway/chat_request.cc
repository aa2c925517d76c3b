#include "gateway/chat_request.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/fast_hash.h"
#include "base/free_memory.h"
#include "core/token_estimate.h"
#include "experts/half_pairs.h"
#include "experts/kept_parser.h"
#include "experts/openai_dialect.h"
#include "gateway/body_text.h"
#include "gateway/json_walk.h"
#include "orchestrator/token_counters.h"

namespace ooe::gateway {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kDepthMax = 64;  // of arrays and objects in a body
// A member that nobody here knows and that is longer may be a part of the prompt.
constexpr std::size_t kUnreadBytesMax = 1'024;

template <class... Args>
tl::unexpected<Error> wrong(fmt::format_string<Args...> format, Args&&... args) {
  return fail(ErrorCode::invalid_argument, format, std::forward<Args>(args)...);
}

tl::unexpected<Error> unreadable(simdjson::error_code error) {
  // JSON has numbers of any size, and its parser those of 64 bits.
  if (error == simdjson::NUMBER_ERROR) {
    return wrong("the body cannot be read: a number in it is malformed, or beyond 64 bits");
  }
  return wrong("the body is not valid JSON: {}", simdjson::error_message(error));
}

// Whether Go's reader of JSON takes the name for the member: it compares them as Unicode folds
// letters, where U+017F is an s and U+212A a k.
bool folds_to(std::string_view name, std::string_view member) {
  for (const char c : member) {
    const bool is_letter = c >= 'a' && c <= 'z';
    if (name.starts_with(c) || (is_letter && name.starts_with(static_cast<char>(c - 'a' + 'A')))) {
      name.remove_prefix(1);
    } else if (c == 's' && name.starts_with("\u017f")) {
      name.remove_prefix(std::string_view("\u017f").size());
    } else if (c == 'k' && name.starts_with("\u212a")) {
      name.remove_prefix(std::string_view("\u212a").size());
    } else {
      return false;
    }
  }
  return name.empty();
}

// A name that is none of `members`, and that some reader would take for one of them: the last one
// counts there, and the policy would have seen another request than the expert does.
template <class Members>
bool looks_like_one_of(const Members& members, std::string_view name) {
  return std::ranges::find(members, name) == std::ranges::end(members) &&
         std::ranges::any_of(members,
                             [&](std::string_view member) { return folds_to(name, member); });
}

tl::unexpected<Error> no_member(std::string_view name) {
  return wrong("'{}' is no member: names are in lower case", name);
}

// What is read of a message, and of the parts of its content.
constexpr std::array<std::string_view, 7> kMessageMembers{
    "role", "content", "tool_calls", "function_call", "reasoning_content", "reasoning", "refusal"};
constexpr std::array<std::string_view, 7> kPartMembers{
    "type", "text", "image_url", "input_audio", "refusal", "thinking", "reasoning"};
constexpr std::array<std::string_view, 1> kStreamOptions{"include_usage"};

// Readers may differ in which of two members is the sound, so both count.
std::int64_t sound_tokens(dom::element sound) {
  dom::object members;
  std::int64_t tokens = 0;
  if (sound.get(members) != simdjson::SUCCESS) return tokens;
  for (const auto& [key, value] : members) {
    if (!folds_to(key, "data") || !value.is_string()) continue;
    const std::size_t bytes = std::string_view(value).size();
    tokens += static_cast<std::int64_t>(bytes / kSoundBytesPerToken) + 1;
  }
  return tokens;
}

// Whether every reader takes it for a small image.
bool is_small_image(dom::element image) {
  dom::object members;
  bool small = false;
  if (image.get(members) != simdjson::SUCCESS) return small;
  for (const auto& [key, value] : members) {
    if (key == "detail" && value.is_string() && std::string_view(value) == "low") {
      small = true;
    } else if (folds_to(key, "detail")) {
      return false;
    }
  }
  return small;
}

// Kinds of parts whose length is that of their texts, or estimated.
bool is_measured(std::string_view type) {
  for (const std::string_view known :
       {"text", "image_url", "input_audio", "refusal", "thinking", "reasoning"}) {
    if (type == known) return true;
  }
  return false;
}

// One of the parts of a message's content: text, image, audio.
Result<void> check_part(dom::object part, ChatRequest& request) {
  for (const auto& [key, value] : part) {
    if (key == "type" && !is_measured(value.is_string() ? std::string_view(value) : "")) {
      request.has_unmeasured = true;
    }
    if (key == "image_url") {
      request.needs.add(Capabilities::vision);
      request.media_tokens += is_small_image(value) ? kSmallImageTokens : kImageTokens;
      request.media_tokens_min += kSmallImageTokens;
    }
    if (key == "input_audio") {
      request.needs.add(Capabilities::audio);
      request.media_tokens += sound_tokens(value);
    }
    if (key == "text" && !value.is_string()) {
      return wrong("'messages': the 'text' of a content part must be a string");
    }
    if (looks_like_one_of(kPartMembers, key)) return no_member(key);
  }
  return {};
}

Result<void> check_content(dom::element content, ChatRequest& request) {
  switch (content.type()) {
    case dom::element_type::STRING:
    case dom::element_type::NULL_VALUE:
      return {};
    case dom::element_type::ARRAY:
      for (const dom::element part : dom::array(content)) {
        dom::object object;
        if (part.get(object) != simdjson::SUCCESS) {
          return wrong("'messages': every part of a 'content' array must be an object");
        }
        if (auto ok = check_part(object, request); !ok) return ok;
      }
      return {};
    default:
      return wrong("'messages': 'content' must be a string, an array of parts or null");
  }
}

// The texts of a checked content, on lines of their own; written to `joined` where there are parts.
std::string_view text_of(dom::element content, std::string& joined) {
  if (content.is_string()) return std::string_view(content);
  joined.clear();
  dom::array parts;
  if (content.get(parts) != simdjson::SUCCESS) return joined;
  for (const dom::element part : parts) {
    for (const auto& [key, value] : dom::object(part)) {
      if (key != "text") continue;
      if (!joined.empty()) joined += '\n';
      joined += std::string_view(value);
    }
  }
  return joined;
}

// What a message says; a content of null is none.
struct Message {
  std::string_view role;
  std::optional<dom::element> content;
};

Message message_of(dom::object object) {
  Message message;
  for (const auto& [key, value] : object) {
    if (key == "role") message.role = std::string_view(value);
    if (key == "content") message.content = value;
  }
  return message;
}

Result<Message> read_message(dom::object object, ChatRequest& request) {
  Message message;
  bool has_role = false;
  for (const auto& [key, value] : object) {
    if ((key == "role" && std::exchange(has_role, true)) || (key == "content" && message.content)) {
      return wrong("'messages': a message gives '{}' twice", key);
    }
    if (key == "role") {
      if (value.get(message.role) != simdjson::SUCCESS) {
        return wrong("'messages': 'role' must be a string");
      }
    } else if (key == "content") {
      if (auto ok = check_content(value, request); !ok) return fail(ok.error());
      message.content = value;
    } else if (looks_like_one_of(kMessageMembers, key)) {
      return no_member(key);
    }
  }
  if (message.role.empty()) return wrong("'messages': every message needs a 'role'");
  return message;
}

// Names and strings, or strings alone, at any depth.
void read_texts(dom::element element, bool with_names, std::vector<std::string_view>& texts) {
  if (element.is_string()) {
    texts.push_back(std::string_view(element));
  } else if (element.is_array()) {
    for (const dom::element value : dom::array(element)) read_texts(value, with_names, texts);
  } else if (element.is_object()) {
    for (const auto& [name, value] : dom::object(element)) {
      if (with_names) texts.push_back(name);
      read_texts(value, with_names, texts);
    }
  }
}

Result<void> read_messages(dom::element value, ChatRequest& request) {
  dom::array messages;
  if (value.get(messages) != simdjson::SUCCESS) {
    return wrong("'messages' must be an array of messages");
  }
  std::optional<dom::element> asked;  // by the last user message
  for (const dom::element element : messages) {
    dom::object object;
    if (element.get(object) != simdjson::SUCCESS) {
      return wrong("'messages': every message must be an object");
    }
    const auto message = read_message(object, request);
    if (!message) return fail(message.error());
    ++request.n_messages;
    if (message->role == "user") asked = message->content;
  }
  if (request.n_messages == 0) return wrong("'messages' is empty; send at least one message");
  std::string joined;
  if (asked) request.last_user_text = text_of(*asked, joined);
  return {};
}

Result<bool> read_flag(dom::element value, std::string_view name) {
  bool flag = false;
  if (!value.is_null() && value.get(flag) != simdjson::SUCCESS) {
    return wrong("'{}' must be true or false", name);
  }
  return flag;
}

constexpr std::string_view kAskForUsage = R"("include_usage":true)";

// `range`: where the value stands in the body. Other options than that of usage stay as they are.
Result<void> read_stream_options(dom::element value, ByteRange range, ChatRequest& request) {
  request.stream_options_value = range;
  if (value.is_null()) {
    request.ask_for_usage = {range, "{" + std::string(kAskForUsage) + "}"};
    return {};
  }
  dom::object options;
  if (value.get(options) != simdjson::SUCCESS) return wrong("'stream_options' must be an object");
  const std::size_t first = range.begin + 1;
  request.ask_for_usage = {{first, first},
                           std::string(kAskForUsage) + (options.size() > 0 ? "," : "")};
  MemberWalk walk(std::string_view(request.body).substr(0, range.end), range.begin);
  bool given = false;
  for (const auto& [key, flag] : options) {
    const ByteRange flag_range = walk.next();
    if (looks_like_one_of(kStreamOptions, key)) return no_member(key);
    if (key != "include_usage") continue;
    request.ask_for_usage = {flag_range, "true"};
    if (std::exchange(given, true)) {
      return wrong("'stream_options' gives 'include_usage' twice");
    }
    auto asked = read_flag(flag, "stream_options.include_usage");
    if (!asked) return fail(asked.error());
    request.include_usage = *asked;
  }
  return {};
}

Result<void> read_max_tokens(dom::element value, std::string_view name, ChatRequest& request) {
  if (value.is_null()) return {};
  std::int64_t tokens = 0;
  if (value.get(tokens) != simdjson::SUCCESS || tokens < 1) {
    return wrong("'{}' must be a whole number of at least 1", name);
  }
  // More than any answer has is no limit at all, and not to be reckoned with.
  request.output_tokens_max =
      std::max(request.output_tokens_max, std::min(tokens, experts::kTokensMax));
  return {};
}

Result<void> read_n(dom::element value, ChatRequest& request) {
  if (value.is_null()) return {};
  std::int64_t n = 0;
  if (value.get(n) != simdjson::SUCCESS || n < 1) {
    return wrong("'n' must be a whole number of at least 1");
  }
  request.choices = std::min(n, kChoicesMax);
  if (n > 1) request.needs.add(Capabilities::many_choices);
  return {};
}

Result<void> read_needs(dom::element value, std::string_view name, ChatRequest& request) {
  if (value.is_null()) return {};
  if (name == "tools" || name == "functions") {
    dom::array tools;
    if (value.get(tools) != simdjson::SUCCESS) return wrong("'{}' must be an array", name);
    if (tools.size() > 0) request.needs.add(Capabilities::tools);
    return {};
  }
  if (name == "modalities") {
    dom::array kinds;
    if (value.get(kinds) != simdjson::SUCCESS) return wrong("'modalities' must be an array");
    for (const dom::element kind : kinds) {
      if (kind.is_string() && std::string_view(kind) == "audio")
        request.needs.add(Capabilities::audio);
    }
    return {};
  }
  std::string_view kind;  // response_format
  dom::object format;
  if (value.get(format) != simdjson::SUCCESS || format["type"].get(kind) != simdjson::SUCCESS) {
    return wrong("'response_format' must be an object with a 'type'");
  }
  if (kind == "json_schema") request.needs.add(Capabilities::json_schema);
  request.answer_is_json = kind == "json_schema" || kind == "json_object";
  return {};
}

// Images and audio are not text; see media_tokens.
void read_content_texts(dom::element content, std::vector<std::string_view>& texts) {
  if (content.is_string()) texts.push_back(std::string_view(content));
  dom::array parts;
  if (content.get(parts) != simdjson::SUCCESS) return;
  for (const dom::element part : parts) {
    for (const auto& [key, value] : dom::object(part)) {
      if (key == "text" || key == "refusal" || key == "thinking" || key == "reasoning") {
        read_texts(value, false, texts);
      }
    }
  }
}

// What of a message an expert reads. Thoughts are sent back by clients whose experts want that.
void read_message_texts(dom::object message, std::vector<std::string_view>& texts) {
  for (const auto& [key, value] : message) {
    if (key == "content") read_content_texts(value, texts);
    if (key == "tool_calls" || key == "function_call") read_texts(value, true, texts);
    if (key == "reasoning_content" || key == "reasoning" || key == "refusal") {
      read_texts(value, false, texts);
    }
  }
}

void read_prompt(dom::object body, std::vector<std::string_view>& texts) {
  texts.clear();
  for (const auto& [name, value] : body) {
    if (name == "tools" || name == "functions" || name == "response_format") {
      read_texts(value, true, texts);
    }
    if (name != "messages") continue;
    for (const dom::element message : dom::array(value)) {
      read_message_texts(dom::object(message), texts);
    }
  }
}

// Members that decide something may stand only once: two parsers that disagree on which one counts
// would let a client show the policy one request and the expert another.
constexpr std::array<std::string_view, 12> kMembers{"model",      "messages",
                                                    "stream",     "stream_options",
                                                    "max_tokens", "max_completion_tokens",
                                                    "tools",      "response_format",
                                                    "logprobs",   "n",
                                                    "functions",  "modalities"};

// `range`: where the value stands in the body.
Result<void> read_member(std::size_t member, dom::element value, ByteRange range,
                         ChatRequest& request) {
  const std::string_view name = kMembers[member];
  if (name == "model") {
    std::string_view model;
    if (value.get(model) != simdjson::SUCCESS || model.empty()) {
      return wrong("'model' must be a string that names a model; GET /v1/models lists them");
    }
    request.model = model;
    request.model_value = range;
    return {};
  }
  if (name == "messages") return read_messages(value, request);
  if (name == "stream") {
    auto flag = read_flag(value, name);
    if (!flag) return fail(flag.error());
    request.stream = *flag;
    return {};
  }
  if (name == "stream_options") return read_stream_options(value, range, request);
  if (name == "max_tokens" || name == "max_completion_tokens") {
    return read_max_tokens(value, name, request);
  }
  if (name == "logprobs") {
    auto flag = read_flag(value, name);
    if (!flag) return fail(flag.error());
    if (*flag) request.needs.add(Capabilities::logprobs);
    return {};
  }
  if (name == "n") return read_n(value, request);
  return read_needs(value, name, request);
}

}  // namespace

struct ChatRequestParser::Impl {
  simdjson::dom::parser parser;
  std::string said;                      // by the last body
  std::vector<std::string_view> prompt;  // of it; into the parser's memory
};

ChatRequestParser::ChatRequestParser() : impl_(std::make_unique<Impl>()) {}
ChatRequestParser::~ChatRequestParser() = default;

Result<ChatRequest> ChatRequestParser::parse(std::string body) {
  ChatRequest request;
  request.body = std::move(body);
  request.body.reserve(request.body.size() + simdjson::SIMDJSON_PADDING);
  // All of it is checked, what nobody here asks for too, since it goes to an expert: grammar,
  // depth, UTF-8 and that nothing follows.
  if (const auto error = impl_->parser.allocate(request.body.size(), kDepthMax);
      error != simdjson::SUCCESS) {
    return unreadable(error);
  }
  dom::element document;
  auto error = impl_->parser.parse(request.body.data(), request.body.size(), false).get(document);
  if (error == simdjson::STRING_ERROR) {
    // Half an emoji is JSON by its grammar, and clients send answers back that were cut there. Only
    // what is read here is mended: all places are the same, and the expert gets the client's bytes.
    if (const auto mended = experts::without_half_pairs(request.body)) {
      error = impl_->parser.parse(*mended).get(document);
    }
  }
  if (error != simdjson::SUCCESS) return unreadable(error);
  dom::object object;
  if (document.get(object) != simdjson::SUCCESS) return wrong("the body must be a JSON object");
  MemberWalk walk(request.body);
  std::array<bool, kMembers.size()> seen{};
  for (const auto& [key, value] : object) {
    const ByteRange range = walk.next();
    const auto at = std::ranges::find(kMembers, key);
    if (at == kMembers.end()) {
      if (looks_like_one_of(kMembers, key)) return no_member(key);
      // An expert may read it: documents, templates.
      if (range.end - range.begin > kUnreadBytesMax) request.has_unmeasured = true;
      continue;
    }
    const auto member = static_cast<std::size_t>(at - kMembers.begin());
    if (std::exchange(seen[member], true)) return wrong("'{}' is given twice", *at);
    if (auto ok = read_member(member, value, range, request); !ok) return fail(ok.error());
  }
  if (!seen[0]) return wrong("'model' is missing; GET /v1/models lists the models");
  if (!seen[1]) return wrong("'messages' is missing");
  if (request.stream && request.ask_for_usage.text.empty()) {
    const std::size_t first = request.body.find('{') + 1;
    request.ask_for_usage = {{first, first},
                             fmt::format(R"("stream_options":{{{}}},)", kAskForUsage)};
  }
  read_prompt(object, impl_->prompt);
  TokenEstimate estimate;
  for (const std::string_view text : impl_->prompt) estimate.add(text);
  request.prompt_tokens = estimate.tokens() + request.media_tokens +
                          orchestrator::TokenCounters::kFrameTokens * request.n_messages +
                          orchestrator::TokenCounters::kAnswerFrameTokens;
  return request;
}

std::span<const std::string_view> ChatRequestParser::prompt() const { return impl_->prompt; }

History ChatRequestParser::history() const {
  History history;
  std::string joined;
  for (const dom::element element : dom::array(impl_->parser.doc.root()["messages"])) {
    const Message message = message_of(element);
    if (message.role == "assistant") history.before_answer = history.all;
    const std::string_view text =
        message.content ? text_of(*message.content, joined) : std::string_view();
    history.all = fast_hash(text, fast_hash(message.role, history.all));
  }
  return history;
}

std::string_view ChatRequestParser::said() {
  impl_->said.clear();
  append_body_text(impl_->parser.doc.root(), impl_->said);
  return impl_->said;
}

void ChatRequestParser::give_back() {
  impl_->prompt.clear();
  if (std::max(impl_->parser.capacity(), impl_->parser.doc.capacity()) >
      experts::kKeptDocumentBytes) {
    impl_->parser = dom::parser();
    free_memory(impl_->prompt);
  }
  if (impl_->said.capacity() > experts::kKeptDocumentBytes) free_memory(impl_->said);
}

}  // namespace ooe::gateway
