#include "simulate/wire.h"

#include <nlohmann/json.hpp>

#include "simulate/example_value.h"
#include "simulate/print_json.h"
#include "simulate/tokens.h"

namespace ooe::simulate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMessageFrameTokens = 4;  // role and separators, as chat templates have
constexpr std::string_view kFingerprint = "ooe-simulated";

// Content is a string, or an array of parts of which the text ones are read.
std::string text_of(const Json& message) {
  const auto content = message.find("content");
  if (content == message.end()) return {};
  if (content->is_string()) return content->get<std::string>();
  std::string joined;
  if (content->is_array()) {
    for (const Json& part : *content) {
      if (part.is_object() && part.contains("text") && part["text"].is_string()) {
        joined += part["text"].get<std::string>();
      }
    }
  }
  return joined;
}

bool flag(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::optional<std::int64_t> positive(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  const auto number = found->get<std::int64_t>();
  return number > 0 ? std::optional(number) : std::nullopt;
}

// The tool that the request wants called, or null.
const Json* wanted_tool(const Json& json) {
  const auto tools = json.find("tools");
  if (tools == json.end() || !tools->is_array()) return nullptr;
  const auto choice = json.find("tool_choice");
  if (choice != json.end() && *choice == "none") return nullptr;
  const Json& last = json["messages"].back();
  if (last.contains("role") && last["role"] == "tool") return nullptr;
  const bool named = choice != json.end() && choice->is_object() && choice->contains("function");
  for (const Json& tool : *tools) {
    const auto function = tool.is_object() ? tool.find("function") : tool.end();
    if (!tool.is_object() || function == tool.end() || !function->contains("name")) continue;
    if (!named || (*choice)["function"].value("name", Json("")) == (*function)["name"]) {
      return &*function;
    }
  }
  return nullptr;
}

void read_wishes(const Json& json, ChatRequest& request) {
  if (const Json* function = wanted_tool(json)) {
    const auto parameters = function->find("parameters");
    request.tool_call = ToolCall{
        (*function)["name"].get<std::string>(),
        print(parameters == function->end() ? Json::object() : example_value(*parameters))};
    return;
  }
  const auto format = json.find("response_format");
  if (format == json.end() || !format->is_object()) return;
  const std::string type = format->value("type", "");
  if (type == "json_object") request.json_answer = print({{"simulated", true}});
  if (type == "json_schema" && format->contains("json_schema") &&
      (*format)["json_schema"].contains("schema")) {
    request.json_answer = print(example_value((*format)["json_schema"]["schema"]));
  }
}

Json usage_object(const TokenCounts& usage) {
  return {{"prompt_tokens", usage.input},
          {"completion_tokens", usage.output},
          {"total_tokens", usage.input + usage.output}};
}

Json framed(const AnswerFrame& frame, std::string_view object) {
  return {{"id", frame.id},
          {"object", object},
          {"created", frame.created},
          {"model", frame.model},
          {"system_fingerprint", kFingerprint}};
}

std::string chunk(const AnswerFrame& frame, Json delta, const Json& finish_reason) {
  Json json = framed(frame, "chat.completion.chunk");
  json["choices"] =
      Json::array({{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", finish_reason}}});
  return print(json);
}

Json called(const AnswerFrame& frame, const ToolCall& tool, std::string_view arguments) {
  return {{"id", tool_call_id(frame)},
          {"type", "function"},
          {"function", {{"name", tool.name}, {"arguments", arguments}}}};
}

}  // namespace

std::string tool_call_id(const AnswerFrame& frame) { return "call-" + frame.id; }

std::int64_t prompt_tokens(std::string_view text) {
  return count_tokens(text) + kMessageFrameTokens;
}

namespace {

Result<ChatRequest> read_chat_request(std::string_view body) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) {
    return fail(ErrorCode::invalid_argument, "the request body is not a JSON object");
  }
  const auto model = json.find("model");
  if (model == json.end() || !model->is_string()) {
    return fail(ErrorCode::invalid_argument, "the request has no model");
  }
  const auto messages = json.find("messages");
  if (messages == json.end() || !messages->is_array() || messages->empty()) {
    return fail(ErrorCode::invalid_argument, "the request has no messages");
  }

  ChatRequest request;
  request.model = model->get<std::string>();
  for (const Json& message : *messages) {
    if (!message.is_object()) {
      return fail(ErrorCode::invalid_argument, "a message is not a JSON object");
    }
    std::string text = text_of(message);
    request.prompt_tokens += prompt_tokens(text);
    const auto role = message.find("role");
    if (role != message.end() && *role == "user") request.user_text = std::move(text);
  }
  request.tokens_max = positive(json, "max_completion_tokens");
  if (!request.tokens_max) request.tokens_max = positive(json, "max_tokens");
  request.stream = flag(json, "stream");
  const auto options = json.find("stream_options");
  request.include_usage =
      options != json.end() && options->is_object() && flag(*options, "include_usage");
  read_wishes(json, request);
  return request;
}

}  // namespace

// What is missing is asked for by hand; what is there and of another type, JSON's library says by an
// exception, and one request would end all experts.
Result<ChatRequest> parse_chat_request(std::string_view body) {
  try {
    return read_chat_request(body);
  } catch (const Json::exception& error) {
    return fail(ErrorCode::invalid_argument, "the request has a member of a wrong type: {}",
                error.what());
  }
}

std::string completion_json(const AnswerFrame& frame, const ToolCall* tool, std::string_view text,
                            std::string_view finish_reason, const TokenCounts& usage) {
  Json message{{"role", "assistant"}, {"content", tool != nullptr ? Json() : Json(text)}};
  if (tool != nullptr) {
    message["tool_calls"] = Json::array({called(frame, *tool, text)});
  }
  Json json = framed(frame, "chat.completion");
  json["choices"] = Json::array(
      {{{"index", 0}, {"message", std::move(message)}, {"finish_reason", finish_reason}}});
  json["usage"] = usage_object(usage);
  return print(json);
}

std::string role_chunk_json(const AnswerFrame& frame) {
  return chunk(frame, {{"role", "assistant"}, {"content", ""}}, nullptr);
}

std::string content_chunk_json(const AnswerFrame& frame, std::string_view text) {
  return chunk(frame, {{"content", text}}, nullptr);
}

std::string tool_chunk_json(const AnswerFrame& frame, const ToolCall& tool) {
  Json call{{"index", 0}};
  call.update(called(frame, tool, ""));
  return chunk(frame, {{"tool_calls", Json::array({std::move(call)})}}, nullptr);
}

std::string arguments_chunk_json(const AnswerFrame& frame, std::string_view piece) {
  Json call{{"index", 0}, {"function", {{"arguments", piece}}}};
  return chunk(frame, {{"tool_calls", Json::array({std::move(call)})}}, nullptr);
}

std::string finish_chunk_json(const AnswerFrame& frame, std::string_view finish_reason) {
  return chunk(frame, Json::object(), finish_reason);
}

std::string usage_chunk_json(const AnswerFrame& frame, const TokenCounts& usage) {
  Json json = framed(frame, "chat.completion.chunk");
  json["choices"] = Json::array();
  json["usage"] = usage_object(usage);
  return print(json);
}

std::string error_json(std::string_view message, std::string_view type, std::string_view code) {
  return print(
      {{"error", {{"message", message}, {"type", type}, {"param", nullptr}, {"code", code}}}});
}

std::string models_json(std::string_view model) {
  Json entry{{"id", model}, {"object", "model"}, {"created", 0}, {"owned_by", "ooe-simulate"}};
  return print({{"object", "list"}, {"data", Json::array({std::move(entry)})}});
}

}  // namespace ooe::simulate
