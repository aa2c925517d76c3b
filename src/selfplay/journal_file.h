// The journal of rounds on disk: one JSON document beside the database, written whole or not at
// all.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "selfplay/loop.h"

namespace ooe::selfplay {

[[nodiscard]] std::string journal_json(const Journal& journal);

// Errors: corrupt, naming `name`, for anything that journal_json() does not write.
[[nodiscard]] Result<Journal> parse_journal(std::string_view json, std::string_view name);

// Where the rounds of the database at `db_path` are: "ooe.db.selfplay.json".
[[nodiscard]] std::string journal_path(const std::string& db_path);

// Returns nothing when there is no such file. Errors: those of read_file and parse_journal.
[[nodiscard]] Result<std::optional<Journal>> load_journal(const std::string& path);
// Errors: those of write_file_atomically.
[[nodiscard]] Result<void> save_journal(const std::string& path, const Journal& journal);

// Of one round, for reports and --json: {"round", "asked", ..., "gain", "gain_low", "gain_high"}.
[[nodiscard]] std::string round_json(const Round& round);

}  // namespace ooe::selfplay
