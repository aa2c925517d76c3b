#include "gateway/chat_request.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <malloc.h>

#include "tests/gateway/small_chat.h"

namespace ooe::gateway {
namespace {

using ::testing::HasSubstr;

TEST(ChatRequest, ReadsWhatDecidingNeeds) {
  ChatRequestParser parser;
  const auto request = parser.parse(R"( { "messages" : [
      {"role":"system","content":"be kind"},
      {"role":"user","content":[{"type":"text","text":"one"},{"type":"image_url","image_url":{"url":"x"}},
                                {"type":"text","text":"two"}]},
      {"role":"assistant","content":null}],
      "mod\u0065l" : "auto" , "stream":true, "stream_options":{"include_usage":true},
      "max_tokens":5, "max_completion_tokens":9, "tools":[{}], "logprobs":true,
      "response_format":{"type":"json_schema","json_schema":{}}, "temperature":0.5 } )");
  ASSERT_TRUE(request.has_value()) << request.error().message;
  EXPECT_EQ(request->model, "auto");
  EXPECT_TRUE(request->stream);
  EXPECT_TRUE(request->include_usage);
  EXPECT_EQ(request->last_user_text, "one\ntwo");
  EXPECT_EQ(request->n_messages, 3);
  EXPECT_EQ(request->prompt_tokens,
            // be kind, one, two; the format; their frames; an image
            4 + 6 + 3 * 4 + 3 + kImageTokens);
  EXPECT_EQ(request->output_tokens_max, 9);
  for (const auto need : {Capabilities::tools, Capabilities::json_schema, Capabilities::vision,
                          Capabilities::logprobs}) {
    EXPECT_TRUE(request->needs.has(need));
  }
  EXPECT_FALSE(request->needs.has(Capabilities::audio));
}

TEST(ChatRequest, EstimatesWhatIsNoText) {
  ChatRequestParser parser;
  const auto media = [&](const std::string& parts) {
    const auto request =
        parser.parse(R"({"model":"auto","messages":[{"role":"user","content":[)" + parts + "]}]}");
    EXPECT_TRUE(request.has_value());
    return request->media_tokens;
  };
  const std::string image = R"({"type":"image_url","image_url":{"url":"x"}})";
  EXPECT_EQ(media(image + "," + image), 2 * kImageTokens);
  EXPECT_EQ(media(R"({"type":"image_url","image_url":{"url":"x","detail":"low"}})"),
            kSmallImageTokens);
  for (const char* other : {R"("detail":"high")", R"("Detail":"high")", R"("DETAIL":null)"}) {
    EXPECT_EQ(media(R"({"type":"image_url","image_url":{"url":"x","detail":"low",)" +
                    std::string(other) + "}}"),
              kImageTokens);
  }
  EXPECT_EQ(media(R"({"type":"image_url","image_url":7})"), kImageTokens);
  const auto sound = [](std::size_t bytes) {
    return R"({"type":"input_audio","input_audio":{"format":"mp3","data":")" +
           std::string(bytes, 'A') + "\"}}";
  };
  EXPECT_EQ(media(sound(60 * 10'667)), 600) << "a minute";
  EXPECT_EQ(media(R"({"type":"input_audio","input_audio":7})"), 0);
  EXPECT_EQ(media(R"({"type":"text","text":"hi"})"), 0);
}

// What a client sends back of thoughts and refusals is read and paid for like the rest.
TEST(ChatRequest, CountsEverythingThatAnExpertReads) {
  ChatRequestParser parser;
  const auto tokens = [&](const std::string& message) {
    const auto request = parser.parse(R"({"model":"auto","messages":[)" + message + "]}");
    EXPECT_TRUE(request.has_value()) << message;
    return request->prompt_tokens;
  };
  std::string words;
  for (int i = 0; i < 100; ++i) words += "word ";
  const std::int64_t as_content = tokens(R"({"role":"assistant","content":")" + words + R"("})");
  for (const std::string& message :
       {R"({"role":"assistant","content":"","reasoning_content":")" + words + R"("})",
        R"({"role":"assistant","content":"","refusal":")" + words + R"("})",
        R"({"role":"assistant","content":[{"type":"refusal","refusal":")" + words + R"("}]})",
        R"({"role":"assistant","content":[{"type":"thinking","thinking":[{"text":")" + words +
            R"("}]}]})",
        R"({"role":"assistant","function_call":{"name":"f","arguments":")" + words + R"("}})"}) {
    EXPECT_GE(tokens(message), as_content) << message;
  }
}

