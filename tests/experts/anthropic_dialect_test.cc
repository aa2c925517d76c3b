#include "experts/anthropic_dialect.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experts/openai_dialect.h"
#include "experts/stream_watcher.h"
#include "http/sse.h"

namespace ooe::experts {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

struct Vector {
  const char* name;
  const char* openai;
  const char* anthropic;
};

// Requests: what a client of OpenAI's says, and what Anthropic is told.
constexpr Vector kRequests[] =
    {
        {"a question", R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})",
         R"({"model":"m","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]})"},
        {"system messages go on top, limits and stops are renamed",
         R"({"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"developer","content":"Very."},{"role":"user","content":"Hi"}],"max_tokens":9,"max_completion_tokens":7,"temperature":1.5,"top_p":0.5,"stop":"END","user":"u","stream":true,"seed":1})",
         R"({"model":"m","max_tokens":7,"system":"Be brief.\n\nVery.","messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}],"temperature":1.0,"stop_sequences":["END"],"metadata":{"user_id":"u"},"stream":true})"},
        {"images by address and by content",
         R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"See"},{"type":"image_url","image_url":{"url":"https://x/y.png"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]})",
         R"({"model":"m","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"See"},{"type":"image","source":{"type":"url","url":"https://x/y.png"}},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]})"},
        {"tools, a call and its results",
         R"({"model":"m","messages":[{"role":"user","content":"Sum"},{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"add","arguments":"{\"a\":1}"}},{"id":"t2","type":"function","function":{"name":"add","arguments":""}}]},{"role":"tool","tool_call_id":"t1","content":"2"},{"role":"tool","tool_call_id":"t2","content":"3"},{"role":"user","content":"So?"}],"tools":[{"type":"function","function":{"name":"add","description":"adds","parameters":{"type":"object","properties":{"a":{"type":"number"}}}}},{"type":"function","function":{"name":"now"}}],"tool_choice":"required","parallel_tool_calls":false})",
         R"({"model":"m","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"Sum"}]},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"add","input":{"a":1}},{"type":"tool_use","id":"t2","name":"add","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"2"}]},{"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"3"}]},{"type":"text","text":"So?"}]}],"tools":[{"name":"add","description":"adds","input_schema":{"type":"object","properties":{"a":{"type":"number"}}}},{"name":"now","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"any","disable_parallel_tool_use":true}})"},
        {"what the other side refuses is made good: schemas without a type, blank text, empty "
         "stops, ids",
         R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"\n\n","tool_calls":[{"id":"functions.get:0","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"functions.get:0","content":" "}],"tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"top_p":0.5,"stop":["","END"]})",
         R"({"model":"m","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"x"}]},{"role":"assistant","content":[{"type":"tool_use","id":"functions_get_0_084af619","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"functions_get_0_084af619","content":[]}]}],"top_p":0.5,"stop_sequences":["END"],"tools":[{"name":"f","input_schema":{"type":"object"}}]})"},
        {"a type that images do not have, and thinking in their own words",
         R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/jpg;base64,AAAA"}}]}],"max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":1024},"stop":null,"temperature":null,"top_p":null})",
         R"({"model":"m","max_tokens":2000,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"AAAA"}}]}],"thinking":{"type":"enabled","budget_tokens":1024}})"},
        {"what is to be cached stays marked", R"({"model":"m","messages":[{"role":"system","content":"a"},{"role":"system","content":[{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]},{"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}},{"type":"text","text":" ","cache_control":{"type":"ephemeral"}}]}],"tools":[{"type":"function","cache_control":{"type":"ephemeral"},"function":{"name":"f"}}]})", R"({"model":"m","max_tokens":4096,"system":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]}],"tools":[{"name":"f","input_schema":{"type":"object","properties":{}},"cache_control":{"type":"ephemeral"}}]})"},
        {"a tool by name",
         R"({"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"f"}}})",
         R"({"model":"m","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"tool","name":"f"}})"},
};

