// Requests that are JSON and no request: an answer, not the end of all simulated experts.
#include "simulate/wire.h"

#include <string>

#include <gtest/gtest.h>

#include "simulate/anthropic_wire.h"

namespace ooe::simulate {
namespace {

TEST(Wire, AMemberOfAWrongTypeIsRefused) {
  const std::string head = R"({"model":"m","messages":[{"role":"user","content":"x"}],)";
  for (const char* rest :
       {R"("tools":[{"function":{"name":7}}]})", R"("response_format":{"type":5}})",
        R"("tools":[{"function":{"name":"f"}}],"tool_choice":{"function":"f"}})",
        R"("response_format":{"type":["json_object"]}})"}) {
    const auto request = parse_chat_request(head + rest);
    ASSERT_FALSE(request.has_value()) << rest;
    EXPECT_EQ(request.error().code, ErrorCode::invalid_argument) << rest;
  }
  EXPECT_TRUE(parse_chat_request(head + R"("tools":[{"function":{"name":"f"}}]})").has_value());
  EXPECT_TRUE(parse_chat_request(head + R"("tools":[7],"response_format":null})").has_value());
}

TEST(Wire, AMemberOfAWrongTypeIsRefusedInAnthropicsWordsToo) {
  const std::string head = R"({"max_tokens":5,"messages":[{"role":"user","content":"x"}],)";
  for (const char* rest :
       {R"("model":7})", R"("model":"m","stream":"yes"})", R"("model":"m","tools":[7]})",
        R"("model":"m","tools":[{"name":7}]})", R"("model":"m","tools":[],"tool_choice":"auto"})",
        R"("model":"m","system":[{"type":"text","text":5}]})"}) {
    const auto request = parse_messages_request(head + rest);
    ASSERT_FALSE(request.has_value()) << rest;
    EXPECT_EQ(request.error().code, ErrorCode::invalid_argument) << rest;
  }
  EXPECT_TRUE(parse_messages_request(head + R"("model":"m"})").has_value());
  EXPECT_FALSE(parse_messages_request(R"({"model":"m","max_tokens":5,"messages":[{"role":5}]})")
                   .has_value());
}

}  // namespace
}  // namespace ooe::simulate
