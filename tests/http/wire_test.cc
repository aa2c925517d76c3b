#include "http/wire.h"

#include <gtest/gtest.h>

namespace ooe::http {
namespace {

std::string head_with(const Headers& headers) {
  std::string out;
  append_response_head(out, 200, headers, Framing::none, 0, true);
  const std::size_t date = out.find("date: ");
  EXPECT_NE(date, std::string::npos) << out;
  return out.erase(date, out.find("\r\n", date) + 2 - date);
}

TEST(Wire, LeavesOutWhatBelongsToOneConnection) {
  for (const char* name : {"Connection", "CONTENT-LENGTH", "keep-alive", "Proxy-Connection",
                           "transfer-encoding", "Trailer", "upgrade"}) {
    EXPECT_EQ(head_with({{name, "x"}}), "HTTP/1.1 200 OK\r\n\r\n") << name;
  }
  for (const char* name : {"Connections", "content-lengthy", "Content-Lengt", "upgrades", "x-trail",
                           "user-agent", "retry-after-ms"}) {
    EXPECT_EQ(head_with({{name, "x"}}), "HTTP/1.1 200 OK\r\n" + std::string(name) + ": x\r\n\r\n");
  }
}

TEST(Wire, LeavesOutWhatWouldBreakTheHead) {
  for (const Header& header : Headers{{"", "x"},
                                      {"a b", "x"},
                                      {"a:", "x"},
                                      {"a", "x\r\nb: c"},
                                      {"a", "a value of more than sixteen bytes\n"},
                                      {"a", std::string("x\0y", 3)},
                                      {"a", "x\x7f"}}) {
    EXPECT_EQ(head_with({header}), "HTTP/1.1 200 OK\r\n\r\n") << header.name;
  }
  EXPECT_EQ(head_with({{"a", "x\t\xc3\xa9"}}), "HTTP/1.1 200 OK\r\na: x\t\xc3\xa9\r\n\r\n");
}

}  // namespace
}  // namespace ooe::http
