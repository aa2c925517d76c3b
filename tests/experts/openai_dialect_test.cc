#include "experts/openai_dialect.h"

#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <malloc.h>
#include <nlohmann/json.hpp>

namespace ooe::experts {
namespace {

std::string answer(std::string_view message, std::string_view rest = "") {
  return R"({"choices":[{"index":0,"message":)" + std::string(message) +
         R"(,"finish_reason":"stop"}])" + std::string(rest) + "}";
}

std::string with_usage(std::string_view usage) {
  return answer(R"({"content":"x"})", R"(,"usage":)" + std::string(usage));
}

std::string chunk(std::string_view delta) {
  return R"({"choices":[{"index":0,"delta":)" + std::string(delta) + R"(,"finish_reason":null}]})";
}

TEST(ChatBody, AsksForUsageOnlyWhenStreaming) {
  const ChatPrompt prompt{.messages = {{"system", "Be brief."}, {"user", "1+1?\n\"quoted\""}},
                          .max_tokens = 16,
                          .temperature = 0.0};
  EXPECT_EQ(chat_body(prompt, "m", false),
            R"({"model":"m","messages":[{"role":"system","content":"Be brief."},)"
            R"({"role":"user","content":"1+1?\n\"quoted\""}],"max_tokens":16,"temperature":0.0})");
  const auto streamed = nlohmann::json::parse(chat_body(prompt, "m", true));
  EXPECT_TRUE(streamed["stream"].get<bool>());
  EXPECT_TRUE(streamed["stream_options"]["include_usage"].get<bool>());
}

TEST(ChatBody, ReplacesBytesThatAreNotUtf8) {
  const auto body =
      nlohmann::json::parse(chat_body({.messages = {{"user", "a\xff z"}}}, "m", false));
  EXPECT_EQ(body["messages"][0]["content"], "a\xEF\xBF\xBD z");
}

TEST(Completion, ReadsTheTextHoweverItIsWrapped) {
  struct Case {
    std::string message;
    std::string text;
  };
  for (const auto& [message, text] : {
           Case{R"({"role":"assistant","content":"Paris"})", "Paris"},
           Case{R"({"content":null})", ""},
           Case{R"({"content":null,"tool_calls":[{"id":"1"}]})", ""},
           Case{R"({})", ""},
           Case{R"({"content":[{"type":"text","text":"Pa"},{"type":"text","text":"ris"}]})",
                "Paris"},
           Case{R"({"content":[{"type":"image"},7,{"type":"text","text":"x"}]})", "x"},
           Case{R"({"content":42})", ""},
           Case{R"({"content":null,"refusal":"I cannot."})", "I cannot."},
           Case{R"({"content":"a","reasoning_content":"because"})", "a"},
           Case{R"({"content":"\u00e9\ud83d\ude00"})", "\u00e9\U0001F600"},
       }) {
    SCOPED_TRACE(message);
    const auto completion = parse_answer(answer(message));
    ASSERT_TRUE(completion.has_value()) << completion.error().message;
    EXPECT_EQ(completion->text, text);
    EXPECT_EQ(completion->finish_reason, "stop");
    EXPECT_FALSE(completion->usage.has_value());
  }
}

TEST(Completion, RefusesWhatIsNoCompletion) {
  for (const std::string_view body :
       {"", " ", "null", "[]", "{}", "{", "<html>502</html>", R"({"choices":null})",
        R"({"choices":[]})", R"({"choices":[7]})", R"({"choices":[{}]})",
        R"({"choices":[{"message":"x"}]})", R"({"choices":{"message":{}}})",
        R"({"choices":[{"message":{"content":"x"}}]} trailing)",
        "{\"choices\":[{\"message\":{\"content\":\"\xff\"}}]}"}) {
    SCOPED_TRACE(body);
    const auto completion = parse_answer(body);
    ASSERT_FALSE(completion.has_value());
    EXPECT_EQ(completion.error().code, ErrorCode::corrupt);
  }
  EXPECT_FALSE(parse_answer(std::string_view()).has_value());
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_FALSE(parse_answer(deep).has_value());
  EXPECT_FALSE(parse_answer(answer(R"({"content":)" + deep + "}")).has_value());
}

