#include "experts/tag_logprobs.h"

#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace ooe::experts {
namespace {

std::string answer_of_tokens(const std::vector<std::pair<std::string, double>>& tokens) {
  nlohmann::json top = nlohmann::json::array();
  for (const auto& [token, probability] : tokens) {
    top.push_back({{"token", token}, {"logprob", std::log(probability)}});
  }
  return nlohmann::json{
      {"choices",
       {{{"message", {{"role", "assistant"}, {"content", "A"}}},
         {"logprobs",
          {{"content", {{{"token", "A"}, {"logprob", -0.1}, {"top_logprobs", top}}}}}}}}}}
      .dump();
}

TEST(TagBody, AsksForOneTokenAndItsLogProbabilities) {
  const std::vector<std::string> names{"small", "large"};
  const auto body = nlohmann::json::parse(tag_body(names, "What is 2 + 2?", "orchestrator"));
  EXPECT_EQ(body["model"], "orchestrator");
  EXPECT_EQ(body["max_tokens"], 1);
  EXPECT_EQ(body["logprobs"], true);
  EXPECT_EQ(body["top_logprobs"], 20);
  EXPECT_EQ(body["messages"].back()["content"], "What is 2 + 2?");
}

TEST(ReadTagProbabilities, SumsWhatIsTheSameLetterAndLeavesOutTheRest) {
  const auto read = read_tag_probabilities(
      answer_of_tokens(
          {{"A", 0.3}, {" A", 0.1}, {"B", 0.2}, {"The", 0.3}, {"Z", 0.05}, {"a", 0.05}}),
      3);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_NEAR((*read)[0], 0.4 / 0.6, 1e-9);
  EXPECT_NEAR((*read)[1], 0.2 / 0.6, 1e-9);
  EXPECT_EQ((*read)[2], 0.0);
}

TEST(ReadTagProbabilities, RefusesWhatIsNoAnswer) {
  const std::string good = answer_of_tokens({{"A", 0.5}});
  for (
      const std::string& body :
      {std::string(), std::string("garbage"), good.substr(0, good.size() / 2), std::string("[]"),
       std::string(R"({"choices":[]})"), std::string(R"({"choices":["A"]})"),
       std::string(R"({"choices":[{"logprobs":{"content":[{"top_logprobs":[5]}]}}]})"),
       std::string(
           R"({"choices":[{"logprobs":{"content":[{"top_logprobs":[{"token":"A","logprob":"x"}]}]}}]})"),
       answer_of_tokens({{"A", 2.0}})}) {
    const auto read = read_tag_probabilities(body, 2);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt) << body;
  }
}

TEST(ReadTagProbabilities, SaysThatNoneAreTold) {
  for (const std::string& body :
       {std::string(R"({"choices":[{"message":{"content":"A"}}]})"),
        std::string(R"({"choices":[{"message":{"content":"A"},"logprobs":null}]})"),
        std::string(R"({"choices":[{"logprobs":{"content":null}}]})"),
        std::string(R"({"choices":[{"logprobs":{"content":[]}}]})"),
        std::string(R"({"choices":[{"logprobs":{"content":[{"top_logprobs":[]}]}}]})"),
        answer_of_tokens({{"The", 0.9}}), answer_of_tokens({{"C", 0.9}})}) {
    const auto read = read_tag_probabilities(body, 2);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().code, ErrorCode::not_found) << body;
  }
}

}  // namespace
}  // namespace ooe::experts
