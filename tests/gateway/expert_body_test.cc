#include "gateway/expert_body.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/gateway/small_chat.h"

namespace ooe::gateway {
namespace {

using nlohmann::ordered_json;

TEST(BodyForExpert, ChangesOnlyTheModelAndTheUsageFlag) {
  ChatRequestParser parser;
  for (
      const std::string extra :
      {"", R"("stream":false,"temperature":1e-3)", R"("stream":true)",
       R"("stream":true , "stream_options" : null , "user":"\u00e9\n")",
       R"("stream":true,"stream_options":{"include_usage":false},"seed":12345678901234567890)",
       R"("stream":true,"stream_options":{"include_usage":true,"more":[1]})",
       R"("stream":true,"stream_options":{"a":"}","include_usage":null,"include_obfuscation":false})",
       R"("stream":true,"stream_options":{ "include_obfuscation":false })",
       R"("stream":true,"stream_options":{ })",
       R"("stream":false,"stream_options":{"include_usage":false})"}) {
    for (const std::string& body : {with(extra), "\n{" + kMessages + R"(, "model" : "au\u0074o" )" +
                                                     (extra.empty() ? "" : "," + extra) + "} "}) {
      auto request = parser.parse(body);
      ASSERT_TRUE(request.has_value()) << request.error().message << body;
      Expert expert;
      expert.model = "a \"quoted\" name";
      const std::string sent = body_for_expert(*request, expert);
      ordered_json expected = ordered_json::parse(body);
      expected["model"] = "a \"quoted\" name";
      if (request->stream && !request->include_usage) {
        ordered_json& options = expected["stream_options"];
        if (options.is_null()) options = ordered_json::object();
        options["include_usage"] = true;
      }
      expert.stream_options = false;
      auto without = nlohmann::json::parse(body);
      without.erase("stream_options");
      without["model"] = expert.model;
      EXPECT_EQ(nlohmann::json::parse(body_for_expert(*request, expert)), without) << body;
      // nlohmann's unordered json: members compare as a set.
      EXPECT_EQ(nlohmann::json::parse(sent), nlohmann::json::parse(expected.dump())) << sent;
      // Outside the edits the bytes are the client's: both ends are untouched.
      EXPECT_EQ(sent.substr(0, body.find('{') + 1), body.substr(0, body.find('{') + 1));
      if (!request->stream) {
        EXPECT_EQ(sent.substr(0, request->model_value.begin),
                  body.substr(0, request->model_value.begin));
        EXPECT_TRUE(sent.ends_with(body.substr(request->model_value.end)));
      }
    }
  }
}

}  // namespace
}  // namespace ooe::gateway
