// Rows of answers and grades: written by the Store and by the interview's journal alike. Texts are
// compressed where that makes them shorter.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.h"
#include "store/store.h"

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace ooe::store {

// Both leave rows on record as they are, and throw SQLite::Exception. insert_grades returns how
// many have another score than the one on record. Errors: invalid_argument for a grade without an
// answer on record.
void insert_answers(SQLite::Database& database, std::span<const Answer> answers);
[[nodiscard]] Result<std::size_t> insert_grades(SQLite::Database& database,
                                                std::span<const Grade> grades);

// Returns the text of a row from its columns `text` and `text_zstd`. Errors: corrupt.
[[nodiscard]] Result<std::string> stored_text(SQLite::Statement& row, int text, int text_zstd);

}  // namespace ooe::store
