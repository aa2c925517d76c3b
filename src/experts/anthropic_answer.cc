// One half of anthropic_dialect.h: their answers, errors and streams in OpenAI's words.
#include <algorithm>
#include <utility>

#include "experts/anthropic_dialect.h"
#include "experts/anthropic_json.h"
#include "experts/openai_dialect.h"

namespace ooe::experts {
namespace {

// Content blocks of one answer; a stream that opens more is broken.
constexpr std::size_t kBlocksMax = 4'096;

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
          {"prompt_tokens_details",
           {{"cached_tokens", input.cached}, {"cache_write_tokens", input.written}}}};
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

Result<std::string> openai_completion(std::string_view anthropic_body, std::int64_t created) {
  const auto body = parse_json(anthropic_body);
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
    if (type == "tool_use") calls.push_back(tool_call(block, print_json(at(block, "input"))));
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
  return print_json(completion);
}

std::string openai_error(std::string_view anthropic_body) {
  Json error = error_object(parse_json(anthropic_body).value_or(Json()));
  // They have one code for all that is wrong with a request; clients of OpenAI's look for this one.
  if (objection_of(print_json(error)) == Objection::context_too_long) {
    error["error"]["code"] = "context_length_exceeded";
  }
  return print_json(error);
}

// Reads one event into chunks of a stream.
struct StreamReader {
  AnthropicStream& stream;
  std::vector<std::string> lines;

  void chunk(Json delta, const Json& finish = nullptr) {
    lines.push_back(print_json(Json{
        {"id", stream.id_},
        {"object", "chat.completion.chunk"},
        {"created", stream.created_},
        {"model", stream.model_},
        {"choices",
         Json::array({{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", finish}}})}}));
  }

  // Requires: the input is known.
  void usage_chunk(std::int64_t output) {
    lines.push_back(print_json(Json{{"id", stream.id_},
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
    call.update(tool_call(block, made.whole ? print_json(input) : ""));
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
      lines.push_back(print_json(error_object(event)));
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
  const auto event = parse_json(data);
  if (event && event->is_object() && event->empty()) return reader.lines;  // has nothing to say
  if (!event || text_at(*event, "type").empty() || !reader.read(*event)) {
    over_ = true;
    return fail(ErrorCode::corrupt, "the expert's stream event is none of the anthropic dialect");
  }
  return reader.lines;
}

}  // namespace ooe::experts
