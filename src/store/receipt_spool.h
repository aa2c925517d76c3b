// Where receipts wait while the store is in trouble: a file of lines, one receipt each, durable
// when append() returns. Replaying is safe at any time, since a receipt on record stays as it is; a
// crash between the store and the shortened file only means that they are offered again. In:
// receipts, a store that is back. Out: an empty file. Knows: store, base.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "core/receipt.h"
#include "store/store.h"

namespace ooe::store {

inline constexpr std::size_t kSpoolBytesMax = std::size_t{256} << 20U;  // some 400,000 receipts
// Set aside on the disk for a time when it is full: some 13,000 receipts.
inline constexpr std::size_t kSpoolBytesReserved = std::size_t{8} << 20U;
inline constexpr std::size_t kSpoolPieceBytes = std::size_t{1} << 20U;  // replayed at a time

// Threads: one at a time; several processes may share the file.
class ReceiptSpool {
 public:
  explicit ReceiptSpool(std::string path, std::size_t bytes_max = kSpoolBytesMax);

  // Sets kSpoolBytesReserved aside, and again whenever the file is shortened. Where the file system
  // cannot do so nothing happens. Errors: unavailable, when there is no room.
  [[nodiscard]] Result<void> reserve();

  // All or nothing. Errors: unavailable when the file cannot be written; resource_exhausted when it
  // would grow beyond its limit.
  [[nodiscard]] Result<void> append(std::span<const Receipt> receipts);
  // What the store refuses for good goes beside the file, into one whose name ends in ".refused".
  [[nodiscard]] Result<void> keep_refused(std::span<const Receipt> receipts) const;

  struct Replayed {
    std::int64_t stored = 0;
    // Unreadable, or refused by the store for good; each is logged, and kept as by keep_refused().
    std::int64_t refused = 0;
  };
  // Moves what the file ends with, some `piece` bytes, into `store`: whoever has other things to do
  // comes back until the file is empty. Errors: those of the store that may pass, and of the files;
  // then everything stays.
  [[nodiscard]] Result<Replayed> replay_some(Store& store, std::size_t piece = kSpoolPieceBytes);
  // Until the file is empty. Errors: as above; what has been moved by then is.
  [[nodiscard]] Result<Replayed> replay(Store& store);

  // As the file is now.
  [[nodiscard]] bool is_empty() const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[nodiscard]] std::string refused_path() const;

  std::string path_;
  std::size_t bytes_max_;
  bool reserves_ = false;
};

}  // namespace ooe::store
