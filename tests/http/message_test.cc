#include "http/message.h"

#include <gtest/gtest.h>

namespace ooe::http {
namespace {

TEST(Message, TakesAddressesApart) {
  struct Case {
    std::string_view text;
    bool tls;
    std::string_view host, port, path;
  };
  for (const Case& c :
       {Case{"http://a.example", false, "a.example", "80", ""},
        Case{"https://a.example", true, "a.example", "443", ""},
        Case{"HTTPS://A.Example:8443/v1/x?y=1", true, "a.example", "8443", "/v1/x?y=1"},
        Case{"http://127.0.0.1:11434/v1", false, "127.0.0.1", "11434", "/v1"},
        Case{"http://[::1]:80/", false, "::1", "80", "/"},
        Case{"http://[2001:db8::1]", false, "2001:db8::1", "80", ""},
        Case{"http://a?q", false, "a", "80", "/?q"},
        Case{"http://a:0080/", false, "a", "80", "/"}}) {
    SCOPED_TRACE(c.text);
    const auto url = parse_url(c.text);
    ASSERT_TRUE(url.has_value()) << url.error().message;
    EXPECT_EQ(url->tls, c.tls);
    EXPECT_EQ(url->host, c.host);
    EXPECT_EQ(url->port, c.port);
    EXPECT_EQ(url->path, c.path);
  }
}

TEST(Message, RefusesAddressesThatMeanSomethingElseToSomebody) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {""sv,
                                      "a.example"sv,
                                      "ftp://a"sv,
                                      "http:/a"sv,
                                      "http://"sv,
                                      "http:///path"sv,
                                      "http://:80"sv,
                                      "http://a:"sv,
                                      "http://a:0"sv,
                                      "http://a:65536"sv,
                                      "http://a:8x"sv,
                                      "http://a:-1"sv,
                                      "http://a:80:80"sv,
                                      "http://u@a"sv,
                                      "http://u:p@a/"sv,
                                      "http://a/#f"sv,
                                      "http://a b"sv,
                                      "http://a/\r\nx"sv,
                                      "http://a\0b"sv,
                                      "http://\xc3\xa4"sv,
                                      "http://[::1"sv,
                                      "http://[]"sv,
                                      "http://[a.b]"sv,
                                      "http://[::1]x"sv,
                                      "http://[::1%25lo]"sv,
                                      "http://a\\b"sv,
                                      "http://a%00"sv,
                                      "http://::1/"sv}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url.has_value()) << text;
    EXPECT_EQ(url.error().code, ErrorCode::invalid_argument) << text;
  }
}

TEST(Message, NeverRepeatsAPassword) {
  const auto url = parse_url("http://user:secret@host/");
  ASSERT_FALSE(url.has_value());
  EXPECT_EQ(url.error().message.find("secret"), std::string::npos);
}

TEST(Message, TakesListenAddressesApart) {
  const auto v4 = parse_listen_address("127.0.0.1:8080");
  ASSERT_TRUE(v4.has_value());
  EXPECT_EQ(v4->host, "127.0.0.1");
  EXPECT_EQ(v4->port, 8080);
  const auto v6 = parse_listen_address("[::1]:0");
  ASSERT_TRUE(v6.has_value());
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->port, 0);
  for (const std::string_view text : {"", "8080", ":8080", "a", "a:", "a:b", "a:70000", "::1:80"}) {
    EXPECT_FALSE(parse_listen_address(text).has_value()) << text;
  }
}

TEST(Message, FindsTheFirstHeaderWhateverItsCase) {
  const Headers headers{{"Content-Type", "a"}, {"content-type", "b"}, {"X", ""}};
  EXPECT_EQ(find_header(headers, "CONTENT-TYPE"), "a");
  EXPECT_EQ(find_header(headers, "x"), "");
  EXPECT_EQ(find_header(headers, "content"), "");
}

TEST(PercentDecoded, TakesWholeEscapesOnly) {
  EXPECT_EQ(percent_decoded("meta%2Fllama-3%2d70b"), "meta/llama-3-70b");
  EXPECT_EQ(percent_decoded("100%"), "100%");
  EXPECT_EQ(percent_decoded("%4"), "%4");
  EXPECT_EQ(percent_decoded("%-1%zz%41"), "%-1%zzA");
  EXPECT_EQ(percent_decoded(""), "");
}

}  // namespace
}  // namespace ooe::http
