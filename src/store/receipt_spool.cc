#include "store/receipt_spool.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/system_words.h"
#include "store/receipt_line.h"

namespace ooe::store {
namespace {

constexpr std::string_view kRefused = ".refused";

// The file, open and locked against other processes.
class OpenSpool {
 public:
  OpenSpool(const std::string& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, kOwnerAlone)), error_(errno) {
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
  // Room that is the file's without being in it yet.
  [[nodiscard]] bool reserve(std::size_t bytes) const {
    return ::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) == 0 ||
           errno == EOPNOTSUPP || errno == ENOSYS;
  }
  // Returns false, with errno, when they cannot be read.
  [[nodiscard]] bool read_at(off_t offset, std::string& bytes) const {
    for (std::size_t read = 0; read < bytes.size();) {
      const auto n = ::pread(descriptor_, bytes.data() + read, bytes.size() - read,
                             offset + static_cast<off_t>(read));
      if (n < 0 && errno == EINTR) continue;
      if (n == 0) errno = EIO;  // shorter than it was: nobody else may have written
      if (n <= 0) return false;
      read += static_cast<std::size_t>(n);
    }
    return true;
  }

 private:
  int descriptor_;
  int error_;
};

tl::unexpected<Error> cannot(const std::string& path, std::string_view what, int error) {
  return fail(ErrorCode::unavailable, "{}: cannot be {}: {}", path, what, system_words(error));
}

// The lines with which a file ends.
struct Tail {
  off_t begin = 0;
  std::string lines;
};

// As many as `piece` bytes hold, at least one. Returns nothing, with errno, when they cannot be
// read.
std::optional<Tail> tail_of(const OpenSpool& file, off_t size, std::size_t piece) {
  while (true) {
    Tail tail{.begin = std::max<off_t>(0, size - static_cast<off_t>(piece)), .lines = {}};
    tail.lines.resize(static_cast<std::size_t>(size - tail.begin));
    if (!file.read_at(tail.begin, tail.lines)) return std::nullopt;
    if (tail.begin == 0) return tail;
    // The first line may have begun before.
    const std::size_t first = tail.lines.find('\n');
    if (first != std::string::npos && first + 1 < tail.lines.size()) {
      tail.lines.erase(0, first + 1);
      tail.begin += static_cast<off_t>(first + 1);
      return tail;
    }
    piece *= 2;
  }
}

// Replays the lines of one piece. In: lines, a store. Out: what is refused, line by line.
class PieceReplay {
 public:
  PieceReplay(const std::string& path, Store& store) : path_(path), store_(store) {}

  // Errors: of the store, and may pass.
  [[nodiscard]] Result<void> replay(std::string_view lines) {
    std::vector<Receipt> receipts;
    while (!lines.empty()) {
      const std::string_view line = lines.substr(0, lines.find('\n'));
      lines.remove_prefix(std::min(line.size() + 1, lines.size()));
      if (line.empty()) continue;
      auto receipt = parse_receipt_line(line);
      if (receipt) {
        receipts.push_back(std::move(*receipt));
      } else {
        spdlog::error("{0}: a line is given up, and kept in {0}{1}: {2}", path_, kRefused,
                      receipt.error().message);
        refuse(line);
      }
    }
    return store(receipts);
  }

  [[nodiscard]] const ReceiptSpool::Replayed& replayed() const { return replayed_; }
  [[nodiscard]] const std::string& refused() const { return refused_; }

 private:
  // When the store refuses a batch for good, receipt by receipt, so that one bad one does not keep
  // the others.
  [[nodiscard]] Result<void> store(std::span<const Receipt> batch) {
    if (batch.empty()) return {};
    const auto stored = store_.put_receipts(batch);
    if (stored) {
      replayed_.stored += static_cast<std::int64_t>(batch.size());
      return {};
    }
    if (stored.error().code != ErrorCode::invalid_argument) return stored;
    if (batch.size() == 1) {
      spdlog::error("receipt {} is refused, and kept in {}{}: {}", to_hex(batch.front().id), path_,
                    kRefused, stored.error().message);
      refuse(receipt_line(batch.front()));
      return {};
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (auto ok = store(batch.subspan(i, 1)); !ok) return ok;
    }
    return {};
  }

  void refuse(std::string_view line) {
    ++replayed_.refused;
    refused_ += line;
    refused_ += '\n';
  }

  const std::string& path_;
  Store& store_;
  ReceiptSpool::Replayed replayed_;
  std::string refused_;
};

// Behind what the file holds, durable on return.
Result<void> append_to(const std::string& path, std::string_view text) {
  const OpenSpool file(path, O_RDWR | O_CREAT);
  if (!file.is_open()) return cannot(path, "opened", file.error());
  const off_t size = file.size();
  if (size == 0) sync_folder_of(path);  // it may be new
  if (!file.write_at(size, text)) return cannot(path, "written", errno);
  return {};
}

}  // namespace

ReceiptSpool::ReceiptSpool(std::string path, std::size_t bytes_max)
    : path_(std::move(path)), bytes_max_(bytes_max) {}

std::string ReceiptSpool::refused_path() const { return path_ + std::string(kRefused); }

Result<void> ReceiptSpool::reserve() {
  reserves_ = true;
  const OpenSpool file(path_, O_RDWR | O_CREAT);
  if (!file.is_open()) return cannot(path_, "opened", file.error());
  sync_folder_of(path_);  // it may be new
  if (!file.reserve(kSpoolBytesReserved)) return cannot(path_, "given room", errno);
  return {};
}

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
  if (reserves_) static_cast<void>(file.reserve(kSpoolBytesReserved));
  return cannot(path_, "written", error);
}

Result<ReceiptSpool::Replayed> ReceiptSpool::replay_some(Store& store, std::size_t piece) {
  const OpenSpool file(path_, O_RDWR);
  if (!file.is_open()) {
    if (file.error() == ENOENT) return Replayed{};
    return cannot(path_, "opened", file.error());
  }
  const auto tail = tail_of(file, file.size(), piece);
  if (!tail) return cannot(path_, "read", errno);
  PieceReplay lines(path_, store);
  if (auto ok = lines.replay(tail->lines); !ok) return fail(ok.error());
  if (!lines.refused().empty()) {
    if (auto ok = append_to(refused_path(), lines.refused()); !ok) return fail(ok.error());
  }
  if (!file.cut_to(tail->begin)) return cannot(path_, "shortened", errno);
  // What is cut off takes along what was set aside behind it.
  if (reserves_) static_cast<void>(file.reserve(kSpoolBytesReserved));
  return lines.replayed();
}

Result<void> ReceiptSpool::keep_refused(std::span<const Receipt> receipts) const {
  std::string lines;
  for (const Receipt& receipt : receipts) lines += receipt_line(receipt) + '\n';
  return append_to(refused_path(), lines);
}

Result<ReceiptSpool::Replayed> ReceiptSpool::replay(Store& store) {
  Replayed all;
  while (!is_empty()) {
    const auto some = replay_some(store);
    if (!some) return fail(some.error());
    all.stored += some->stored;
    all.refused += some->refused;
  }
  return all;
}

bool ReceiptSpool::is_empty() const {
  struct stat status = {};
  return ::stat(path_.c_str(), &status) != 0 || status.st_size == 0;
}

}  // namespace ooe::store
