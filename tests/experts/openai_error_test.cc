#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experts/openai_dialect.h"

namespace ooe::experts {
namespace {

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

}  // namespace
}  // namespace ooe::experts
