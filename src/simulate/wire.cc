#include "simulate/wire.h"

#include <nlohmann/json.hpp>

#include "simulate/tokens.h"

namespace ooe::simulate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMessageFrameTokens = 4;  // role and separators, as chat templates have
constexpr std::string_view kFingerprint = "ooe-simulated";

std::string print(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

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

}  // namespace

std::int64_t prompt_tokens(std::string_view text) {
  return count_tokens(text) + kMessageFrameTokens;
}

Result<ChatRequest> parse_chat_request(std::string_view body) {
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
  return request;
}

std::string completion_json(const AnswerFrame& frame, std::string_view text,
                            std::string_view finish_reason, const TokenCounts& usage) {
  Json json = framed(frame, "chat.completion");
  json["choices"] = Json::array({{{"index", 0},
                                  {"message", {{"role", "assistant"}, {"content", text}}},
                                  {"finish_reason", finish_reason}}});
  json["usage"] = usage_object(usage);
  return print(json);
}

std::string role_chunk_json(const AnswerFrame& frame) {
  return chunk(frame, {{"role", "assistant"}, {"content", ""}}, nullptr);
}

std::string content_chunk_json(const AnswerFrame& frame, std::string_view text) {
  return chunk(frame, {{"content", text}}, nullptr);
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