TEST(Completion, ReportsAnErrorObjectAsTheExpertsOwnFailure) {
  for (const std::string_view body :
       {R"({"error":{"message":"out of memory","type":"server_error"}})",
        R"({"error":"out of memory"})", R"({"object":"error","message":"out of memory"})"}) {
    const auto completion = parse_answer(body);
    ASSERT_FALSE(completion.has_value());
    EXPECT_EQ(completion.error().code, ErrorCode::unavailable);
    EXPECT_NE(completion.error().message.find("out of memory"), std::string::npos);
  }
}

TEST(Usage, IsReadOrAbsentOrCorrupt) {
  struct Good {
    std::string usage;
    std::optional<TokenCounts> counts;
  };
  for (
      const auto& [usage, counts] : {
          Good{R"({"prompt_tokens":7,"completion_tokens":3,"total_tokens":10})",
               TokenCounts{.input = 7, .output = 3}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":5}})",
              TokenCounts{.input = 7, .cached_input = 5, .output = 3}},
          Good{R"({"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":null})",
               TokenCounts{.input = 7, .output = 3}},
          // More than the prompt has cannot be among it.
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":9}})",
              TokenCounts{.input = 16, .cached_input = 9, .output = 3}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":9,"total_tokens":16,"completion_tokens_details":{"reasoning_tokens":5}})",
              TokenCounts{.input = 7, .output = 9, .reasoning = 5}},
          // Counted beside the completion's: only the total tells.
          Good{
              R"({"prompt_tokens":7,"completion_tokens":9,"total_tokens":21,"completion_tokens_details":{"reasoning_tokens":5}})",
              TokenCounts{.input = 7, .output = 14, .reasoning = 5}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"completion_tokens_details":{"reasoning_tokens":5}})",
              TokenCounts{.input = 7, .output = 3, .reasoning = 3}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"completion_tokens_details":{"reasoning_tokens":null}})",
              TokenCounts{.input = 7, .output = 3}},
          // Thoughts that nobody tells apart, or cached tokens beside the prompt's.
          Good{R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":100})",
               TokenCounts{.input = 10, .output = 90, .reasoning = 85}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"total_tokens":19,"prompt_tokens_details":{"cached_tokens":9}})",
              TokenCounts{.input = 16, .cached_input = 9, .output = 3}},
          Good{
              R"({"prompt_tokens":5000,"completion_tokens":200,"total_tokens":9200,"prompt_tokens_details":{"cached_tokens":4096}})",
              TokenCounts{
                  .input = 5'000, .cached_input = 4'096, .output = 4'200, .reasoning = 4'000}},
          // The same with thoughts that are told, and with writes to the cache, which are not.
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"total_tokens":24,"prompt_tokens_details":{"cached_tokens":9},"completion_tokens_details":{"reasoning_tokens":5}})",
              TokenCounts{.input = 16, .cached_input = 9, .output = 8, .reasoning = 5}},
          Good{
              R"({"prompt_tokens":7,"completion_tokens":3,"total_tokens":40,"prompt_tokens_details":{"cached_tokens":9}})",
              TokenCounts{.input = 16, .cached_input = 9, .output = 3}},
          // What stands twice: the first counts.
          Good{R"({"prompt_tokens":7,"prompt_tokens":8,"completion_tokens":3})",
               TokenCounts{.input = 7, .output = 3}},
          Good{R"({"prompt_tokens":7,"completion_tokens":null,"completion_tokens":3})",
               std::nullopt},
          Good{R"({"prompt_tokens":7,"completion_tokens":3},"usage":{})",
               TokenCounts{.input = 7, .output = 3}},
          Good{R"({"prompt_tokens":7,"completion_tokens":3},"error":null,"error":"late")",
               TokenCounts{.input = 7, .output = 3}},
          Good{"null", std::nullopt},
          Good{"{}", std::nullopt},
          Good{"[]", std::nullopt},
          Good{R"({"prompt_tokens":7})", std::nullopt},
          Good{R"({"prompt_tokens":7,"completion_tokens":null})", std::nullopt},
      }) {
    SCOPED_TRACE(usage);
    const auto completion = parse_answer(with_usage(usage));
    ASSERT_TRUE(completion.has_value()) << completion.error().message;
    ASSERT_EQ(completion->usage.has_value(), counts.has_value());
    if (!counts) continue;
    EXPECT_EQ(completion->usage->input, counts->input);
    EXPECT_EQ(completion->usage->cached_input, counts->cached_input);
    EXPECT_EQ(completion->usage->reasoning, counts->reasoning);
    EXPECT_EQ(completion->usage->output, counts->output);
    EXPECT_FALSE(completion->usage->estimated);
  }
  for (const std::string_view count :
       {"-1", "1.5", "\"x\"", "\"7.5\"", "\"-7\"", "\"\"", "\" 7\"", "\"1000000001\"", "1000000001",
        "9223372036854775807", "18446744073709551615", "true", "{}"}) {
    SCOPED_TRACE(count);
    const std::string usage =
        R"({"prompt_tokens":1,"completion_tokens":)" + std::string(count) + "}";
    const auto completion = parse_answer(with_usage(usage));
    ASSERT_TRUE(completion.has_value());
    EXPECT_FALSE(completion->usage.has_value());
    EXPECT_NE(completion->usage_fault, "");
    const auto event = parse_stream_event(R"({"choices":[],"usage":)" + usage + "}");
    ASSERT_TRUE(event.has_value()) << "what is billed wrongly is said all the same";
    EXPECT_FALSE(event->usage.has_value());
    EXPECT_TRUE(event->usage_unreadable);
  }
}

