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

// Ollama lists the models of its cloud under its own address.
TEST(FirstConfig, ClearsNothingThatRunsElsewhere) {
  const std::vector<FoundServer> servers{
      {"Ollama",
       "http://127.0.0.1:11434/v1",
       {"gpt-oss:120b-cloud", "gemma4:cloud", "Kimi-CLOUD", "mine", "cloudy:8b"},
       {"mine"}},
      {"a server", "https://llm.example.com/v1", {"far"}}};
  const std::string text = first_config(servers, {});
  const auto config = parse_config(text, "ooe.toml");
  ASSERT_TRUE(config.has_value()) << config.error().message << "\n" << text;
  ASSERT_EQ(config->catalogue.experts().size(), 6U);
  for (const Expert& expert : config->catalogue.experts()) {
    SCOPED_TRACE(expert.name);
    const bool here = expert.name == "cloudy:8b";
    EXPECT_EQ(expert.clearance, here ? PrivacyClass::restricted : PrivacyClass::public_);
    EXPECT_EQ(expert.own, here);
    EXPECT_EQ(expert.prices.has_value(), here) << "nobody knows it, and 0 is the least likely";
  }
  EXPECT_THAT(text, HasSubstr("it runs elsewhere"));
}

TEST(FirstConfig, KnowsWhichAddressesAreNear) {
  for (const auto& [host, near] : {std::pair("127.0.0.1", true),
                                   {"127.9.9.9", true},
                                   {"[::1]", true},
                                   {"localhost", true},
                                   {"10.1.2.3", true},
                                   {"172.16.0.1", true},
                                   {"172.31.255.1", true},
                                   {"192.168.1.7", true},
                                   {"169.254.1.1", true},
                                   {"[fd00::7]", true},
                                   {"[fe80::1]", true},
                                   {"gpu-box", true},
                                   {"gpu.local", true},
                                   {"gpu.internal", true},
                                   {"172.32.0.1", false},
                                   {"192.169.1.1", false},
                                   {"8.8.8.8", false},
                                   {"10.example.com", false},
                                   {"api.example.com", false},
                                   {"[2001:db8::1]", false},
                                   {"10.1.2.3.4", false},
                                   {"10.1.2", false},
                                   {"local.example", false}}) {
    const FoundServer server{"a server", fmt::format("http://{}:8000/v1", host), {"m"}};
    EXPECT_EQ(stays_here(server, "m"), near) << host;
  }
}

TEST(FirstConfig, LeavesOutWhatDoesNotChat) {
  const std::vector<FoundServer> servers{
      {"Ollama", "http://127.0.0.1:11434/v1", {"nomic-embed-text:latest", "llama3.1:8b"}}};
  const std::string text = first_config(servers, {});
  const auto config = parse_config(text, "ooe.toml");
  ASSERT_TRUE(config.has_value());
  ASSERT_EQ(config->catalogue.experts().size(), 1U);
  EXPECT_EQ(config->catalogue.experts()[0].name, "llama3.1:8b");
  EXPECT_THAT(text, HasSubstr("left out: nomic-embed-text:latest\n"));
  for (const char* other : {"BAAI/bge-m3", "qwen3-embedding:8b", "embeddinggemma", "all-minilm",
                            "dengcao/Qwen3-Reranker-8B", "intfloat/multilingual-e5-large"}) {
    EXPECT_FALSE(chats(other)) << other;
    EXPECT_THAT(first_config(std::vector<FoundServer>{{"x", "http://127.0.0.1:1/v1", {other}}}, {}),
                HasSubstr("# [[expert]]"));
  }
  for (const char* model : {"gpt-4o-mini", "llama3:8b", "phi-3.5-mini", "some5-base5-x"}) {
    EXPECT_TRUE(chats(model)) << model;
  }
}

TEST(FirstConfig, ReadsWhatOllamaHandsOn) {
  EXPECT_THAT(
      handed_on_in(
          R"({"models":[{"name":"mine","remote_host":"https://ollama.com:443"},{"name":"a"},)"
          R"({"name":"b","remote_host":""},{"remote_host":"x"},7]})"),
      ElementsAre("mine"));
  for (const char* other : {"", "[]", "{}", R"({"models":{}})", "404 page not found"}) {
    EXPECT_THAT(handed_on_in(other), IsEmpty()) << other;
  }
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
