#include "experts/openai_dialect.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "experts/openai_error.h"
#include "experts/openai_json.h"
#include "experts/openai_usage.h"

namespace ooe::experts {
namespace {

// A finish_reason of routers whose own expert failed.
constexpr std::string_view kFinishedInError = "error";

tl::unexpected<Error> expert_says(const dom::object& object) {
  return fail(ErrorCode::unavailable, "the expert answered with an error: {}", message_of(object));
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

// Pictures that a model has made, each whole in one event: what they come to, in bytes of text.
// Gemini's are 1,290 tokens.
std::size_t picture_bytes(const dom::object& message) {
  constexpr std::size_t kTextBytesPerPicture = 4 * 1'290;
  const auto pictures = member<dom::array>(message, "images");
  return pictures ? pictures->size() * kTextBytesPerPicture : 0;
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
    bytes += text_of(*message).size() + reasoning_of(*message).size() + sound_bytes(*message) +
             picture_bytes(*message);
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

// Texts of an answer are the values of these members, whatever they are part of.
std::size_t content_bytes_in_pieces(std::string_view json) {
  const bool twice = json.find(R"("reasoning_content")") != std::string_view::npos;
  std::size_t bytes = 0;
  for (const std::string_view key :
       {R"("content")", R"("text")", R"("refusal")", R"("reasoning_content")", R"("reasoning")",
        R"("arguments")"}) {
    if (twice && key == R"("reasoning")") continue;
    for (std::size_t at = json.find(key); at < json.size(); at = json.find(key, at)) {
      at += key.size();
      const std::size_t colon = json.find_first_not_of(" \t\r\n", at);
      if (colon >= json.size() || json[colon] != ':') continue;
      const std::size_t quote = json.find_first_not_of(" \t\r\n", colon + 1);
      if (quote >= json.size() || json[quote] != '"') continue;
      for (at = quote + 1; at < json.size() && json[at] != '"'; ++at, ++bytes) {
        if (json[at] == '\\') at += at + 1 < json.size() && json[at + 1] == 'u' ? 5 : 1;
      }
    }
  }
  return bytes;
}

// Returns whether it says anything.
bool read_delta(const dom::object& delta, bool first_choice, StreamEvent& event) {
  const std::size_t bytes_before = event.content_bytes;
  bool speaks = false;
  const std::string text = text_of(delta);
  if (first_choice) event.text += text;
  event.content_bytes += text.size();
  event.content_bytes += member<std::string_view>(delta, "refusal").value_or("").size();
  const std::string reasoning = reasoning_of(delta);
  if (first_choice) event.reasoning += reasoning;
  event.content_bytes += reasoning.size() + sound_bytes(delta) + picture_bytes(delta);
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
  return speaks;
}

// Several choices of one request arrive in separate chunks, told apart by `index`.
void read_choices(const dom::array& choices, StreamEvent& event) {
  for (const dom::element element : choices) {
    event.has_choices = true;
    dom::object choice;
    if (element.get(choice) != simdjson::SUCCESS) continue;
    const auto index = member<std::int64_t>(choice, "index").value_or(0);
    const bool first = index == 0;
    const auto reason = member<std::string_view>(choice, "finish_reason").value_or("");
    event.says_why = event.says_why || !reason.empty();
    event.broken_off = event.broken_off || reason == kFinishedInError;
    if (first) event.finish_reason = reason;
    const auto delta = member<dom::object>(choice, "delta");
    const bool speaks = delta && read_delta(*delta, first, event);
    const bool told_apart = index >= 0 && index < kChoicesToldApart;
    const auto bit = std::uint64_t{1}
                     << static_cast<unsigned>(told_apart ? index : kChoicesToldApart);
    if (speaks) event.spoke |= bit;
    if (told_apart && !reason.empty()) event.ended |= bit;
  }
}

bool is_empty(dom::element value) {
  dom::array list;
  dom::object members;
  return value.is_null() || (value.is_string() && std::string_view(value).empty()) ||
         (value.get(list) == simdjson::SUCCESS && list.size() == 0) ||
         (value.get(members) == simdjson::SUCCESS && members.size() == 0);
}

// Whether there is nothing in the choices of an event but, at most, whose words they would be.
bool are_silent(const dom::array& choices) {
  for (const dom::element element : choices) {
    dom::object choice;
    if (element.get(choice) != simdjson::SUCCESS) return false;
    for (const auto& [key, value] : choice) {
      if (key != "index" && key != "delta" && !is_empty(value)) return false;
    }
    const auto delta = member<dom::object>(choice, "delta");
    if (!delta) continue;
    for (const auto& [key, value] : *delta) {
      if (key != "role" && !is_empty(value)) return false;
    }
  }
  return true;
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
  if (const auto told = usage_of(*object)) {
    completion.usage = *told;
  } else {
    completion.usage_fault = told.error().message;
  }
  if (completion.text.empty()) {
    completion.text = member<std::string_view>(message, "refusal").value_or("");
  }
  completion.reasoning = reasoning_of(message);
  completion.finish_reason = member<std::string_view>(choice, "finish_reason").value_or("");
  completion.broken_off = completion.finish_reason == kFinishedInError;
  const auto& usage = completion.usage;
  if (!usage || usage->input == 0 || usage->output == 0 || usage->estimated) {
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

  const auto choices = member<dom::array>(*object, "choices");
  auto usage = usage_of(*object);
  dom::object choice;
  if (usage && !*usage && choices && choices->at(0).get(choice) == simdjson::SUCCESS) {
    usage = usage_of(choice);
    event.usage_of_one_choice = usage && *usage;
  }
  event.usage = usage.value_or(std::nullopt);
  event.usage_unreadable = !usage;

  if (!choices && has_member(*object, "choices")) {
    return fail(ErrorCode::corrupt, "the expert's stream event has choices that are no list");
  }
  if (choices) read_choices(*choices, event);
  // Errors of other shapes: {"detail":"..."}, {"type":"error","message":"..."}.
  const bool tells_usage = event.usage || event.usage_unreadable;
  if (!choices && !tells_usage &&
      (member<std::string_view>(*object, "type") == "error" || !message_of(*object).empty())) {
    return expert_says(*object);
  }
  event.says_only_usage = tells_usage && (!choices || are_silent(*choices));
  event.says_nothing =
      object->size() == 0 || (!choices && member<std::string_view>(*object, "type") == "ping");
  return event;
}

Said said_in(std::string_view body) {
  Said said;
  const auto object = parse_object(body, "answer");
  if (!object) {
    said.content_bytes = content_bytes_in_pieces(body);
    // A page of HTML is nobody's answer.
    const std::size_t begin = body.find_first_not_of(" \t\r\n");
    const bool json = begin < body.size() && body[begin] == '{';
    if (said.content_bytes == 0 && json) said.content_bytes = body.size();
    said.usage = usage_at_end(body.substr(body.size() - std::min(body.size(), kUsageTailBytes)),
                              said.content_bytes);
    return said;
  }
  if (const auto choices = member<dom::array>(*object, "choices")) {
    said.content_bytes = content_bytes_of(*choices);
  } else if (!is_error(*object)) {
    said.content_bytes = body.size();
  }
  said.usage = believed(usage_of(*object).value_or(std::nullopt), said.content_bytes);
  return said;
}

std::optional<TokenCounts> usage_at_beginning(std::string_view head) {
  constexpr std::string_view kName = R"("usage")";
  constexpr int kObjectsMax = 8;  // in a usage, itself counted
  head = head.substr(0, head.find(R"("choices")"));
  const std::size_t name = head.find(kName);
  if (name == std::string_view::npos) return std::nullopt;
  std::size_t end = name;
  for (int i = 0; i < kObjectsMax; ++i) {
    end = head.find('}', end);
    if (end == std::string_view::npos) return std::nullopt;
    const auto object =
        parse_object("{" + std::string(head.substr(name, ++end - name)) + "}", "answer");
    if (object) return usage_of(*object).value_or(std::nullopt);
  }
  return std::nullopt;
}

std::optional<TokenCounts> usage_at_end(std::string_view tail, std::size_t content_bytes) {
  constexpr std::string_view kName = R"("usage")";
  const std::size_t name = tail.rfind(kName);
  if (name == std::string_view::npos) return std::nullopt;
  // What closes the answer stands behind the usage, and members that came after it.
  const std::string_view rest = tail.substr(name);
  const auto object = parse_object("{" + std::string(rest), "answer");
  if (!object) return std::nullopt;
  return believed(usage_of(*object).value_or(std::nullopt), content_bytes);
}

}  // namespace ooe::experts