TEST(AnthropicDialect, TranslatesRequests) {
  for (const Vector& vector : kRequests) {
    SCOPED_TRACE(vector.name);
    const auto translated = anthropic_request(vector.openai);
    ASSERT_TRUE(translated.has_value()) << translated.error().message;
    EXPECT_EQ(Json::parse(*translated), Json::parse(vector.anthropic)) << *translated;
  }
}

TEST(AnthropicDialect, RefusesWhatCannotBeSaid) {
  struct Case {
    const char* body;
    const char* why;
  };
  for (
      const auto& [body, why] : {
          Case{"[]", "no JSON object"},
          Case{"{", "no JSON object"},
          Case{R"({"model":"m"})", "no messages"},
          Case{R"({"messages":[{"role":"system","content":"x"}]})", "no message of the user"},
          Case{R"({"messages":[{"role":"user","content":"x"}],"n":2})", "n = 2"},
          Case{R"({"messages":[{"role":"user","content":"x"}],"logprobs":true})", "logprobs"},
          Case{
              R"({"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema"}})",
              "response_format 'json_schema'"},
          Case{R"({"messages":[{"role":"user","content":[{"type":"input_audio"}]}]})",
               "'input_audio'"},
          Case{R"({"messages":[{"role":"robot","content":"x"}]})", "role 'robot'"},
          Case{
              R"({"messages":[{"role":"assistant","tool_calls":[{"id":"t","function":{"name":"f","arguments":"{"}}]}]})",
              "tool call 't'"},
          Case{R"({"messages":[{"role":"user","content":"x"}],"tools":[{"type":"web"}]})",
               "type 'web'"},
          Case{R"({"messages":[{"role":"user","content":"x"}],"stop":"\n"})", "white space"},
          Case{R"({"messages":[{"role":"user","content":"x"}],"stop":["END"," "]})", "white space"},
          Case{R"({"messages":[{"role":"user","content":"x"}],"stop":7})", "'stop'"},
          Case{R"({"messages":[{"role":"user","content":"x"}],"temperature":"x"})",
               "'temperature'"},
          Case{R"({"messages":[{"role":"user","content":"x"}],"temperature":-1})", "'temperature'"},
          Case{R"({"messages":[{"role":"user","content":"x"}],"top_p":"x"})", "'top_p'"},
          // What cannot be said is not left out.
          Case{R"({"messages":[{"role":"user","content":"x"}],"functions":[{"name":"f"}]})",
               "'functions'"},
          Case{R"({"messages":[{"role":"user","content":"x"}],"function_call":{"name":"f"}})",
               "'function_call'"},
          Case{R"({"messages":[{"role":"user","content":"x"}],"modalities":["text","audio"]})",
               "text alone"},
          Case{R"({"messages":[{"role":"assistant","content":null,"function_call":{"name":"f"}}]})",
               "'function_call'"},
          Case{
              R"({"messages":[{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]})",
              "system message"},
          Case{
              R"({"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"allowed_tools"}})",
              "tool_choice"},
      }) {
    SCOPED_TRACE(body);
    const auto translated = anthropic_request(body);
    ASSERT_FALSE(translated.has_value());
    EXPECT_EQ(translated.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(translated.error().message, HasSubstr(why));
  }
  std::string deep = R"({"messages":)";
  deep += std::string(100'000, '[');
  EXPECT_FALSE(anthropic_request(deep).has_value());
}

constexpr Vector kAnswers[] = {
    {"text in pieces, cached input",
     R"({"id":"msg_1","object":"chat.completion","created":5,"model":"claude","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there"},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":16,"completion_tokens":3,"total_tokens":19,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":2}}})",
     R"({"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"Hello"},{"type":"text","text":" there"}],"stop_reason":"end_turn","usage":{"input_tokens":10,"cache_creation_input_tokens":2,"cache_read_input_tokens":4,"output_tokens":3}})"},
    {"thinking and a tool call",
     R"({"id":"msg_2","object":"chat.completion","created":5,"model":"claude","choices":[{"index":0,"message":{"role":"assistant","content":null,"reasoning_content":"Hm","tool_calls":[{"id":"t1","type":"function","function":{"name":"add","arguments":"{\"a\":1}"}}]},"logprobs":null,"finish_reason":"tool_calls"}]})",
     R"({"id":"msg_2","type":"message","role":"assistant","model":"claude","content":[{"type":"thinking","thinking":"Hm","signature":"x"},{"type":"tool_use","id":"t1","name":"add","input":{"a":1}}],"stop_reason":"tool_use"})"},
};

