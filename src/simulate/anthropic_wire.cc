#include "simulate/anthropic_wire.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "simulate/example_value.h"
#include "simulate/print_json.h"

namespace ooe::simulate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 12> kMembers{
    "model",          "messages", "max_tokens", "system",      "temperature", "top_p",
    "stop_sequences", "metadata", "tools",      "tool_choice", "stream",      "thinking"};

std::string named_event(const Json& data) {
  return "event: " + data["type"].get<std::string>() + "\ndata: " + print(data) + "\n\n";
}

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::invalid_argument, "{}", message);
}

// What the blocks of one message say; `has_result`: a tool's result is among them.
Result<std::string> text_of(const Json& content, bool& has_result) {
  if (content.is_string()) return content.get<std::string>();
  if (!content.is_array() || content.empty()) return refuse("content: blocks are missing");
  std::string text;
  for (const Json& block : content) {
    const std::string type = block.is_object() ? block.value("type", "") : "";
    if (type == "text") {
      if (block.value("text", "").empty()) return refuse("text content blocks must be non-empty");
      text += block["text"].get<std::string>();
    } else if (type == "tool_result") {
      has_result = true;
    } else if (type != "image" && type != "tool_use") {
      return refuse("content: a block of type '" + type + "' is unknown");
    }
  }
  return text;
}

Result<void> read_messages(const Json& json, ChatRequest& request, bool& has_result) {
  const auto messages = json.find("messages");
  if (messages == json.end() || !messages->is_array() || messages->empty()) {
    return refuse("messages: field required");
  }
  if (json.contains("system")) {
    bool ignored = false;
    const auto system = text_of(json["system"], ignored);
    if (!system) return fail(system.error());
    request.prompt_tokens += prompt_tokens(*system);
  }
  for (const Json& message : *messages) {
    const std::string role = message.is_object() ? message.value("role", "") : "";
    if (role != "user" && role != "assistant") {
      return refuse("messages: role '" + role + "' is neither user nor assistant");
    }
    has_result = false;
    auto text = text_of(message.contains("content") ? message["content"] : Json(), has_result);
    if (!text) return fail(text.error());
    request.prompt_tokens += prompt_tokens(*text);
    if (role == "user") request.user_text = std::move(*text);
  }
  return {};
}

void read_tools(const Json& json, bool has_result, ChatRequest& request) {
  const auto tools = json.find("tools");
  if (has_result || tools == json.end() || !tools->is_array()) return;
  const Json choice = json.value("tool_choice", Json::object());
  if (choice.value("type", "") == "none") return;
  for (const Json& tool : *tools) {
    const std::string name = tool.value("name", "");
    if (choice.value("type", "") == "tool" && choice.value("name", "") != name) continue;
    request.tool_call =
        ToolCall{name, print(example_value(tool.value("input_schema", Json::object())))};
    return;
  }
}

std::string_view stop_reason(std::string_view finish_reason) {
  if (finish_reason == "length") return "max_tokens";
  if (finish_reason == "tool_calls") return "tool_use";
  return "end_turn";
}

Json message(const AnswerFrame& frame, Json content, const Json& reason, const Json& usage) {
  return {{"id", frame.id},
          {"type", "message"},
          {"role", "assistant"},
          {"model", frame.model},
          {"content", std::move(content)},
          {"stop_reason", reason},
          {"stop_sequence", nullptr},
          {"usage", usage}};
}

Result<ChatRequest> read_messages_request(std::string_view body) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return refuse("the request body is not a JSON object");
  for (const auto& [name, _] : json.items()) {
    if (std::ranges::find(kMembers, name) == kMembers.end()) {
      return refuse(name + ": extra inputs are not permitted");
    }
  }
  ChatRequest request;
  request.dialect = Dialect::anthropic;
  request.model = json.value("model", "");
  if (request.model.empty()) return refuse("model: field required");
  const auto limit = json.find("max_tokens");
  if (limit == json.end() || !limit->is_number_integer() || limit->get<std::int64_t>() < 1) {
    return refuse("max_tokens: field required, at least 1");
  }
  request.tokens_max = limit->get<std::int64_t>();
  request.stream = json.value("stream", false);
  bool has_result = false;
  if (auto ok = read_messages(json, request, has_result); !ok) return fail(ok.error());
  read_tools(json, has_result, request);
  return request;
}

}  // namespace

// As parse_chat_request.
Result<ChatRequest> parse_messages_request(std::string_view body) {
  try {
    return read_messages_request(body);
  } catch (const Json::exception& error) {
    return refuse(std::string("a member is of a wrong type: ") + error.what());
  }
}

std::string message_json(const AnswerFrame& frame, const ToolCall* tool, std::string_view text,
                         std::string_view finish_reason, const TokenCounts& usage) {
  Json block{{"type", "text"}, {"text", text}};
  if (tool != nullptr) {
    // Arguments that the limit has cut are no JSON any more; the real one leaves them empty, too.
    Json input = Json::parse(text, nullptr, false);
    block = {{"type", "tool_use"},
             {"id", tool_call_id(frame)},
             {"name", tool->name},
             {"input", input.is_discarded() ? Json::object() : std::move(input)}};
  }
  return print(message(frame, Json::array({std::move(block)}), stop_reason(finish_reason),
                       {{"input_tokens", usage.input}, {"output_tokens", usage.output}}));
}

std::string message_start(const AnswerFrame& frame, const ToolCall* tool,
                          const TokenCounts& usage) {
  const Json start{{"type", "message_start"},
                   {"message", message(frame, Json::array(), nullptr,
                                       {{"input_tokens", usage.input}, {"output_tokens", 1}})}};
  Json block{{"type", "text"}, {"text", ""}};
  if (tool != nullptr) {
    block = {{"type", "tool_use"},
             {"id", tool_call_id(frame)},
             {"name", tool->name},
             {"input", Json::object()}};
  }
  return named_event(start) +
         named_event(
             {{"type", "content_block_start"}, {"index", 0}, {"content_block", std::move(block)}}) +
         named_event({{"type", "ping"}});
}

std::string message_delta(const ToolCall* tool, std::string_view token) {
  const Json delta = tool != nullptr ? Json{{"type", "input_json_delta"}, {"partial_json", token}}
                                     : Json{{"type", "text_delta"}, {"text", token}};
  return named_event({{"type", "content_block_delta"}, {"index", 0}, {"delta", delta}});
}

std::string message_end(std::string_view finish_reason, const TokenCounts& usage) {
  return named_event({{"type", "content_block_stop"}, {"index", 0}}) +
         named_event(
             {{"type", "message_delta"},
              {"delta", {{"stop_reason", stop_reason(finish_reason)}, {"stop_sequence", nullptr}}},
              {"usage", {{"output_tokens", usage.output}}}}) +
         named_event({{"type", "message_stop"}});
}

std::string anthropic_error_json(std::string_view message, std::string_view type) {
  return print({{"type", "error"}, {"error", {{"type", type}, {"message", message}}}});
}

}  // namespace ooe::simulate
