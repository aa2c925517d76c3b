// Requests with half a surrogate pair, which is JSON by its grammar: what an expert gets of them.
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/scripted_expert.h"

namespace ooe::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class HalfPair : public ScriptedExpertTest {
 protected:
  // The body that reaches the expert.
  std::string heard_of(const std::string& text) {
    std::string heard;
    serve_by(
        [&](const std::shared_ptr<http::Exchange>& exchange) {
          heard = exchange->request().body;
          say_four(*exchange);
        },
        rules_);
    const Answer answer =
        send("POST", "/v1/chat/completions",
             R"({"model":"first","messages":[{"role":"user","content":")" + text + R"("}]})",
             {{"x-ooe-privacy", "public"}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    end_expert();
    return heard;
  }

  RequestRules rules_;
};

TEST_F(HalfPair, ReachesTheExpertAsItWasSent) {
  EXPECT_THAT(heard_of(R"(cut: \ud83d)"), HasSubstr(R"("cut: \ud83d")"));
}

TEST_F(HalfPair, IsNoObstacleToRedaction) {
  expert_.redact = true;
  rules_.privacy.detector = std::make_shared<const privacy::Detector>(*privacy::Detector::make({}));
  const std::string heard = heard_of(R"(\ud83dann.secret@x.example \udc00)");
  EXPECT_THAT(heard, HasSubstr(R"(\ud83d<EMAIL_1> \udc00)"));
  EXPECT_THAT(heard, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace ooe::gateway