TEST(Completion, ReadsCountsThatAreTexts) {
  const auto completion =
      parse_answer(with_usage(R"({"prompt_tokens":"12","completion_tokens":"007"})"));
  ASSERT_TRUE(completion.has_value());
  ASSERT_TRUE(completion->usage.has_value());
  EXPECT_EQ(completion->usage->input, 12);
  EXPECT_EQ(completion->usage->output, 7);
  EXPECT_FALSE(completion->usage->estimated);
}

// Servers write what no strict reader takes, and were paid for it.
TEST(Completion, IsReadWhateverNumbersStandInIt) {
  const std::string answer = R"("choices":[{"message":{"content":"NaN, \"-Infinity"},)"
                             R"("logprobs":{"content":[{"logprob":-Infinity,"x":1e999}]}}],)"
                             R"("usage":{"prompt_tokens":10,"completion_tokens":5}})";
  for (const std::string& body :
       {R"({"id":99999999999999999999999,)" + answer, R"({"id":NaN,"created":-1e400,)" + answer,
        "\xEF\xBB\xBF{\"id\":1," + answer, R"({"id":"\ud83d",)" + answer}) {
    SCOPED_TRACE(body);
    const auto completion = parse_answer(body);
    ASSERT_TRUE(completion.has_value()) << completion.error().message;
    EXPECT_EQ(completion->text, "NaN, \"-Infinity");
    EXPECT_EQ(completion->usage, (TokenCounts{.input = 10, .output = 5}));
    EXPECT_FALSE(parse_answer(body.substr(0, body.size() - 1)).has_value()) << "cut short";
  }
}

