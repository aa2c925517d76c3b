#include "http/via.h"

#include <gtest/gtest.h>

namespace ooe::http {
namespace {

TEST(Via, KnowsItsOwn) {
  EXPECT_TRUE(own_via().starts_with("1.1 ooe-")) << own_via();
  EXPECT_FALSE(came_from_here({}));
  EXPECT_FALSE(came_from_here({{"via", "1.1 ooe-0123456789abcdef"}, {"host", own_via()}}));
  EXPECT_TRUE(came_from_here({{"Via", "1.0 fred, " + own_via()}}));
  EXPECT_TRUE(came_from_here({{"via", "1.0 fred"}, {"via", own_via()}}));
}

TEST(Via, TellsTheGatewaysARequestCameThroughAndNobodyElse) {
  EXPECT_EQ(gateways_before({{"via", "1.0 fred, 1.1 proxy (private)"}, {"x", own_via()}}), "");
  EXPECT_EQ(gateways_before({{"via", "1.1 ooe-0123456789abcde"}}), "") << "a digit is missing";
  EXPECT_EQ(gateways_before({{"Via", "1.0 fred, 1.1 ooe-0123456789abcdef"}, {"via", own_via()}}),
            "1.1 ooe-0123456789abcdef, " + own_via());
}

}  // namespace
}  // namespace ooe::http
