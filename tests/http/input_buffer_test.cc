#include "http/input_buffer.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::http {
namespace {

// As a socket would: as much of `bytes` as there is room for. Returns what is left.
std::string_view read_into(InputBuffer& buffer, std::string_view bytes) {
  const auto room = buffer.room();
  const std::size_t n = std::min(room.size(), bytes.size());
  if (n > 0) std::memcpy(room.data(), bytes.data(), n);
  buffer.commit(n);
  return bytes.substr(n);
}

TEST(InputBuffer, StaysSmallForManySmallReadsThatLeaveALineEnd) {
  InputBuffer buffer(64 << 10);
  const std::string chunk(230, 'e');
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(read_into(buffer, chunk).empty());
    buffer.consume(buffer.unread().size() - 2);
    ASSERT_GE(buffer.room().size(), buffer.capacity() - 2) << "what is left is in front";
  }
  EXPECT_EQ(buffer.capacity(), 2048U);
}

TEST(InputBuffer, TakesALongMessageInFewReadsAndTheNextInOne) {
  InputBuffer buffer(64 << 10);
  const std::string message(16 << 10, 'm');
  for (const int reads_wanted : {4, 1, 1}) {  // 2 KiB, 6 KiB more, 8 KiB more
    int reads = 0;
    for (std::string_view rest = message; !rest.empty(); ++reads) {
      rest = read_into(buffer, rest);
      buffer.consume(buffer.unread().size());
    }
    EXPECT_LE(reads, reads_wanted);
  }
  EXPECT_EQ(buffer.capacity(), 16U << 10U) << "it grows beyond a usual read only for a head";
}

TEST(InputBuffer, HoldsWhatIsUnreadUpToItsLimitAndSaysSo) {
  for (const std::size_t bytes_max : {std::size_t{1}, std::size_t{16} << 10, std::size_t{40'000}}) {
    InputBuffer buffer(bytes_max);
    const std::string endless(100'000, 'h');
    std::string_view rest = endless;
    while (!buffer.is_full()) {
      ASSERT_FALSE(buffer.room().empty());
      rest = read_into(buffer, rest);
    }
    EXPECT_TRUE(buffer.room().empty());
    EXPECT_EQ(buffer.unread().size(), std::max<std::size_t>(bytes_max, 16 << 10));
  }
}

TEST(InputBuffer, RestsOnlyWhileNothingIsUnreadAndIsAsLargeAgain) {
  InputBuffer buffer(64 << 10);
  const std::string message(10'000, 'm');
  for (std::string_view rest = message; !rest.empty();) rest = read_into(buffer, rest);
  const std::size_t capacity = buffer.capacity();
  buffer.consume(message.size() - 1);
  buffer.rest();
  EXPECT_EQ(buffer.unread(), "m");
  buffer.consume(1);
  buffer.rest();
  EXPECT_EQ(buffer.unread(), "");
  EXPECT_EQ(buffer.room().size(), capacity);
}

// Against a plain string, for reads and steps of any size.
TEST(InputBuffer, LosesAndAddsNothing) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    InputBuffer buffer(20'000);
    std::string expected;
    char next = 'a';
    for (int i = 0; i < 300; ++i) {
      std::string bytes(rng.below(i % 7 == 0 ? 9'000 : 400), ' ');
      for (char& byte : bytes) byte = next = next == 'z' ? 'a' : static_cast<char>(next + 1);
      const std::string_view left = read_into(buffer, bytes);
      expected += std::string_view(bytes).substr(0, bytes.size() - left.size());
      ASSERT_EQ(buffer.unread(), expected);
      const std::size_t used = rng.below(expected.size() + 1);
      buffer.consume(used);
      expected.erase(0, used);
      if (rng.below(2) == 0) buffer.rest();
      ASSERT_EQ(buffer.unread(), expected);
    }
  }
}

}  // namespace
}  // namespace ooe::http
