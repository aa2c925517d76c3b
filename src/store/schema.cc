#include "store/schema.h"

#include <array>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

namespace ooe::store {
namespace {

// Money is whole nano-dollars, times are whole microseconds or milliseconds, as in core.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE questions (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  benchmark TEXT NOT NULL,
  split TEXT NOT NULL,
  subject TEXT NOT NULL,
  category TEXT NOT NULL,
  question TEXT NOT NULL,
  choices TEXT NOT NULL,               -- JSON list of strings
  answer TEXT NOT NULL
) STRICT;

CREATE TABLE answers (
  seq INTEGER PRIMARY KEY,
  expert TEXT NOT NULL,
  prompt_hash TEXT NOT NULL,
  parameters_hash TEXT NOT NULL,
  sample INTEGER NOT NULL,
  question_id TEXT NOT NULL REFERENCES questions (id),
  benchmark TEXT NOT NULL,
  text TEXT NOT NULL,                  -- empty when answers are not kept
  input_tokens INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  tokens_estimated INTEGER NOT NULL,
  cost_nano_usd INTEGER,               -- NULL: the expert had no price
  latency_ms INTEGER NOT NULL,
  asked_us INTEGER NOT NULL,           -- since 1970, UTC
  UNIQUE (expert, prompt_hash, parameters_hash, sample)
) STRICT;
CREATE INDEX answers_by_question ON answers (question_id);

CREATE TABLE grades (
  answer INTEGER NOT NULL REFERENCES answers (seq),
  grader TEXT NOT NULL,
  version INTEGER NOT NULL,
  score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
  PRIMARY KEY (answer, grader, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  query BLOB NOT NULL,
  received_us INTEGER NOT NULL,        -- since 1970, UTC
  model TEXT NOT NULL,
  privacy TEXT NOT NULL,
  streamed INTEGER NOT NULL,
  chosen TEXT NOT NULL,
  answered_by TEXT NOT NULL,
  predicted_quality REAL NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  decide_us INTEGER NOT NULL,
  first_byte_us INTEGER NOT NULL,
  total_us INTEGER NOT NULL,
  ending TEXT NOT NULL
) STRICT;
CREATE INDEX receipts_by_time ON receipts (received_us);

CREATE TABLE attempts (
  receipt INTEGER NOT NULL REFERENCES receipts (seq),
  position INTEGER NOT NULL,           -- order of the calls, from 0
  expert TEXT NOT NULL,
  fault TEXT NOT NULL,                 -- empty: it answered
  input_tokens INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  tokens_estimated INTEGER NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  PRIMARY KEY (receipt, position)
) STRICT, WITHOUT ROWID;
)sql";

// The interview's money: a call is on record before it is made, so that a killed run knows what it
// may owe. A row goes when its call's cost is known; what stays with an `ended` counts as spent.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE answers ADD COLUMN kept INTEGER NOT NULL DEFAULT 1;  -- 0: the text was thrown away
ALTER TABLE answers ADD COLUMN text_zstd BLOB;  -- the text, compressed; then `text` is empty
UPDATE answers SET kept = 0 WHERE text = '';

CREATE TABLE runs (
  seq INTEGER PRIMARY KEY,             -- the byte of the lock file that a living run holds
  started_us INTEGER NOT NULL
) STRICT;

CREATE TABLE calls (
  seq INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (seq),
  expert TEXT NOT NULL,
  prompt_hash TEXT NOT NULL,
  parameters_hash TEXT NOT NULL,
  sample INTEGER NOT NULL,
  question_id TEXT NOT NULL,
  reserved_nano_usd INTEGER NOT NULL,  -- the most it may cost, or may cost beyond its answer's cost
  asked_us INTEGER NOT NULL,
  ended TEXT NOT NULL                  -- empty: in flight; else why nobody knows what it cost
) STRICT;
CREATE UNIQUE INDEX calls_in_flight ON calls (expert, prompt_hash, parameters_hash, sample)
  WHERE ended = '';
)sql";

// Which key a request came with; empty for all that came before there were keys.
constexpr const char* kVersion3 = R"sql(
ALTER TABLE receipts ADD COLUMN key TEXT NOT NULL DEFAULT '';
)sql";

