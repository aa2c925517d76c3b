#include "policy/why_nobody.h"

#include <array>

#include <gmock/gmock.h>

namespace ooe::policy {
namespace {

TEST(WhyNobody, SaysWhatTheRequestNeedsAndTheExpertHas) {
  std::vector<Expert> experts(5);
  for (std::size_t i = 0; i < experts.size(); ++i) experts[i].name = std::string(1, char('a' + i));
  experts[1].clearance = experts[2].clearance = experts[3].clearance = PrivacyClass::restricted;
  experts[2].capabilities.add(Capabilities::tools);
  experts[3].capabilities.add(Capabilities::tools);
  experts[3].capabilities.add(Capabilities::vision);
  experts[3].context_tokens = 100;
  Query query;
  query.privacy = PrivacyClass::confidential;
  query.needs.add(Capabilities::vision);
  query.needs.add(Capabilities::tools);
  query.prompt_tokens = 200;
  const std::array<ExpertId, 4> only{ExpertId{0}, ExpertId{1}, ExpertId{2}, ExpertId{3}};
  DecideOptions options{.only = only};
  const std::vector<Prediction> predictions(experts.size());
  std::vector<std::string> reasons;
  const auto why = [&] {
    const Decision decision = decide(predictions, experts, query, {}, options);
    EXPECT_TRUE(decision.plan.empty());
    return why_nobody(decision, experts, query, reasons, options);
  };
  EXPECT_EQ(why(),
            "a: not cleared (sees public, the request is confidential); b: lacks tools, vision; "
            "c: lacks vision; d: context too short (100 tokens)");
  options.pinned = ExpertId{2};
  EXPECT_EQ(why(), "c: lacks vision");
  options.pinned = ExpertId{0};
  reasons = {"default", "email", "phone"};
  query.privacy_said = PrivacyClass::internal;
  EXPECT_EQ(why(), "a: not cleared (sees public, the request is confidential: email, phone)");
  query.privacy_said = PrivacyClass::confidential;  // what was found adds nothing
  EXPECT_EQ(why(), "a: not cleared (sees public, the request is confidential: default)");
}

TEST(WhyNobody, NamesTheLimitAndWhoseItIs) {
  std::vector<Expert> experts(1);
  experts[0].name = "a";
  experts[0].prices = Prices{{1'000'000}, {1'000'000}, {1'000'000}};
  std::vector<Prediction> predictions(1);
  predictions[0].cost = Usd{2'000};
  Query query;
  query.privacy = PrivacyClass::public_;
  DecideOptions options{.cost_max = Usd{1'000}};
  const auto why = [&] {
    return why_nobody(decide(predictions, experts, query, {}, options), experts, query, {},
                      options);
  };
  EXPECT_EQ(why(), "a: too dear (predicted above 0.000001 USD)");
  options.cost_max_is_budget = true;
  EXPECT_EQ(why(), "a: over budget (predicted above 0.000001 USD, what its key has left)");
}

}  // namespace
}  // namespace ooe::policy
