#include "gateway/chat_request.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ooe::gateway {
namespace {

Result<ChatRequest> parse(std::string body) { return ChatRequestParser().parse(std::move(body)); }

constexpr const char* kMessages = R"("messages":[{"role":"user","content":"hi"}])";

std::string with(const std::string& members) {
  return R"({"model":"m",)" + std::string(kMessages) + (members.empty() ? "" : "," + members) + "}";
}

TEST(ChatRequest, ReadsWhatDecidingNeeds) {
  const auto request =
      parse(R"({"model":"auto","stream":true,"max_tokens":50,"tools":[{"type":"function"}],
      "response_format":{"type":"json_schema","json_schema":{}},"logprobs":true,
      "messages":[{"role":"system","content":"be brief"},
                  {"role":"user","content":[{"type":"text","text":"what"},{"type":"text","text":"is it"},
                                            {"type":"image_url","image_url":{"url":"x"}}]},
                  {"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},
                  {"role":"tool","tool_call_id":"1","content":"42"}]})");
  ASSERT_TRUE(request.has_value()) << request.error().message;
  EXPECT_EQ(request->model, "auto");
  EXPECT_TRUE(request->stream);
  EXPECT_FALSE(request->include_usage);
  EXPECT_EQ(request->last_user_text, "what\nis it");
  EXPECT_EQ(request->output_tokens_max, 50);
  for (const auto bit : {Capabilities::tools, Capabilities::json_schema, Capabilities::vision,
                         Capabilities::logprobs}) {
    EXPECT_TRUE(request->needs.has(bit));
  }
  EXPECT_FALSE(request->needs.has(Capabilities::audio));
}

TEST(ChatRequest, RefusesWhatIsNotAChatRequest) {
  const std::string deep = with(R"("x":)" + std::string(5'000, '[') + std::string(5'000, ']'));
  for (const std::string& body :
       {std::string(),
        std::string("[]"),
        std::string("nonsense"),
        std::string(R"({"model":"m"})"),
        std::string(R"({"messages":[]})"),
        std::string(R"({"model":"m","messages":[]})"),
        std::string(R"({"model":"m","messages":{}})"),
        std::string(R"({"model":"m","messages":["hi"]})"),
        std::string(R"({"model":"m","messages":[{"content":"hi"}]})"),
        std::string(R"({"model":"m","messages":[{"role":"user","content":7}]})"),
        std::string(R"({"model":"m","messages":[{"role":"user","content":["x"]}]})"),
        std::string(R"({"model":7,)") + kMessages + "}",
        std::string(R"({"model":"",)") + kMessages + "}",
        with(R"("model":"other")"),
        with(R"("stream":"yes")"),
        with(R"("stream":true,"stream":false)"),
        with(R"("stream_options":7)"),
        with(R"("stream_options":{"include_usage":7})"),
        with(R"("max_tokens":0)"),
        with(R"("max_tokens":"many")"),
        with(R"("tools":{})"),
        with(R"("response_format":{})"),
        with("") + "x",
        with("") + with(""),
        with("\"x\":\"\xff\""),
        deep}) {
    const auto request = parse(body);
    ASSERT_FALSE(request.has_value()) << body.substr(0, 100);
    EXPECT_EQ(request.error().code, ErrorCode::invalid_argument);
    EXPECT_FALSE(request.error().message.empty());
  }
}

TEST(ChatRequest, TheExpertsBodyIsTheClientsButForModelAndUsage) {
  for (const std::string& body :
       {with(""), with(R"("stream":false,"seed":7)"), with(R"("stream":true)"),
        with(R"("stream":true,"stream_options":{"include_usage":false,"other":[1,2]})"),
        with(R"("stream":true,"stream_options":null)"),
        with(R"("stream":true,"stream_options":{"include_usage":true})"),
        std::string(
            " \n{ \"temperature\" : 0.50 , \"stream\":true, \"model\" : \"\\u006d\\\"\" , ") +
            kMessages + " , \"unknown\": {\"a\":[1,2.50,\"\\u00e9\"]} } \n"}) {
    SCOPED_TRACE(body);
    const auto request = parse(body);
    ASSERT_TRUE(request.has_value()) << request.error().message;
    const std::string sent = body_for_expert(*request, "expert/\"7b\"");
    auto expected = nlohmann::ordered_json::parse(body);
    expected["model"] = "expert/\"7b\"";
    auto actual = nlohmann::ordered_json::parse(sent);
    if (request->stream) {
      EXPECT_EQ(actual["stream_options"]["include_usage"], true);
      actual.erase("stream_options");
      expected.erase("stream_options");
    }
    EXPECT_EQ(nlohmann::json(actual), nlohmann::json(expected));
  }
}

}  // namespace
}  // namespace ooe::gateway