TEST(SaidIn, TellsWhatABodyThatIsNoAnswerIsBilled) {
  struct Case {
    const char* body;
    std::size_t bytes;
    std::optional<TokenCounts> usage = std::nullopt;
  };
  for (
      const auto& [body, bytes, usage] :
      {Case{R"({"choices":[{"message":{"role":"assistant","content":"Four \"is\" it, I thi)", 19},
       Case{
           R"({"choices":[{"message":{"reasoning":"hm","reasoning_content":"hm","content" : "ab"},)",
           4},
       Case{R"({"choices":[{"message":{"content":"a\n\u00e9)", 3},
       Case{R"({"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":"{}"})",
            2},
       Case{R"({"id":"x","choices":[{"mess)", 27},
       Case{R"({"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}})", 0,
            TokenCounts{.input = 10, .output = 5}},
       Case{R"({"choices":[{"mess":{}],"usage":{"prompt_tokens":10,"completion_tokens":5}})", 75,
            TokenCounts{.input = 10, .output = 5}},
       Case{R"({"choices":[]})", 0}, Case{R"({"response":"Four."})", 20},
       Case{R"({"error":{"message":"overloaded"}})", 0}, Case{"<html>x</html>", 0}, Case{"", 0}}) {
    SCOPED_TRACE(body);
    const Said said = said_in(body);
    EXPECT_EQ(said.content_bytes, bytes);
    EXPECT_EQ(said.usage, usage);
  }
}

TEST(UsageAtEnd, IsReadOfAnAnswerThatNobodyHolds) {
  const std::string usage = R"("usage":{"prompt_tokens":10,"completion_tokens":5.0})";
  for (const std::string end : {"}", ",\"id\":\"x\"} \n"}) {
    const auto read = usage_at_end(R"(me \"usage\":{\"prompt_tokens\":99}"}}],)" + usage + end);
    ASSERT_TRUE(read.has_value()) << end;
    EXPECT_EQ(read->input, 10);
    EXPECT_EQ(read->output, 5);
  }
  for (const std::string& none :
       std::vector<std::string>{"", usage, R"(\"usage\":{\"prompt_tokens\":10}"}])",
                                R"("usage":{"prompt_tokens":-1}})"}) {
    EXPECT_FALSE(usage_at_end(none).has_value()) << none;
  }
}

TEST(StreamEvent, KnowsWhatAReaderWouldSee) {
  struct Case {
    std::string delta;
    bool has_content;
    std::string text;
    std::size_t bytes;
  };
  for (const auto& [delta, has_content, text, bytes] : {
           Case{R"({"role":"assistant","content":""})", false, "", 0},
           Case{R"({"content":"Par"})", true, "Par", 3},
           Case{R"({"content":null})", false, "", 0},
           Case{R"({})", false, "", 0},
           Case{R"({"reasoning_content":"hmm"})", true, "", 3},
           Case{R"({"reasoning":"hmm"})", true, "", 3},
           Case{R"({"refusal":"no"})", true, "", 2},
           Case{R"({"tool_calls":[]})", false, "", 0},
           Case{R"({"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]})", true,
                "", 3},
           Case{R"({"function_call":{"name":"f"}})", true, "", 1},
           Case{R"({"content":[{"type":"text","text":"ab"}]})", true, "ab", 2},
           Case{R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"hmm"}]}]})",
                true, "", 3},
           Case{R"({"audio":{"id":"a"}})", false, "", 0},
           Case{R"({"audio":{"transcript":"Paris"}})", true, "", 5},
           Case{R"({"audio":{"data":"AAAA"}})", true, "", 1},
       }) {
    SCOPED_TRACE(delta);
    const auto event = parse_stream_event(chunk(delta));
    ASSERT_TRUE(event.has_value()) << event.error().message;
    EXPECT_TRUE(event->has_choices);
    EXPECT_EQ(event->has_content, has_content);
    EXPECT_EQ(event->text, text);
    EXPECT_EQ(event->content_bytes, bytes);
    EXPECT_EQ(event->finish_reason, "");
  }
}

TEST(StreamEvent, TextIsTheFirstChoicesOnly) {
  const auto event = parse_stream_event(
      R"({"choices":[{"index":1,"delta":{"content":"other"},"finish_reason":"length"}]})");
  ASSERT_TRUE(event.has_value());
  EXPECT_TRUE(event->has_content);
  EXPECT_EQ(event->text, "");
  EXPECT_EQ(event->finish_reason, "");
  EXPECT_EQ(event->content_bytes, 5U);
}

