// One half of anthropic_dialect.h: a request in OpenAI's words in theirs, or why it cannot be said.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/fast_hash.h"
#include "experts/anthropic_dialect.h"
#include "experts/anthropic_json.h"

namespace ooe::experts {
namespace {

template <class... Args>
tl::unexpected<Error> refuse(fmt::format_string<Args...> format, Args&&... args) {
  return fail(ErrorCode::invalid_argument, "an expert of the anthropic dialect: {}",
              fmt::format(format, std::forward<Args>(args)...));
}

// "data:image/png;base64,iVBOR..." carries the image; everything else is an address.
Result<Json> image_block(const std::string& url) {
  constexpr std::string_view kData = "data:";
  constexpr std::string_view kBase64 = ";base64,";
  if (url.empty()) return refuse("an image without a url");
  if (!url.starts_with(kData)) {
    return Json{{"type", "image"}, {"source", {{"type", "url"}, {"url", url}}}};
  }
  const std::size_t mark = url.find(kBase64);
  if (mark == std::string::npos) return refuse("a data url that is not base64");
  std::string media_type = url.substr(kData.size(), mark - kData.size());
  if (ascii_lower(media_type) == "image/jpg") media_type = "image/jpeg";  // which it is meant to be
  return Json{{"type", "image"},
              {"source",
               {{"type", "base64"},
                {"media_type", std::move(media_type)},
                {"data", url.substr(mark + kBase64.size())}}}};
}

bool says_nothing(std::string_view text) { return std::ranges::all_of(text, is_space); }

// Where a prompt is to be cached is said in the same words by clients that know the other side.
void mark_cached(const Json& from, Json& block) {
  if (const Json& mark = at(from, "cache_control"); mark.is_object()) block["cache_control"] = mark;
}

// Other dialects take any bytes for the id of a tool call. What tells two of them apart stays: ids
// that come twice are refused.
std::string call_id(std::string id) {
  const std::uint64_t hash = fast_hash(id);
  bool changed = false;
  for (char& c : id) {
    if (!is_alnum(c) && c != '_' && c != '-') {
      c = '_';
      changed = true;
    }
  }
  return changed ? fmt::format("{}_{:08x}", id, hash & 0xFFFF'FFFFU) : id;
}

// Content is a string or a list of parts. Blank text has no block: the other side refuses it.
Result<Json> content_blocks(const Json& content) {
  Json blocks = Json::array();
  const auto add_text = [&blocks](const std::string& text) {
    if (!says_nothing(text)) blocks.push_back({{"type", "text"}, {"text", text}});
  };
  if (content.is_string()) add_text(content.get<std::string>());
  if (!content.is_array()) return blocks;
  for (const Json& part : content) {
    const std::string type = text_at(part, "type");
    const std::size_t before = blocks.size();
    if (type == "text") {
      add_text(text_at(part, "text"));
    } else if (type == "refusal") {
      add_text(text_at(part, "refusal"));
    } else if (type == "image_url") {
      auto image = image_block(text_at(at(part, "image_url"), "url"));
      if (!image) return image;
      blocks.push_back(std::move(*image));
    } else {
      return refuse("content of type '{:.64}' cannot be sent; leave it out or pin another expert",
                    type);
    }
    if (blocks.size() > before) mark_cached(part, blocks.back());
  }
  return blocks;
}

Result<Json> assistant_blocks(const Json& message) {
  auto blocks = content_blocks(at(message, "content"));
  if (!blocks) return blocks;
  if (!at(message, "function_call").is_null()) {
    return refuse("a 'function_call' of a message cannot be sent; say it as one of 'tool_calls'");
  }
  const Json& calls = at(message, "tool_calls");
  if (!calls.is_array()) return blocks;
  for (const Json& call : calls) {
    const Json& function = at(call, "function");
    const std::string arguments = text_at(function, "arguments");
    const auto input = arguments.empty() ? Json::object() : parse_json(arguments);
    if (!input || !input->is_object()) {
      return refuse("the arguments of tool call '{:.64}' are no JSON object", text_at(call, "id"));
    }
    blocks->push_back({{"type", "tool_use"},
                       {"id", call_id(text_at(call, "id"))},
                       {"name", text_at(function, "name")},
                       {"input", *input}});
  }
  return blocks;
}

Result<Json> tool_result(const Json& message) {
  auto content = content_blocks(at(message, "content"));
  if (!content) return content;
  return Json::array({{{"type", "tool_result"},
                       {"tool_use_id", call_id(text_at(message, "tool_call_id"))},
                       {"content", std::move(*content)}}});
}

// Turns alternate there: neighbours of one role become one message. Results of tools are the user's
// and come first in it, as the calls they answer came last.
void add_turn(Json& turns, const char* role, Json blocks) {
  if (blocks.empty()) return;
  if (!turns.empty() && turns.back()["role"] == role) {
    for (Json& block : blocks) turns.back()["content"].push_back(std::move(block));
    return;
  }
  turns.push_back({{"role", role}, {"content", std::move(blocks)}});
}

// One text, unless it says what of it is to be cached.
Json system_of(Json blocks) {
  std::string text;
  for (const Json& block : blocks) {
    if (block.contains("cache_control")) return blocks;
    text += (text.empty() ? "" : "\n\n") + text_at(block, "text");
  }
  return text;
}

Result<void> add_messages(const Json& messages, Json& request) {
  Json system = Json::array();
  Json turns = Json::array();
  for (const Json& message : messages) {
    const std::string role = text_at(message, "role");
    Result<Json> blocks = Json::array();
    const char* turn = "user";
    if (role == "system" || role == "developer") {
      blocks = content_blocks(at(message, "content"));
      if (!blocks) return fail(blocks.error());
      for (Json& block : *blocks) {
        if (text_at(block, "type") != "text") return refuse("a system message is text alone");
        system.push_back(std::move(block));
      }
      continue;
    }
    if (role == "user") {
      blocks = content_blocks(at(message, "content"));
    } else if (role == "assistant") {
      blocks = assistant_blocks(message);
      turn = "assistant";
    } else if (role == "tool") {
      blocks = tool_result(message);
    } else {
      return refuse("a message with role '{:.64}' cannot be sent", role);
    }
    if (!blocks) return fail(blocks.error());
    add_turn(turns, turn, std::move(*blocks));
  }
  if (turns.empty()) return refuse("there is no message of the user");
  if (!system.empty()) request["system"] = system_of(std::move(system));
  request["messages"] = std::move(turns);
  return {};
}

// A tool of the client, which may say no parameters.
Result<Json> tool_of(const Json& tool) {
  if (text_at(tool, "type") != "function") {
    return refuse("a tool of type '{:.64}' cannot be sent", text_at(tool, "type"));
  }
  const Json& function = at(tool, "function");
  Json made{{"name", text_at(function, "name")}};
  if (at(function, "description").is_string()) made["description"] = at(function, "description");
  const Json& parameters = at(function, "parameters");
  Json schema = parameters.is_object() ? parameters
                                       : Json{{"type", "object"}, {"properties", Json::object()}};
  if (at(schema, "type").is_null()) schema["type"] = "object";  // which some leave out
  made["input_schema"] = std::move(schema);
  mark_cached(tool, made);
  return made;
}

// Null where the client leaves the choice to them.
Result<Json> tool_choice(const Json& body) {
  const Json& asked = at(body, "tool_choice");
  const bool one_by_one = at(body, "parallel_tool_calls") == false;
  Json choice;
  if (asked == "none") return Json{{"type", "none"}};
  if (asked == "required") {
    choice = {{"type", "any"}};
  } else if (asked.is_object()) {
    const std::string name = text_at(at(asked, "function"), "name");
    if (name.empty()) return refuse("tool_choice can name one function, and nothing else");
    choice = {{"type", "tool"}, {"name", name}};
  } else if (asked == "auto" || one_by_one) {
    choice = {{"type", "auto"}};
  }
  if (!choice.is_null() && one_by_one) choice["disable_parallel_tool_use"] = true;
  return choice;
}

Result<void> add_tools(const Json& body, Json& request) {
  const Json& tools = at(body, "tools");
  if (!tools.is_array() || tools.empty()) return {};
  Json list = Json::array();
  for (const Json& tool : tools) {
    auto made = tool_of(tool);
    if (!made) return fail(made.error());
    list.push_back(std::move(*made));
  }
  request["tools"] = std::move(list);
  auto choice = tool_choice(body);
  if (!choice) return fail(choice.error());
  if (!choice->is_null()) request["tool_choice"] = std::move(*choice);
  return {};
}

// An answer that does not stop there would be another answer. An empty one stops nothing.
Result<Json> stop_sequences(const Json& stop) {
  Json stops = Json::array();
  if (stop.is_null()) return stops;
  for (const Json& each : stop.is_array() ? stop : Json::array({stop})) {
    if (!each.is_string()) return refuse("'stop' is a text, or a list of texts");
    const std::string text = each.get<std::string>();
    if (text.empty()) continue;
    if (says_nothing(text)) return refuse("a stop sequence of white space alone is not offered");
    stops.push_back(each);
  }
  return stops;
}

// Temperatures end at 1 there, at 2 here. Of the two, models of today take one alone.
Result<void> add_sampling(const Json& body, Json& request) {
  const Json& temperature = at(body, "temperature");
  const Json& top_p = at(body, "top_p");
  if (!temperature.is_null() && (!temperature.is_number() || temperature.get<double>() < 0.0)) {
    return refuse("'temperature' is a number from 0 to 2");
  }
  if (!top_p.is_null() && !top_p.is_number()) return refuse("'top_p' is a number");
  if (!temperature.is_null()) {
    request["temperature"] = std::min(temperature.get<double>(), 1.0);
  } else if (!top_p.is_null()) {
    request["top_p"] = top_p;
  }
  return {};
}

Result<void> check_sayable(const Json& body) {
  if (count_at(body, "n") > 1)
    return refuse("n = {} is not offered; ask once", count_at(body, "n"));
  const Json& functions = at(body, "functions");
  const bool none = functions.is_null() || functions == Json::array();
  if (!none) return refuse("'functions' is not offered; offer 'tools'");
  const Json& call = at(body, "function_call");
  if (!call.is_null() && call != "none" && call != "auto") {
    return refuse("'function_call' is not offered");
  }
  if (!at(body, "audio").is_null()) return refuse("'audio' is not offered");
  if (const Json& kinds = at(body, "modalities");
      kinds.is_array() && kinds != Json::array({"text"}))
    return refuse("answers are text alone");
  if (at(body, "logprobs") == true) return refuse("logprobs are not offered");
  const std::string format = text_at(at(body, "response_format"), "type");
  if (!format.empty() && format != "text") {
    return refuse("response_format '{:.64}' is not offered; ask for JSON in words or with a tool",
                  format);
  }
  return {};
}

}  // namespace

Result<std::string> anthropic_request(std::string_view openai_body, std::int64_t max_tokens) {
  const auto body = parse_json(openai_body);
  if (!body || !body->is_object()) return refuse("the request is no JSON object, or too deep");
  if (auto sayable = check_sayable(*body); !sayable) return fail(sayable.error());
  Json request{{"model", text_at(*body, "model")}};
  const std::int64_t limit = count_at(*body, "max_completion_tokens");
  const std::int64_t old_limit = count_at(*body, "max_tokens");
  request["max_tokens"] = limit > 0 ? limit : old_limit > 0 ? old_limit : max_tokens;
  if (!at(*body, "messages").is_array()) return refuse("the request has no messages");
  if (auto added = add_messages(at(*body, "messages"), request); !added) {
    return fail(added.error());
  }
  if (auto added = add_sampling(*body, request); !added) return fail(added.error());
  auto stops = stop_sequences(at(*body, "stop"));
  if (!stops) return fail(stops.error());
  if (!stops->empty()) request["stop_sequences"] = std::move(*stops);
  // Said in their words by clients that know the other side.
  if (at(*body, "thinking").is_object()) request["thinking"] = at(*body, "thinking");
  if (at(*body, "user").is_string()) request["metadata"] = {{"user_id", at(*body, "user")}};
  if (auto added = add_tools(*body, request); !added) return fail(added.error());
  if (at(*body, "stream") == true) request["stream"] = true;
  return print_json(request);
}

}  // namespace ooe::experts
