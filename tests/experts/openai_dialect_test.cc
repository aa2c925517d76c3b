#include "experts/openai_dialect.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/experts/openai_answer.h"

namespace ooe::experts {
namespace {

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

TEST(UsageAtBeginning, IsReadWhereItStandsBeforeTheChoices) {
  const std::string usage =
      R"("usage":{"prompt_tokens_details":{"cached_tokens":4},"prompt_tokens":10,"completion_tokens":5})";
  const std::string choices = R"("choices":[{"message":{"content":"Four is)";
  EXPECT_EQ(usage_at_beginning(R"({"id":"x",)" + usage + "," + choices),
            (TokenCounts{.input = 10, .cached_input = 4, .output = 5}));
  for (const std::string& none : std::vector<std::string>{
           "", "{" + choices, "{" + choices + R"("}}],)" + usage + "}",
           "{" + usage.substr(0, usage.size() - 1), R"({"usage":null,)" + choices,
           R"({"usage":{"prompt_tokens":-1},)" + choices}) {
    EXPECT_FALSE(usage_at_beginning(none).has_value()) << none;
  }
}

TEST(UsageAtEnd, IsReadOfAnAnswerThatNobodyHolds) {
  const std::string usage = R"("usage":{"prompt_tokens":10,"completion_tokens":5.0})";
  for (const std::string end : {"}", ",\"id\":\"x\"} \n"}) {
    const auto read = usage_at_end(R"(me \"usage\":{\"prompt_tokens\":99}"}}],)" + usage + end, 8);
    ASSERT_TRUE(read.has_value()) << end;
    EXPECT_EQ(read->input, 10);
    EXPECT_EQ(read->output, 5);
  }
  for (const std::string& none :
       std::vector<std::string>{"", usage, R"(\"usage\":{\"prompt_tokens\":10}"}])",
                                R"("usage":{"prompt_tokens":-1}})"}) {
    EXPECT_FALSE(usage_at_end(none, 8).has_value()) << none;
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
           Case{R"({"images":[]})", false, "", 0},
           Case{R"({"images":[{"type":"image_url","image_url":{"url":"data:"}}]})", true, "",
                5'160},
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

}  // namespace
}  // namespace ooe::experts
