#include "gateway/chat_request.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <simdjson.h>

namespace ooe::gateway {
namespace {

namespace sj = simdjson::ondemand;

constexpr std::size_t kDepthMax = 64;  // of arrays and objects in a body

template <class... Args>
tl::unexpected<Error> wrong(fmt::format_string<Args...> format, Args&&... args) {
  return fail(ErrorCode::invalid_argument, format, std::forward<Args>(args)...);
}

// One of the parts of a message's content: text, image, audio.
Result<void> read_part(sj::object part, std::string& text, Capabilities& needs) {
  for (auto field : part) {
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS)
      return wrong("the body is not valid JSON");
    if (key == "image_url") needs.add(Capabilities::vision);
    if (key == "input_audio") needs.add(Capabilities::audio);
    if (key != "text") continue;
    std::string_view piece;
    if (field.value().get_string().get(piece) != simdjson::SUCCESS) {
      return wrong("'messages': the 'text' of a content part must be a string");
    }
    if (!text.empty()) text += '\n';
    text += piece;
  }
  return {};
}

Result<std::string> read_content(sj::value content, Capabilities& needs) {
  sj::json_type type{};
  if (content.type().get(type) != simdjson::SUCCESS) return wrong("the body is not valid JSON");
  std::string text;
  if (type == sj::json_type::string) {
    std::string_view whole;
    if (content.get_string().get(whole) != simdjson::SUCCESS) {
      return wrong("'messages': a 'content' is not a valid string");
    }
    text = whole;
  } else if (type == sj::json_type::array) {
    sj::array parts;
    if (content.get_array().get(parts) != simdjson::SUCCESS)
      return wrong("the body is not valid JSON");
    for (auto part : parts) {
      sj::object object;
      if (part.get_object().get(object) != simdjson::SUCCESS) {
        return wrong("'messages': every part of a 'content' array must be an object");
      }
      if (auto ok = read_part(object, text, needs); !ok) return fail(ok.error());
    }
  } else if (type != sj::json_type::null) {
    return wrong("'messages': 'content' must be a string, an array of parts or null");
  }
  return text;
}

Result<void> read_message(sj::object message, ChatRequest& request) {
  std::string role;
  std::string text;
  bool has_content = false;
  for (auto field : message) {
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS)
      return wrong("the body is not valid JSON");
    if ((key == "role" && !role.empty()) ||
        (key == "content" && std::exchange(has_content, true))) {
      return wrong("'messages': a message gives '{}' twice", key);
    }
    if (key == "role") {
      std::string_view word;
      if (field.value().get_string().get(word) != simdjson::SUCCESS) {
        return wrong("'messages': 'role' must be a string");
      }
      role = word;
    } else if (key == "content") {
      sj::value content;
      if (field.value().get(content) != simdjson::SUCCESS)
        return wrong("the body is not valid JSON");
      auto read = read_content(content, request.needs);
      if (!read) return fail(read.error());
      text = std::move(*read);
    }
  }
  if (role.empty()) return wrong("'messages': every message needs a 'role'");
  request.prompt_bytes += text.size();
  if (role == "user") request.last_user_text = std::move(text);
  return {};
}

Result<void> read_messages(sj::value value, ChatRequest& request) {
  sj::array messages;
  if (value.get_array().get(messages) != simdjson::SUCCESS) {
    return wrong("'messages' must be an array of messages");
  }
  bool any = false;
  for (auto message : messages) {
    sj::object object;
    if (message.get_object().get(object) != simdjson::SUCCESS) {
      return wrong("'messages': every message must be an object");
    }
    if (auto ok = read_message(object, request); !ok) return ok;
    any = true;
  }
  if (!any) return wrong("'messages' is empty; send at least one message");
  return {};
}

Result<bool> read_flag(sj::value value, std::string_view name) {
  bool flag = false;
  bool null = false;
  if (value.is_null().get(null) == simdjson::SUCCESS && null) return false;
  if (value.get_bool().get(flag) != simdjson::SUCCESS)
    return wrong("'{}' must be true or false", name);
  return flag;
}

