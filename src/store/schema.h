// The tables behind SqliteStore, and how a file of an older version becomes one of this version.
// A schema, once released, never changes: what is new is one more migration.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace SQLite {
class Database;
}

namespace ooe::store {

// "OoE\x01": what `file` and we ourselves tell an ooe database by (PRAGMA application_id).
inline constexpr std::int32_t kApplicationId = 0x4F6F4501;

// The version this program reads and writes (PRAGMA user_version).
[[nodiscard]] std::int32_t schema_version();

// Returns the version of `database`, which errors call `path`; 0 when it is new.
// Errors: corrupt when it is another program's database or newer than schema_version().
[[nodiscard]] Result<std::int32_t> version_of(SQLite::Database& database, const std::string& path);

// Brings the schema up to date in one transaction; several processes may try at the same time.
// Errors: those of version_of().
// Throws SQLite::Exception, as everything that touches a Database.
[[nodiscard]] Result<void> migrate(SQLite::Database& database);

}  // namespace ooe::store
