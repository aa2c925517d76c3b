#include "experts/catalogue.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

Expert expert(std::string name, std::string base_url = "http://127.0.0.1:8000/v1") {
  Expert made;
  made.name = std::move(name);
  made.base_url = std::move(base_url);
  return made;
}

TEST(Catalogue, FindsExpertsByNameAndById) {
  const auto catalogue = Catalogue::make({expert("a b"), expert("meta/llama-3 (8B)")});
  ASSERT_TRUE(catalogue.has_value()) << catalogue.error().message;
  EXPECT_EQ(catalogue->size(), 2U);
  EXPECT_EQ(catalogue->find("meta/llama-3 (8B)"), ExpertId{1});
  EXPECT_EQ((*catalogue)[ExpertId{0}].name, "a b");
  EXPECT_EQ(catalogue->find("nobody"), std::nullopt);
}

TEST(Catalogue, KeepsOneListOfThoseWhoAreClearedForAClass) {
  std::vector<Expert> experts{expert("open"), expert("inside"), expert("vault")};
  experts[1].clearance = PrivacyClass::internal;
  experts[2].clearance = PrivacyClass::restricted;
  const auto catalogue = Catalogue::make(experts);
  ASSERT_TRUE(catalogue.has_value()) << catalogue.error().message;
  EXPECT_EQ(catalogue->cleared_for(PrivacyClass::public_), (NameList{"open", "inside", "vault"}));
  EXPECT_EQ(catalogue->cleared_for(PrivacyClass::internal), (NameList{"inside", "vault"}));
  EXPECT_EQ(catalogue->cleared_for(PrivacyClass::confidential), NameList{"vault"});
  EXPECT_EQ(catalogue->cleared_for(PrivacyClass::restricted), NameList{"vault"});
  EXPECT_EQ(Catalogue::make({expert("open")})->cleared_for(PrivacyClass::internal), NameList());
}

TEST(Catalogue, FillsInTheModelAndDropsSlashesAtTheEnd) {
  const auto catalogue = Catalogue::make({expert("a", "https://api.example.com/v1//")});
  ASSERT_TRUE(catalogue.has_value()) << catalogue.error().message;
  EXPECT_EQ(catalogue->experts()[0].base_url, "https://api.example.com/v1");
  EXPECT_EQ(catalogue->experts()[0].model, "a");
}

TEST(Catalogue, RefusesWhatCannotWorkAndNamesIt) {
  Expert anthropic = expert("claude");
  anthropic.dialect = Dialect::anthropic;
  anthropic.base_url = "http://h/v1?api-version=1";
  Expert negative = expert("short");
  negative.context_tokens = -1;
  struct Case {
    std::vector<Expert> experts;
    std::string named;
  };
  const std::vector<Case> cases{
      {{}, "at least one"},
      {{expert("")}, "no name"},
      {{expert("a,b")}, "a,b"},
      {{expert("a\tb")}, "rename"},
      {{expert(" a")}, "rename"},
      {{expert("a\xff")}, "rename"},
      {{expert("twice"), expert("twice")}, "twice"},
      {{expert("lost", "")}, "lost"},
      {{expert("lost", "127.0.0.1:8000/v1")}, "lost"},
      {{expert("lost", "ftp://x/v1")}, "lost"},
      {{expert("asks", "http://x/v1?key=1")}, "base_url http://x/v1?... has a query"},
      {{anthropic}, "has a query"},
      {{negative}, "-1"},
  };
  for (const auto& [experts, named] : cases) {
    SCOPED_TRACE(named);
    const auto catalogue = Catalogue::make(experts);
    ASSERT_FALSE(catalogue.has_value());
    EXPECT_EQ(catalogue.error().code, ErrorCode::invalid_argument);
    EXPECT_NE(catalogue.error().message.find(named), std::string::npos)
        << catalogue.error().message;
  }
}

}  // namespace
}  // namespace ooe::experts
