#include "core/name_list.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ooe {
namespace {

TEST(NameList, IsSharedByItsCopies) {
  const NameList list{"a", "b"};
  const NameList copy = list;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(&copy.names(), &list.names());
}

TEST(NameList, IsEqualToEveryListOfTheSameNames) {
  const NameList list{"a", "b"};
  EXPECT_EQ(list, NameList(std::vector<std::string>{"a", "b"}));
  for (const NameList& other : {NameList{"b", "a"}, NameList{"a"}, NameList{"ab"}, NameList{}}) {
    EXPECT_FALSE(list == other);
  }
}

TEST(NameList, OfNobodyIsTheOneThatWasNeverFilled) {
  EXPECT_TRUE(NameList().names().empty());
  EXPECT_EQ(NameList(), NameList(std::vector<std::string>()));
}

}  // namespace
}  // namespace ooe
