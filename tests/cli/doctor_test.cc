// `ooe doctor` on experts that are small servers of the test.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_ooe.h"
#include "tests/http/harness.h"

namespace ooe::cli {
namespace {

using http::testing::TestServer;
using ::testing::HasSubstr;

// Answers, streams and says what it used.
void answer_well(std::size_t, const std::shared_ptr<http::Exchange>& exchange) {
  const std::string usage = R"("usage":{"prompt_tokens":9,"completion_tokens":1}})";
  if (exchange->request().method == "GET") return exchange->send({404, {}, ""});
  if (exchange->request().body.find(R"("stream":true)") == std::string::npos) {
    return exchange->send(
        {200,
         {{"content-type", "application/json"}},
         R"({"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}],)" + usage});
  }
  exchange->send(
      {200,
       {{"content-type", "text/event-stream"}},
       R"(data: {"choices":[{"index":0,"delta":{"content":"1"},"finish_reason":"stop"}]})"
       "\n\ndata: {\"choices\":[]," +
           usage + "\n\ndata: [DONE]\n\n"});
}

class Doctor : public InEmptyFolder {
 protected:
  static void write_expert(const std::string& addresses) {
    write("ooe.toml", "[[expert]]\nname = \"twice\"\nprice = { input = 1, output = 1 }\n" +
                          addresses +
                          "\n[[model]]\nname = \"auto\"\ngoal = { maximise = \"quality\" }\n");
  }
};

// Asked as one expert, the well replica would answer for the dead one.
TEST_F(Doctor, LooksAtEachAddressOfAnExpert) {
  TestServer server(answer_well);
  const std::string well = fmt::format("http://127.0.0.1:{}/v1", server.port());
  const std::string dead = "http://127.0.0.1:1/v1";
  write_expert(fmt::format("base_urls = [\"{}\", \"{}\"]", well, dead));
  for (int i = 0; i < 3; ++i) {
    const Ended ended = run_ooe({"doctor", "--json", "--timeout", "5"});
    EXPECT_EQ(ended.code, 1);
    const auto json = nlohmann::json::parse(ended.printed, nullptr, false);
    ASSERT_TRUE(json.is_object()) << ended.printed << ended.said;
    int failed = 0;
    for (const auto& check : json["experts"][0]["checks"]) {
      EXPECT_EQ(check["ok"], check["base_url"] == well) << check;
      failed += check["ok"] ? 0 : 1;
    }
    EXPECT_EQ(failed, 1) << json;
  }
  EXPECT_THAT(run_ooe({"doctor"}).printed, HasSubstr("twice at " + dead));
}

TEST_F(Doctor, NamesNoAddressWhereThereIsOne) {
  TestServer server(answer_well);
  write_expert(fmt::format("base_url = \"http://127.0.0.1:{}/v1\"", server.port()));
  const Ended ended = run_ooe({"doctor", "--json"});
  EXPECT_EQ(ended.code, 0) << ended.printed;
  EXPECT_EQ(ended.printed.find("base_url"), std::string::npos);
}

}  // namespace
}  // namespace ooe::cli
