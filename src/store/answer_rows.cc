#include "store/answer_rows.h"

#include <memory>

#include <SQLiteCpp/SQLiteCpp.h>
#include <zstd.h>

#include "base/check.h"
#include "store/sqlite_row.h"

namespace ooe::store {
namespace {

// Answers are a page long: below this zstd's frame costs more than it saves.
constexpr std::size_t kPackBytesMin = 128;
constexpr int kPackLevel = 3;
// No answer is longer; a frame that claims to be is damaged.
constexpr std::size_t kTextBytesMax = std::size_t{1} << 30U;

class Packer {
 public:
  // Returns the compressed text, empty when it would not be shorter.
  std::string_view operator()(std::string_view text) {
    if (text.size() < kPackBytesMin) return {};
    packed_.resize(ZSTD_compressBound(text.size()));
    const std::size_t size = ZSTD_compressCCtx(context_.get(), packed_.data(), packed_.size(),
                                               text.data(), text.size(), kPackLevel);
    OOE_CHECK(ZSTD_isError(size) == 0U, "zstd's bound leaves room for every text");
    return size < text.size() ? std::string_view(packed_).substr(0, size) : std::string_view();
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context_{ZSTD_createCCtx()};
  std::string packed_;
};

}  // namespace

void insert_answers(SQLite::Database& database, std::span<const Answer> answers) {
  if (answers.empty()) return;
  thread_local Packer pack;
  SQLite::Statement insert(
      database,
      "INSERT INTO answers (expert, prompt_hash, parameters_hash, sample, question_id, benchmark, "
      "kept, text, text_zstd, input_tokens, cached_input_tokens, output_tokens, tokens_estimated, "
      "reasoning_tokens, cost_nano_usd, latency_ms, asked_us) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO NOTHING");
  for (const Answer& answer : answers) {
    const std::string_view packed = pack(answer.text);
    (Row(insert) << answer.key << answer.question_id << answer.benchmark
                 << std::int64_t{answer.kept ? 1 : 0}
                 << (packed.empty() ? answer.text : std::string()) << Bytes{packed} << answer.tokens
                 << answer.cost << std::int64_t{answer.latency.count()}
                 << microseconds_of(answer.asked))
        .run();
  }
}

Result<std::size_t> insert_grades(SQLite::Database& database, std::span<const Grade> grades) {
  if (grades.empty()) return 0;
  SQLite::Statement find(database,
                         "SELECT seq FROM answers WHERE expert = ? AND prompt_hash = ? AND "
                         "parameters_hash = ? AND sample = ?");
  SQLite::Statement insert(database,
                           "INSERT INTO grades (answer, grader, version, score) "
                           "VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
  SQLite::Statement on_record(
      database, "SELECT score FROM grades WHERE answer = ? AND grader = ? AND version = ?");
  std::size_t differ = 0;
  for (const Grade& grade : grades) {
    Row(find) << grade.answer;
    if (!find.executeStep()) {
      return fail(ErrorCode::invalid_argument,
                  "{}: a grade of expert '{}' belongs to no answer on record; store the answer "
                  "first or with it",
                  database.getFilename(), grade.answer.expert);
    }
    const std::int64_t answer = find.getColumn(0).getInt64();
    (Row(insert) << answer << grade.grader << std::int64_t{grade.version}
                 << static_cast<double>(grade.score))
        .run();
    if (database.getChanges() > 0) continue;
    Row(on_record) << answer << grade.grader << std::int64_t{grade.version};
    if (on_record.executeStep() &&
        on_record.getColumn(0).getDouble() != static_cast<double>(grade.score)) {
      ++differ;
    }
  }
  return differ;
}

Result<std::string> stored_text(SQLite::Statement& row, int text, int text_zstd) {
  const SQLite::Column packed = row.getColumn(text_zstd);
  if (packed.isNull()) return row.getColumn(text).getString();
  const auto bytes = static_cast<std::size_t>(packed.getBytes());
  const unsigned long long size = ZSTD_getFrameContentSize(packed.getBlob(), bytes);
  std::string unpacked;
  if (size <= kTextBytesMax) {  // the two error values are larger
    unpacked.resize(static_cast<std::size_t>(size));
    const std::size_t got =
        ZSTD_decompress(unpacked.data(), unpacked.size(), packed.getBlob(), bytes);
    if (got == unpacked.size()) return unpacked;
  }
  return fail(ErrorCode::corrupt, "the text of an answer cannot be unpacked; restore a backup");
}

}  // namespace ooe::store
