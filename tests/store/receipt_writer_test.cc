#include "store/receipt_writer.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "store/receipt_line.h"

namespace ooe::store {
namespace {

using std::chrono::milliseconds;

// What a FakeStore did and should do; outlives the store, which belongs to the writer.
struct Script {
  std::mutex mutex;
  // Guarded by mutex.
  std::int64_t faults = 0;  // so many writes fail first
  ErrorCode fault = ErrorCode::unavailable;
  ReceiptId poison;  // a receipt that can never be stored
  std::vector<std::size_t> batches;
  std::vector<ReceiptId> stored;

  std::size_t stored_count() {
    const std::lock_guard lock(mutex);
    return stored.size();
  }
};

class FakeStore final : public Store {
 public:
  explicit FakeStore(std::shared_ptr<Script> script) : script_(std::move(script)) {}

  void wait_at_most(std::chrono::milliseconds) override {}
  Result<void> put_questions(std::span<const Question>) override { return {}; }
  Result<std::vector<Question>> questions() override { return {}; }
  Result<std::size_t> put_answers(std::span<const Answer>, std::span<const Grade>) override {
    return 0;
  }
  Result<std::vector<AnswerKey>> answer_keys(std::string_view) override { return {}; }
  Result<std::vector<Outcome>> outcomes() override { return {}; }
  Result<std::vector<GradedText>> graded_texts(std::string_view) override { return {}; }
  Result<std::vector<Receipt>> receipts(std::int64_t) override { return {}; }
  Result<void> each_receipt(WallTime, WallTime,
                            const std::function<void(const Receipt&)>&) override {
    return {};
  }
  Result<std::vector<KeyDayCost>> cost_by_key_and_day(WallTime) override { return {}; }

  Result<void> put_receipts(std::span<const Receipt> receipts) override {
    const std::lock_guard lock(script_->mutex);
    if (script_->faults > 0) {
      --script_->faults;
      return fail(script_->fault, "scripted trouble");
    }
    for (const Receipt& receipt : receipts) {
      if (receipt.id == script_->poison && receipt.id != ReceiptId()) {
        return fail(ErrorCode::invalid_argument, "scripted poison");
      }
    }
    script_->batches.push_back(receipts.size());
    for (const Receipt& receipt : receipts) script_->stored.push_back(receipt.id);
    return {};
  }

 private:
  std::shared_ptr<Script> script_;
};

Receipt receipt_of(int number) {
  Receipt receipt;
  receipt.id = {blake2b_128(std::to_string(number))};
  return receipt;
}

constexpr ReceiptWriterOptions kFast{.queue_max = 100,
                                     .batch_max = 10,
                                     .write_interval = milliseconds(20),
                                     .retry_pause_min = milliseconds(1),
                                     .retry_pause_max = milliseconds(4),
                                     .close_patience = milliseconds(50)};

class ReceiptWriterTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(start_log("off").has_value()); }
  void TearDown() override { ASSERT_TRUE(start_log("info").has_value()); }

  std::unique_ptr<ReceiptWriter> writer(ReceiptWriterOptions options = kFast) {
    return std::make_unique<ReceiptWriter>(std::make_unique<FakeStore>(script_), options);
  }

  std::shared_ptr<Script> script_ = std::make_shared<Script>();
};

TEST_F(ReceiptWriterTest, CloseWritesEverythingInOrderAndInBatches) {
  const auto receipts = writer();
  {
    const std::lock_guard store_is_slow(script_->mutex);
    for (int i = 0; i < 95; ++i) ASSERT_TRUE(receipts->try_push(receipt_of(i)));
  }
  receipts->close();
  EXPECT_EQ(receipts->counts().written, 95);
  EXPECT_EQ(receipts->counts().failed, 0);
  ASSERT_EQ(script_->stored.size(), 95U);
  for (int i = 0; i < 95; ++i) {
    EXPECT_EQ(script_->stored[static_cast<std::size_t>(i)], receipt_of(i).id);
  }
  EXPECT_LE(*std::max_element(script_->batches.begin(), script_->batches.end()), 10U);
  EXPECT_LT(script_->batches.size(), 30U);
  EXPECT_FALSE(receipts->try_push(receipt_of(1))) << "closed";
}

// What is noted of a round may leave out what was pushed before it, since that is durable then.
TEST_F(ReceiptWriterTest, TellsBeforeARoundAndWhenAllOfItIsDurable) {
  script_->faults = 3;
  const auto written = writer();
  std::atomic<int> pushed = 0;
  std::atomic<int> rounds = 0;
  int pushed_before = 0;  // of the writer's thread
  written->around_each_round([&] { pushed_before = pushed; },
                             [&] {
                               ++rounds;
                               EXPECT_GE(static_cast<int>(script_->stored_count()), pushed_before);
                             });
  for (int i = 0; i < 60; ++i) {
    Receipt receipt = receipt_of(i);
    while (!written->try_push(std::move(receipt))) std::this_thread::yield();
    ++pushed;
    if (i % 10 == 0) std::this_thread::sleep_for(milliseconds(3));
  }
  written->close();
  EXPECT_EQ(script_->stored_count(), 60U);
  EXPECT_GT(rounds, 1);
}

