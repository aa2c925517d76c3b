#include "simulate/fault.h"

#include <string_view>

#include <gtest/gtest.h>

namespace ooe::simulate {
namespace {

TEST(Fault, NamesAreReadAndPrintedBack) {
  for (const std::string_view name :
       {"429", "500", "400", "599", "retry-after-2", "context-length", "silence", "stall",
        "stall-after-3", "heartbeat-after-3", "cut-after-0", "cut-after-3", "early-close",
        "malformed", "error-event", "slow-drip", "wrong-usage"}) {
    const auto fault = parse_fault(name);
    ASSERT_TRUE(fault.has_value()) << name;
    EXPECT_EQ(to_string(*fault), name);
  }
}

TEST(Fault, RefusesOtherNamesAndListsTheKnownOnes) {
  for (const std::string_view name : {"", "200", "399", "600", "42x", "cut-after-", "cut-after--1",
                                      "cut-after-x", "stall-1", "Stall", "retry-after-99999999"}) {
    const auto fault = parse_fault(name);
    ASSERT_FALSE(fault.has_value()) << name;
    EXPECT_NE(fault.error().message.find("slow-drip"), std::string::npos);
  }
}

}  // namespace
}  // namespace ooe::simulate