Result<void> read_stream_options(sj::value value, ChatRequest& request) {
  bool null = false;
  sj::object object;
  std::string_view raw;
  if (value.is_null().get(null) == simdjson::SUCCESS && null) {
    raw = value.raw_json_token();
    raw = raw.substr(0, std::string_view("null").size());
  } else if (value.get_object().get(object) != simdjson::SUCCESS ||
             object.raw_json().get(raw) != simdjson::SUCCESS) {
    return wrong("'stream_options' must be an object");
  }
  const auto begin = static_cast<std::size_t>(raw.data() - request.body.data());
  request.stream_options_value = {begin, begin + raw.size()};
  if (null) return {};
  // A second, whole parse of these few bytes: the object has been passed over to learn where it
  // ends.
  const auto options = nlohmann::json::parse(raw, nullptr, false);
  if (!options.is_object()) return wrong("'stream_options' is not valid JSON");
  const auto flag = options.find("include_usage");
  if (flag == options.end() || flag->is_null()) return {};
  if (!flag->is_boolean()) return wrong("'stream_options.include_usage' must be true or false");
  request.include_usage = flag->get<bool>();
  return {};
}

Result<void> read_max_tokens(sj::value value, std::string_view name, ChatRequest& request) {
  bool null = false;
  if (value.is_null().get(null) == simdjson::SUCCESS && null) return {};
  std::int64_t tokens = 0;
  if (value.get_int64().get(tokens) != simdjson::SUCCESS || tokens < 1) {
    return wrong("'{}' must be a whole number of at least 1", name);
  }
  request.output_tokens_max = std::max(request.output_tokens_max, tokens);
  return {};
}

Result<void> read_n(sj::value value, Capabilities& needs) {
  bool null = false;
  if (value.is_null().get(null) == simdjson::SUCCESS && null) return {};
  std::int64_t n = 0;
  if (value.get_int64().get(n) != simdjson::SUCCESS || n < 1) {
    return wrong("'n' must be a whole number of at least 1");
  }
  if (n > 1) needs.add(Capabilities::many_choices);
  return {};
}

Result<void> read_needs(sj::value value, std::string_view name, Capabilities& needs) {
  sj::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return wrong("the body is not valid JSON");
  if (type == sj::json_type::null) return {};
  if (name == "tools") {
    if (type != sj::json_type::array) return wrong("'tools' must be an array");
    needs.add(Capabilities::tools);
    return {};
  }
  std::string_view kind;  // response_format
  sj::object format;
  if (value.get_object().get(format) != simdjson::SUCCESS ||
      format.find_field_unordered("type").get_string().get(kind) != simdjson::SUCCESS) {
    return wrong("'response_format' must be an object with a 'type'");
  }
  if (kind == "json_schema") needs.add(Capabilities::json_schema);
  return {};
}

// Members that decide something may stand only once: two parsers that disagree on which one counts
// would let a client show the policy one request and the expert another.
constexpr std::array<std::string_view, 10> kMembers{"model",      "messages",
                                                    "stream",     "stream_options",
                                                    "max_tokens", "max_completion_tokens",
                                                    "tools",      "response_format",
                                                    "logprobs",   "n"};

Result<void> read_member(std::size_t member, sj::value value, ChatRequest& request) {
  const std::string_view name = kMembers[member];
  if (name == "model") {
    sj::value whole = value;
    std::string_view model;
    if (value.get_string().get(model) != simdjson::SUCCESS || model.empty()) {
      return wrong("'model' must be a string that names a model; GET /v1/models lists them");
    }
    request.model = model;
    // The token without its trailing white space; a string token ends with its quote.
    std::string_view token = whole.raw_json_token();
    token = token.substr(0, token.rfind('"') + 1);
    const auto begin = static_cast<std::size_t>(token.data() - request.body.data());
    request.model_value = {begin, begin + token.size()};
    return {};
  }
  if (name == "messages") return read_messages(value, request);
  if (name == "stream") {
    auto flag = read_flag(value, name);
    if (!flag) return fail(flag.error());
    request.stream = *flag;
    return {};
  }
  if (name == "stream_options") return read_stream_options(value, request);
  if (name == "max_tokens" || name == "max_completion_tokens") {
    return read_max_tokens(value, name, request);
  }
  if (name == "logprobs") {
    auto flag = read_flag(value, name);
    if (!flag) return fail(flag.error());
    if (*flag) request.needs.add(Capabilities::logprobs);
    return {};
  }
  if (name == "n") return read_n(value, request.needs);
  return read_needs(value, name, request.needs);
}

}  // namespace

