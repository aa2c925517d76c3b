// The Store on one SQLite file: write-ahead log, every commit synced (FULL), so that what a call
// reported as stored survives kill -9 and power loss.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "store/store.h"

namespace ooe::store {

// How long a call waits for another process's transaction before it answers `unavailable`, unless
// Store::wait_at_most() says otherwise.
inline constexpr int kBusyTimeoutMs = 5'000;

// Opens or creates the file at `path`. Errors: as open_store.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path);
// Errors: as open_store_to_read.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite_store_to_read(const std::string& path);

}  // namespace ooe::store
