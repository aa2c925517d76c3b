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
  EXPECT_FALSE(comes_from_another_page({{"host", "x.example"}, {"origin", "https://X.example"}}))
      << "its own page";
}

}  // namespace
}  // namespace ooe::gateway
