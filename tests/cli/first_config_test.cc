#include "cli/first_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/config.h"

namespace ooe::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(FirstConfig, IsReadBackAsWhatWasFound) {
  const std::vector<FoundServer> servers{
      {"Ollama", "http://127.0.0.1:11434/v1", {"llama3:8b", "a,b"}},
      {"vLLM", "http://127.0.0.1:8000/v1", {"llama3:8b", "auto", "say \"hi\""}}};
  const std::string text = first_config(servers, keyed_services());
  const auto config = parse_config(text, "ooe.toml");
  ASSERT_TRUE(config.has_value()) << config.error().message << "\n" << text;
  const auto experts = config->catalogue.experts();
  ASSERT_EQ(experts.size(), 5U + keyed_services().size());
  EXPECT_EQ(experts[0].name, "llama3:8b");
  EXPECT_EQ(experts[1].name, "a-b");
  EXPECT_EQ(experts[1].model, "a,b");
  EXPECT_EQ(experts[2].name, "llama3:8b-2");
  EXPECT_EQ(experts[3].name, "auto-2");
  EXPECT_EQ(experts[0].clearance, PrivacyClass::restricted);
  EXPECT_TRUE(experts[0].own);
  EXPECT_EQ(experts[6].dialect, Dialect::anthropic);
  EXPECT_EQ(experts[6].api_key_env, "ANTHROPIC_API_KEY");
}

TEST(FirstConfig, ShowsAnExampleWhenNothingWasFound) {
  const std::string text = first_config({}, {});
  EXPECT_THAT(text, HasSubstr("# [[expert]]"));
  EXPECT_THAT(parse_config(text, "ooe.toml").error().message, HasSubstr("at least one [[expert]]"));
}

TEST(FirstConfig, ListensWhereNothingAnswersYet) {
  const std::vector<FoundServer> gateway{{"a gateway", "http://127.0.0.1:8080/v1", {}}};
  const std::string text = first_config(gateway, {});
  EXPECT_THAT(text, HasSubstr("listen = \"127.0.0.1:8090\""));
  EXPECT_THAT(text, HasSubstr("# [[expert]]")) << "it is no expert";
  EXPECT_THAT(first_config({}, {}), HasSubstr("listen = \"127.0.0.1:8080\""));
}

TEST(FirstConfig, ReadsListsOfModels) {
  EXPECT_TRUE(is_of_a_gateway(
      R"({"data":[{"id":"x","owned_by":"expert"},{"id":"auto","owned_by":"ooe"}]})"));
  EXPECT_FALSE(is_of_a_gateway(R"({"data":[{"id":"x","owned_by":"llamacpp"},{"id":"y"},7]})"));
  EXPECT_THAT(models_in(R"({"data":[{"id":"a"},{"id":"b c"},{"id":7},{},{"id":"d/e:f"}]})"),
              ElementsAre("a", "d/e:f"));
  for (const char* other : {"", "[]", "{}", R"({"data":{}})", "<html>", "\xff"}) {
    EXPECT_THAT(models_in(other), IsEmpty()) << other;
  }
}

}  // namespace
}  // namespace ooe::cli
