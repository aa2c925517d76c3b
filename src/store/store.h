// The seam to what outlives the process: questions, answers, outcomes and receipts.
// In: records. Out: records. Knows: core. Files of models stay files.
// One suite of tests (tests/store/store_suite.h) runs against every implementation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/outcome.h"
#include "core/question.h"
#include "core/receipt.h"

namespace ooe::store {

// Which answer: the same key is the same answer and is never paid twice (docs/files.md).
struct AnswerKey {
  std::string expert;
  std::string prompt_hash;      // hex of BLAKE2b-128 of the rendered prompt
  std::string parameters_hash;  // hex of BLAKE2b-128 of the generation parameters
  std::int32_t sample = 0;

  friend auto operator<=>(const AnswerKey&, const AnswerKey&) = default;
};

struct Answer {
  AnswerKey key;
  std::string question_id;
  std::string benchmark;
  std::string text;  // empty when it is not kept
  bool kept = true;  // false: the text was thrown away on purpose, and cannot be graded again
  TokenCounts tokens;
  std::optional<Usd> cost;
  std::chrono::milliseconds latency{0};
  WallTime asked;
};

// A grade of an answer; a later grader version adds a row, it does not replace one.
struct Grade {
  AnswerKey answer;
  std::string grader;  // "choice"
  std::int32_t version = 1;
  float score = 0.0F;
};

// The words of an answer and what they scored, by the newest version of its grader.
struct GradedText {
  std::string question_id;
  std::string text;
  float score = 0.0F;
};

// What something of one key adds up to.
struct KeyCost {
  std::string key;
  Usd cost;

  friend bool operator==(const KeyCost&, const KeyCost&) = default;
};

// What the receipts of one key and day add up to.
struct KeyDayCost {
  std::string key;
  WallTime day;  // its first moment, UTC
  Usd cost;

  friend bool operator==(const KeyDayCost&, const KeyDayCost&) = default;
};

// Threads: one object belongs to one thread; several objects (and processes) may share one
// database.
class Store {
 public:
  virtual ~Store() = default;

  // How long calls wait from now on for another process that holds the database, before they answer
  // `unavailable`.
  virtual void wait_at_most(std::chrono::milliseconds patience) = 0;

  // Inserts; an equal question again is fine. Errors: invalid_argument when the id exists with
  // another content.
  [[nodiscard]] virtual Result<void> put_questions(std::span<const Question> questions) = 0;
  // In the order they were first put.
  [[nodiscard]] virtual Result<std::vector<Question>> questions() = 0;

  // All or nothing; durable when it returns. An answer or a grade on record stays as it is; returns
  // how many of the given grades have another score than the one that stays. Errors:
  // invalid_argument when a question is not on record, a grade belongs to no answer, or a score
  // lies outside [0, 1].
  [[nodiscard]] virtual Result<std::size_t> put_answers(std::span<const Answer> answers,
                                                        std::span<const Grade> grades) = 0;
  [[nodiscard]] virtual Result<std::vector<AnswerKey>> answer_keys(std::string_view expert) = 0;
  // Every graded answer, the newest grader version of each, ordered by question and expert.
  [[nodiscard]] virtual Result<std::vector<Outcome>> outcomes() = 0;

  // Every graded answer of an expert whose text is kept, ordered by question.
  [[nodiscard]] virtual Result<std::vector<GradedText>> graded_texts(std::string_view expert) = 0;

  // All or nothing; durable when it returns. A receipt on record stays, so writing again is safe.
  [[nodiscard]] virtual Result<void> put_receipts(std::span<const Receipt> receipts) = 0;
  // The newest first.
  [[nodiscard]] virtual Result<std::vector<Receipt>> receipts(std::int64_t count_max) = 0;
  // Of requests received at `from` or later, but before `to`, in the order of time.
  [[nodiscard]] virtual Result<void> each_receipt(
      WallTime from, WallTime to, const std::function<void(const Receipt&)>& each) = 0;
  // Of requests received at `since` or later, of keys only, ordered by key and day.
  [[nodiscard]] virtual Result<std::vector<KeyDayCost>> cost_by_key_and_day(WallTime since) = 0;
};

// Returns the path of "sqlite:PATH", or of a bare path. Errors: invalid_argument for another scheme
// ("postgres://" comes later).
[[nodiscard]] Result<std::string> sqlite_path(std::string_view url);

// By how the file begins: whether these bytes, 16 at least, are a database's.
[[nodiscard]] bool is_database(std::string_view beginning);

// `url`: as sqlite_path(). Creates the file and brings its schema up to date.
// Errors: those of sqlite_path(); corrupt when the file is no database or its schema is newer than
// this program; unavailable when it cannot be opened.
[[nodiscard]] Result<std::unique_ptr<Store>> open_store(std::string_view url);

// For whoever only asks what is on record: a file, or a folder, that this user may not write is read
// as it is, and nothing is left there; any other is opened as by open_store(). Errors: those of
// open_store(); unavailable also for an older schema that this user may not bring up to date.
[[nodiscard]] Result<std::unique_ptr<Store>> open_store_to_read(std::string_view url);

}  // namespace ooe::store
