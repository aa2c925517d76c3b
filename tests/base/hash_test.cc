#include "base/hash.h"

#include <string>

#include <gtest/gtest.h>

#include "base/fast_hash.h"
#include "base/id.h"

namespace ooe {
namespace {

// The published test value of BLAKE2b with 16 bytes of output.
TEST(Hash, IsBlake2bAsOthersComputeIt) {
  EXPECT_EQ(to_hex(QueryId{blake2b_128("")}), "cae66941d9efbd404e4d88758ea67670");
  EXPECT_EQ(to_hex(QueryId{blake2b_128("abc")}), "cf4ab791c62b8d2b2109c90275287816");
}

// Against Python's hashlib.blake2b(b"abc", digest_size=16, key=b"0123456789abcdef").
TEST(Hash, IsKeyedBlake2bAsOthersComputeIt) {
  EXPECT_EQ(to_hex(QueryId{keyed_blake2b_128("0123456789abcdef", "abc")}),
            "ba12358e44e48c3039f89e0d14dbcaa5");
  EXPECT_NE(keyed_blake2b_128("0123456789abcdeX", "abc"),
            keyed_blake2b_128("0123456789abcdef", "abc"));
}

TEST(Hash, ComparesEveryByteInConstantTime) {
  const auto hash = blake2b_128("abc");
  EXPECT_TRUE(equal_in_constant_time(hash, hash));
  for (std::size_t i = 0; i < hash.size(); ++i) {
    auto other = hash;
    other[i] ^= 1U;
    EXPECT_FALSE(equal_in_constant_time(hash, other)) << i;
  }
}

// The published test values of XXH3 with 64 bits.
TEST(Hash, IsXxh3AsOthersComputeIt) {
  EXPECT_EQ(fast_hash(""), 0x2d06800538d394c2U);
  EXPECT_NE(fast_hash("a", 1), fast_hash("a", 2));
  EXPECT_NE(fast_hash("a"), fast_hash("b"));
}

TEST(Hash, SeesNullBytes) {
  EXPECT_NE(blake2b_128(std::string_view("a\0b", 3)), blake2b_128("a"));
  EXPECT_NE(fast_hash(std::string_view("a\0b", 3)), fast_hash("a"));
}

TEST(Hash, RandomBytesDoNotRepeat) { EXPECT_NE(random_bytes_128(), random_bytes_128()); }

}  // namespace
}  // namespace ooe
