// What a result never replaces, by what it is: no command needs to know of the file it would destroy.
#include "cli/kept_file.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;

class KeptFile : public InEmptyFolder {
 protected:
  KeptFile() {
    write("q.jsonl", "{\"id\": \"q1\", \"question\": \"One?\"}\n");
    write("o.tsv", "id\ta\tb\nq1\t1\t0\n");
    write("ooe.db", std::string("SQLite format 3\0 and more", 25));
    write("model.ooe", "OOEMODEL and more");
    write("ooe.toml",
          "[[expert]]\nname = \"a\"\nbase_url = \"http://127.0.0.1:1/v1\"\n"
          "[admin]\ntoken_file = \"token\"\n");
    write("world", "[simulation]\nseed = 1\n[[expert]]\nname = \"a\"\n");
    write("keys.toml", "# keys\n");
    write("keys.toml.secret", "secret\n");
    write("token", "secret\n");
  }
};

TEST_F(KeptFile, IsToldByWhatItIs) {
  write("old.json", "{\"queries\": 1}\n");
  write("names", "a\nb\n");
  write("empty", "");
  std::filesystem::create_symlink("ooe.db", "link");
  const std::tuple<std::string, Holds, bool> kCases[] = {
      {"ooe.db", Holds::text, true},
      {"link", Holds::text, true},
      {"ooe.db-wal", Holds::text, true},  // which is not there, and is SQLite's when it is
      {"ooe.db.spool", Holds::model, true},
      {"ooe.db-reserved-lock", Holds::text, true},
      {"other.db-wal", Holds::text, false},
      {"model.ooe", Holds::text, true},
      {"model.ooe", Holds::configuration, true},
      {"model.ooe", Holds::model, false},
      {"ooe.toml", Holds::text, true},
      {"ooe.toml", Holds::model, true},
      {"ooe.toml", Holds::configuration, false},
      {"world", Holds::text, true},
      {"keys.toml.secret", Holds::text, true},
      {"old.json", Holds::text, false},
      {"q.jsonl", Holds::text, false},
      {"o.tsv", Holds::text, false},
      {"names", Holds::text, false},
      {"empty", Holds::text, false},
      {"new", Holds::text, false},
      {"/dev/null", Holds::text, false},
  };
  for (const auto& [path, result, kept] : kCases) {
    EXPECT_EQ(kept_there(path, result).has_value(), kept) << path;
  }
}

TEST_F(KeptFile, IsReplacedByNoCommand) {
  const Words files{"--questions", "q.jsonl", "--outcomes", "o.tsv"};
  const auto with_files = [&](Words words, const Words& more) {
    words.insert(words.end(), files.begin(), files.end());
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  const std::vector<Words> cases{
      {"doctor", "--json=ooe.toml"},
      {"doctor", "--json=ooe.db"},
      {"doctor", "--json=model.ooe"},
      {"keys", "list", "--json=keys.toml"},
      {"keys", "list", "--json=keys.toml.secret"},
      {"keys", "list", "--json=ooe.toml"},
      {"predict", "--questions", "q.jsonl", "--model", "m.ooe", "--out", "ooe.db"},
      {"predict", "--questions", "q.jsonl", "--model", "m.ooe", "--out", "ooe.toml"},
      with_files({"adapt"}, {"--out", "ooe.db"}),
      with_files({"adapt"}, {"--out", "m2.ooe", "--json=ooe.db"}),
      with_files({"evaluate"}, {"--json=ooe.db"}),
      with_files({"train"}, {"--out", "ooe.db"}),
      {"promote", "model.ooe", "--json=ooe.db"},
      {"route", "hi", "--json=model.ooe"},
      {"replay", "--receipts", "2026-11-01..2026-11-02", "--policy", "ooe.toml",
       "--json=model.ooe"},
      {"simulate", "--config", "world", "--write-outcomes", "ooe.toml"},
      {"select", "--size", "2", "--out", "ooe.db-wal"},
      {"select", "--size", "2", "--out", "ooe.db.selfplay.json"},
      with_files({"select"}, {"--out", "token"}),
      with_files({"select"}, {"--out", "keys.toml.secret"}),
      {"select", "--out", "token"},
  };
  for (const Words& words : cases) {
    SCOPED_TRACE(::testing::PrintToString(words));
    const Ended ended = run_ooe(words);
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.said, HasSubstr("would be written over"));
  }
  EXPECT_FALSE(std::filesystem::exists("ooe.db-wal"));
  EXPECT_EQ(read_file("keys.toml.secret").value_or(""), "secret\n");
}

TEST_F(KeptFile, IsEveryResultOfOneCommand) {
  const Words files{"--questions", "q.jsonl", "--outcomes", "o.tsv"};
  std::filesystem::create_directories("page");
  std::filesystem::create_symlink("page", "link");
  for (Words words : {
           Words{"train", "--out", "a.ooe", "--json=./a.ooe"},
           Words{"adapt", "--out", "a.ooe", "--json=a.ooe"},
           Words{"dedicated", "fit", "--own", "a", "--generic", "b", "--ownership", "0.5", "--out",
                 "a.ooe", "--json=a.ooe"},
           Words{"select", "--out", "c.txt", "--json=c.txt"},
           Words{"report", "--csv", "x", "--gap-questions", "x"},
           Words{"report", "--html", "page", "--csv", "link/index.html"},
       }) {
    words.insert(words.end(), files.begin(), files.end());
    SCOPED_TRACE(::testing::PrintToString(words));
    const Ended ended = run_ooe(words);
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.said, HasSubstr("both name"));
  }
}

}  // namespace
}  // namespace ooe::cli
