#include "experts/anthropic_dialect.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/fast_hash.h"
#include "experts/half_pairs.h"
#include "experts/openai_dialect.h"

namespace ooe::experts {
namespace {

using Json = nlohmann::ordered_json;

// Far deeper than any request or tool input, far below what recursion takes.
constexpr int kDepthMax = 128;
// Content blocks of one answer; a stream that opens more is broken.
constexpr std::size_t kBlocksMax = 4'096;

// Returns nothing for what is not JSON or too deep.
std::optional<Json> parse_strictly(std::string_view text) {
  bool too_deep = false;
  Json json = Json::parse(
      text,
      [&too_deep](int depth, Json::parse_event_t, Json&) {
        too_deep = too_deep || depth > kDepthMax;
        return depth <= kDepthMax;
      },
      false);
  if (too_deep || json.is_discarded()) return std::nullopt;
  return json;
}

std::optional<Json> parse(std::string_view text) {
  auto json = parse_strictly(text);
  if (json) return json;
  const auto mended = without_half_pairs(text);
  return mended ? parse_strictly(*mended) : std::nullopt;
}

std::string print(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The member, or null when it is missing or this is no object.
const Json& at(const Json& object, const char* key) {
  static const Json kNull;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : kNull;
}

std::string text_at(const Json& object, const char* key) {
  const Json& value = at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t count_at(const Json& object, const char* key) {
  const Json& value = at(object, key);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

template <class... Args>
tl::unexpected<Error> refuse(fmt::format_string<Args...> format, Args&&... args) {
  return fail(ErrorCode::invalid_argument, "an expert of the anthropic dialect: {}",
              fmt::format(format, std::forward<Args>(args)...));
}

// --- requests

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
  return Json{{"type", "image"},
              {"source",
               {{"type", "base64"},
                {"media_type", url.substr(kData.size(), mark - kData.size())},
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
    const auto input = arguments.empty() ? Json::object() : parse(arguments);
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

Result<void> add_tools(const Json& body, Json& request) {
  const Json& tools = at(body, "tools");
  if (!tools.is_array() || tools.empty()) return {};
  Json list = Json::array();
  for (const Json& tool : tools) {
    if (text_at(tool, "type") != "function") {
      return refuse("a tool of type '{:.64}' cannot be sent", text_at(tool, "type"));
    }
    const Json& function = at(tool, "function");
    Json made{{"name", text_at(function, "name")}};
    if (at(function, "description").is_string()) made["description"] = at(function, "description");
    const Json& parameters = at(function, "parameters");
    Json schema{{"type", "object"}};  // which some leave out
    if (parameters.is_object()) {
      schema.update(parameters);
    } else {
      schema["properties"] = Json::object();
    }
    made["input_schema"] = std::move(schema);
    mark_cached(tool, made);
    list.push_back(std::move(made));
  }
  request["tools"] = std::move(list);

  Json choice;
  const Json& asked = at(body, "tool_choice");
  if (asked == "none") {
    choice = {{"type", "none"}};
  } else if (asked == "required") {
    choice = {{"type", "any"}};
  } else if (asked.is_object()) {
    const std::string name = text_at(at(asked, "function"), "name");
    if (name.empty()) return refuse("tool_choice can name one function, and nothing else");
    choice = {{"type", "tool"}, {"name", name}};
  } else if (asked == "auto" || at(body, "parallel_tool_calls") == false) {
    choice = {{"type", "auto"}};
  }
  if (choice.is_null()) return {};
  if (at(body, "parallel_tool_calls") == false && choice["type"] != "none") {
    choice["disable_parallel_tool_use"] = true;
  }
  request["tool_choice"] = std::move(choice);
  return {};
}

// Those that are not blank, which the other side refuses.
Json stop_sequences(const Json& stop) {
  Json stops = Json::array();
  for (const Json& each : stop.is_array() ? stop : Json::array({stop})) {
    if (each.is_string() && !says_nothing(each.get<std::string>())) stops.push_back(each);
  }
  return stops;
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

// --- answers

// Null while they have not said why they stop.
Json finish_reason(const Json& from) {
  if (!at(from, "stop_reason").is_string()) return nullptr;
  const std::string stop_reason = text_at(from, "stop_reason");
  if (stop_reason == "max_tokens" || stop_reason == "model_context_window_exceeded") {
    return "length";
  }
  if (stop_reason == "tool_use") return "tool_calls";
  if (stop_reason == "refusal") return "content_filter";
  return "stop";  // end_turn, stop_sequence, pause_turn
}

bool counts(const Json& usage, const char* key) { return at(usage, key).is_number_integer(); }

// Counts are totals so far: a later one replaces the earlier, and one left out replaces none.
void take_input(const Json& usage, AnthropicInput& input) {
  const auto take = [&](const char* key, auto& count) {
    if (!counts(usage, key)) return;
    count = std::clamp<std::int64_t>(count_at(usage, key), -1, kTokensMax + 1);  // no bill, beyond
  };
  take("input_tokens", input.fresh);
  take("cache_creation_input_tokens", input.written);
  take("cache_read_input_tokens", input.cached);
}

// Requires: input.fresh.
Json usage_object(const AnthropicInput& input, std::int64_t output) {
  return {{"prompt_tokens", input.total()},
          {"completion_tokens", output},
          {"total_tokens", input.total() + output},
          {"prompt_tokens_details", {{"cached_tokens", input.cached}}}};
}

Json tool_call(const Json& block, const std::string& arguments) {
  return {{"id", text_at(block, "id")},
          {"type", "function"},
          {"function", {{"name", text_at(block, "name")}, {"arguments", arguments}}}};
}

Json error_object(const Json& body) {
  const Json& error = at(body, "error");
  const std::string type = text_at(error, "type");
  const std::string message = text_at(error, "message");
  return {{"error",
           {{"message", message.empty() ? "the expert gave no reason" : message},
            {"type", type.empty() ? "upstream_error" : type},
            {"param", nullptr},
            {"code", type.empty() ? "upstream_error" : type}}}};
}

}  // namespace

Result<std::string> anthropic_request(std::string_view openai_body, std::int64_t max_tokens) {
  const auto body = parse(openai_body);
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
  // Temperatures end at 1 there, at 2 here. Of the two, models of today take one alone.
  if (const Json& temperature = at(*body, "temperature"); temperature.is_number()) {
    request["temperature"] = std::clamp(temperature.get<double>(), 0.0, 1.0);
  } else if (at(*body, "top_p").is_number()) {
    request["top_p"] = at(*body, "top_p");
  }
  if (Json stops = stop_sequences(at(*body, "stop")); !stops.empty()) {
    request["stop_sequences"] = std::move(stops);
  }
  if (at(*body, "user").is_string()) request["metadata"] = {{"user_id", at(*body, "user")}};
  if (auto added = add_tools(*body, request); !added) return fail(added.error());
  if (at(*body, "stream") == true) request["stream"] = true;
  return print(request);
}

Result<std::string> openai_completion(std::string_view anthropic_body, std::int64_t created) {
  const auto body = parse(anthropic_body);
  if (!body || text_at(*body, "type") != "message" || !at(*body, "content").is_array()) {
    return fail(ErrorCode::corrupt, "the expert's answer is no message of the anthropic dialect");
  }
  std::string text;
  std::string reasoning;
  Json calls = Json::array();
  for (const Json& block : at(*body, "content")) {
    const std::string type = text_at(block, "type");
    if (type == "text") text += text_at(block, "text");
    if (type == "thinking") reasoning += text_at(block, "thinking");
    if (type == "tool_use") calls.push_back(tool_call(block, print(at(block, "input"))));
  }
  Json message{{"role", "assistant"}, {"content", text}};
  if (text.empty() && !calls.empty()) message["content"] = nullptr;
  if (!reasoning.empty()) message["reasoning_content"] = reasoning;
  if (!calls.empty()) message["tool_calls"] = std::move(calls);
  Json completion{{"id", text_at(*body, "id")},
                  {"object", "chat.completion"},
                  {"created", created},
                  {"model", text_at(*body, "model")},
                  {"choices", Json::array({{{"index", 0},
                                            {"message", std::move(message)},
                                            {"logprobs", nullptr},
                                            {"finish_reason", finish_reason(*body)}}})}};
  const Json& usage = at(*body, "usage");
  AnthropicInput input;
  take_input(usage, input);
  if (input.fresh && counts(usage, "output_tokens")) {
    completion["usage"] = usage_object(input, count_at(usage, "output_tokens"));
  }
  return print(completion);
}

std::string openai_error(std::string_view anthropic_body) {
  return print(error_object(parse(anthropic_body).value_or(Json())));
}

// Reads one event into chunks of a stream.
struct StreamReader {
  AnthropicStream& stream;
  std::vector<std::string> lines;

  void chunk(Json delta, const Json& finish = nullptr) {
    lines.push_back(print(Json{
        {"id", stream.id_},
        {"object", "chat.completion.chunk"},
        {"created", stream.created_},
        {"model", stream.model_},
        {"choices",
         Json::array({{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", finish}}})}}));
  }

  // Requires: the input is known.
  void usage_chunk(std::int64_t output) {
    lines.push_back(print(Json{{"id", stream.id_},
                               {"object", "chat.completion.chunk"},
                               {"created", stream.created_},
                               {"model", stream.model_},
                               {"choices", Json::array()},
                               {"usage", usage_object(stream.input_, output)}}));
  }

  void start(const Json& message) {
    stream.started_ = true;
    stream.id_ = text_at(message, "id");
    stream.model_ = text_at(message, "model");
    chunk({{"role", "assistant"}, {"content", ""}});
    take_input(at(message, "usage"), stream.input_);
    // Not the last word, but all that there will be when the stream is cut.
    if (stream.input_.fresh) usage_chunk(count_at(at(message, "usage"), "output_tokens"));
  }

  bool open_block(const Json& event) {
    if (stream.blocks_.size() == kBlocksMax) return false;
    const Json& block = at(event, "content_block");
    AnthropicStream::Block& made = stream.blocks_.emplace_back();
    made.index = count_at(event, "index");
    if (text_at(block, "type") != "tool_use") {
      if (const std::string text = text_at(block, "text"); !text.empty())
        chunk({{"content", text}});
      return true;
    }
    made.tool = stream.tools_++;
    const Json& input = at(block, "input");
    made.whole = made.begun = input.is_object() && !input.empty();
    Json call{{"index", made.tool}};
    call.update(tool_call(block, made.whole ? print(input) : ""));
    chunk({{"tool_calls", Json::array({std::move(call)})}});
    return true;
  }

  bool delta(const Json& event) {
    const Json& delta = at(event, "delta");
    const std::string type = text_at(delta, "type");
    if (type == "text_delta") chunk({{"content", text_at(delta, "text")}});
    if (type == "thinking_delta") chunk({{"reasoning_content", text_at(delta, "thinking")}});
    if (type != "input_json_delta") return true;
    const std::int64_t index = count_at(event, "index");
    const auto block = std::ranges::find(stream.blocks_, index, &AnthropicStream::Block::index);
    if (block == stream.blocks_.end()) return false;
    const std::string piece = text_at(delta, "partial_json");
    if (block->tool < 0 || block->whole || piece.empty()) return true;
    block->begun = true;
    arguments(block->tool, piece);
    return true;
  }

  void arguments(std::int64_t tool, const std::string& piece) {
    chunk({{"tool_calls", Json::array({{{"index", tool}, {"function", {{"arguments", piece}}}}})}});
  }

  // A tool without arguments is called with none: there is no piece of its input.
  void close_block(const Json& event) {
    const std::int64_t index = count_at(event, "index");
    const auto block = std::ranges::find(stream.blocks_, index, &AnthropicStream::Block::index);
    if (block == stream.blocks_.end() || block->tool < 0) return;
    if (!std::exchange(block->begun, true)) arguments(block->tool, "{}");
  }

  // Later counts are totals: the input's may only be known here. Half a bill is no bill. Some come
  // while the message goes on.
  void on_message(const Json& event) {
    const Json& usage = at(event, "usage");
    take_input(usage, stream.input_);
    if (const Json reason = finish_reason(at(event, "delta")); !reason.is_null()) {
      chunk(Json::object(), reason);
    }
    if (stream.input_.fresh && counts(usage, "output_tokens")) {
      usage_chunk(count_at(usage, "output_tokens"));
    }
  }

  bool read(const Json& event) {
    const std::string type = text_at(event, "type");
    if (type == "error") {
      stream.over_ = true;
      lines.push_back(print(error_object(event)));
      return true;
    }
    if (type == "message_start") {
      if (stream.started_) return false;
      start(at(event, "message"));
      return true;
    }
    if (type == "ping") return true;
    if (type == "content_block_stop") {
      close_block(event);
      return true;
    }
    if (!stream.started_) return false;
    if (type == "content_block_start") return open_block(event);
    if (type == "content_block_delta") return delta(event);
    if (type == "message_delta") {
      on_message(event);
    } else if (type == "message_stop") {
      stream.over_ = true;
      lines.emplace_back("[DONE]");
    }
    return true;  // kinds that came later are ignored, as their reference asks for
  }
};

Result<std::vector<std::string>> AnthropicStream::take(std::string_view data) {
  StreamReader reader{*this, {}};
  if (over_) return reader.lines;
  const auto event = parse(data);
  if (!event || text_at(*event, "type").empty() || !reader.read(*event)) {
    over_ = true;
    return fail(ErrorCode::corrupt, "the expert's stream event is none of the anthropic dialect");
  }
  return reader.lines;
}

}  // namespace ooe::experts