TEST(StreamEvent, TellsTheLastEventsApart) {
  EXPECT_TRUE(parse_stream_event("[DONE]")->done);
  const auto finish = parse_stream_event(
      R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null})");
  ASSERT_TRUE(finish.has_value());
  EXPECT_EQ(finish->finish_reason, "stop");
  for (const std::string_view choices : {R"("choices":[],)", R"("choices":null,)", ""}) {
    const auto usage = parse_stream_event("{" + std::string(choices) +
                                          R"("usage":{"prompt_tokens":9,"completion_tokens":4}})");
    ASSERT_TRUE(usage.has_value()) << choices;
    EXPECT_FALSE(usage->has_choices);
    EXPECT_EQ(usage->usage->output, 4);
  }
}

TEST(StreamEvent, RefusesWhatIsNoChunk) {
  for (const std::string_view data : {"", "[DONE", "done", "[]", "7", R"({"choices":7})",
                                      R"({"choices":[)", "{\"choices\":[]}x"}) {
    SCOPED_TRACE(data);
    const auto event = parse_stream_event(data);
    ASSERT_FALSE(event.has_value());
    EXPECT_EQ(event.error().code, ErrorCode::corrupt);
  }
  const auto error = parse_stream_event(R"({"error":{"message":"overloaded"}})");
  ASSERT_FALSE(error.has_value());
  EXPECT_EQ(error.error().code, ErrorCode::unavailable);
  EXPECT_NE(error.error().message.find("overloaded"), std::string::npos);
}

// Of some servers and routers, to keep the connection alive or to say where they have looked.
TEST(StreamEvent, OfAnotherKindHasNothingToSay) {
  struct Case {
    std::string_view data;
    bool says_nothing;  // not even to the client
  };
  for (const auto& [data, says_nothing] :
       {Case{"{}", true}, Case{R"({"type":"ping"})", true}, Case{R"({"sources":["a"]})", false},
        Case{R"({"id":"x"})", false}, Case{R"({"choices":null})", false},
        Case{R"({"choices":[],"type":"ping"})", false}}) {
    SCOPED_TRACE(data);
    const auto event = parse_stream_event(data);
    ASSERT_TRUE(event.has_value()) << event.error().message;
    EXPECT_EQ(event->says_nothing, says_nothing);
    EXPECT_FALSE(event->has_content || event->has_choices || event->done || event->says_why);
    EXPECT_EQ(event->content_bytes, 0U);
  }
}

TEST(StreamEvent, TellsWhichChoicesSpeakAndWhichEnd) {
  const auto event = parse_stream_event(
      R"({"choices":[{"index":2,"delta":{"content":"x"}},{"index":0,"delta":{},"finish_reason":"stop"},
          {"index":64,"delta":{"content":"y"},"finish_reason":"stop"}]})");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->spoke, std::uint64_t{1} << 2U | std::uint64_t{1} << 63U);
  EXPECT_EQ(event->ended, 1U);
}