// A receipt that is long in coming does not put off the round after its own.
TEST_F(ReceiptWriterTest, RoundsAreNoFurtherApartThanTheInterval) {
  constexpr milliseconds kInterval{400};
  ReceiptWriterOptions options = kFast;
  options.write_interval = kInterval;
  const auto written = writer(options);
  std::mutex mutex;
  std::vector<TimePoint> rounds;
  written->around_each_round(
      [&] {
        const std::lock_guard lock(mutex);
        rounds.push_back(std::chrono::steady_clock::now());
      },
      nullptr);
  const auto rounds_so_far = [&] {
    const std::lock_guard lock(mutex);
    return rounds.size();
  };
  while (rounds_so_far() < 1) std::this_thread::sleep_for(milliseconds(1));
  std::this_thread::sleep_for(3 * kInterval / 4);
  ASSERT_TRUE(written->try_push(receipt_of(1)));
  while (rounds_so_far() < 2) std::this_thread::sleep_for(milliseconds(1));
  written->close();
  EXPECT_LT(rounds[1] - rounds[0], 3 * kInterval / 2);
}

TEST_F(ReceiptWriterTest, WritesWithoutBeingClosed) {
  const auto receipts = writer();
  ASSERT_TRUE(receipts->try_push(receipt_of(1)));
  for (int i = 0; i < 1'000 && script_->stored_count() == 0; ++i) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_EQ(script_->stored_count(), 1U);
}

TEST_F(ReceiptWriterTest, KeepsABatchUntilTheStoreIsBack) {
  script_->faults = 5;
  const auto receipts = writer();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(receipts->try_push(receipt_of(i)));
  for (int i = 0; i < 1'000 && script_->stored_count() < 20; ++i) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  receipts->close();
  EXPECT_EQ(receipts->counts().written, 20);
  EXPECT_EQ(receipts->counts().retries, 5);
  EXPECT_EQ(receipts->counts().failed, 0);
}

TEST_F(ReceiptWriterTest, SpoolsWhileTheStoreIsAwayAndReplaysWhenItIsBack) {
  const std::string path = ::testing::TempDir() + "ooe-spool-" + std::to_string(::getpid());
  {
    const std::lock_guard lock(script_->mutex);
    script_->faults = 1'000'000;
  }
  ReceiptWriterOptions options = kFast;
  options.queue_max = 20;  // far fewer than come
  auto receipts = std::make_unique<ReceiptWriter>(std::make_unique<FakeStore>(script_), options,
                                                  ReceiptSpool(path));
  for (int i = 0; i < 200; ++i) {
    while (!receipts->try_push(receipt_of(i))) std::this_thread::sleep_for(milliseconds(1));
  }
  for (int i = 0; i < 1'000 && receipts->counts().spooled < 100; ++i) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_GE(receipts->counts().spooled, 100);
  EXPECT_EQ(receipts->counts().written, 0);
  {
    const std::lock_guard lock(script_->mutex);
    script_->faults = 0;
  }
  for (int i = 0; i < 1'000 && script_->stored_count() < 200; ++i) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  receipts->close();
  EXPECT_EQ(receipts->counts().written, 200);
  EXPECT_EQ(receipts->counts().failed, 0);
  EXPECT_TRUE(ReceiptSpool(path).is_empty());
  std::remove(path.c_str());
}

TEST_F(ReceiptWriterTest, AStoreThatNeverComesBackCostsNothingWithASpool) {
  const std::string path = ::testing::TempDir() + "ooe-spool-" + std::to_string(::getpid());
  script_->faults = 1'000'000;
  auto receipts = std::make_unique<ReceiptWriter>(std::make_unique<FakeStore>(script_), kFast,
                                                  ReceiptSpool(path));
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(receipts->try_push(receipt_of(i)));
  receipts->close();
  EXPECT_EQ(receipts->counts().failed, 0);
  EXPECT_EQ(receipts->counts().spooled, 50);
  script_->faults = 0;  // the next process
  receipts = std::make_unique<ReceiptWriter>(std::make_unique<FakeStore>(script_), kFast,
                                             ReceiptSpool(path));
  for (int i = 0; i < 1'000 && script_->stored_count() < 50; ++i) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_EQ(script_->stored_count(), 50U);
  receipts->close();
  std::remove(path.c_str());
}

TEST_F(ReceiptWriterTest, AFullQueueIsAnAnswerNotAWait) {
  script_->faults = 1'000'000;
  const auto receipts = writer();
  int accepted = 0;
  for (int i = 0; i < 300; ++i) {
    Receipt receipt = receipt_of(i);
    receipt.model = "auto";
    if (receipts->try_push(std::move(receipt))) {
      ++accepted;
    } else {
      EXPECT_EQ(receipt.model, "auto") << "a refused receipt is left as it was";
    }
  }
  EXPECT_GE(accepted, 100);
  EXPECT_LE(accepted, 110) << "the queue, and the batch in the writer's hands";
  EXPECT_EQ(receipts->counts().not_taken, 300 - accepted);
  receipts->close();  // ends although the store never comes back
  EXPECT_EQ(receipts->counts().written, 0);
  EXPECT_EQ(receipts->counts().failed, accepted);
}

TEST_F(ReceiptWriterTest, OneReceiptThatCanNeverBeStoredDoesNotHoldUpTheOthersAndIsKept) {
  const std::string path = ::testing::TempDir() + "ooe-spool-" + std::to_string(::getpid());
  script_->poison = receipt_of(7).id;
  auto receipts = std::make_unique<ReceiptWriter>(std::make_unique<FakeStore>(script_), kFast,
                                                  ReceiptSpool(path));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(receipts->try_push(receipt_of(i)));
  receipts->close();
  EXPECT_EQ(receipts->counts().written, 19);
  EXPECT_EQ(receipts->counts().failed, 1);
  EXPECT_EQ(read_file(path + ".refused").value_or(""), receipt_line(receipt_of(7)) + "\n");
  std::remove((path + ".refused").c_str());
}

// A damaged database, or one that a newer program has brought to its own schema.
// Also when a process that shares the spool has replayed it after the first.
TEST_F(ReceiptWriterTest, SaysOfEachTroubleThatReceiptsWait) {
  ASSERT_TRUE(start_log("warning").has_value());
  std::ostringstream said;
  const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(said);
  auto& sinks = spdlog::default_logger()->sinks();
  sinks.push_back(sink);
  const std::string path = ::testing::TempDir() + "ooe-spool-" + std::to_string(::getpid());
  ReceiptWriterOptions options = kFast;
  options.retry_pause_min = options.retry_pause_max = milliseconds(200);
  ReceiptWriter receipts(std::make_unique<FakeStore>(script_), options, ReceiptSpool(path));
  for (int trouble = 1; trouble <= 2; ++trouble) {
    {
      const std::lock_guard lock(script_->mutex);
      script_->faults = 1;
    }
    ASSERT_TRUE(receipts.try_push(receipt_of(trouble)));
    for (int i = 0; i < 1'000 && receipts.counts().spooled < trouble; ++i) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    ASSERT_TRUE(write_file_atomically(path, "").has_value());
    std::this_thread::sleep_for(milliseconds(300));
  }
  receipts.close();
  std::erase(sinks, sink);
  std::remove(path.c_str());
  const std::string log = said.str();
  const std::size_t first = log.find("receipts wait for the store");
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(log.find("receipts wait for the store", first + 1), std::string::npos) << log;
}

TEST_F(ReceiptWriterTest, CountsWhatWasGivenUpBeforeItBegan) {
  ReceiptWriterOptions options = kFast;
  options.failed_before = 3;
  EXPECT_EQ(writer(options)->counts().failed, 3);
}

TEST_F(ReceiptWriterTest, TroubleThatLooksFinalIsSpooledLikeAllTrouble) {
  for (const ErrorCode code : {ErrorCode::internal, ErrorCode::corrupt}) {
    const std::string path = ::testing::TempDir() + "ooe-spool-" + std::to_string(::getpid());
    {
      const std::lock_guard lock(script_->mutex);
      script_->fault = code;
      script_->faults = 1'000'000;
    }
    auto receipts = std::make_unique<ReceiptWriter>(std::make_unique<FakeStore>(script_), kFast,
                                                    ReceiptSpool(path));
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(receipts->try_push(receipt_of(i)));
    receipts->close();
    EXPECT_EQ(receipts->counts().failed, 0);
    EXPECT_EQ(receipts->counts().spooled, 20);
    // Nor does a replay give them up.
    ReceiptSpool spool(path);
    FakeStore store(script_);
    EXPECT_FALSE(spool.replay(store).has_value());
    EXPECT_FALSE(spool.is_empty());
    std::remove(path.c_str());
  }
}

TEST_F(ReceiptWriterTest, ManyProducersLoseNothing) {
  ReceiptWriterOptions options = kFast;
  options.queue_max = 10'000;
  const auto receipts = writer(options);
  std::vector<std::thread> producers;
  for (int producer = 0; producer < 4; ++producer) {
    producers.emplace_back([&, producer] {
      for (int i = 0; i < 500; ++i) ASSERT_TRUE(receipts->try_push(receipt_of(producer * 500 + i)));
    });
  }
  for (std::thread& producer : producers) producer.join();
  receipts->close();
  std::sort(script_->stored.begin(), script_->stored.end());
  EXPECT_EQ(script_->stored.size(), 2'000U);
  EXPECT_EQ(std::unique(script_->stored.begin(), script_->stored.end()), script_->stored.end());
}

}  // namespace
}  // namespace ooe::store
