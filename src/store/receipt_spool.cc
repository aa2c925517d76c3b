#include "store/receipt_spool.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "store/receipt_line.h"

namespace ooe::store {
namespace {

constexpr std::size_t kReplayBatch = 1'000;  // receipts in one transaction

// The file, open and locked against other processes.
class OpenSpool {
 public:
  OpenSpool(const std::string& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)), error_(errno) {
    if (is_open()) ::flock(descriptor_, LOCK_EX);
  }
  ~OpenSpool() {
    if (is_open()) ::close(descriptor_);
  }
  OpenSpool(const OpenSpool&) = delete;
  OpenSpool& operator=(const OpenSpool&) = delete;

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] off_t size() const { return ::lseek(descriptor_, 0, SEEK_END); }
  // A process that died while it wrote leaves half a line.
  [[nodiscard]] bool ends_inside_a_line(off_t size) const {
    char last = '\n';
    return size > 0 && ::pread(descriptor_, &last, 1, size - 1) == 1 && last != '\n';
  }
  [[nodiscard]] bool write_at(off_t offset, std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto n = ::pwrite(descriptor_, bytes.data(), bytes.size(), offset);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
      offset += n;
    }
    return ::fdatasync(descriptor_) == 0;
  }
  [[nodiscard]] bool cut_to(off_t size) const { return ::ftruncate(descriptor_, size) == 0; }

 private:
  int descriptor_;
  int error_;
};

tl::unexpected<Error> cannot(const std::string& path, std::string_view what, int error) {
  return fail(ErrorCode::unavailable, "{}: cannot be {}: {}", path, what,
              std::generic_category().message(error));
}

// Writes a batch; when the store refuses it for good, receipt by receipt, so that one bad one does
// not keep the others.
Result<void> store_batch(Store& store, std::span<const Receipt> batch,
                         ReceiptSpool::Replayed& replayed) {
  const auto stored = store.put_receipts(batch);
  if (stored) {
    replayed.stored += static_cast<std::int64_t>(batch.size());
    return {};
  }
  if (stored.error().code == ErrorCode::unavailable) return stored;
  if (batch.size() == 1) {
    ++replayed.refused;
    spdlog::error("receipt {} lost: {}", to_hex(batch.front().id), stored.error().message);
    return {};
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (auto ok = store_batch(store, batch.subspan(i, 1), replayed); !ok) return ok;
  }
  return {};
}

std::vector<Receipt> receipts_of(const std::string& path, std::string_view text,
                                 ReceiptSpool::Replayed& replayed) {
  std::vector<Receipt> receipts;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    const std::string_view piece = text.substr(0, size);
    text.remove_prefix(std::min(size + 1, text.size()));
    if (piece.empty()) continue;
    auto receipt = parse_receipt_line(piece);
    if (receipt) {
      receipts.push_back(std::move(*receipt));
    } else {
      ++replayed.refused;
      spdlog::error("{}:{}: {}; the line is given up", path, line, receipt.error().message);
    }
  }
  return receipts;
}

}  // namespace

ReceiptSpool::ReceiptSpool(std::string path, std::size_t bytes_max)
    : path_(std::move(path)), bytes_max_(bytes_max) {}

Result<void> ReceiptSpool::append(std::span<const Receipt> receipts) {
  const OpenSpool file(path_, O_RDWR | O_CREAT);
  if (!file.is_open()) return cannot(path_, "opened", file.error());
  const off_t size = file.size();
  if (size == 0) sync_folder_of(path_);  // it may be new
  std::string text = file.ends_inside_a_line(size) ? "\n" : "";
  for (const Receipt& receipt : receipts) text += receipt_line(receipt) + '\n';
  if (static_cast<std::size_t>(size) + text.size() > bytes_max_) {
    return fail(ErrorCode::resource_exhausted, "{}: is full: {} bytes of {}", path_, size,
                bytes_max_);
  }
  if (file.write_at(size, text)) return {};
  const int error = errno;
  if (!file.cut_to(size)) spdlog::warn("{}: half a line stays at its end", path_);
  return cannot(path_, "written", error);
}

Result<ReceiptSpool::Replayed> ReceiptSpool::replay(Store& store) {
  Replayed replayed;
  const OpenSpool file(path_, O_RDWR);
  if (!file.is_open()) {
    if (file.error() == ENOENT) return replayed;
    return cannot(path_, "opened", file.error());
  }
  const auto text = read_file(path_, bytes_max_ + kSpoolBytesMax);
  if (!text) return fail(text.error());
  const auto receipts = receipts_of(path_, *text, replayed);
  for (std::size_t i = 0; i < receipts.size(); i += kReplayBatch) {
    const auto batch = std::span(receipts).subspan(i, std::min(kReplayBatch, receipts.size() - i));
    if (auto ok = store_batch(store, batch, replayed); !ok) return fail(ok.error());
  }
  if (!file.cut_to(0)) return cannot(path_, "emptied", errno);
  return replayed;
}

bool ReceiptSpool::is_empty() const {
  struct stat status = {};
  return ::stat(path_.c_str(), &status) != 0 || status.st_size == 0;
}

}  // namespace ooe::store
