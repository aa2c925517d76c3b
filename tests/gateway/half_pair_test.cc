// Requests with half a surrogate pair, which is JSON by its grammar: what an expert gets of them.
#include <mutex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/gateway_fixture.h"
#include "tests/http/harness.h"

namespace ooe::gateway {
namespace {

using http::testing::TestServer;
using ::testing::HasSubstr;
using ::testing::Not;

class HalfPair : public GatewayTest {};

TEST_F(HalfPair, ReachesTheExpertAsItWasSentAndRedactedAllTheSame) {
  std::mutex mutex;
  std::string heard;
  TestServer expert([&](std::size_t, const std::shared_ptr<http::Exchange>& exchange) {
    const std::lock_guard lock(mutex);
    heard = exchange->request().body;
    exchange->send({200,
                    {{"content-type", "application/json"}},
                    R"({"choices":[{"message":{"role":"assistant","content":"4"}}],)"
                    R"("usage":{"prompt_tokens":3,"completion_tokens":1}})"});
  });
  folder_ = ::testing::TempDir() + "ooe-half-pair-" + std::to_string(::getpid());
  std::filesystem::create_directories(folder_);
  std::vector<Expert> experts(2);
  for (std::size_t i = 0; i < 2; ++i) {
    experts[i].name = experts[i].model = kNames[i];
    experts[i].base_url = "http://127.0.0.1:" + std::to_string(expert.port()) + "/v1";
  }
  experts[0].redact = true;
  RequestRules rules;
  rules.privacy.detector = std::make_shared<const privacy::Detector>(*privacy::Detector::make({}));
  serve(std::move(experts), {}, rules);
  const auto ask = [&](const std::string& text) {
    return send("POST", "/v1/chat/completions",
                R"({"model":"first","messages":[{"role":"user","content":")" + text + R"("}]})",
                {{"x-ooe-privacy", "public"}});
  };
  ASSERT_EQ(ask(R"(cut: \ud83d)").status, 200);
  EXPECT_THAT(heard, HasSubstr(R"("cut: \ud83d")"));
  const Answer answer = ask(R"(\ud83dann.secret@x.example \udc00)");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(heard, HasSubstr(R"(\ud83d<EMAIL_1> \udc00)"));
  EXPECT_THAT(heard, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace ooe::gateway
