#include "cli/reload.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/key_file.h"

namespace ooe::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kNothing = "nothing changed in the configuration and the files behind it";

class ReloadTest : public ::testing::Test {
 protected:
  ReloadTest() { std::filesystem::create_directories(folder_); }
  ~ReloadTest() override { std::filesystem::remove_all(folder_); }
  ReloadTest(const ReloadTest&) = delete;
  ReloadTest& operator=(const ReloadTest&) = delete;

  [[nodiscard]] std::string path(const char* name) const { return (folder_ / name).string(); }
  void put(const char* name, const std::string& text) const {
    ASSERT_TRUE(write_file_atomically(path(name), text).has_value());
  }
  static std::string expert(const std::string& name, const std::string& more = "") {
    return "[[expert]]\nname = \"" + name + "\"\nbase_url = \"http://127.0.0.1:1/v1\"\n" + more;
  }
  Loaded load(const std::string& config) const {
    put("ooe.toml", config);
    auto loaded = load_all(path("ooe.toml"));
    EXPECT_TRUE(loaded.has_value()) << loaded.error().message;
    return std::move(*loaded);
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("ooe-reload-" + std::to_string(::getpid()) + "-" +
       ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(ReloadTest, SaysWhatIsNewWhatChangedAndWhatIsGone) {
  const Loaded last = load(expert("a") + expert("b"));
  EXPECT_EQ(describe_changes(last.config, last, last), kNothing);
  ASSERT_TRUE(write_secret_file(path("keys.toml.secret"), "0123456789abcdef").has_value());
  auto key = gateway::make_key("0123456789abcdef", "alice").entry;
  put("keys.toml", render_keys({key}));
  const Loaded next = load("[server]\nworkers = 3\n[keys]\n" +
                           expert("b", "price = { input = 1, output = 1 }\n") + expert("c"));
  const std::string changes = describe_changes(last.config, last, next);
  for (const char* text : {"expert a is gone", "expert b changed: price.input from not set to 1",
                           "expert c is new", "key alice is new", "clients need a key",
                           "[server] workers differs from what is running and takes a restart"}) {
    EXPECT_THAT(changes, HasSubstr(text));
  }
  key.revoked = true;
  put("keys.toml", render_keys({key}));
  EXPECT_THAT(describe_changes(next.config, next, *load_all(path("ooe.toml"))),
              HasSubstr("alice is revoked"));
}

// Whoever mistypes a price or lets the detector go must read it.
TEST_F(ReloadTest, NamesEveryKeyThatChangedWithBothValues) {
  const std::string priced = "price = { input = 1, output = 2 }\n";
  const Loaded last =
      load("[server]\nfallbacks_max = 2\nworkers = 2\n[privacy]\n" +
           std::string("default = \"public\"\n[[privacy.rule]]\nname = \"n\"\npattern = \"x\"\n") +
           expert("a", priced + "zone = \"eu\"\n"));
  const Loaded next =
      load("[server]\nhead_timeout_ms = 5\nworkers = 2\n[privacy]\ndefault = \"internal\"\n" +
           std::string("detect = false\nraises = { email = \"public\" }\n") +
           expert("a", "price = { input = 1000, output = 2.0 }\nzone = \"us\"\n"));
  EXPECT_EQ(describe_changes(last.config, last, next),
            "expert a changed: price.input from 1 to 1000, zone from \"eu\" to \"us\"; "
            "[privacy] default from \"public\" to \"internal\"; "
            "[privacy] detect from not set to false; "
            "[privacy] raises.email from not set to \"public\"; "
            "[privacy] rule.n.pattern from \"x\" to not set; "
            "[server] fallbacks_max from 2 to not set; "
            "[server] head_timeout_ms from not set to 5");
  // What takes a restart is not told as if it were in force, and nothing is told twice.
  const Loaded pending = load("[server]\nworkers = 3\n" + expert("a"));
  EXPECT_THAT(describe_changes(last.config, pending, pending),
              ::testing::Not(HasSubstr("workers from")));
}

TEST_F(ReloadTest, SaysThatASecretChangedAndNeverWhichItIs) {
  put("a.key", "sk-first");
  put("tls.pem", "first");
  put("tls.key", "first");
  const auto config = [&](const char* query) {
    return "[server]\ntls_certificate = \"tls.pem\"\ntls_key = \"tls.key\"\n[[expert]]\n" +
           std::string("name = \"a\"\nbase_url = \"http://127.0.0.1:1/d?api-version=1&key=") +
           query + "\"\napi_key_file = \"a.key\"\n";
  };
  const Loaded last = load(config("one"));
  put("a.key", "sk-second");
  put("tls.pem", "second");
  EXPECT_EQ(describe_changes(last.config, last, load(config("two"))),
            "expert a changed: base_url, its API key; the TLS certificate " + path("tls.pem") +
                " changed");
}

TEST_F(ReloadTest, NamesWhatChangedOfAKeyButNotItsHash) {
  const std::string config = "[keys]\n" + expert("a");
  ASSERT_TRUE(write_secret_file(path("keys.toml.secret"), "0123456789abcdef").has_value());
  auto key = gateway::make_key("0123456789abcdef", "al.ice").entry;
  key.limits.per_day_max = Usd{1'000'000'000};
  put("keys.toml", render_keys({key}));
  const Loaded last = load(config);
  key.limits.per_day_max = Usd{1'000'000'000'000};
  key.hash = gateway::make_key("0123456789abcdef", "x").entry.hash;
  put("keys.toml", render_keys({key}));
  EXPECT_EQ(describe_changes(last.config, last, load(config)),
            "key al.ice changed: the key itself, usd_per_day from \"1\" to \"1000\"");
}

TEST_F(ReloadTest, NamesWhatTakesARestartAndComparesWithWhatRuns) {
  const std::string admin = "[admin]\ntoken_env = \"T\"\n";
  const Loaded started = load(admin + expert("a"));
  const auto pending = [&](const std::string& config) {
    return needs_restart(started.config, load(config + expert("a")).config);
  };
  EXPECT_THAT(pending(admin), ElementsAre());
  EXPECT_THAT(pending("[admin]\ntoken_env = \"U\"\n"), ElementsAre()) << "the token is read again";
  EXPECT_THAT(pending("[admin]\ntoken_env = \"T\"\nlisten = \"127.0.0.1:9\"\n"),
              ElementsAre("[admin] listen"));
  EXPECT_THAT(pending("[server]\nlisten = \"127.0.0.1:1\"\nidle_timeout_ms = 1\n" + admin +
                      "[store]\nurl = \"sqlite:b.db\"\n[sessions]\nturns_max = 9\n"),
              ElementsAre("[server] listen", "[server] idle_timeout_ms", "[sessions] turns_max",
                          "[store] url"));
  // Taken out, which is said, and put back: nothing is pending any more.
  const Loaded without = load(expert("a"));
  EXPECT_EQ(describe_changes(started.config, started, without),
            "[admin] differs from what is running and takes a restart");
  EXPECT_EQ(describe_changes(started.config, without, started), kNothing);
  // What is pending stays so, whatever else is reloaded.
  EXPECT_THAT(describe_changes(started.config, without, without), HasSubstr("[admin] differs"));
}

TEST_F(ReloadTest, ABrokenFileIsAnErrorAndNothingElse) {
  static_cast<void>(load(expert("a")));
  put("ooe.toml", expert("a") + "nonsense = 1\n");
  EXPECT_THAT(load_all(path("ooe.toml")).error().message, HasSubstr("ooe.toml:4"));
  put("ooe.toml", expert("a") + "[keys]\n");
  EXPECT_THAT(load_all(path("ooe.toml")).error().message, HasSubstr("ooe keys add"));
}

TEST_F(ReloadTest, SaysWhyATlsFileCannotBeRead) {
  put("tls.pem", "");
  put("ooe.toml", "[server]\ntls_certificate = \"tls.pem\"\ntls_key = \"no.key\"\n" + expert("a"));
  EXPECT_EQ(load_all(path("ooe.toml")).error().message,
            "the TLS key '" + path("no.key") + "' cannot be read: No such file or directory");
}

// Else every expert behind it fails, later.
TEST_F(ReloadTest, RefusesAnAuthorityThatNobodyCanRead) {
  put("ooe.toml", "[server]\nexpert_ca_file = \"ca.pem\"\n" + expert("a"));
  EXPECT_EQ(
      load_all(path("ooe.toml")).error().message,
      "[server] expert_ca_file '" + path("ca.pem") + "' cannot be read: No such file or directory");
  put("ca.pem", "what was pasted here is no PEM\n");
  EXPECT_THAT(load_all(path("ooe.toml")).error().message,
              HasSubstr("ca.pem' has no certificates in PEM"));
}

TEST_F(ReloadTest, KnowsEveryFileBehindTheConfiguration) {
  put("ooe.toml",
      "[server]\nexpert_ca_file = \"ca.pem\"\n[admin]\ntoken_file = \"t\"\n[keys]\nfile = "
      "\"k.toml\"\n" +
          std::string("[predictor]\nfile = \"m.ooe\"\n") +
          expert("a", "api_key_file = \"a.key\"\n"));
  const auto config = load_config(path("ooe.toml"));
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_THAT(files_behind(path("ooe.toml"), *config),
              ::testing::UnorderedElementsAre(path("ooe.toml"), path("m.ooe"), path("k.toml"),
                                              path("k.toml.secret"), path("a.key"), path("t"),
                                              path("ca.pem")));
}

TEST_F(ReloadTest, AFingerprintTellsBytesAndNotTimes) {
  put("a", "1");
  const std::vector<std::string> files{path("a"), path("b")};
  const std::string before = fingerprint_of(files);
  put("a", "1");  // another file of the same bytes
  EXPECT_EQ(fingerprint_of(files), before);
  put("a", "2");
  EXPECT_NE(fingerprint_of(files), before);
  put("a", "1");
  put("b", "");
  EXPECT_NE(fingerprint_of(files), before) << "it is not absent any more";
}

TEST_F(ReloadTest, AChangeCountsOnceAndOnlyWhenItStandsStill) {
  put("a", "1");
  FileWatch watch({path("a"), path("b")});
  EXPECT_FALSE(watch.changed());
  EXPECT_FALSE(watch.changed());
  std::ofstream(path("b")) << "half";  // it appears
  EXPECT_FALSE(watch.changed()) << "it may still be written";
  std::ofstream(path("b"), std::ios::app) << " and the rest";
  EXPECT_FALSE(watch.changed());
  EXPECT_TRUE(watch.changed());
  EXPECT_FALSE(watch.changed());
  put("a", "2");  // replaced by another file of the same size
  EXPECT_FALSE(watch.changed());
  EXPECT_TRUE(watch.changed());
  std::filesystem::remove(path("a"));
  EXPECT_FALSE(watch.changed());
  EXPECT_TRUE(watch.changed());
  watch.follow({path("a"), path("b")});
  EXPECT_FALSE(watch.changed());
  watch.follow({path("b")});
  EXPECT_TRUE(watch.changed()) << "it may have changed before";
  EXPECT_FALSE(watch.changed());
}

}  // namespace
}  // namespace ooe::cli
