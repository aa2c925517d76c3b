#include "cli/key_file.h"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <unistd.h>

#include "base/file.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;

gateway::ApiKey full_key() {
  gateway::ApiKey key = gateway::make_key("0123456789abcdef", "alice").entry;
  key.created = "2026-11-24";
  key.revoked = true;
  key.models = {"auto", "a \"quoted\" \\ name"};
  key.privacy_default = PrivacyClass::internal;
  key.privacy_floor = PrivacyClass::confidential;
  key.limits = {.per_day_max = Usd{100'000'000},
                .per_month_max = Usd{2'500'000'001},
                .requests_per_minute = 60,
                .tokens_per_minute = 90'000};
  return key;
}

TEST(KeyFile, ReadsBackWhatItWrites) {
  const gateway::ApiKey least = gateway::make_key("0123456789abcdef", "bob").entry;
  const gateway::ApiKey full = full_key();
  const auto read = parse_keys(render_keys({least, full}), "keys.toml");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0].hash, least.hash);
  EXPECT_FALSE((*read)[0].revoked);
  EXPECT_FALSE((*read)[0].limits.per_day_max.has_value());
  const gateway::ApiKey& got = (*read)[1];
  EXPECT_EQ(got.name, full.name);
  EXPECT_EQ(got.id, full.id);
  EXPECT_EQ(got.hash, full.hash);
  EXPECT_EQ(got.created, full.created);
  EXPECT_TRUE(got.revoked);
  EXPECT_EQ(got.models, full.models);
  EXPECT_EQ(got.privacy_default, full.privacy_default);
  EXPECT_EQ(got.privacy_floor, full.privacy_floor);
  EXPECT_EQ(got.limits.per_day_max, full.limits.per_day_max);
  EXPECT_EQ(got.limits.per_month_max, full.limits.per_month_max);
  EXPECT_EQ(got.limits.requests_per_minute, full.limits.requests_per_minute);
  EXPECT_EQ(got.limits.tokens_per_minute, full.limits.tokens_per_minute);
  EXPECT_TRUE(parse_keys(render_keys({}), "keys.toml")->empty());
}

TEST(KeyFile, SaysWhichLineIsWrong) {
  const std::string good = render_keys({full_key()});
  struct Case {
    const char* what;
    const char* with;
    const char* error;
  };
  for (const auto& [what, with, error] :
       {Case{"name = \"alice\"", "name = \"\"", "every key needs a name"},
        Case{"usd_per_day = \"0.1\"", "usd_per_day = \"-1\"", "usd_per_day"},
        Case{"usd_per_day = \"0.1\"", "usd_per_day = 0.1", "a string in quotes"},
        Case{"usd_per_day = \"0.1\"", "usd_per_dya = \"0.1\"", "usd_per_dya"},
        Case{"privacy_floor = \"confidential\"", "privacy_floor = \"secret\"", "privacy class"},
        Case{"requests_per_minute = 60", "requests_per_minute = 0", "from 1"},
        Case{"hash = \"", "hash = \"zz", "hexadecimal"}}) {
    SCOPED_TRACE(with);
    std::string text = good;
    const auto at = text.find(what);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, std::string_view(what).size(), with);
    const auto read = parse_keys(text, "keys.toml");
    ASSERT_FALSE(read.has_value());
    EXPECT_THAT(read.error().message, HasSubstr("keys.toml:"));
    EXPECT_THAT(read.error().message, HasSubstr(error));
  }
}

TEST(KeyFile, SaysWhichFileIsMissing) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("ooe-keys-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "keys.toml").string();
  EXPECT_THAT(load_keys(path).error().message, HasSubstr("ooe keys add"));
  ASSERT_TRUE(write_file_atomically(path, render_keys({full_key()})).has_value());
  EXPECT_THAT(load_keys(path).error().message, HasSubstr("restore it"));
  ASSERT_TRUE(write_secret_file(secret_path(path), "0123456789abcdef\n").has_value());
  EXPECT_EQ(load_keys(path)->keys().size(), 1U);
  // Empty, it is half written; where the last key was taken out of it, there is none.
  for (const char* cut_short : {"", "\n"}) {
    ASSERT_TRUE(write_file_atomically(path, cut_short).has_value());
    EXPECT_THAT(load_keys(path).error().message, HasSubstr("it is empty"));
  }
  ASSERT_TRUE(write_file_atomically(path, render_keys({})).has_value());
  EXPECT_EQ(load_keys(path)->keys().size(), 0U);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace ooe::cli