TEST(ErrorMessage, IsFoundInEveryShapeAndBounded) {
  EXPECT_EQ(error_message(R"({"error":{"message":"m","code":"c"}})"), "m");
  EXPECT_EQ(error_message(R"({"error":{"message":null,"code":"c"}})"), "c");
  EXPECT_EQ(error_message(R"({"error":"m"})"), "m");
  EXPECT_EQ(error_message(R"({"detail":"m"})"), "m");
  for (const std::string_view other : {"", "oops", "{}", "[]", R"({"error":null})"}) {
    EXPECT_EQ(error_message(other), "") << other;
  }
  std::string longest;
  for (int i = 0; i < 1'000; ++i) longest += "\u00e9";
  const std::string message = error_message(R"({"error":"x)" + longest + R"("})");
  EXPECT_LE(message.size(), 503U);
  EXPECT_TRUE(nlohmann::json::accept("\"" + message + "\"")) << "cut inside a character";
}

TEST(OpenAiDialect, TellsWhyARequestIsRefused) {
  struct Case {
    const char* body;
    Objection objection;
  };
  for (
      const auto& [body, objection] :
      {Case{R"({"error":{"message":"x","code":"context_length_exceeded"}})",
            Objection::context_too_long},
       {R"({"error":{"message":"This model's maximum context length is 4096 tokens","code":400}})",
        Objection::context_too_long},
       {R"({"error":{"message":"prompt is too long: 210000 tokens > 200000 maximum"}})",
        Objection::context_too_long},
       {R"({"object":"error","message":"the request exceeds the available context size"})",
        Objection::context_too_long},
       {R"({"message":"Input is too long for requested model."})", Objection::context_too_long},
       {R"({"error":{"message":"input length and `max_tokens` exceed context limit: 190000 + 21333 > 200000"}})",
        Objection::context_too_long},
       {R"({"error":{"message":"It's the model's context window that's exceeded"}})",
        Objection::context_too_long},
       // What the client has said is no reason.
       {R"({"error":{"message":"content of type 'the context window of x' cannot be sent"}})",
        Objection::other},
       {R"({"error":{"message":"invalid role \"context length\", expected 'user'"}})",
        Objection::other},
       {R"({"error":{"message":"x","code":"dialect"}})", Objection::dialect},
       {R"({"error":{"message":"x","code":"content_filter"}})", Objection::content_filter},
       {R"({"error":{"code":403,"message":"The model requires moderation and your input was flagged"}})",
        Objection::content_filter},
       {R"({"error":{"message":"Input flagged","code":403,"metadata":{"reasons":["violence"],"flagged_input":"x"}}})",
        Objection::content_filter},
       {R"({"error":{"message":"x","code":403,"metadata":{"flagged_input":"x"}}})",
        Objection::content_filter},
       {R"({"error":{"message":"x","code":403,"metadata":{"provider_name":"x"}}})",
        Objection::other},
       {R"({"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}})",
        Objection::unpaid},
       {R"({"error":{"message":"Your credit balance is too low to access the API."}})",
        Objection::unpaid},
       {R"({"error":{"message":"Unrecognized request argument supplied: billing"}})",
        Objection::other},
       {R"({"error":{"message":"Your account has been flagged for potential abuse"}})",
        Objection::other},
       {R"({"error":{"message":"bad temperature"}})", Objection::other},
       {"<html>", Objection::other},
       {"", Objection::other}}) {
    EXPECT_EQ(objection_of(body), objection) << body;
  }
}

// A client's words come back in many kinds of quotes, with quotes of their own in them.
TEST(OpenaiDialect, WhatAClientSaysIsNoObjection) {
  for (
      const char* body : {
          R"j({"error":{"message":"1 validation error: 'input': 'x\\'\" credit balance is too low'"}})j",
          R"j({"error":{"message":"'a' is beyond the context length '' is not one of ['system']",
               "code":"invalid_value"}})j",
          R"j({"error":{"message":"Invalid value: `the context length`. Supported: `user`"}})j",
          R"j({"error":{"message":"role a' is beyond the context length ' is unknown"}})j",
          R"j({"error":{"message":"no such role: context length","code":"invalid_value"}})j",
          R"j({"error":{"message":"bad context size","param":"messages[0].role"}})j",
          R"j({"error":{"message":"you said my credit balance is too low"}})j",
      }) {
    EXPECT_EQ(objection_of(body), Objection::other) << body;
  }
  EXPECT_EQ(objection_of(R"({"error":{"message":"input length and `max_tokens` exceed context )"
                         R"(limit: 189000 + 32000 > 200000, decrease `max_tokens`"}})"),
            Objection::context_too_long);
  EXPECT_EQ(objection_of(R"({"error":{"message":"Your credit balance is too low to go on."}})"),
            Objection::unpaid);
  EXPECT_EQ(objection_of(R"({"error":{"message":"x","code":"billing_hard_limit_reached"}})"),
            Objection::unpaid);
}