TEST(AnthropicDialect, TranslatesAnswersThatOurReaderReads) {
  for (const Vector& vector : kAnswers) {
    SCOPED_TRACE(vector.name);
    const auto translated = openai_completion(vector.anthropic, 5);
    ASSERT_TRUE(translated.has_value()) << translated.error().message;
    EXPECT_EQ(Json::parse(*translated), Json::parse(vector.openai)) << *translated;
    EXPECT_TRUE(parse_answer(*translated).has_value());
  }
  const auto read = parse_answer(*openai_completion(kAnswers[0].anthropic, 5));
  EXPECT_EQ(read->text, "Hello there");
  EXPECT_EQ(read->usage->input, 16);
  EXPECT_EQ(read->usage->cached_input, 4);
  for (const char* bad : {"", "{}", "[1]", R"({"type":"message"})", "\xff"}) {
    EXPECT_EQ(openai_completion(bad, 5).error().code, ErrorCode::corrupt) << bad;
  }
}

TEST(AnthropicDialect, TranslatesReasonsToStop) {
  for (const auto& [theirs, ours] : {std::pair{"end_turn", "stop"},
                                     {"stop_sequence", "stop"},
                                     {"max_tokens", "length"},
                                     {"tool_use", "tool_calls"},
                                     {"refusal", "content_filter"},
                                     {"pause_turn", "stop"}}) {
    const std::string body =
        std::string(R"({"type":"message","content":[],"stop_reason":")") + theirs + R"("})";
    EXPECT_EQ(parse_answer(*openai_completion(body, 0))->finish_reason, ours) << theirs;
  }
}

std::vector<std::string> stream_of(const std::vector<std::string>& events) {
  AnthropicStream stream(5);
  std::vector<std::string> lines;
  for (const std::string& event : events) {
    const auto taken = stream.take(event);
    if (!taken) {
      lines.push_back("BROKEN");
      continue;
    }
    lines.insert(lines.end(), taken->begin(), taken->end());
  }
  return lines;
}

const std::string kStart =
    R"({"type":"message_start","message":{"id":"msg_1","model":"claude","usage":{"input_tokens":9,"cache_read_input_tokens":2,"output_tokens":1}}})";

// A message_delta may come while the message goes on; only its reason to stop is one.
TEST(AnthropicDialect, SaysNoReasonToStopThatItWasNotTold) {
  const std::string text =
      R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}})";
  const auto read = [&](const std::string& delta) {
    std::vector<StreamEvent> events;
    for (const std::string& line : stream_of({kStart, text, delta})) {
      auto event = parse_stream_event(line);
      EXPECT_TRUE(event.has_value()) << line;
      if (event) events.push_back(std::move(*event));
    }
    return events;
  };
  for (const char* delta :
       {R"({"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":2}})",
        R"({"type":"message_delta","usage":{"output_tokens":2}})"}) {
    const auto events = read(delta);
    EXPECT_EQ(events.size(), 4U) << "its role, the first usage, a text, a usage";
    EXPECT_TRUE(std::ranges::none_of(events, &StreamEvent::says_why)) << delta;
    EXPECT_EQ(events.back().usage->output, 2);
  }
  EXPECT_EQ(
      read(R"({"type":"message_delta","delta":{"stop_reason":"later_word"}})").back().finish_reason,
      "stop");
  for (const char* body : {R"({"type":"message","content":[],"stop_reason":null})",
                           R"({"type":"message","content":[]})"}) {
    const auto completion = Json::parse(*openai_completion(body, 0));
    EXPECT_TRUE(completion["choices"][0].at("finish_reason").is_null()) << body;
  }
}

