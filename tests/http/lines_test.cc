#include "http/lines.h"

#include <limits>

#include <gtest/gtest.h>

namespace ooe::http {
namespace {

TEST(Lines, ReadsARequestLine) {
  const auto line = parse_request_line("POST /v1/x?y=z HTTP/1.1");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->method, "POST");
  EXPECT_EQ(line->target, "/v1/x?y=z");
  EXPECT_EQ(line->version, "HTTP/1.1");
  for (const std::string_view bad :
       {"", "GET", "GET ", "GET /", "GET  / HTTP/1.1", " GET / HTTP/1.1", "G(T / HTTP/1.1",
        "GET\t/ HTTP/1.1", "GET /\tHTTP/1.1", "GET /a\tb HTTP/1.1"}) {
    EXPECT_FALSE(parse_request_line(bad)) << bad;
  }
  EXPECT_EQ(parse_request_line("GET / HTTP/1.1 ")->version, "HTTP/1.1 ");
  EXPECT_EQ(parse_request_line("GET /a b HTTP/1.1")->version, "b HTTP/1.1");
}

TEST(Lines, ReadsAStatusLine) {
  const auto line = parse_status_line("HTTP/1.1 404 Not Found");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->version, "HTTP/1.1");
  EXPECT_EQ(line->status, 404);
  EXPECT_EQ(parse_status_line("HTTP/1.1 200 ")->status, 200);
  for (const std::string_view bad :
       {"", "HTTP/1.1", "HTTP/1.1 200", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1  200 OK",
        "HTTP/1.1 2x0 OK", "HTTP/1.1 099 OK", "HTTP/1.1 -20 OK", "HTTP/1.1\t200 OK"}) {
    EXPECT_FALSE(parse_status_line(bad)) << bad;
  }
}

TEST(Lines, ReadsAField) {
  struct Case {
    std::string_view line, name, value;
  };
  for (const Case& c : {Case{"Host: x", "Host", "x"}, Case{"a:b", "a", "b"}, Case{"a:", "a", ""},
                        Case{"a: \t b: c \t", "a", "b: c"}, Case{"a: \x80", "a", "\x80"}}) {
    const auto field = parse_field_line(c.line);
    ASSERT_TRUE(field) << c.line;
    EXPECT_EQ(field->name, c.name);
    EXPECT_EQ(field->value, c.value);
  }
  for (const std::string_view bad : {"", "a", ": b", "a : b", " a: b", "\ta: b", "a b: c", "a"}) {
    EXPECT_FALSE(parse_field_line(bad)) << bad;
  }
}

TEST(Lines, ReadsALengthOfDecimalDigitsOnly) {
  EXPECT_EQ(parse_content_length("0"), 0U);
  EXPECT_EQ(parse_content_length("007"), 7U);
  EXPECT_EQ(parse_content_length("18446744073709551615"),
            std::numeric_limits<std::uint64_t>::max());
  for (const std::string_view bad : {"", "+1", "-1", "0x1", "1 ", " 1", "1,1", "1, 1", "1.0", "1e3",
                                     "18446744073709551616", "99999999999999999999"}) {
    EXPECT_FALSE(parse_content_length(bad)) << bad;
  }
}

TEST(Lines, ReadsAChunksSize) {
  struct Case {
    std::string_view line;
    std::uint64_t size;
  };
  for (const Case& c :
       {Case{"0", 0}, Case{"1f", 31}, Case{"1F", 31}, Case{"000000000000000000a", 10},
        Case{"ffffffffffffffff", std::numeric_limits<std::uint64_t>::max()}, Case{"5;a", 5},
        Case{"5;a=b;c=\"d;\\\"e\"", 5}, Case{"5 ; a = b", 5}}) {
    EXPECT_EQ(parse_chunk_line(c.line), c.size) << c.line;
  }
  for (const std::string_view bad : {"",        "x",           "+1",
                                     "-1",      "0x1",         " 1",
                                     "1 ",      "1 2",         "10000000000000000",
                                     "1;",      "1;a=",        "1;=b",
                                     "1;a b",   "1;a ",        "1;a=b c",
                                     "1;a=\"b", "1;a=\"b\\\"", "1;a=\"b\"c",
                                     "1;a=b=c", "1,a"}) {
    EXPECT_FALSE(parse_chunk_line(bad)) << bad;
  }
}

}  // namespace
}  // namespace ooe::http
