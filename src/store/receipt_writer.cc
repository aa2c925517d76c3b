#include "store/receipt_writer.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "store/receipt_line.h"

namespace ooe::store {

using std::chrono::steady_clock;

ReceiptWriter::ReceiptWriter(std::unique_ptr<Store> store, ReceiptWriterOptions options,
                             std::optional<ReceiptSpool> spool)
    : store_(std::move(store)),
      options_(options),
      queue_(options.queue_max),
      spool_(std::move(spool)),
      pause_(options.retry_pause_min),
      counts_{.failed = options.failed_before},
      thread_([this] { run(); }) {}

ReceiptWriter::~ReceiptWriter() { close(); }

bool ReceiptWriter::try_push(Receipt&& receipt) {
  if (queue_.try_push(std::move(receipt))) return true;
  const std::lock_guard lock(mutex_);
  ++counts_.not_taken;
  return false;
}

void ReceiptWriter::around_each_round(std::function<void()> before, std::function<void()> after) {
  const std::lock_guard lock(round_mutex_);
  before_round_ = std::move(before);
  after_round_ = std::move(after);
}

// When nothing waits behind what was looked at before, all of it is durable, and `after` need not
// wait for receipts that may be long in coming.
void ReceiptWriter::begin_round() {
  const std::lock_guard lock(round_mutex_);
  if (before_round_) before_round_();
  if (after_round_ && queue_.size() == 0) after_round_();
}

void ReceiptWriter::end_round() {
  const std::lock_guard lock(round_mutex_);
  if (after_round_) after_round_();
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
    replay_spool();
    // From here, not from the first receipt: what is said before a round is said again in time,
    // though the first may be long in coming.
    const TimePoint next_round = steady_clock::now() + options_.write_interval;
    begin_round();
    auto batch = queue_.pop_batch(options_.batch_max, options_.write_interval);
    if (batch.empty()) continue;
    write(batch);
    // Only a full batch may have left some behind. What comes meanwhile waits for the next round:
    // as a batch of its own, one after the other, each would cost a transaction.
    while (batch.size() == options_.batch_max) {
      batch = queue_.pop_batch(options_.batch_max, std::chrono::milliseconds(0));
      if (!batch.empty()) write(batch);
    }
    end_round();
    wait_for_round(next_round);
  }
}

void ReceiptWriter::write(std::span<const Receipt> batch) {
  while (true) {
    if (steady_clock::now() >= store_due_) {
      const auto stored = store_->put_receipts(batch);
      if (stored) return on_stored(batch.size());
      // A receipt that is refused is refused for ever, and must not hold up the others. All else is
      // trouble of the database's, even where it looks final: somebody may restore it.
      if (stored.error().code == ErrorCode::invalid_argument) {
        if (batch.size() == 1) return refuse(batch, stored.error().message);
        for (std::size_t i = 0; i < batch.size(); ++i) write(batch.subspan(i, 1));
        return;
      }
      on_trouble(stored.error());
    }
    if (spool(batch)) return;
    if (out_of_patience()) return give_up(batch, trouble_);
    wait_for_store();
  }
}

void ReceiptWriter::replay_spool() {
  if (!spool_ || steady_clock::now() < store_due_) return;
  if (spool_->is_empty()) {
    // Also where another process has replayed it: what comes next is another trouble.
    trouble_.clear();
    return;
  }
  const auto replayed = spool_->replay_some(*store_);  // new ones wait no longer than for a round
  if (!replayed) return on_trouble(replayed.error());
  on_stored(static_cast<std::size_t>(replayed->stored));
  replayed_ += replayed->stored;
  if (spool_->is_empty()) {
    spdlog::info("{} receipts replayed from {}", std::exchange(replayed_, 0), spool_->path());
  }
  const std::lock_guard lock(mutex_);
  counts_.failed += replayed->refused;
}

void ReceiptWriter::on_stored(std::size_t count) {
  pause_ = options_.retry_pause_min;
  trouble_.clear();
  const std::lock_guard lock(mutex_);
  counts_.written += static_cast<std::int64_t>(count);
}

void ReceiptWriter::on_trouble(const Error& error) {
  if (trouble_.empty()) spdlog::warn("receipts wait for the store: {}", error.message);
  trouble_ = error.message;
  store_due_ = steady_clock::now() + pause_;
  pause_ = std::min(2 * pause_, options_.retry_pause_max);
  const std::lock_guard lock(mutex_);
  ++counts_.retries;
}

bool ReceiptWriter::spool(std::span<const Receipt> batch) {
  if (!spool_) return false;
  if (const auto kept = spool_->append(batch); !kept) {
    if (!spool_trouble_) spdlog::error("receipts cannot be spooled: {}", kept.error().message);
    spool_trouble_ = true;
    return false;
  }
  spool_trouble_ = false;
  const std::lock_guard lock(mutex_);
  counts_.spooled += static_cast<std::int64_t>(batch.size());
  return true;
}

// The log is the last place that may keep them: there is no prompt in a receipt.
void ReceiptWriter::give_up(std::span<const Receipt> batch, std::string_view why) {
  spdlog::error("{} receipts lost, which follow: {}", batch.size(), why);
  for (const Receipt& receipt : batch) spdlog::critical("lost: {}", receipt_line(receipt));
  const std::lock_guard lock(mutex_);
  counts_.failed += static_cast<std::int64_t>(batch.size());
}

// Kept beside the spool, for who can tell what is wrong with it.
void ReceiptWriter::refuse(std::span<const Receipt> batch, std::string_view why) {
  const auto count = static_cast<std::int64_t>(batch.size());
  spdlog::error("{} receipts are refused, the first is {}: {}", count, to_hex(batch.front().id),
                why);
  {
    const std::lock_guard lock(mutex_);
    counts_.failed += count;
  }
  if (!spool_) return;
  if (const auto kept = spool_->keep_refused(batch); !kept) {
    spdlog::error("refused receipts cannot be kept: {}", kept.error().message);
  }
}

bool ReceiptWriter::out_of_patience() const {
  const std::lock_guard lock(mutex_);
  return closing_ && steady_clock::now() >= give_up_;
}

void ReceiptWriter::wait_for_round(TimePoint next_round) {
  std::unique_lock lock(mutex_);
  closing_changed_.wait_until(lock, next_round, [this] { return closing_; });
}

void ReceiptWriter::wait_for_store() {
  std::unique_lock lock(mutex_);
  if (!closing_) {
    closing_changed_.wait_until(lock, store_due_, [this] { return closing_; });
    return;
  }
  const TimePoint then = std::min(store_due_, give_up_);
  lock.unlock();
  std::this_thread::sleep_until(then);
}

}  // namespace ooe::store
