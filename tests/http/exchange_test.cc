// Our client and our server with each other.
#include <gtest/gtest.h>

#include "tests/http/harness.h"

namespace ooe::http::testing {
namespace {

TEST(Exchange, EchoesABodyOfAnySize) {
  TestServer server(echo);
  TestClient client;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{20'000}, std::size_t{3'000'000}}) {
    SCOPED_TRACE(size);
    std::string body(size, 'x');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i % 23);
    const Told told = client.call({.url = server.url("/echo?x=1"), .body = body});
    EXPECT_EQ(told.ends, 1) << told.message;
    EXPECT_EQ(told.status, 200);
    EXPECT_EQ(find_header(told.headers, "X-Target"), "/echo?x=1");
    EXPECT_TRUE(told.body == body);
  }
  EXPECT_EQ(server.server().connections(), 1U) << "four calls, one kept-alive connection";
}

}  // namespace
}  // namespace ooe::http::testing
