// What the SQLite files share: errors as values, and rows bound and read in order.
#pragma once

#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/id.h"
#include "store/store.h"

namespace ooe::store {

[[nodiscard]] ErrorCode code_of(const SQLite::Exception& exception);
// What the user can do about it, as the end of a sentence; empty where that depends.
[[nodiscard]] std::string_view remedy_for(const SQLite::Exception& exception);

// Runs `work`, which returns a Result, and turns what SQLiteCpp and nlohmann throw into errors. A
// transaction left open by an exception rolls back in its destructor.
template <class Work>
std::invoke_result_t<Work> guarded(const std::string& path, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const SQLite::Exception& exception) {
    const ErrorCode code = code_of(exception);
    if (code == ErrorCode::corrupt) {
      return fail(code, "{}: {}; give another file or restore a backup", path, exception.what());
    }
    return fail(code, "{}: {}{}", path, exception.what(), remedy_for(exception));
  } catch (const std::exception& exception) {
    return fail(ErrorCode::corrupt, "{}: {}", path, exception.what());
  }
}

// A blob that lives until the statement has run; empty: NULL.
struct Bytes {
  std::string_view bytes;
};

// A text that lives until the statement has run.
struct Text {
  const std::string& text;
};

// Binds values one after the other, so that no index can be wrong, and runs the statement.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) { statement_.reset(); }

  Row& operator<<(const std::string& text) {
    statement_.bind(++index_, text);
    return *this;
  }
  Row& operator<<(const Text& text) {
    statement_.bindNoCopy(++index_, text.text);
    return *this;
  }
  Row& operator<<(std::int64_t value) {
    statement_.bind(++index_, value);
    return *this;
  }
  Row& operator<<(double value) {
    statement_.bind(++index_, value);
    return *this;
  }
  Row& operator<<(const std::optional<Usd>& cost) {
    ++index_;
    if (cost) {
      statement_.bind(index_, cost->nano);
    } else {
      statement_.bind(index_);
    }
    return *this;
  }
  Row& operator<<(Bytes blob) {
    ++index_;
    if (blob.bytes.empty()) {
      statement_.bind(index_);
    } else {
      statement_.bindNoCopy(index_, blob.bytes.data(), static_cast<int>(blob.bytes.size()));
    }
    return *this;
  }
  Row& operator<<(const TokenCounts& tokens) {
    return *this << tokens.input << tokens.cached_input << tokens.output
                 << std::int64_t{tokens.estimated ? 1 : 0} << tokens.reasoning;
  }
  Row& operator<<(const AnswerKey& key) {
    return *this << key.expert << key.prompt_hash << key.parameters_hash
                 << std::int64_t{key.sample};
  }
  template <class Tag>
  Row& operator<<(const Id128<Tag>& id) {
    statement_.bindNoCopy(++index_, id.bytes.data(), static_cast<int>(id.bytes.size()));
    return *this;
  }

  // Returns true when a row was inserted or changed.
  bool run() { return statement_.exec() > 0; }

 private:
  SQLite::Statement& statement_;
  int index_ = 0;
};

// Reads the columns of the current row one after the other.
class Columns {
 public:
  explicit Columns(SQLite::Statement& statement) : statement_(statement) {}

  std::string text() { return statement_.getColumn(index_++).getString(); }
  std::string blob() {  // empty for NULL
    const SQLite::Column column = statement_.getColumn(index_++);
    return {static_cast<const char*>(column.getBlob()),
            static_cast<std::size_t>(column.getBytes())};
  }
  std::int64_t integer() { return statement_.getColumn(index_++).getInt64(); }
  double real() { return statement_.getColumn(index_++).getDouble(); }
  std::optional<Usd> cost() {
    const SQLite::Column column = statement_.getColumn(index_++);
    if (column.isNull()) return std::nullopt;
    return Usd{column.getInt64()};
  }
  TokenCounts tokens() {
    TokenCounts tokens;
    tokens.input = integer();
    tokens.cached_input = integer();
    tokens.output = integer();
    tokens.estimated = integer() != 0;
    tokens.reasoning = integer();
    return tokens;
  }
  template <class Id>
  Id id() {
    Id id;
    const SQLite::Column column = statement_.getColumn(index_++);
    if (static_cast<std::size_t>(column.getBytes()) == id.bytes.size()) {
      std::memcpy(id.bytes.data(), column.getBlob(), id.bytes.size());
    }
    return id;
  }
  std::chrono::microseconds microseconds() { return std::chrono::microseconds(integer()); }

 private:
  SQLite::Statement& statement_;
  int index_ = 0;
};

inline std::int64_t microseconds_of(WallTime time) { return time.time_since_epoch().count(); }

// Opens the file, creating it, and brings its schema up to date. Errors: as open_store. Throws as
// everything that touches a Database: call it inside guarded().
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path);
// As open_store_to_read, otherwise like it.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_database_to_read(
    const std::string& path);

}  // namespace ooe::store
