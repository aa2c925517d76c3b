#include "gateway/origin.h"

#include <string>

#include <gtest/gtest.h>

namespace ooe::gateway {
namespace {

bool is_foreign(const std::string& origin) {
  return comes_from_another_page({{"Host", "127.0.0.1:8080"}, {"Origin", origin}});
}

TEST(Origin, PagesOfTheWebAreForeignAndThisMachinesAreNot) {
  for (const char* origin : {"https://evil.example", "http://evil.example:8080", "null",
                             "http://127.0.0.1.evil.example", "http://"}) {
    EXPECT_TRUE(is_foreign(origin)) << origin;
  }
  for (const char* origin : {"", "http://127.0.0.1:8080", "http://localhost:3000",
                             "http://tauri.localhost", "http://127.0.0.2", "http://[::1]:3000",
                             "chrome-extension://abc", "vscode-webview://abc", "file://"}) {
    EXPECT_FALSE(is_foreign(origin)) << origin;
  }
  EXPECT_FALSE(comes_from_another_page({{"host", "127.0.0.1:8080"}}));
}

// The page that was read from evil.example asks evil.example, which leads here by now.
TEST(Origin, ItsOwnPageIsOneOfANameThatOthersCannotHave) {
  const auto is_foreign_at = [](const std::string& host, const std::string& origin) {
    return comes_from_another_page({{"host", host}, {"origin", origin}});
  };
  EXPECT_TRUE(is_foreign_at("evil.example:8080", "http://evil.example:8080"));
  EXPECT_FALSE(comes_from_another_page(
      {{"host", "llm.example.com"}, {"origin", "https://llm.example.com"}}, true));
  EXPECT_TRUE(comes_from_another_page(
      {{"host", "llm.example.com"}, {"origin", "https://evil.example"}}, true));
  for (const char* host : {"llm.lan", "192.0.2.7:8080", "[2001:db8::7]:8080", "nas:8080",
                           "Box.local:8080", "chat.home.arpa", "ooe.llm.svc.cluster.internal"}) {
    EXPECT_FALSE(is_foreign_at(host, "http://" + std::string(host))) << host;
  }
}

// By then no Origin is sent: to the browser, page and gateway are one.
TEST(Origin, AHostIsANameThatOthersCannotHave) {
  const auto is_strange = [](const std::string& host) {
    return is_asked_for_by_a_strange_name({{"host", host}}, "gate.example.org");
  };
  for (const char* host :
       {"evil.example:18471", "evil.example", "EVIL.example", "127.0.0.1.nip.io",
        "localhost.evil.example", "evilfritz.box", "a@127.0.0.1", "[::1", "x y"}) {
    EXPECT_TRUE(is_strange(host)) << host;
  }
  for (const char* host :
       {"127.0.0.1:8080", "localhost:8080", "LOCALHOST", "api.localhost", "192.0.2.7:8080",
        "[::1]:8080", "[2001:db8::7]", "gateway:8080", "box.local", "fritz.box", "nas.fritz.box",
        "localhost.", "gate.example.org:9", "Gate.Example.ORG", ""}) {
    EXPECT_FALSE(is_strange(host)) << host;
  }
  EXPECT_FALSE(is_asked_for_by_a_strange_name({}, "127.0.0.1"));
}

}  // namespace
}  // namespace ooe::gateway
