#include "store/store.h"

#include "store/sqlite_store.h"

namespace ooe::store {
namespace {

constexpr std::string_view kSqliteScheme = "sqlite:";

}  // namespace

Result<std::string> sqlite_path(std::string_view url) {
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
    // The address may hold a password: it is not repeated.
    return fail(ErrorCode::invalid_argument,
                "store: PostgreSQL is not supported yet; use sqlite:PATH, such as sqlite:ooe.db");
  }
  if (!url.starts_with(kSqliteScheme) && url.find("://") != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument, "store '{}:': unknown scheme; use sqlite:PATH",
                url.substr(0, url.find("://")));
  }
  if (url.starts_with(kSqliteScheme)) url.remove_prefix(kSqliteScheme.size());
  if (url.empty()) {
    return fail(ErrorCode::invalid_argument,
                "store: no path given; use sqlite:PATH, such as sqlite:ooe.db");
  }
  return std::string(url);
}

// https://www.sqlite.org/fileformat.html, 1.3.
bool is_database(std::string_view beginning) {
  return beginning.starts_with(std::string_view("SQLite format 3\0", 16));
}

Result<std::unique_ptr<Store>> open_store(std::string_view url) {
  const auto path = sqlite_path(url);
  if (!path) return fail(path.error());
  return open_sqlite_store(*path);
}

Result<std::unique_ptr<Store>> open_store_to_read(std::string_view url) {
  const auto path = sqlite_path(url);
  if (!path) return fail(path.error());
  return open_sqlite_store_to_read(*path);
}

}  // namespace ooe::store