// Why a request was as private as it was, and who was cleared for it.
constexpr const char* kVersion4 = R"sql(
ALTER TABLE receipts ADD COLUMN privacy_reasons TEXT NOT NULL DEFAULT '[]';  -- JSON list of strings
ALTER TABLE receipts ADD COLUMN cleared TEXT NOT NULL DEFAULT '[]';          -- the same
)sql";

// A receipt is one row of one tree: its calls are in it, and the tree is in the order of time,
// which is also the order of writing. Three trees, two of them in no order, cost the writer four
// times as much (docs/decisions/0014-receipts-in-one-tree.md). `attempts` is a view for who looks
// by hand.
constexpr const char* kVersion5 = R"sql(
CREATE TABLE receipts_5 (
  received_us INTEGER NOT NULL,        -- since 1970, UTC
  id BLOB NOT NULL,
  query BLOB NOT NULL,
  model TEXT NOT NULL,
  key TEXT NOT NULL,
  privacy TEXT NOT NULL,
  privacy_reasons TEXT NOT NULL,       -- JSON list of strings
  cleared TEXT NOT NULL,               -- the same
  streamed INTEGER NOT NULL,
  chosen TEXT NOT NULL,
  answered_by TEXT NOT NULL,
  predicted_quality REAL NOT NULL,
  attempts TEXT NOT NULL,              -- JSON list of objects, in the order in which calls ended
  cost_nano_usd INTEGER NOT NULL,
  decide_us INTEGER NOT NULL,
  first_byte_us INTEGER NOT NULL,
  total_us INTEGER NOT NULL,
  ending TEXT NOT NULL,
  PRIMARY KEY (received_us, id)
) STRICT, WITHOUT ROWID;

INSERT INTO receipts_5
SELECT received_us, id, query, model, key, privacy, privacy_reasons, cleared, streamed, chosen,
  answered_by, predicted_quality,
  (SELECT json_group_array(json_object(
     'expert', a.expert, 'fault', a.fault, 'input', a.input_tokens,
     'cached_input', a.cached_input_tokens, 'output', a.output_tokens,
     'estimated', a.tokens_estimated, 'cost_nano_usd', a.cost_nano_usd,
     'duration_us', a.duration_us))
   FROM (SELECT * FROM attempts WHERE receipt = r.seq ORDER BY position) a),
  cost_nano_usd, decide_us, first_byte_us, total_us, ending
FROM receipts r;

DROP TABLE attempts;
DROP TABLE receipts;
ALTER TABLE receipts_5 RENAME TO receipts;

CREATE VIEW attempts AS
SELECT r.id AS receipt, r.received_us, a.key AS position, a.value ->> 'expert' AS expert,
  a.value ->> 'fault' AS fault, a.value ->> 'input' AS input_tokens,
  a.value ->> 'cached_input' AS cached_input_tokens, a.value ->> 'output' AS output_tokens,
  a.value ->> 'estimated' AS tokens_estimated, a.value ->> 'cost_nano_usd' AS cost_nano_usd,
  a.value ->> 'duration_us' AS duration_us
FROM receipts r, json_each(r.attempts) a;
)sql";

// With which probability the expert asked first came to be first; 1 wherever nothing was explored.
constexpr const char* kVersion6 = R"sql(
ALTER TABLE receipts ADD COLUMN propensity REAL NOT NULL DEFAULT 1;
)sql";

// What a routed request was decided on (core/foreseen.h); NULL where there was no choice.
constexpr const char* kVersion7 = R"sql(
ALTER TABLE receipts ADD COLUMN foreseen BLOB;
)sql";

// What was replaced for experts that are not among `cleared`.
constexpr const char* kVersion8 = R"sql(
ALTER TABLE receipts ADD COLUMN redacted TEXT NOT NULL DEFAULT '[]';  -- JSON list of strings
)sql";

