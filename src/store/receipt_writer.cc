#include "store/receipt_writer.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace ooe::store {

ReceiptWriter::ReceiptWriter(std::unique_ptr<Store> store, ReceiptWriterOptions options)
    : store_(std::move(store)),
      options_(options),
      queue_(options.queue_max),
      thread_([this] { run(); }) {}

ReceiptWriter::~ReceiptWriter() { close(); }

bool ReceiptWriter::try_push(Receipt&& receipt) {
  if (queue_.try_push(std::move(receipt))) return true;
  const std::lock_guard lock(mutex_);
  ++counts_.refused;
  return false;
}

void ReceiptWriter::close() {
  queue_.close();
  {
    const std::lock_guard lock(mutex_);
    if (!closing_) {
      closing_ = true;
      give_up_ = std::chrono::steady_clock::now() + options_.close_patience;
    }
  }
  closing_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

ReceiptCounts ReceiptWriter::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

// The first receipt after a quiet time is written at once; those that follow wait for the end of
// the interval and share its transactions.
void ReceiptWriter::run() {
  while (!queue_.closed_and_empty()) {
    auto batch = queue_.pop_batch(options_.batch_max, options_.write_interval);
    const TimePoint next_round = std::chrono::steady_clock::now() + options_.write_interval;
    if (batch.empty()) continue;
    while (!batch.empty()) {
      write(batch);
      batch = queue_.pop_batch(options_.batch_max, std::chrono::milliseconds(0));
    }
    wait_for_round(next_round);
  }
}

void ReceiptWriter::write(std::span<const Receipt> batch) {
  auto pause = options_.retry_pause_min;
  while (true) {
    const auto stored = store_->put_receipts(batch);
    if (stored) {
      const std::lock_guard lock(mutex_);
      counts_.written += static_cast<std::int64_t>(batch.size());
      return;
    }
    // What is not `unavailable` fails for ever: one bad receipt must not hold up the others.
    if (stored.error().code != ErrorCode::unavailable && batch.size() > 1) {
      for (std::size_t i = 0; i < batch.size(); ++i) write(batch.subspan(i, 1));
      return;
    }
    if (!may_retry(batch, stored.error())) return;
    wait_for_retry(pause);
    pause = std::min(2 * pause, options_.retry_pause_max);
  }
}

bool ReceiptWriter::may_retry(std::span<const Receipt> batch, const Error& error) {
  const std::lock_guard lock(mutex_);
  const bool too_late = closing_ && std::chrono::steady_clock::now() >= give_up_;
  if (error.code == ErrorCode::unavailable && !too_late) {
    ++counts_.retries;
    spdlog::warn("{} receipts wait for the store: {}", batch.size(), error.message);
    return true;
  }
  counts_.failed += static_cast<std::int64_t>(batch.size());
  spdlog::error("{} receipts lost, the first is {}: {}", batch.size(), to_hex(batch.front().id),
                error.message);
  return false;
}

void ReceiptWriter::wait_for_round(TimePoint next_round) {
  std::unique_lock lock(mutex_);
  closing_changed_.wait_until(lock, next_round, [this] { return closing_; });
}

void ReceiptWriter::wait_for_retry(std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  const TimePoint now = std::chrono::steady_clock::now();
  if (!closing_) {
    closing_changed_.wait_until(lock, now + pause, [this] { return closing_; });
    return;
  }
  const TimePoint then = std::min(now + pause, give_up_);
  lock.unlock();
  std::this_thread::sleep_until(then);
}

}  // namespace ooe::store
