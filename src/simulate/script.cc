#include "simulate/script.h"

#include <algorithm>
#include <utility>

#include "http/sse.h"
#include "simulate/anthropic_wire.h"
#include "simulate/tokens.h"

namespace ooe::simulate {
namespace {

using std::chrono::microseconds;

constexpr std::size_t kDripBytesPerMs = 16;
constexpr std::chrono::milliseconds kHeartbeat{200};
constexpr int kHeartbeatsMax = 3'000;
constexpr std::size_t kEventsBeforeTrouble = 2;  // the role chunk and the first token

http::Headers labelled(std::string_view content_type) {
  return {{"Content-Type", std::string(content_type)}, {"x-ooe-simulated", "true"}};
}

// What is said, before it is put into a body or a stream.
struct Answer {
  const ToolCall* tool = nullptr;  // then the tokens are of its arguments
  std::vector<std::string_view> tokens;
  std::string_view finish_reason = "stop";
  TokenCounts usage;
};

Answer cut_to_limit(const ChatRequest& request, std::string_view text) {
  Answer answer;
  if (request.tool_call) {
    answer.tool = &*request.tool_call;
    text = request.tool_call->arguments;
    answer.finish_reason = "tool_calls";
  } else if (request.json_answer) {
    text = *request.json_answer;
  }
  answer.tokens = split_tokens(text);
  if (request.tokens_max && *request.tokens_max < static_cast<std::int64_t>(answer.tokens.size())) {
    answer.tokens.resize(static_cast<std::size_t>(*request.tokens_max));
    answer.finish_reason = "length";
  }
  answer.usage.input = request.prompt_tokens;
  answer.usage.output = static_cast<std::int64_t>(answer.tokens.size());
  return answer;
}

Script whole_body(Dialect dialect, const AnswerFrame& frame, const Answer& answer,
                  const Pace& pace) {
  std::string text;
  for (const std::string_view token : answer.tokens) text += token;
  const auto body = dialect == Dialect::anthropic ? message_json : completion_json;
  Script script =
      plain_script(200, body(frame, answer.tool, text, answer.finish_reason, answer.usage));
  script.steps[0].at = pace.at(answer.tokens.empty() ? 0 : answer.tokens.size() - 1);
  script.steps[0].output_tokens = static_cast<std::int64_t>(answer.tokens.size());
  return script;
}

Script event_stream(const AnswerFrame& frame, const Answer& answer, const Pace& pace,
                    bool include_usage) {
  Script script;
  script.headers = labelled("text/event-stream");
  const auto say = [&](microseconds at, std::string_view data, std::int64_t output_tokens = 0) {
    script.steps.push_back({at, http::sse_event(data), output_tokens});
  };
  say(pace.at(0), role_chunk_json(frame));
  if (answer.tool != nullptr) say(pace.at(0), tool_chunk_json(frame, *answer.tool));
  for (std::size_t i = 0; i < answer.tokens.size(); ++i) {
    say(pace.at(i),
        answer.tool != nullptr ? arguments_chunk_json(frame, answer.tokens[i])
                               : content_chunk_json(frame, answer.tokens[i]),
        1);
  }
  const microseconds end = script.steps.back().at;
  say(end, finish_chunk_json(frame, answer.finish_reason));
  if (include_usage) say(end, usage_chunk_json(frame, answer.usage));
  say(end, "[DONE]");
  return script;
}

// The same in Anthropic's dialect: one step for what comes before the first token, one each for
// them, one for the rest, so that faults strike at the same places.
Script message_stream(const AnswerFrame& frame, const Answer& answer, const Pace& pace) {
  Script script;
  script.headers = labelled("text/event-stream");
  script.steps.push_back({pace.at(0), message_start(frame, answer.tool, answer.usage), 0});
  for (std::size_t i = 0; i < answer.tokens.size(); ++i) {
    script.steps.push_back({pace.at(i), message_delta(answer.tool, answer.tokens[i]), 1});
  }
  script.steps.push_back(
      {script.steps.back().at, message_end(answer.finish_reason, answer.usage), 0});
  return script;
}

Script put_into_words(const ChatRequest& request, const AnswerFrame& frame, const Answer& answer,
                      const Pace& pace) {
  if (!request.stream) return whole_body(request.dialect, frame, answer, pace);
  return request.dialect == Dialect::anthropic
             ? message_stream(frame, answer, pace)
             : event_stream(frame, answer, pace, request.include_usage);
}

Script refusal(Dialect dialect, int status, std::string_view message, std::string_view type,
               std::string_view code) {
  return plain_script(status, dialect == Dialect::anthropic ? anthropic_error_json(message, type)
                                                            : error_json(message, type, code));
}

Script refusal_with_status(Dialect dialect, int status) {
  const std::string code = std::to_string(status);
  return refusal(dialect, status, "simulated fault " + code,
                 status == 429  ? "rate_limit_error"
                 : status < 500 ? "invalid_request_error"
                                : "server_error",
                 status == 429 ? "rate_limit_exceeded" : code);
}

// Keeps the first `count` steps of a stream, or half the bytes of a body.
void truncate(Script& script, std::size_t count, ScriptEnding ending) {
  if (script.chunked) {
    script.steps.resize(std::min(count, script.steps.size()));
  } else {
    script.chunked = true;
    script.steps[0].bytes.resize(script.steps[0].bytes.size() / 2);
  }
  script.ending = ending;
}

void stall(Script& script) {
  if (script.chunked) return truncate(script, 1, ScriptEnding::silence);
  script.chunked = true;
  script.steps = {{script.steps[0].at, " ", 0}};  // JSON may start with a space
  script.ending = ScriptEnding::silence;
}

// A connection that is kept alive, for ten minutes at most, behind an answer that does not go on.
void keep_alive_after(Script& script, std::size_t count) {
  const bool streamed = script.chunked;
  truncate(script, count, ScriptEnding::silence);
  if (!streamed) return;
  const microseconds from = script.steps.empty() ? microseconds(0) : script.steps.back().at;
  for (int beat = 1; beat <= kHeartbeatsMax; ++beat) {
    script.steps.push_back({from + beat * kHeartbeat, http::sse_comment("heartbeat"), 0});
  }
}

// Says `data` in the place of a stream's third event, or of the body.
void spoil(Script& script, std::string_view data) {
  if (!script.chunked) {
    script.steps[0].bytes = data;
    return;
  }
  const std::size_t third = std::min(kEventsBeforeTrouble, script.steps.size() - 1);
  script.steps[third] = {script.steps[third].at, http::sse_event(data), 0};
}

std::string overloaded_json(Dialect dialect) {
  constexpr std::string_view kMessage = "simulated fault: overloaded";
  return dialect == Dialect::anthropic ? anthropic_error_json(kMessage, "overloaded_error")
                                       : error_json(kMessage, "server_error", "overloaded");
}

void drip(Script& script) {
  const std::vector<Step> steps = std::exchange(script.steps, {});
  std::size_t sent = 0;
  for (const Step& step : steps) {
    for (std::size_t i = 0; i < step.bytes.size(); ++i, ++sent) {
      const microseconds at = step.at + std::chrono::milliseconds(sent / kDripBytesPerMs);
      script.steps.push_back({at, std::string(1, step.bytes[i]), i == 0 ? step.output_tokens : 0});
    }
  }
  script.chunked = true;
}

}  // namespace

microseconds Pace::at(std::size_t token) const {
  const double seconds =
      tokens_per_second > 0.0 ? static_cast<double>(token) / tokens_per_second : 0.0;
  return first_token + microseconds(static_cast<std::int64_t>(seconds * 1e6));
}

Script plain_script(int status, std::string body) {
  Script script;
  script.status = status;
  script.headers = labelled("application/json");
  script.chunked = false;
  script.steps.push_back({.bytes = std::move(body)});
  return script;
}

Script answer_script(const ChatRequest& request, const AnswerFrame& frame, std::string_view text,
                     const Pace& pace) {
  return put_into_words(request, frame, cut_to_limit(request, text), pace);
}

Script faulty_script(const Fault& fault, const ChatRequest& request, const AnswerFrame& frame,
                     std::string_view text, const Pace& pace) {
  Answer answer = cut_to_limit(request, text);
  if (fault.kind == FaultKind::wrong_usage) answer.usage.output = -1;
  Script script = put_into_words(request, frame, answer, pace);
  switch (fault.kind) {
    case FaultKind::status:
      return refusal_with_status(request.dialect, fault.number);
    case FaultKind::retry_after:
      script = refusal_with_status(request.dialect, 429);
      script.headers.push_back({"Retry-After", std::to_string(fault.number)});
      return script;
    case FaultKind::context_length:
      return refusal(request.dialect, 400, "simulated fault: the prompt is longer than the context",
                     "invalid_request_error", "context_length_exceeded");
    case FaultKind::silence:
      script.steps.clear();
      script.ending = ScriptEnding::silence;
      return script;
    case FaultKind::stall:
      stall(script);
      return script;
    case FaultKind::stall_after:
      truncate(script, static_cast<std::size_t>(fault.number), ScriptEnding::silence);
      return script;
    case FaultKind::heartbeat_after:
      keep_alive_after(script, static_cast<std::size_t>(fault.number));
      return script;
    case FaultKind::cut_after:
      truncate(script, static_cast<std::size_t>(fault.number), ScriptEnding::broken);
      return script;
    case FaultKind::early_close:
      truncate(script, kEventsBeforeTrouble, ScriptEnding::whole);
      return script;
    case FaultKind::malformed:
      spoil(script, R"({"choices":[{"delta":{"content":"simulated fau)");
      return script;
    case FaultKind::error_event:
      spoil(script, overloaded_json(request.dialect));
      if (script.chunked) truncate(script, kEventsBeforeTrouble + 1, ScriptEnding::whole);
      return script;
    case FaultKind::slow_drip:
      drip(script);
      return script;
    case FaultKind::wrong_usage:
      return script;
  }
  return script;
}

}  // namespace ooe::simulate
