#include "store/sqlite_store.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/file.h"
#include "store/schema.h"
#include "store/sqlite_row.h"
#include "tests/store/store_suite.h"

namespace ooe::store {
namespace {

using ::testing::HasSubstr;

std::string fresh_path() {
  static std::atomic<int> count = 0;
  return std::string(::testing::TempDir()) + "/sqlite_store_test_" + std::to_string(::getpid()) +
         "_" + std::to_string(count++) + ".db";
}

// Removes the database files it handed out.
class FreshPaths : public ::testing::Environment {
 public:
  void TearDown() override {
    for (const std::string& path : paths_) {
      for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
    }
  }
  std::string next() { return paths_.emplace_back(fresh_path()); }

 private:
  std::vector<std::string> paths_;
};

FreshPaths& fresh_paths() {
  static auto* paths =
      static_cast<FreshPaths*>(::testing::AddGlobalTestEnvironment(new FreshPaths()));
  return *paths;
}

std::string fresh_sqlite_url() { return "sqlite:" + fresh_paths().next(); }

}  // namespace

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreSuite, ::testing::Values(&fresh_sqlite_url),
                         [](const auto&) { return "File"; });

namespace {

TEST(SqliteStore, MarksItsFilesAndUsesAWriteAheadLog) {
  const std::string path = fresh_paths().next();
  const auto store = open_store(path);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  SQLite::Database database(path);
  EXPECT_EQ(database.execAndGet("PRAGMA journal_mode").getString(), "wal");
  EXPECT_EQ(database.execAndGet("PRAGMA application_id").getInt(), kApplicationId);
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), schema_version());
}

// Also where a link says it is to be, and what SQLite puts beside it.
TEST(SqliteStore, MakesFilesForTheirOwnerAlone) {
  const std::string path = fresh_paths().next();
  const std::string target = fresh_paths().next();
  std::filesystem::create_symlink(std::filesystem::path(target).filename(), path);
  const auto store = open_store(path);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    EXPECT_EQ(std::filesystem::status(target + suffix).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << suffix;
  }
  EXPECT_TRUE(std::filesystem::is_symlink(path));
}

TEST(SqliteStore, RefusesAFileThatIsNoDatabase) {
  const std::string path = fresh_paths().next();
  ASSERT_TRUE(write_file_atomically(path, std::string(4096, 'x')).has_value());
  const auto store = open_store("sqlite:" + path);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::corrupt);
  EXPECT_THAT(store.error().message, HasSubstr(path));
  EXPECT_EQ(read_file(path).value(), std::string(4096, 'x')) << "the file is left alone";
}

TEST(SqliteStore, TakesAnEmptyFileForANewDatabase) {
  const std::string path = fresh_paths().next();
  ASSERT_TRUE(write_file_atomically(path, "").has_value());
  EXPECT_TRUE(open_store(path).has_value());
}

TEST(SqliteStore, RefusesAnotherProgramsDatabase) {
  const std::string path = fresh_paths().next();
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE songs (title TEXT)");
  const auto store = open_store(path);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::corrupt);
  EXPECT_THAT(store.error().message, HasSubstr("another program"));
}

TEST(SqliteStore, RefusesASchemaNewerThanItself) {
  const std::string path = fresh_paths().next();
  ASSERT_TRUE(open_store(path).has_value());
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("PRAGMA user_version = " + std::to_string(schema_version() + 1));
  const auto store = open_store(path);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::corrupt);
  EXPECT_THAT(store.error().message, HasSubstr("newer"));
}

