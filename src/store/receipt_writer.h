// The thread between the gateway and the store: takes receipts from any thread without ever making
// it wait, and writes them in batches.
// In: receipts. Out: rows of the store. Knows: core, base.
// A store in trouble: what it does not take goes to the spool on disk, and is replayed with growing
// pauses between the tries. With no spool, or a disk that takes nothing either, the batch is kept
// and the queue fills; a full queue is what the gateway turns into 503. Lost are, at most, the
// receipts of the last write interval when the process dies, and those that neither store nor spool
// has taken when close() runs out of patience; the latter are counted, and the log has them. What
// the store refuses as such is kept in a file beside the spool.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "base/bounded_queue.h"
#include "core/receipt.h"
#include "store/receipt_spool.h"
#include "store/store.h"

namespace ooe::store {

struct ReceiptWriterOptions {
  std::size_t queue_max = 10'000;                 // receipts waiting
  std::size_t batch_max = 1'000;                  // receipts in one transaction
  std::chrono::milliseconds write_interval{100};  // from one round of writing to the next
  std::chrono::milliseconds retry_pause_min{100};
  std::chrono::milliseconds retry_pause_max{5'000};
  std::chrono::milliseconds close_patience{5'000};  // for a store in trouble, after close()
  std::int64_t failed_before = 0;  // given up before it began, by who replayed the spool
};

struct ReceiptCounts {
  std::int64_t written = 0;    // durable
  std::int64_t failed = 0;     // given up: the store refused them for good, or close() ran out
  std::int64_t not_taken = 0;  // try_push said no
  std::int64_t retries = 0;    // tries that found the store in trouble
  std::int64_t spooled = 0;    // went through the spool, or are still in it
};

// Threads: any.
class ReceiptWriter {
 public:
  // Takes over `store` and starts the thread, which begins by replaying what `spool` holds.
  explicit ReceiptWriter(std::unique_ptr<Store> store, ReceiptWriterOptions options = {},
                         std::optional<ReceiptSpool> spool = std::nullopt);
  ~ReceiptWriter();  // as close()
  ReceiptWriter(const ReceiptWriter&) = delete;
  ReceiptWriter& operator=(const ReceiptWriter&) = delete;

  // Returns false, leaving `receipt` as it was, when the queue is full or closed. Never waits.
  [[nodiscard]] bool try_push(Receipt&& receipt);

  // For who keeps account of what is not yet durable. `before` is called on the writer's thread
  // before a round takes its receipts; `after`, when all that had been pushed by then is in the
  // store, in the spool or given up. Until others take their place; when this returns, those before
  // are not called any more. Null: nothing.
  void around_each_round(std::function<void()> before, std::function<void()> after);

  // Takes no more receipts, writes those it has and ends the thread.
  void close();

  [[nodiscard]] ReceiptCounts counts() const;
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }
  [[nodiscard]] std::size_t queue_max() const { return options_.queue_max; }

 private:
  void run();
  void begin_round();
  void end_round();
  void write(std::span<const Receipt> batch);
  void replay_spool();
  void on_stored(std::size_t count);
  void on_trouble(const Error& error);
  bool spool(std::span<const Receipt> batch);
  void give_up(std::span<const Receipt> batch, std::string_view why);
  void refuse(std::span<const Receipt> batch, std::string_view why);
  [[nodiscard]] bool out_of_patience() const;
  // Both end early when the writer starts to close.
  void wait_for_round(TimePoint next_round);
  void wait_for_store();

  std::mutex round_mutex_;
  // Guarded by round_mutex_, which is held while they run.
  std::function<void()> before_round_;
  std::function<void()> after_round_;
  const std::unique_ptr<Store> store_;
  const ReceiptWriterOptions options_;
  BoundedQueue<Receipt> queue_;

  // The thread's own.
  std::optional<ReceiptSpool> spool_;
  std::chrono::milliseconds pause_;  // after the next trouble
  TimePoint store_due_;              // nothing is tried before
  std::string trouble_;              // the store's; empty: it is well
  bool spool_trouble_ = false;
  std::int64_t replayed_ = 0;  // from the spool, since it was last empty

  mutable std::mutex mutex_;
  std::condition_variable closing_changed_;
  // Guarded by mutex_.
  bool closing_ = false;
  TimePoint give_up_;  // set when closing_ is
  ReceiptCounts counts_;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace ooe::store
