#include "gateway/admin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/http/harness.h"

namespace ooe::gateway {
namespace {

using http::testing::TestClient;
using http::testing::Told;
using ::testing::HasSubstr;

const experts::Secret kToken("0123456789abcdef");

class Admin : public ::testing::Test {
 protected:
  Admin() {
    AdminCalls calls;
    calls.receipts = [](std::int64_t count) -> Result<std::vector<Receipt>> {
      Receipt receipt;
      receipt.model = "auto";
      return std::vector<Receipt>(static_cast<std::size_t>(count), receipt);
    };
    calls.reload = [this]() -> Result<std::string> {
      if (broken_) return fail(broken_as_, "ooe.toml:3: no");
      return "expert b is new";
    };
    calls.keys = []() -> Result<std::vector<ApiKey>> {
      ApiKey key;
      key.name = "alice";
      key.created = "2026-11-24";
      key.limits.per_day_max = Usd{1'500'000'000};
      ApiKey private_key;
      private_key.name = "clinic";
      private_key.created = "2026-11-25";
      private_key.privacy_default = PrivacyClass::restricted;
      private_key.privacy_floor = PrivacyClass::confidential;
      return std::vector{key, private_key};
    };
    calls.spent = [] {
      return SpentByKey{{"alice", {.day = Usd{250'000'000}, .month = Usd{3'000'000'000}}}};
    };
    calls.charged_after_kills = [] { return UsdByKey{{"alice", Usd{500'000'000}}}; };
    calls.revoke = [this](const std::string& name) -> Result<Revocation> {
      if (name != "alice") return fail(ErrorCode::not_found, "no key '{}'", name);
      revoked_ = name;
      return Revocation{.not_durable = broken_ ? "keys.toml: the disk is full" : ""};
    };
    calls.metrics = [] { return std::string("ooe_connections 1\n"); };
    auto started = AdminServer::start({.listen = "127.0.0.1:0"}, kToken, std::move(calls));
    EXPECT_TRUE(started.has_value()) << started.error().message;
    admin_ = std::move(*started);
  }

  Told ask(std::string method, std::string path, std::string token = kToken.reveal()) {
    http::ClientRequest request{.method = std::move(method),
                                .url = {false, "127.0.0.1", std::to_string(admin_->port()), path}};
    if (!token.empty()) request.headers = {{"authorization", "Bearer " + token}};
    return client_.call(std::move(request));
  }

  std::unique_ptr<AdminServer> admin_;
  TestClient client_;
  bool broken_ = false;
  ErrorCode broken_as_ = ErrorCode::invalid_argument;
  std::string revoked_;
};

TEST_F(Admin, LetsNobodyInWithoutTheToken) {
  for (const char* token : {"", "0123456789abcdeF", "0123456789abcde", "0123456789abcdef0"}) {
    for (const char* path : {"/admin/keys", "/admin/receipts", "/nothing"}) {
      EXPECT_EQ(ask("GET", path, token).status, 401) << token << path;
    }
    EXPECT_EQ(ask("POST", "/admin/keys/alice/revoke", token).status, 401);
  }
  EXPECT_EQ(revoked_, "");
}

TEST_F(Admin, AsksForANewTokenOnceItIsChanged) {
  EXPECT_FALSE(*admin_->change_token(kToken)) << "the same";
  EXPECT_FALSE(admin_->change_token(experts::Secret("short")).has_value());
  EXPECT_EQ(ask("GET", "/admin/keys").status, 200) << "all stayed as it was";
  EXPECT_TRUE(*admin_->change_token(experts::Secret("fedcba9876543210")));
  EXPECT_EQ(ask("GET", "/admin/keys").status, 401);
  EXPECT_EQ(ask("GET", "/admin/keys", "fedcba9876543210").status, 200);
}

TEST_F(Admin, ShowsReceiptsAsManyAsAskedFor) {
  const auto all = nlohmann::json::parse(ask("GET", "/admin/receipts").body);
  EXPECT_EQ(all["receipts"].size(), 100U);
  const auto two = nlohmann::json::parse(ask("GET", "/admin/receipts?count=2").body);
  ASSERT_EQ(two["receipts"].size(), 2U);
  EXPECT_EQ(two["receipts"][0]["model"], "auto");
  for (const char* bad : {"count=", "count=-1", "count=1001", "count=2x", "n=2"}) {
    EXPECT_EQ(ask("GET", std::string("/admin/receipts?") + bad).status, 400) << bad;
  }
}

TEST_F(Admin, ReloadsAndSaysWhatChangedOrWhyNot) {
  EXPECT_THAT(ask("POST", "/admin/reload").body, HasSubstr("expert b is new"));
  broken_ = true;
  for (const ErrorCode code : {ErrorCode::invalid_argument, ErrorCode::not_found,
                               ErrorCode::unavailable, ErrorCode::internal}) {
    broken_as_ = code;
    const Told told = ask("POST", "/admin/reload");
    EXPECT_EQ(told.status, 422);
    EXPECT_THAT(told.body, HasSubstr("ooe.toml:3: no"));
  }
}

TEST_F(Admin, ListsKeysWithoutTheirHashesAndRevokesThem) {
  const Told told = ask("GET", "/admin/keys");
  EXPECT_EQ(nlohmann::json::parse(told.body),
            nlohmann::json::parse(R"({"keys":[{"name":"alice","created":"2026-11-24",)"
                                  R"("revoked":false,"models":[],"limits":{"usd_per_day":"1.5"},)"
                                  R"("spent":{"usd_today":"0.25","usd_this_month":"3",)"
                                  R"("usd_this_month_after_kills":"0.5"}},)"
                                  R"({"name":"clinic","created":"2026-11-25","revoked":false,)"
                                  R"("models":[],"limits":{"privacy_default":"restricted",)"
                                  R"("privacy_floor":"confidential"},"spent":{"usd_today":"0",)"
                                  R"("usd_this_month":"0","usd_this_month_after_kills":"0"}}]})"));
  EXPECT_EQ(ask("POST", "/admin/keys/bob/revoke").status, 404);
  EXPECT_EQ(ask("POST", "/admin/keys/al%69ce/revoke").status, 200);
  EXPECT_EQ(revoked_, "alice");
}

TEST_F(Admin, SaysSoWhereARevocationWillNotOutliveTheProcess) {
  broken_ = true;
  const Told told = ask("POST", "/admin/keys/alice/revoke");
  EXPECT_EQ(told.status, 503);
  EXPECT_EQ(nlohmann::json::parse(told.body)["error"]["code"], "revoked_until_restart");
  EXPECT_THAT(told.body, HasSubstr("the disk is full"));
}

TEST_F(Admin, ShowsTheMetrics) {
  EXPECT_EQ(ask("GET", "/metrics").body, "ooe_connections 1\n");
  EXPECT_EQ(ask("GET", "/metrics", "").status, 401);
}

TEST_F(Admin, NamesTheMethodThatAPathTakes) {
  for (const auto& [method, path, allowed] : {std::tuple("GET", "/admin/reload", "POST"),
                                              {"POST", "/admin/receipts", "GET"},
                                              {"PUT", "/admin/keys", "GET"},
                                              {"GET", "/admin/keys/alice/revoke", "POST"},
                                              {"POST", "/metrics", "GET"}}) {
    const Told told = ask(method, path);
    EXPECT_EQ(told.status, 405) << path;
    EXPECT_EQ(http::find_header(told.headers, "allow"), allowed) << path;
  }
  for (const char* path : {"/admin", "/admin/keys/revoke", "/admin/keys//revoke"}) {
    EXPECT_EQ(ask("POST", path).status, 404) << path;
  }
}

TEST(AdminServer, RefusesAShortTokenAndANetworkWithoutTls) {
  const auto shorter = AdminServer::start({}, experts::Secret("short"), {});
  EXPECT_THAT(shorter.error().message, HasSubstr("16 bytes"));
  const auto open = AdminServer::start({.listen = "0.0.0.0:0"}, kToken, {});
  EXPECT_EQ(open.error().code, ErrorCode::permission_denied);
}

}  // namespace
}  // namespace ooe::gateway
