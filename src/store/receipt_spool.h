// Where receipts wait while the store is in trouble: a file of lines, one receipt each, durable
// when append() returns. Replaying is safe at any time, since a receipt on record stays as it is; a
// crash between the store and the emptied file only means that they are offered again. In:
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

// Threads: one at a time; several processes may share the file.
class ReceiptSpool {
 public:
  explicit ReceiptSpool(std::string path, std::size_t bytes_max = kSpoolBytesMax);

  // All or nothing. Errors: unavailable when the file cannot be written; resource_exhausted when it
  // would grow beyond its limit.
  [[nodiscard]] Result<void> append(std::span<const Receipt> receipts);

  struct Replayed {
    std::int64_t stored = 0;
    std::int64_t refused = 0;  // unreadable, or refused by the store for good; each is logged
  };
  // Puts everything into `store` and empties the file. Errors: those of the store that may pass,
  // and of the file; then everything stays.
  [[nodiscard]] Result<Replayed> replay(Store& store);

  // As the file is now.
  [[nodiscard]] bool is_empty() const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::size_t bytes_max_;
};

}  // namespace ooe::store
