#include "base/byte_order_mark.h"

#include <gtest/gtest.h>

namespace ooe {
namespace {

TEST(ByteOrderMark, GoesFromTheFrontOnly) {
  EXPECT_EQ(without_byte_order_mark(""), "");
  EXPECT_EQ(without_byte_order_mark("abc"), "abc");
  EXPECT_EQ(without_byte_order_mark("\xEF\xBB\xBF"), "");
  EXPECT_EQ(without_byte_order_mark("\xEF\xBB\xBF{}"), "{}");
  EXPECT_EQ(without_byte_order_mark("\xEF\xBB\xBF\xEF\xBB\xBFx"), "\xEF\xBB\xBFx");
  EXPECT_EQ(without_byte_order_mark("\xEF\xBB"), "\xEF\xBB") << "two bytes of it are none";
  EXPECT_EQ(without_byte_order_mark(" \xEF\xBB\xBF"), " \xEF\xBB\xBF");
}

}  // namespace
}  // namespace ooe