TEST(ChatRequest, KnowsWhatItCannotMeasure) {
  ChatRequestParser parser;
  const auto unmeasured = [&](const std::string& part) {
    const auto request =
        parser.parse(R"({"model":"auto","messages":[{"role":"user","content":[)" + part + "]}]}");
    EXPECT_TRUE(request.has_value()) << part;
    return request->has_unmeasured;
  };
  EXPECT_TRUE(unmeasured(R"({"type":"file","file":{}})"));
  EXPECT_TRUE(unmeasured(R"({"type":"video_url","video_url":{"url":"x"}})"));
  EXPECT_TRUE(unmeasured(R"({"type":7})"));
  EXPECT_FALSE(unmeasured(R"({"type":"text","text":"hi"})"));
  EXPECT_FALSE(unmeasured(R"({"type":"image_url","image_url":{"url":"x"}})"));
  // vLLM makes a part of the prompt of these.
  const auto with_documents = [&](std::size_t bytes) {
    return parser.parse(with(R"("documents":[{"text":")" + std::string(bytes, 'a') + "\"}]"))
        ->has_unmeasured;
  };
  EXPECT_TRUE(with_documents(2'000));
  EXPECT_FALSE(with_documents(20));
}

TEST(ChatRequest, NeedsWhatItAsksFor) {
  ChatRequestParser parser;
  const auto needs = [&](const std::string& member) {
    const auto request = parser.parse(with(member));
    EXPECT_TRUE(request.has_value()) << member;
    return request->needs;
  };
  EXPECT_TRUE(needs(R"("functions":[{}])").has(Capabilities::tools));
  EXPECT_TRUE(needs(R"("modalities":["text","audio"])").has(Capabilities::audio));
  EXPECT_EQ(needs(R"("modalities":["text"])"), Capabilities{});
  EXPECT_EQ(needs(R"("tools":[])"), Capabilities{});
}

TEST(ChatRequest, RefusesWhatIsNoChatRequestAndSaysWhy) {
  const std::string deep = std::string(2'000, '[') + std::string(2'000, ']');
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "not valid JSON"},
      {"{", "not valid JSON"},
      {R"({"model":"m","messages":[],"seed":99999999999999999999})", "beyond 64 bits"},
      {"[]", "must be a JSON object"},
      {"3", "must be a JSON object"},
      {with("") + "x", "JSON"},
      {with("") + "{}", "JSON"},
      {with("\"user\":\"\xff\""), "JSON"},
      {with(R"("x":[1,2})"), "JSON"},
      {with(R"("x":nul)"), "JSON"},
      {with(R"("x":)" + deep), "JSON"},
      {"{" + kMessages + "}", "'model' is missing"},
      {R"({"model":"auto"})", "'messages' is missing"},
      {R"({"model":3,)" + kMessages + "}", "'model' must be"},
      {R"({"model":"",)" + kMessages + "}", "'model' must be"},
      {R"({"model":"a","messages":[]})", "'messages' is empty"},
      {R"({"model":"a","messages":{}})", "'messages' must be an array"},
      {R"({"model":"a","messages":[3]})", "every message must be an object"},
      {R"({"model":"a","messages":[{"content":"x"}]})", "needs a 'role'"},
      {R"({"model":"a","messages":[{"role":1}]})", "'role' must be a string"},
      {R"({"model":"a","messages":[{"role":"user","content":1}]})", "'content' must be"},
      {R"({"model":"a","messages":[{"role":"user","content":["x"]}]})", "must be an object"},
      {R"({"model":"a","messages":[{"role":"user","content":[{"text":1}]}]})", "'text'"},
      {R"({"model":"a","messages":[{"role":"user","content":"a","content":"b"}]})", "twice"},
      {R"({"model":"a","messages":[{"role":"","role":"user"}]})", "twice"},
      {with(R"("stream_options":{"include_usage":true,"include_usage":false})"), "twice"},
      {with(R"("model":"other")"), "'model' is given twice"},
      {with(R"("Model":"other")"), "'Model' is no member"},
      {with(R"("MAX_TOKENS":9)"), "'MAX_TOKENS' is no member"},
      {with(R"("mod\u0065l":"other")"), "'model' is given twice"},
      {with(R"("stream":true,"stream":false)"), "'stream' is given twice"},
      {with(R"("stream":1)"), "'stream' must be"},
      {with(R"("stream_options":[])"), "'stream_options' must be"},
      {with(R"("stream_options":{"include_usage":1})"), "include_usage"},
      {with(R"("max_tokens":0)"), "'max_tokens' must be"},
      {with(R"("max_tokens":1.5)"), "'max_tokens' must be"},
      {with(R"("max_tokens":99999999999999999999)"), "a number"},
      {with(R"("tools":{})"), "'tools' must be"},
      {with(R"("response_format":"json")"), "'response_format' must be"},
      {with(R"("response_format":{})"), "'response_format' must be"},
      {with(R"("logprobs":3)"), "'logprobs' must be"},
      {with(R"("n":0)"), "'n' must be"},
      {with(R"("n":"2")"), "'n' must be"},
      {with(R"("n":1,"n":2)"), "'n' is given twice"},
  };
  ChatRequestParser parser;
  for (const auto& [body, reason] : cases) {
    const auto request = parser.parse(body);
    ASSERT_FALSE(request.has_value()) << body.substr(0, 200);
    EXPECT_EQ(request.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(request.error().message, HasSubstr(reason)) << body.substr(0, 200);
  }
}

// As clients send an answer back that was cut in the middle of an emoji.
TEST(ChatRequest, ReadsHalfASurrogatePairAndPassesItOn) {
  const std::string other = "\xEF\xBF\xBD";  // U+FFFD
  ChatRequestParser parser;
  for (const auto& [said, read] : std::vector<std::pair<std::string, std::string>>{
           {R"(hi \ud83d)", "hi " + other},
           {R"(\uDC00 hi)", other + " hi"},
           {R"(\ud83d\ud83d\ude00)", other + "\xF0\x9F\x98\x80"},
           {R"(\ud83d\n\\ud83d)", other + "\n\\ud83d"},
           {R"(\\ud83d)", R"(\ud83d)"}}) {
    SCOPED_TRACE(said);
    const std::string body =
        R"({"messages":[{"role":"user","content":")" + said + R"("}],"model":"auto"})";
    const auto request = parser.parse(body);
    ASSERT_TRUE(request.has_value()) << request.error().message;
    EXPECT_EQ(request->body, body);
    EXPECT_EQ(request->last_user_text, read);
    EXPECT_EQ(part(request->body, request->model_value), "\"auto\"");
    EXPECT_THAT(std::string(parser.said()), HasSubstr(read)) << "what the detector looks at";
  }
  EXPECT_FALSE(parser.parse(with(R"("x":"\ud83d\q")")).has_value());
  EXPECT_FALSE(parser.parse(with(R"("x":"\ud8")")).has_value());
}

// Go's reader takes all of them for the members they look like, and the last one counts there.
TEST(ChatRequest, RefusesNamesThatAnotherReaderWouldTakeForMembers) {
  const auto message = [](const std::string& members) {
    return R"({"model":"a","messages":[{"role":"user","content":"x",)" + members + "}]}";
  };
  const auto part = [](const std::string& members) {
    return R"({"model":"a","messages":[{"role":"user","content":[{"type":"text",)"
           R"("text":"x",)" +
           members + "}]}]}";
  };
  ChatRequestParser parser;
  for (const std::string& body :
       {with(R"("max_tokens":1,"max_to\u212aens":9)"), with("\"max_to\u212aens\":9"),
        with("\"max_token\u017f\":9"), with("\"\u017ftream\":true"),
        with("\"MAX_COMPLETION_TO\u212aEN\u017f\":9"),
        with(R"("stream_options":{"Include_Usage":true})"),
        with(R"("stream_options":{"include_usage":true,"include_u\u017fage":false})"),
        message(R"("Content":"y")"), message(R"("CONTENT":"y")"), message(R"("Role":"system")"),
        message(R"("tool_call\u017f":[])"), message(R"("Reasoning":"y")"), part(R"("Text":"y")"),
        part(R"("TYPE":"file")"), part(R"("Image_url":{})")}) {
    const auto request = parser.parse(body);
    ASSERT_FALSE(request.has_value()) << body;
    EXPECT_THAT(request.error().message, HasSubstr("is no member")) << body;
  }
  for (const std::string& body :
       {with("\"max_to\u212aenss\":9"), with("\"\u212a\":9"), with("\"\u017f\":9"),
        with("\"streaming\":9"), with("\"\":9"), with("\"ns\":9"), message(R"("Name":"y")"),
        message("\"content\u017f\":9"), part(R"("detail":"y")"),
        with(R"("stream_options":{"include_obfuscation":false})")}) {
    EXPECT_TRUE(parser.parse(body).has_value()) << body;
  }
}

TEST(ChatRequest, NullMeansNotGiven) {
  ChatRequestParser parser;
  const auto request =
      parser.parse(with(R"("stream":null,"stream_options":null,"max_tokens":null,"tools":null,)"
                        R"("response_format":null,"logprobs":null)"));
  ASSERT_TRUE(request.has_value()) << request.error().message;
  EXPECT_FALSE(request->stream);
  EXPECT_EQ(request->needs, Capabilities{});
}

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(ChatRequest, OneLargeBodyCostsNoMemoryForGood) {
  const auto in_use = [] {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  ChatRequestParser parser;
  const std::size_t before = in_use();
  {
    const auto request = parser.parse(with(R"("user":")" + std::string(8'000'000, 'x') + "\""));
    ASSERT_TRUE(request.has_value());
    EXPECT_GT(parser.said().size(), 8'000'000U);
    EXPECT_GT(in_use(), before + 50'000'000);
    parser.give_back();
  }
  EXPECT_LT(in_use(), before + 1'000'000);
  ASSERT_TRUE(parser.parse(with("")).has_value());
  EXPECT_FALSE(parser.prompt().empty());
}
#endif

}  // namespace
}  // namespace ooe::gateway