struct ChatRequestParser::Impl {
  simdjson::dom::parser validator;
  sj::parser parser;
};

ChatRequestParser::ChatRequestParser() : impl_(std::make_unique<Impl>()) {}
ChatRequestParser::~ChatRequestParser() = default;

Result<ChatRequest> ChatRequestParser::parse(std::string body) {
  ChatRequest request;
  request.body = std::move(body);
  request.body.reserve(request.body.size() + simdjson::SIMDJSON_PADDING);
  // The on-demand parser looks only at what it is asked for. What it passes over goes to an expert
  // too, so all of it is checked first: grammar, depth, UTF-8 and that nothing follows.
  if (const auto error = impl_->validator.allocate(request.body.size(), kDepthMax);
      error != simdjson::SUCCESS) {
    return wrong("the body is not valid JSON: {}", simdjson::error_message(error));
  }
  if (const auto error =
          impl_->validator.parse(request.body.data(), request.body.size(), false).error();
      error != simdjson::SUCCESS) {
    return wrong("the body is not valid JSON: {}", simdjson::error_message(error));
  }
  sj::document document;
  if (const auto error =
          impl_->parser.iterate(request.body.data(), request.body.size(), request.body.capacity())
              .get(document);
      error != simdjson::SUCCESS) {
    return wrong("the body is not valid JSON: {}", simdjson::error_message(error));
  }
  sj::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS) {
    return wrong("the body must be a JSON object");
  }
  std::array<bool, kMembers.size()> seen{};
  for (auto field : object) {
    std::string_view key;
    sj::value value;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
        field.value().get(value) != simdjson::SUCCESS) {
      return wrong("the body is not valid JSON");
    }
    const auto at = std::ranges::find(kMembers, key);
    if (at == kMembers.end()) continue;
    const auto member = static_cast<std::size_t>(at - kMembers.begin());
    if (std::exchange(seen[member], true)) return wrong("'{}' is given twice", *at);
    if (auto ok = read_member(member, value, request); !ok) return fail(ok.error());
  }
  if (!seen[0]) return wrong("'model' is missing; GET /v1/models lists the models");
  if (!seen[1]) return wrong("'messages' is missing");
  request.first_member = request.body.find('{') + 1;
  return request;
}

std::string body_for_expert(const ChatRequest& request, std::string_view model) {
  // Replacements by place, first to last; the member that is added comes right behind the brace.
  struct Edit {
    ByteRange range;
    std::string text;
  };
  std::vector<Edit> edits;
  edits.push_back({request.model_value, nlohmann::json(model).dump()});
  if (request.stream && !request.include_usage) {
    static constexpr std::string_view kOptions = R"({"include_usage":true})";
    if (request.stream_options_value) {
      edits.push_back({*request.stream_options_value, std::string(kOptions)});
    } else {
      edits.push_back({{request.first_member, request.first_member},
                       R"("stream_options":)" + std::string(kOptions) + ","});
    }
  }
  std::ranges::sort(edits, {}, [](const Edit& edit) { return edit.range.begin; });
  std::string body;
  body.reserve(request.body.size() + 64);
  std::size_t copied = 0;
  for (const Edit& edit : edits) {
    body.append(request.body, copied, edit.range.begin - copied);
    body += edit.text;
    copied = edit.range.end;
  }
  body.append(request.body, copied);
  return body;
}

}  // namespace ooe::gateway