// Reasoning tokens, which may have a price of their own; attempts say them where there were any.
constexpr const char* kVersion9 = R"sql(
ALTER TABLE answers ADD COLUMN reasoning_tokens INTEGER NOT NULL DEFAULT 0;  -- part of output_tokens
DROP VIEW attempts;
CREATE VIEW attempts AS
SELECT r.id AS receipt, r.received_us, a.key AS position, a.value ->> 'expert' AS expert,
  a.value ->> 'fault' AS fault, a.value ->> 'input' AS input_tokens,
  a.value ->> 'cached_input' AS cached_input_tokens, a.value ->> 'output' AS output_tokens,
  coalesce(a.value ->> 'reasoning', 0) AS reasoning_tokens,
  a.value ->> 'estimated' AS tokens_estimated, a.value ->> 'cost_nano_usd' AS cost_nano_usd,
  a.value ->> 'duration_us' AS duration_us
FROM receipts r, json_each(r.attempts) a;
)sql";

// Who was cleared is the same for nearly every request and, with many experts, was most of its
// receipt: each list is kept once.
constexpr const char* kVersion10 = R"sql(
CREATE TABLE expert_lists (
  seq INTEGER PRIMARY KEY,
  names TEXT NOT NULL UNIQUE           -- JSON list of strings
) STRICT;
INSERT INTO expert_lists (names) SELECT DISTINCT cleared FROM receipts;
ALTER TABLE receipts ADD COLUMN cleared_list INTEGER NOT NULL DEFAULT 0;  -- of expert_lists
UPDATE receipts SET cleared_list = (SELECT seq FROM expert_lists WHERE names = cleared);
ALTER TABLE receipts DROP COLUMN cleared;
)sql";

// Tokens put into a prompt cache, which may have a price of their own; attempts say them where there
// were any. No question of an interview asks for a cache.
constexpr const char* kVersion11 = R"sql(
DROP VIEW attempts;
CREATE VIEW attempts AS
SELECT r.id AS receipt, r.received_us, a.key AS position, a.value ->> 'expert' AS expert,
  a.value ->> 'fault' AS fault, a.value ->> 'input' AS input_tokens,
  a.value ->> 'cached_input' AS cached_input_tokens,
  coalesce(a.value ->> 'cache_write', 0) AS cache_write_tokens,
  a.value ->> 'output' AS output_tokens,
  coalesce(a.value ->> 'reasoning', 0) AS reasoning_tokens,
  a.value ->> 'estimated' AS tokens_estimated, a.value ->> 'cost_nano_usd' AS cost_nano_usd,
  a.value ->> 'duration_us' AS duration_us
FROM receipts r, json_each(r.attempts) a;
)sql";

// kMigrations[v] leads from version v to v + 1.
constexpr std::array kMigrations{kVersion1, kVersion2, kVersion3, kVersion4,  kVersion5, kVersion6,
                                 kVersion7, kVersion8, kVersion9, kVersion10, kVersion11};

std::int32_t pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(fmt::format("PRAGMA {}", name)).getInt();
}

bool has_tables(SQLite::Database& database) {
  return database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() > 0;
}

}  // namespace

std::int32_t schema_version() { return static_cast<std::int32_t>(kMigrations.size()); }

Result<std::int32_t> version_of(SQLite::Database& database, const std::string& path) {
  const std::int32_t owner = pragma(database, "application_id");
  const std::int32_t version = pragma(database, "user_version");
  const bool is_new = owner == 0 && version == 0 && !has_tables(database);
  if (!is_new && owner != kApplicationId) {
    return fail(ErrorCode::corrupt, "{}: a database of another program; give ooe a file of its own",
                path);
  }
  if (version < 0 || version > schema_version()) {
    return fail(ErrorCode::corrupt,
                "{}: schema version {} is newer than this program's {}; use the newer ooe that "
                "wrote it",
                path, version, schema_version());
  }
  return version;
}

Result<void> migrate(SQLite::Database& database) {
  // IMMEDIATE: whoever comes second waits here, then finds the work done.
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const auto version = version_of(database, database.getFilename());
  if (!version) return fail(version.error());
  if (*version == schema_version()) return {};
  for (std::int32_t step = *version; step < schema_version(); ++step) {
    database.exec(kMigrations[static_cast<std::size_t>(step)]);
  }
  database.exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
  database.exec(fmt::format("PRAGMA user_version = {}", schema_version()));
  transaction.commit();
  return {};
}

}  // namespace ooe::store