TEST(OpenaiDialect, ReadsWhatAnExpertSaysItTakes) {
  const auto told = [](const std::string& message) {
    return context_tokens_told(R"({"error":{"message":")" + message + R"("}})");
  };
  EXPECT_EQ(told("This model's maximum context length is 131072 tokens. You asked for 400520."),
            131'072);
  EXPECT_EQ(told("the request exceeds the available context size (4096 tokens), try more"), 4'096);
  EXPECT_EQ(told("prompt is too long: 210000 tokens > 200000 maximum"), 200'000);
  EXPECT_EQ(told("input length and `max_tokens` exceed context limit: 189000 + 32000 > 200000, go"),
            200'000);
  EXPECT_EQ(told("the context length was exceeded by the 77 messages"), 0);
  EXPECT_EQ(told("context length is 99999999999999999999999"), 0);
  EXPECT_EQ(context_tokens_told("<html>"), 0);
}

// The router's own expert failed, and what it had used by then is billed.
TEST(OpenaiDialect, AnAnswerThatIsBrokenOffKeepsItsUsage) {
  const std::string body = R"({"choices":[{"message":{"content":"Hel"},"finish_reason":"error"}],)"
                           R"("usage":{"prompt_tokens":10,"completion_tokens":5000}})";
  const auto answer = parse_answer(body);
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(answer->broken_off);
  EXPECT_EQ(answer->usage->output, 5'000);
  const auto event = parse_stream_event(
      R"({"choices":[{"index":1,"delta":{"content":"Hel"},"finish_reason":"error"}]})");
  ASSERT_TRUE(event.has_value());
  EXPECT_TRUE(event->broken_off && event->says_why);
  EXPECT_EQ(event->content_bytes, 3U);
  EXPECT_EQ(event->finish_reason, "");
}

// Whether a cache's tokens are among the prompt's, only the total tells; where it does not, the
// bill is not to be too little.
TEST(Usage, BillsWhatStandsBesideThePrompt) {
  struct Case {
    std::string told;
    TokenCounts counts;
  };
  for (
      const auto& [told, counts] : {
          Case{R"("prompt_tokens":10,"total_tokens":100015,"cache_read_input_tokens":100000)",
               {.input = 100'010, .cached_input = 100'000, .output = 5}},
          Case{
              R"("prompt_tokens":100,"total_tokens":100105,"prompt_tokens_details":{"cached_tokens":100000})",
              {.input = 100'100, .cached_input = 100'000, .output = 5}},
          Case{
              R"("prompt_tokens":100,"total_tokens":105,"prompt_tokens_details":{"cached_tokens":60})",
              {.input = 100, .cached_input = 60, .output = 5}},
          // By both names, and among the prompt, as LiteLLM has it.
          Case{
              R"("prompt_tokens":100,"total_tokens":105,"cache_read_input_tokens":60,"cache_creation_input_tokens":30,"prompt_tokens_details":{"cached_tokens":60})",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 5}},
          Case{
              R"("prompt_tokens":100,"total_tokens":105,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30})",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 5}},
          Case{
              R"("prompt_tokens":100,"prompt_tokens_details":{"cached_tokens":60,"cache_creation_tokens":50})",
              {.input = 100, .cached_input = 60, .cache_write = 40, .output = 5}},
          Case{
              R"("prompt_tokens":10,"total_tokens":105,"cache_read_input_tokens":60,"cache_creation_input_tokens":30)",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 5}},
          // Of the two, one alone.
          Case{
              R"("prompt_tokens":40,"total_tokens":105,"cache_read_input_tokens":60,"cache_creation_input_tokens":30)",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 5}},
          Case{
              R"("prompt_tokens":70,"total_tokens":105,"cache_read_input_tokens":60,"cache_creation_input_tokens":30)",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 5}},
          // With thoughts beside the completion.
          Case{
              R"("prompt_tokens":10,"total_tokens":125,"cache_read_input_tokens":60,"cache_creation_input_tokens":30,"completion_tokens_details":{"reasoning_tokens":20})",
              {.input = 100, .cached_input = 60, .cache_write = 30, .output = 25, .reasoning = 20}},
          Case{
              R"("prompt_tokens":100,"total_tokens":125,"prompt_tokens_details":{"cached_tokens":60},"completion_tokens_details":{"reasoning_tokens":20})",
              {.input = 100, .cached_input = 60, .output = 25, .reasoning = 20}},
          // The total says nothing, or what cannot be.
          Case{R"("prompt_tokens":100,"cache_read_input_tokens":60)",
               {.input = 160, .cached_input = 60, .output = 5}},
          Case{R"("prompt_tokens":100,"total_tokens":0,"cache_creation_input_tokens":60)",
               {.input = 160, .cache_write = 60, .output = 5}},
          Case{R"("prompt_tokens":10,"total_tokens":15,"cache_read_input_tokens":60)",
               {.input = 70, .cached_input = 60, .output = 5}},
          Case{
              R"("prompt_tokens":10,"total_tokens":35,"cache_read_input_tokens":60,"completion_tokens_details":{"reasoning_tokens":20})",
              {.input = 70, .cached_input = 60, .output = 25, .reasoning = 20}},
      }) {
    SCOPED_TRACE(told);
    const auto answer = parse_answer(with_usage("{" + told + R"(,"completion_tokens":5})"));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->usage, counts);
  }
  const auto absurd =
      parse_answer(with_usage(R"({"prompt_tokens":1000000000,"completion_tokens":5,)"
                              R"("cache_read_input_tokens":1000000000})"));
  ASSERT_TRUE(absurd.has_value());
  EXPECT_FALSE(absurd->usage.has_value());
  EXPECT_NE(absurd->usage_fault, "");
}

