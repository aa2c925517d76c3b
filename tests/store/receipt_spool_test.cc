#include "store/receipt_spool.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/rng.h"
#include "store/receipt_line.h"

namespace ooe::store {
namespace {

using ::testing::HasSubstr;

Receipt receipt_of(std::uint64_t seed) {
  Rng rng(seed);
  Receipt receipt;
  receipt.id = {blake2b_128(std::to_string(seed))};
  receipt.query = {blake2b_128("query")};
  receipt.received = WallTime(std::chrono::microseconds(rng.below(1ULL << 50U)));
  receipt.model = "auto \" \\ \n \t \xC3\xA9";
  receipt.key = "alice";
  receipt.privacy = static_cast<PrivacyClass>(rng.below(4));
  receipt.streamed = rng.below(2) == 1;
  receipt.chosen = "a";
  receipt.answered_by = rng.below(2) == 1 ? "b" : "";
  receipt.predicted_quality = rng.uniform();
  receipt.propensity = rng.uniform();
  for (std::uint64_t i = rng.below(30); i > 0; --i) {
    receipt.foreseen += static_cast<char>(rng.below(256));
  }
  for (std::uint64_t i = rng.below(4); i > 0; --i) {
    receipt.attempts.push_back(
        {.expert = "e" + std::to_string(i),
         .fault = i == 1 ? "" : "http_500",
         .tokens = {.input = static_cast<std::int64_t>(rng.below(1'000'000)),
                    .cached_input = 3,
                    .cache_write = static_cast<std::int64_t>(rng.below(3)),
                    .output = static_cast<std::int64_t>(rng.below(1'000'000)),
                    .reasoning = static_cast<std::int64_t>(rng.below(3)),
                    .estimated = rng.below(2) == 1},
         .cost = Usd{static_cast<std::int64_t>(rng.below(1ULL << 60U))},
         .duration = std::chrono::microseconds(rng.below(1'000'000))});
  }
  receipt.cost = Usd{static_cast<std::int64_t>(rng.below(1ULL << 60U))};
  receipt.decide = std::chrono::microseconds(rng.below(1'000));
  receipt.first_byte = std::chrono::microseconds(rng.below(1'000'000));
  receipt.total = std::chrono::microseconds(rng.below(1'000'000));
  receipt.ending = static_cast<Ending>(rng.below(7));
  receipt.privacy_reasons = {"default", "a rule, with \"marks\""};
  receipt.cleared = {"a", "b"};
  receipt.redacted = {"email 2"};
  return receipt;
}

class ReceiptSpoolTest : public ::testing::Test {
 protected:
  ReceiptSpoolTest() {
    std::filesystem::create_directories(folder_);
    EXPECT_TRUE(start_log("off").has_value());
    store_ = std::move(*open_store((folder_ / "ooe.db").string()));
  }
  ~ReceiptSpoolTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
    EXPECT_TRUE(start_log("info").has_value());
  }
  ReceiptSpoolTest(const ReceiptSpoolTest&) = delete;
  ReceiptSpoolTest& operator=(const ReceiptSpoolTest&) = delete;

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("ooe-spool-" + std::to_string(::getpid()) + "-" +
       ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const std::string path_ = (folder_ / "spool").string();
  std::unique_ptr<Store> store_;
};

TEST(ReceiptLine, ReadsBackEveryMember) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    const Receipt receipt = receipt_of(seed);
    const std::string line = receipt_line(receipt);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto read = parse_receipt_line(line);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(*read, receipt) << line;
  }
}

TEST(ReceiptLine, SaysWhatIsWrong) {
  const std::string line = receipt_line(receipt_of(1));
  for (std::size_t cut = 0; cut < line.size(); ++cut) {
    EXPECT_FALSE(parse_receipt_line(line.substr(0, cut)).has_value()) << cut;
  }
  EXPECT_THAT(parse_receipt_line("{}").error().message, HasSubstr("id"));
}

TEST_F(ReceiptSpoolTest, EverythingAppendedIsStoredOnceAndTheFileIsEmpty) {
  ReceiptSpool spool(path_);
  EXPECT_TRUE(spool.is_empty());
  EXPECT_EQ(spool.replay(*store_)->stored, 0) << "no file";
  std::vector<Receipt> receipts;
  for (std::uint64_t seed = 1; seed <= 2'500; ++seed) receipts.push_back(receipt_of(seed));
  const std::span all(receipts);
  ASSERT_TRUE(spool.append(all.first(1'200)).has_value());
  ASSERT_TRUE(spool.append(all.subspan(1'200)).has_value());
  EXPECT_FALSE(spool.is_empty());
  ASSERT_TRUE(store_->put_receipts(all.first(10)).has_value()) << "as a crash may leave it";
  EXPECT_EQ(spool.replay(*store_)->stored, 2'500);
  EXPECT_TRUE(spool.is_empty());
  EXPECT_EQ(store_->receipts(10'000)->size(), 2'500U);
}

TEST_F(ReceiptSpoolTest, HalfALineOfACrashCostsThatLineOnly) {
  ReceiptSpool spool(path_);
  ASSERT_TRUE(spool.append(std::vector{receipt_of(1)}).has_value());
  std::ofstream(path_, std::ios::app) << receipt_line(receipt_of(2)).substr(0, 50);
  ASSERT_TRUE(spool.append(std::vector{receipt_of(3)}).has_value());
  const auto replayed = spool.replay(*store_);
  ASSERT_TRUE(replayed.has_value()) << replayed.error().message;
  EXPECT_EQ(replayed->stored, 2);
  EXPECT_EQ(replayed->refused, 1);
  EXPECT_EQ(*read_file(path_ + ".refused", 1'000),
            receipt_line(receipt_of(2)).substr(0, 50) + "\n");
}

// A spool of hours must not keep the new receipts waiting, nor be read into memory at once.
TEST_F(ReceiptSpoolTest, IsReplayedInPieces) {
  ReceiptSpool spool(path_);
  std::vector<Receipt> receipts;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) receipts.push_back(receipt_of(seed));
  for (const std::size_t piece : {1UL, 700UL, 5'000UL, 1'000'000UL}) {
    ASSERT_TRUE(spool.append(receipts).has_value());
    std::int64_t stored = 0;
    int pieces = 0;
    while (!spool.is_empty()) {
      const auto before = std::filesystem::file_size(path_);
      const auto some = spool.replay_some(*store_, piece);
      ASSERT_TRUE(some.has_value()) << some.error().message;
      ASSERT_GT(some->stored, 0);
      ASSERT_EQ(some->refused, 0);
      ASSERT_LT(std::filesystem::file_size(path_), before);
      stored += some->stored;
      ++pieces;
    }
    EXPECT_EQ(stored, 100) << piece;
    EXPECT_GT(pieces, piece <= 5'000 ? 10 : 0) << piece;
  }
  EXPECT_EQ(store_->receipts(10'000)->size(), 100U);
}

TEST_F(ReceiptSpoolTest, IsBoundedAndSaysWhenItCannotBeWritten) {
  ReceiptSpool small(path_, 1'000);
  std::vector<Receipt> many;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) many.push_back(receipt_of(seed));
  const auto full = small.append(many);
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().code, ErrorCode::resource_exhausted);
  EXPECT_TRUE(small.is_empty()) << "all or nothing";
  EXPECT_EQ(ReceiptSpool((folder_ / "no" / "folder").string()).append(many).error().code,
            ErrorCode::unavailable);
}

// What is set aside is there when the disk is full, also after the file was emptied.
TEST_F(ReceiptSpoolTest, SetsRoomAsideBeforeItIsNeeded) {
  const auto room = [&] {
    struct stat status = {};
    EXPECT_EQ(::stat(path_.c_str(), &status), 0);
    return static_cast<std::size_t>(status.st_blocks) * 512;
  };
  ReceiptSpool spool(path_);
  ASSERT_TRUE(spool.reserve().has_value());
  EXPECT_TRUE(spool.is_empty());
  if (room() == 0) GTEST_SKIP() << "this file system cannot";
  EXPECT_GE(room(), kSpoolBytesReserved);
  ASSERT_TRUE(spool.append(std::vector{receipt_of(1)}).has_value());
  const auto store = open_store((folder_ / "r.db").string());
  ASSERT_TRUE(spool.replay(**store).has_value());
  EXPECT_TRUE(spool.is_empty());
  EXPECT_GE(room(), kSpoolBytesReserved);
}

TEST_F(ReceiptSpoolTest, AFullDiskLeavesNoHalfBatch) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  std::filesystem::create_symlink("/dev/full", path_);
  const auto kept = ReceiptSpool(path_).append(std::vector{receipt_of(1)});
  ASSERT_FALSE(kept.has_value());
  EXPECT_THAT(kept.error().message, HasSubstr("No space left"));
}

}  // namespace
}  // namespace ooe::store
