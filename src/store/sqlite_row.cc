#include "store/sqlite_row.h"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/file.h"
#include "store/schema.h"
#include "store/sqlite_store.h"

namespace ooe::store {

ErrorCode code_of(const SQLite::Exception& exception) {
  switch (exception.getErrorCode()) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return ErrorCode::corrupt;
    case SQLITE_CONSTRAINT:
      return ErrorCode::invalid_argument;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return ErrorCode::unavailable;
    default:
      return ErrorCode::internal;
  }
}

std::string_view remedy_for(const SQLite::Exception& exception) {
  switch (exception.getErrorCode()) {
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "; see that its folder exists and that this user may write there, or name another "
             "file";
    case SQLITE_FULL:
      return "; make room on its disk, or name a file on another";
    case SQLITE_IOERR:
      return "; see that its disk has room and is well (dmesg), or name a file on another";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "; another process holds it: wait for it, or end it";
    default:
      return "";
  }
}

namespace {

// The change to write-ahead logging raises a read lock to an exclusive one. Two that do so at once
// could wait for each other for ever, so SQLite reports SQLITE_BUSY there without the busy handler
// (sqlite.org/c3ref/busy_handler.html): whoever loses must start again, until the deadline.
std::string use_write_ahead_log(SQLite::Database& database) {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(kBusyTimeoutMs);
  while (true) {
    try {
      return database.execAndGet("PRAGMA journal_mode = WAL").getString();
    } catch (const SQLite::Exception& exception) {
      if (exception.getErrorCode() != SQLITE_BUSY || steady_clock::now() > deadline) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// SQLite counts its memory under a lock, for figures that nobody asks for, and locks each
// connection, though each has one thread here. Must come before SQLite's first use; later it says
// so and stays as it is, which is only slower.
void configure_library() {
  static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(once);
}

// Where the links lead, also to a file that is not there.
std::string behind_links(const std::string& path) {
  constexpr int kLinksMax = 40;  // as the kernel has it
  std::filesystem::path file = path;
  std::error_code error;
  for (int i = 0; i < kLinksMax && std::filesystem::is_symlink(file, error); ++i) {
    file = file.parent_path() / std::filesystem::read_symlink(file, error);
  }
  return file.string();
}

// A new database is its owner's alone; what SQLite puts beside it has the same mode. One that is
// there keeps the mode it was given, and is not opened: to close it again would end the locks that
// another connection of this process has. For that O_EXCL, which follows no link.
void create_for_owner(const std::string& path) {
  if (path == ":memory:") return;
  const int descriptor =
      ::open(behind_links(path).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerAlone);
  if (descriptor >= 0) ::close(descriptor);  // else SQLite says what is wrong
}

bool may_write(const std::string& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

bool has_log(const std::string& file) {
  std::error_code unknown;
  return std::filesystem::exists(file + "-wal", unknown);
}

// How SQLite is to read what this user may not write, https://www.sqlite.org/uri.html. Nothing may
// be left beside it: a log of this user's could not be written by the file's owner. Where there is
// a log somebody writes, or was killed, and what is newest stands in it. Where there is none nobody
// has the database open, and SQLite, which would make one, must be told that nothing changes.
std::string uri_to_read(const std::string& file) {
  std::string uri = "file:";
  for (const char c : file) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + (has_log(file) ? "?mode=ro&readonly_shm=1" : "?immutable=1");
}

}  // namespace

Result<std::unique_ptr<SQLite::Database>> open_database_to_read(const std::string& path) {
  const std::string file = behind_links(path);
  const auto folder = std::filesystem::path(file).parent_path();
  // SQLite takes an empty file for a new database and would write into it.
  std::error_code no_size;
  if (std::filesystem::file_size(file, no_size) == 0 && !no_size && !has_log(file)) {
    return fail(ErrorCode::not_found,
                "{}: it is an empty file and no database yet; run `ooe interview` or `ooe import` "
                "first",
                path);
  }
  if (path == ":memory:" || (may_write(file) && may_write(folder.empty() ? "." : folder))) {
    return open_database(path);
  }
  std::error_code unknown;
  if (has_log(file) && !std::filesystem::exists(file + "-shm", unknown)) {
    return fail(ErrorCode::unavailable,
                "{0}: beside {0}-wal there is no {0}-shm, which this user may not make: copy both, "
                "or make the copy by `VACUUM INTO`",
                file);
  }
  configure_library();
  auto database = std::make_unique<SQLite::Database>(
      uri_to_read(file), SQLite::OPEN_READONLY | SQLite::OPEN_URI | SQLite::OPEN_NOMUTEX,
      kBusyTimeoutMs);
  const auto version = version_of(*database, path);
  if (!version) return fail(version.error());
  if (*version < schema_version()) {
    return fail(ErrorCode::unavailable,
                "{}: its schema has version {}, older than this program's {}, and this user may "
                "not write it: have a user who may open it once, by any command that reads it",
                path, *version, schema_version());
  }
  return database;
}

Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path) {
  configure_library();
  create_for_owner(path);
  auto database = std::make_unique<SQLite::Database>(
      path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX, kBusyTimeoutMs);
  // SQLite opens for reading alone, and says nothing, what it may not write.
  if (sqlite3_db_readonly(database->getHandle(), "main") == 1) {
    if (::access(path.c_str(), W_OK) != 0 && errno == EROFS) {
      return fail(ErrorCode::unavailable,
                  "{}: its file system is read-only; mount it for writing, or put the database "
                  "elsewhere",
                  path);
    }
    return fail(ErrorCode::unavailable,
                "{}: this user may not write it; give it to the user that serves", path);
  }
  const std::string mode = use_write_ahead_log(*database);
  if (mode != "wal" && mode != "memory") {
    return fail(ErrorCode::unavailable,
                "{}: the file system offers no write-ahead log (journal mode '{}'); put the "
                "database on a local disk",
                path, mode);
  }
  database->exec("PRAGMA synchronous = FULL");
  database->exec("PRAGMA foreign_keys = ON");
  if (auto migrated = migrate(*database); !migrated) return fail(migrated.error());
  return database;
}

}  // namespace ooe::store