// Version 4 had a table of calls and two indexes; nothing of it may be lost.
TEST(SqliteStore, TakesOverReceiptsOfAnOlderSchemaWithTheirCalls) {
  const std::string path = fresh_paths().next();
  ASSERT_TRUE(open_store(path).has_value());
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec(
          "DROP VIEW attempts; DROP TABLE receipts; DROP TABLE expert_lists; ALTER TABLE answers "
          "DROP COLUMN "
          "reasoning_tokens;"
          "CREATE TABLE receipts (seq INTEGER PRIMARY KEY, id, query, received_us, model, privacy, "
          "streamed, chosen, answered_by, predicted_quality, cost_nano_usd, decide_us, "
          "first_byte_us, total_us, ending, key, privacy_reasons, cleared);"
          "CREATE TABLE attempts (receipt, position, expert, fault, input_tokens, "
          "cached_input_tokens, output_tokens, tokens_estimated, cost_nano_usd, duration_us);"
          "INSERT INTO receipts VALUES (1, randomblob(16), randomblob(16), 5000, 'auto', 'public', "
          "1, 'a', 'b', 0.5, 77, 1, 2, 3, 'answered', 'alice', '[\"default\"]', '[\"a\",\"b\"]'),"
          "(2, randomblob(16), randomblob(16), 4000, 'auto', 'public', 1, '', '', 0.5, 0, 1, 2, 3, "
          "'refused', '', '[]', '[]');"
          "INSERT INTO attempts VALUES (1, 1, 'b', '', 10, 1, 5, 1, 77, 1234),"
          "(1, 0, 'a', 'http_429', 0, 0, 0, 0, 0, 9);"
          "PRAGMA user_version = 4");
  const auto store = open_store(path);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  const auto receipts = (*store)->receipts(10);
  ASSERT_TRUE(receipts.has_value()) << receipts.error().message;
  ASSERT_EQ(receipts->size(), 2U);
  const Receipt& first = receipts->front();
  EXPECT_EQ(first.received, WallTime(std::chrono::microseconds(5'000)));
  EXPECT_EQ(first.key, "alice");
  EXPECT_EQ(first.cleared, (NameList{"a", "b"}));
  ASSERT_EQ(first.attempts.size(), 2U);
  EXPECT_EQ(first.attempts[0].fault, "http_429");
  EXPECT_EQ(first.attempts[1],
            (Attempt{.expert = "b",
                     .fault = "",
                     .tokens = {.input = 10, .cached_input = 1, .output = 5, .estimated = true},
                     .cost = Usd{77},
                     .duration = std::chrono::microseconds(1'234)}));
  EXPECT_TRUE(receipts->back().attempts.empty());
  SQLite::Database database(path);
  EXPECT_EQ(
      database.execAndGet("SELECT sum(output_tokens) FROM attempts WHERE expert = 'b'").getInt(),
      5);
}

Receipt cleared_for(NameList experts) {
  Receipt receipt;
  receipt.id = {random_bytes_128()};
  receipt.cleared = std::move(experts);
  return receipt;
}

TEST(SqliteStore, KeepsAListOfClearedExpertsOnce) {
  const std::string path = fresh_paths().next();
  const NameList shared{"a", "b"};
  const std::vector<Receipt> receipts = {cleared_for(shared), cleared_for({"a,b"}), cleared_for({}),
                                         cleared_for({"a", "b"}), cleared_for(shared)};
  for (int round = 0; round < 2; ++round) {
    const auto store = open_store(path);
    ASSERT_TRUE((*store)->put_receipts(receipts).has_value());
    ASSERT_TRUE((*store)->put_receipts(std::vector{cleared_for({"a", "b"})}).has_value());
  }
  SQLite::Database database(path);
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM expert_lists").getInt(), 3);
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM receipts").getInt(), 7);
  const auto read = (*open_store(path))->receipts(10);
  ASSERT_EQ(read->size(), 7U);
  for (const Receipt& written : receipts) {
    EXPECT_EQ(std::ranges::find(*read, written.id, &Receipt::id)->cleared, written.cleared);
  }
}

// The spool can take the receipts at once.
TEST(SqliteStore, WaitsForAnotherProcessAsLongAsItIsTold) {
  const std::string path = fresh_paths().next();
  const auto store = open_store(path);
  (*store)->wait_at_most(std::chrono::milliseconds(20));
  SQLite::Database other(path, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const auto begin = std::chrono::steady_clock::now();
  const auto stored = (*store)->put_receipts(std::vector{cleared_for({"a"})});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  ASSERT_FALSE(stored.has_value());
  EXPECT_EQ(stored.error().code, ErrorCode::unavailable);
  other.exec("ROLLBACK");
  EXPECT_TRUE((*store)->put_receipts(std::vector{cleared_for({"a"})}).has_value());
}

TEST(SqliteStore, ForgetsTheNumberOfAListThatWasRolledBack) {
  const std::string path = fresh_paths().next();
  const auto store = open_store(path);
  SQLite::Database other(path, SQLite::OPEN_READWRITE);
  other.exec("DROP VIEW attempts; ALTER TABLE receipts RENAME COLUMN ending TO kept_ending");
  ASSERT_FALSE((*store)->put_receipts(std::vector{cleared_for({"a"})}).has_value());
  other.exec(
      "ALTER TABLE receipts RENAME COLUMN kept_ending TO ending;"
      "ALTER TABLE receipts ADD COLUMN full INTEGER CHECK (chosen <> 'x')");
  Receipt refused = cleared_for({"b"});  // its list is written, then its row is not
  refused.chosen = "x";
  ASSERT_FALSE((*store)->put_receipts(std::vector{refused}).has_value());
  ASSERT_TRUE(
      (*store)->put_receipts(std::vector{cleared_for({"c"}), cleared_for({"b"})}).has_value());
  const auto read = (*store)->receipts(10);
  ASSERT_EQ(read->size(), 2U);
  for (const Receipt& receipt : *read) EXPECT_EQ(receipt.cleared.names().size(), 1U);
  EXPECT_EQ(other.execAndGet("SELECT group_concat(names, ' ') FROM expert_lists").getString(),
            R"(["c"] ["b"])");
}

// A backup that is restored in place has other lists under the same numbers.
TEST(SqliteStore, ForgetsTheNumbersOfListsThatOthersHaveChanged) {
  const std::string path = fresh_paths().next();
  const auto store = open_store(path);
  ASSERT_TRUE((*store)->put_receipts(std::vector{cleared_for({"a"})}).has_value());
  SQLite::Database other(path, SQLite::OPEN_READWRITE);
  other.exec(R"(UPDATE expert_lists SET names = '["z"]')");
  ASSERT_TRUE((*store)->put_receipts(std::vector{cleared_for({"a"})}).has_value());
  const std::string newest = "(SELECT max(seq) FROM expert_lists)";
  EXPECT_EQ(other.execAndGet("SELECT names FROM expert_lists WHERE seq = " + newest).getString(),
            R"(["a"])");
  EXPECT_EQ(
      other.execAndGet("SELECT count(*) FROM receipts WHERE cleared_list = " + newest).getInt(), 1);
  other.exec("PRAGMA foreign_keys = OFF; DELETE FROM expert_lists");
  const auto read = (*store)->receipts(10);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->size(), 2U);
}

TEST(SqliteStore, RefusesAFileThatItMayNotWrite) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const std::string path = fresh_paths().next();
  { const auto made = open_store(path); }
  ASSERT_EQ(::seteuid(65'534), 0);
  const auto store = open_store(path);
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::unavailable) << store.error().message;
}

// A database in a folder of its own, both given to everybody to read, and this user somebody who may
// write neither.
class OnlyReadable : public ::testing::Test {
 protected:
  OnlyReadable() { std::filesystem::create_directory(folder_); }
  ~OnlyReadable() override {
    become_owner();
    std::filesystem::remove_all(folder_);
  }
  OnlyReadable(const OnlyReadable&) = delete;
  OnlyReadable& operator=(const OnlyReadable&) = delete;

  void become_reader() const {
    using std::filesystem::perms;
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      std::filesystem::permissions(file, perms(0444));
    }
    std::filesystem::permissions(folder_, perms(0555));
    if (::geteuid() == 0) {
      ASSERT_EQ(::seteuid(65'534), 0);
    }
  }
  void become_owner() const {
    if (::getuid() == 0) {
      ASSERT_EQ(::seteuid(0), 0);
    }
    std::filesystem::permissions(folder_, std::filesystem::perms(0755));
  }
  static std::vector<Question> questions(std::size_t count) {
    std::vector<Question> made(count);
    for (std::size_t i = 0; i < count; ++i) made[i].id = std::to_string(i);
    return made;
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_),
                                                  std::filesystem::directory_iterator()));
  }

  const std::string folder_ = fresh_path() + "?100%";
  const std::string path_ = folder_ + "/o#e.db";
};

TEST_F(OnlyReadable, IsReadAndNothingIsLeftBeside) {
  { ASSERT_TRUE((*open_store(path_))->put_questions(questions(2))); }
  become_reader();
  {
    const auto store = open_store_to_read(path_);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    EXPECT_EQ((*store)->questions()->size(), 2U);
    EXPECT_EQ((*store)->put_questions(questions(3)).error().code, ErrorCode::unavailable);
    EXPECT_EQ(open_store(path_).error().code, ErrorCode::unavailable);
  }
  EXPECT_EQ(files(), 1U);
}

TEST_F(OnlyReadable, IsReadBesideWhoeverWritesIt) {
  const auto writer = open_store(path_);
  ASSERT_TRUE((*writer)->put_questions(questions(2)));  // which are in the log alone
  become_reader();
  {
    const auto store = open_store_to_read(path_);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    EXPECT_EQ((*store)->questions()->size(), 2U);
    ASSERT_TRUE((*writer)->put_questions(questions(3)));
    EXPECT_EQ((*store)->questions()->size(), 3U);
  }
  EXPECT_EQ(files(), 3U);
}

TEST_F(OnlyReadable, SaysWhatACopyLacks) {
  const auto writer = open_store(path_);
  ASSERT_TRUE((*writer)->put_questions(questions(2)));
  const std::string copy = folder_ + "/copy.db";
  std::filesystem::copy_file(path_, copy);
  std::filesystem::copy_file(path_ + "-wal", copy + "-wal");
  become_reader();
  const auto store = open_store_to_read(copy);
  ASSERT_FALSE(store.has_value());
  EXPECT_NE(store.error().message.find("copy.db-shm, which"), std::string::npos)
      << store.error().message;
}

TEST_F(OnlyReadable, AnOlderSchemaIsForWhoeverMayWriteIt) {
  { ASSERT_TRUE(open_store(path_).has_value()); }
  SQLite::Database(path_, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 1");
  become_reader();
  const auto store = open_store_to_read(path_);
  ASSERT_FALSE(store.has_value());
  EXPECT_THAT(store.error().message,
              HasSubstr("o#e.db: its schema has version 1, older than this program's"));
}

TEST(SqliteStore, RefusesADamagedFile) {
  const std::string path = fresh_paths().next();
  { ASSERT_TRUE(open_store(path).has_value()); }
  std::string bytes = read_file(path).value();
  ASSERT_GT(bytes.size(), 4'096U);
  std::fill(bytes.begin() + 100, bytes.end(), '\x7F');  // the header stays
  ASSERT_TRUE(write_file_atomically(path, bytes).has_value());
  const auto store = open_store(path);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::corrupt);
}

TEST(SqliteStore, SaysWhenTheFileCannotBeOpened) {
  const auto store = open_store("sqlite:/nowhere/ooe.db");
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::unavailable);
  EXPECT_THAT(store.error().message, HasSubstr("/nowhere/ooe.db"));
  EXPECT_THAT(store.error().message, HasSubstr("that this user may write there"));
}

TEST(SqliteStore, SaysWhatToDoAboutTroubleOfTheDisk) {
  struct Case {
    int code;
    const char* remedy;
  };
  for (const auto& [code, remedy] : {Case{SQLITE_FULL, "make room on its disk"},
                                     Case{SQLITE_READONLY, "that this user may write there"},
                                     Case{SQLITE_CANTOPEN, "that this user may write there"},
                                     Case{SQLITE_IOERR, "that its disk has room and is well"},
                                     Case{SQLITE_BUSY, "another process holds it"}}) {
    const auto said = guarded(
        "ooe.db", [code = code]() -> Result<void> { throw SQLite::Exception("trouble", code); });
    ASSERT_FALSE(said.has_value());
    EXPECT_EQ(said.error().code, ErrorCode::unavailable);
    EXPECT_THAT(said.error().message, HasSubstr("ooe.db: trouble; "));
    EXPECT_THAT(said.error().message, HasSubstr(remedy));
  }
}

// They would be gone with the file's last name, and nobody would have said so.
TEST(SqliteStore, TakesNoReceiptsIntoAFileThatIsNotThereAnyMore) {
  const std::string path = fresh_paths().next();
  const auto store = open_store(path);
  ASSERT_TRUE(store.has_value());
  const std::vector<Receipt> receipts(1);
  ASSERT_TRUE((*store)->put_receipts(receipts));
  ASSERT_EQ(std::rename(path.c_str(), (path + ".old").c_str()), 0);
  const auto stored = (*store)->put_receipts(receipts);
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code, ErrorCode::unavailable) << "the writer's spool takes them";
  EXPECT_THAT(stored.error().message, HasSubstr("put it back"));
  ASSERT_EQ(std::rename((path + ".old").c_str(), path.c_str()), 0);
  EXPECT_TRUE((*store)->put_receipts(receipts));
}

TEST(SqliteStore, ReadsWhileAnotherProcessHoldsTheWriteLock) {
  const std::string path = fresh_paths().next();
  auto store = open_store(path);
  ASSERT_TRUE(store.has_value());
  SQLite::Database other(path, SQLite::OPEN_READWRITE);
  SQLite::Transaction lock(other, SQLite::TransactionBehavior::IMMEDIATE);
  EXPECT_TRUE((*store)->questions().has_value()) << "reading goes on";
}

TEST(OpenStore, RefusesOtherSchemesWithoutRepeatingTheirPasswords) {
  for (const std::string_view url : {"postgres://u:secret@h/db", "postgresql://u:secret@h/db",
                                     "mysql://u:secret@h/db", "sqlite:", ""}) {
    SCOPED_TRACE(url);
    const auto store = open_store(url);
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(store.error().message, HasSubstr("sqlite:PATH"));
    EXPECT_THAT(store.error().message, ::testing::Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace ooe::store