TEST(AnthropicDialect, TranslatesErrors) {
  EXPECT_EQ(error_message(openai_error(
                R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})")),
            "Overloaded");
  const Json too_long = Json::parse(openai_error(
      R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}})"));
  EXPECT_EQ(too_long["error"]["code"], "context_length_exceeded");
  EXPECT_EQ(too_long["error"]["type"], "invalid_request_error");
  EXPECT_FALSE(error_message(openai_error("<html>")).empty());
}

// Some proxies leave the last event out.
TEST(AnthropicDialect, AStreamThatHasSaidWhyItStopsIsWholeWithoutItsLastEvent) {
  for (const bool says_why : {true, false}) {
    std::vector<std::string> events{
        kStart,
        R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})",
        R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}})"};
    if (says_why) {
      events.emplace_back(
          R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}})");
    }
    StreamWatcher watcher(false);
    for (const std::string& line : stream_of(events)) {
      static_cast<void>(watcher.feed(http::sse_event(line)));
    }
    EXPECT_EQ(watcher.end().done, says_why);
    if (!says_why) continue;
    EXPECT_EQ(watcher.usage()->output, 7);
  }
}

TEST(AnthropicDialect, AnEmptyEventHasNothingToSay) {
  AnthropicStream stream(5);
  const auto lines = stream.take("{}");
  ASSERT_TRUE(lines.has_value()) << lines.error().message;
  EXPECT_TRUE(lines->empty());
  EXPECT_TRUE(stream.take(kStart).has_value());
}

TEST(AnthropicDialect, TranslatesStreamsThatOurReaderReads) {
  const auto lines = stream_of(
      {kStart,
       R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}})",
       R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}})",
       R"({"type":"content_block_stop","index":0})", R"({"type":"ping"})",
       R"({"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}})",
       R"({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hel"}})",
       R"({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"lo"}})",
       R"({"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t1","name":"add","input":{}}})",
       R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}})",
       R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"1}"}})",
       R"({"type":"a_kind_of_the_future"})",
       R"({"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":7}})",
       R"({"type":"message_stop"})", R"({"type":"content_block_stop","index":9})"});
  ASSERT_EQ(lines.size(), 11U);
  EXPECT_EQ(lines.back(), "[DONE]");
  std::string text;
  std::string arguments;
  std::string finish;
  std::optional<TokenCounts> usage;
  for (const std::string& line : lines) {
    const auto event = parse_stream_event(line);
    ASSERT_TRUE(event.has_value()) << line;
    text += event->text;
    if (!event->finish_reason.empty()) finish = event->finish_reason;
    if (event->usage) usage = event->usage;
    if (event->done) continue;
    const Json json = Json::parse(line);
    if (json["choices"].empty() || !json["choices"][0]["delta"].contains("tool_calls")) continue;
    const Json& call = json["choices"][0]["delta"]["tool_calls"][0];
    EXPECT_EQ(call["index"], 0);
    arguments += call["function"]["arguments"].get<std::string>();
  }
  EXPECT_EQ(text, "Hello");
  EXPECT_EQ(arguments, "{\"a\":1}");
  EXPECT_EQ(finish, "tool_calls");
  EXPECT_EQ(usage->input, 11);
  EXPECT_EQ(usage->cached_input, 2);
  EXPECT_EQ(usage->output, 7);
  EXPECT_THAT(lines[2], HasSubstr(R"("delta":{"reasoning_content":"Hm"})"));
}

