#include "store/reservation_file.h"

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <unistd.h>

#include "base/file.h"

namespace ooe::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Charge = ReservationFile::Charge;

WallTime at(std::int64_t seconds) { return WallTime(std::chrono::seconds(seconds)); }

class ReservationFileTest : public ::testing::Test {
 protected:
  ReservationFileTest() { std::filesystem::create_directories(folder_); }
  ~ReservationFileTest() override { std::filesystem::remove_all(folder_); }

  ReservationFile open(std::int64_t now, std::int64_t forget_before = 0) {
    auto file = ReservationFile::open(path_, at(now), at(forget_before));
    EXPECT_TRUE(file.has_value()) << file.error().message;
    return std::move(*file);
  }

  const std::string folder_ = testing::TempDir() + "reservations-" + std::to_string(::getpid());
  const std::string path_ = folder_ + "/ooe.db-reserved";
};

TEST_F(ReservationFileTest, ChargesWhatWasOpenAndKeepsTheChargeForAsLongAsItIsTold) {
  EXPECT_THAT(open(1).charges(), IsEmpty());
  ASSERT_TRUE(open(1).note({{"alice", Usd{7}}, {"bob \" \n", Usd{8}}}, at(1)));
  EXPECT_THAT(open(2).charges(),
              ElementsAre(Charge{"alice", Usd{7}, at(2)}, Charge{"bob \" \n", Usd{8}, at(2)}));
  // Charged once, and by every later start found again.
  ASSERT_TRUE(open(3).note({{"alice", Usd{1}}}, at(1)));
  EXPECT_THAT(open(4, 2).charges(),
              ElementsAre(Charge{"alice", Usd{7}, at(2)}, Charge{"bob \" \n", Usd{8}, at(2)},
                          Charge{"alice", Usd{1}, at(4)}));
  EXPECT_THAT(open(5, 3).charges(), ElementsAre(Charge{"alice", Usd{1}, at(4)}));
}

// A machine without a clock of its own starts in the past, and is set right a moment later: what was
// spent today must not be forgotten as spent last month.
TEST_F(ReservationFileTest, ChargesNothingAtATimeBeforeItWasNoted) {
  ASSERT_TRUE(open(8).note({{"alice", Usd{7}}}, at(9)));
  EXPECT_THAT(open(2).charges(), ElementsAre(Charge{"alice", Usd{7}, at(9)}));
  EXPECT_THAT(open(10).charges(), ElementsAre(Charge{"alice", Usd{7}, at(9)}));
}

TEST_F(ReservationFileTest, IsItsOwnersAlone) {
  const ReservationFile file = open(1);
  for (const std::string& made : {path_, path_ + "-lock"}) {
    EXPECT_EQ(std::filesystem::status(made).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << made;
  }
}

TEST_F(ReservationFileTest, WhoEndsWithNothingOpenLeavesNoCharge) {
  ReservationFile file = open(1);
  ASSERT_TRUE(file.note({{"alice", Usd{7}}}, at(1)));
  ASSERT_TRUE(file.note({}, at(1)));
  { const ReservationFile gone = std::move(file); }
  EXPECT_THAT(open(2).charges(), IsEmpty());
}

TEST_F(ReservationFileTest, ProcessesThatShareADatabaseDoNotChargeEachOther) {
  ReservationFile first = open(1);
  ASSERT_TRUE(first.note({{"alice", Usd{7}}}, at(1)));
  ReservationFile second = open(2);
  EXPECT_THAT(second.charges(), IsEmpty());
  ASSERT_TRUE(second.note({{"alice", Usd{5}}}, at(1)));
  EXPECT_THAT(open(3).charges(), IsEmpty());
}

// A restart without a gap: the next one starts while the last one lives.
TEST_F(ReservationFileTest, WhatALivingProcessWasChargedCountsForTheNextOneToo) {
  ASSERT_TRUE(open(1).note({{"alice", Usd{7}}}, at(1)));
  std::optional<ReservationFile> first(open(2));
  ASSERT_TRUE(first->note({{"alice", Usd{5}}}, at(1)));
  {
    const ReservationFile second = open(3);
    EXPECT_THAT(second.charges(), IsEmpty());
    EXPECT_THAT(second.charges_of_others(), ElementsAre(Charge{"alice", Usd{7}, at(2)}));
  }
  // It is not charged twice when the first one is no more.
  ASSERT_TRUE(first->note({}, at(1)));
  first.reset();
  const ReservationFile third = open(4);
  EXPECT_THAT(third.charges(), ElementsAre(Charge{"alice", Usd{7}, at(2)}));
  EXPECT_THAT(third.charges_of_others(), IsEmpty());
}

// Otherwise it would be charged only when as many processes serve again.
TEST_F(ReservationFileTest, WhatAProcessThatIsNoMoreHadOpenIsChargedByWhoeverIsNext) {
  ReservationFile first = open(1);
  EXPECT_FALSE(first.is_shared());
  {
    ReservationFile killed = open(2);
    EXPECT_TRUE(killed.is_shared());
    ASSERT_TRUE(killed.note({{"alice", Usd{5}}}, at(1)));
  }
  ReservationFile next = open(3);
  EXPECT_THAT(next.charges(), ElementsAre(Charge{"alice", Usd{5}, at(3)}));
  { const ReservationFile ended = std::move(next); }
  { const ReservationFile ended = std::move(first); }
  const ReservationFile last = open(4);
  EXPECT_FALSE(last.is_shared());
  EXPECT_THAT(last.charges(), ElementsAre(Charge{"alice", Usd{5}, at(3)}));
  EXPECT_FALSE(std::filesystem::exists(path_ + "-1"));
}

// Whoever looks who has died holds the free numbers for a moment, which others must not take for
// living.
TEST_F(ReservationFileTest, ProcessesMayStartTogether) {
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::vector<ReservationFile> files;  // guarded by mutex; all live until the end
  std::vector<std::string> errors;     // the same
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      auto file = ReservationFile::open(path_, at(1), at(0));
      const std::lock_guard lock(mutex);
      if (file) {
        files.push_back(std::move(*file));
      } else {
        errors.push_back(file.error().message);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_EQ(files.size(), 8U);
}

TEST_F(ReservationFileTest, SaysWhichFileIsBroken) {
  for (const std::string_view broken : {"", "{", "[]", R"({"open":[{"key":1}],"charged":[]})"}) {
    ASSERT_TRUE(write_file_atomically(path_, broken));
    const auto file = ReservationFile::open(path_, at(1), at(0));
    ASSERT_FALSE(file) << broken;
    EXPECT_EQ(file.error().code, ErrorCode::corrupt);
    EXPECT_THAT(file.error().message, HasSubstr(path_));
  }
}

}  // namespace
}  // namespace ooe::store