// Some servers fill in zeros for what they do not know.
TEST(Usage, OfZerosIsNotBelieved) {
  const auto usage_of = [](const std::string& message, int prompt, int completion) {
    const auto answer_read = parse_answer(
        answer(message, R"(,"usage":{"prompt_tokens":)" + std::to_string(prompt) +
                            R"(,"completion_tokens":)" + std::to_string(completion) +
                            R"(,"total_tokens":)" + std::to_string(prompt + completion) + "}"));
    EXPECT_TRUE(answer_read.has_value());
    return std::pair(answer_read->usage, answer_read->content_bytes);
  };
  const std::string said = R"({"content":"eight by"})";
  const std::string silent = R"({"content":""})";
  EXPECT_EQ(usage_of(said, 0, 0), std::pair(std::optional<TokenCounts>(), std::size_t{8}));
  EXPECT_EQ(usage_of(said, 0, 7).first, (TokenCounts{.output = 7, .estimated = true}))
      << "thoughts may be most of it";
  EXPECT_FALSE(usage_of(silent, 0, 0).first.has_value()) << "no prompt is empty";
  EXPECT_EQ(usage_of(said, 9, 0).first,
            (TokenCounts{.input = 9, .output = guessed_tokens(8), .estimated = true}));
  EXPECT_EQ(usage_of(silent, 9, 0).first, (TokenCounts{.input = 9}));
  EXPECT_EQ(usage_of(said, 9, 2).first, (TokenCounts{.input = 9, .output = 2}));
  EXPECT_FALSE(usage_at_end(R"("usage":{"prompt_tokens":9,"completion_tokens":0}})").has_value());
  EXPECT_EQ(usage_at_end(R"("usage":{"prompt_tokens":0,"completion_tokens":9}})"),
            (TokenCounts{.output = 9, .estimated = true}));
}

TEST(OpenaiDialect, TokensReadFromACacheAreNoOutput) {
  const auto answer = parse_answer(
      R"({"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":100,)"
      R"("completion_tokens":10,"total_tokens":90110,"cache_read_input_tokens":90000}})");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->usage->output, 10);
}

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(OpenaiDialect, OneLargeAnswerCostsNoMemoryForGood) {
  const auto in_use = [] {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  ASSERT_TRUE(parse_answer(answer(R"({"content":"x"})")).has_value());
  const std::size_t before = in_use();
  {
    const std::string large = answer(R"({"content":")" + std::string(8'000'000, 'x') + "\"}");
    const auto read = parse_answer(large);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->text.size(), 8'000'000U);
  }
  EXPECT_LT(in_use(), before + 1'000'000);
}
#endif

}  // namespace
}  // namespace ooe::experts