TEST(AnthropicDialect, ToolsWithoutArgumentsGetAnEmptyObjectAndWholeInputsAreNotLost) {
  const auto arguments_of = [](const std::string& input, const std::string& delta) {
    std::string arguments;
    for (
        const std::string& line : stream_of(
            {kStart,
             R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t1","name":"now","input":)" +
                 input + "}}",
             R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":)" +
                 delta + "}}",
             R"({"type":"content_block_stop","index":0})",
             R"({"type":"content_block_stop","index":0})"})) {
      const Json json = Json::parse(line);
      if (json["choices"].empty() || !json["choices"][0]["delta"].contains("tool_calls")) continue;
      const Json& call = json["choices"][0]["delta"]["tool_calls"][0];
      arguments += call["function"]["arguments"].get<std::string>();
    }
    return arguments;
  };
  EXPECT_EQ(arguments_of("{}", R"("")"), "{}");
  EXPECT_EQ(arguments_of("{}", R"("{\"x\":1}")"), R"({"x":1})");
  EXPECT_EQ(arguments_of(R"({"x":1})", R"("")"), R"({"x":1})");
  EXPECT_EQ(arguments_of(R"({"x":1})", R"("{\"x\":1}")"), R"({"x":1})");
}

// What an expert does not count is estimated, which zero would hide.
TEST(AnthropicDialect, TellsNoUsageThatItWasNotTold) {
  const std::string without = R"({"type":"message_start","message":{"id":"m","model":"c"}})";
  const std::string text =
      R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}})";
  const auto usage_told = [](const std::vector<std::string>& events) {
    std::optional<TokenCounts> usage;
    for (const std::string& line : stream_of(events)) {
      const auto event = parse_stream_event(line);
      EXPECT_TRUE(event.has_value()) << line;
      if (event && event->usage) usage = event->usage;
    }
    return usage;
  };
  const std::string bare = R"({"type":"message_delta","delta":{"stop_reason":"end_turn"}})";
  EXPECT_FALSE(usage_told({without, text, bare}).has_value());
  EXPECT_FALSE(
      usage_told({without, text, R"({"type":"message_delta","usage":{"output_tokens":7}})"}));
  // The input is told first, and is all that there is when the stream is cut.
  EXPECT_EQ(usage_told({kStart, text}), (TokenCounts{.input = 11, .cached_input = 2, .output = 1}));
  const std::string end = R"({"type":"message_delta","usage":{"output_tokens":77}})";
  EXPECT_EQ(usage_told({kStart, text, end, bare})->output, 77);
  // A later total replaces the earlier one of its kind, and of no other.
  const std::string input =
      R"({"type":"message_delta","usage":{"input_tokens":12,"output_tokens":77}})";
  const TokenCounts first = *usage_told({kStart, text});
  EXPECT_EQ(usage_told({kStart, text, input})->cached_input, first.cached_input);
  for (const char* usage : {"{}", R"({"input_tokens":3})", R"({"output_tokens":3})", "null"}) {
    const auto completion =
        openai_completion(R"({"type":"message","content":[{"type":"text","text":"Hi"}],"usage":)" +
                              std::string(usage) + "}",
                          5);
    ASSERT_TRUE(completion.has_value());
    EXPECT_FALSE(parse_answer(*completion)->usage.has_value()) << usage;
  }
  const auto absurd = openai_completion(
      R"({"type":"message","content":[],"usage":{"input_tokens":9223372036854775807,
          "cache_read_input_tokens":9223372036854775807,"output_tokens":1}})",
      5);
  EXPECT_FALSE(parse_answer(*absurd)->usage.has_value());
}

TEST(AnthropicDialect, EndsAStreamAtItsError) {
  const auto lines = stream_of(
      {kStart, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})",
       R"({"type":"message_stop"})"});
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[2], HasSubstr("Overloaded"));
  EXPECT_FALSE(parse_stream_event(lines[2]).has_value()) << "our reader knows it for an error";
}

TEST(AnthropicDialect, TakesNoStreamOfAnotherDialect) {
  for (const char* event :
       {"", "[DONE]", R"({"choices":[]})", R"({"type":"content_block_delta"})", R"({"type":7})"}) {
    EXPECT_EQ(stream_of({event}), std::vector<std::string>{"BROKEN"}) << event;
  }
  EXPECT_EQ(stream_of({kStart, kStart}).back(), "BROKEN");
  EXPECT_EQ(
      stream_of(
          {kStart,
           R"({"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"x"}})"})
          .back(),
      "BROKEN");
}

}  // namespace
}  // namespace ooe::experts
