#include "store/sqlite_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "store/answer_rows.h"
#include "store/attempt_json.h"
#include "store/opened_file.h"
#include "store/sqlite_row.h"

namespace ooe::store {
namespace {

// An ending that is not known can only have been written by somebody else; the receipt still
// counts.
Ending ending_of(std::string_view word) { return parse_ending(word).value_or(Ending::refused); }

constexpr const char* kQuestionFields =
    "id, benchmark, split, subject, category, question, choices, answer";

std::vector<std::string> list_of(const std::string& json) {
  if (json.empty()) return {};  // of a list that somebody has deleted
  return nlohmann::json::parse(json).get<std::vector<std::string>>();
}

// As JSON. Most words need no escape, and then no document tree.
void append_word(std::string& json, const std::string& word) {
  const bool plain = std::ranges::all_of(
      word, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (plain) {
    json.append(1, '"').append(word).append(1, '"');
  } else {
    json += nlohmann::json(word).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

void write_list(std::string& json, const std::vector<std::string>& words) {
  json = "[";
  for (const std::string& word : words) {
    if (json.size() > 1) json += ',';
    append_word(json, word);
  }
  json += ']';
}

void append_number(std::string& json, std::string_view name, std::int64_t value) {
  const fmt::format_int digits(value);
  json.append(name).append(digits.data(), digits.size());
}

void write_attempts(std::string& json, const std::vector<Attempt>& attempts) {
  json = "[";
  for (const Attempt& attempt : attempts) {
    json += json.size() > 1 ? R"(,{"expert":)" : R"({"expert":)";
    append_word(json, attempt.expert);
    json += R"(,"fault":)";
    append_word(json, attempt.fault);
    append_number(json, R"(,"input":)", attempt.tokens.input);
    append_number(json, R"(,"cached_input":)", attempt.tokens.cached_input);
    if (attempt.tokens.cache_write > 0) {
      append_number(json, R"(,"cache_write":)", attempt.tokens.cache_write);
    }
    append_number(json, R"(,"output":)", attempt.tokens.output);
    if (attempt.tokens.reasoning > 0) {
      append_number(json, R"(,"reasoning":)", attempt.tokens.reasoning);
    }
    append_number(json, R"(,"estimated":)", attempt.tokens.estimated ? 1 : 0);
    append_number(json, R"(,"cost_nano_usd":)", attempt.cost.nano);
    append_number(json, R"(,"duration_us":)", attempt.duration.count());
    json += '}';
  }
  json += ']';
}

std::vector<Attempt> attempts_of(const std::string& json) {
  std::vector<Attempt> attempts;
  for (const nlohmann::json& object : nlohmann::json::parse(json)) {
    attempts.push_back(attempt_of(object));
  }
  return attempts;
}

constexpr std::size_t kRowsAtOnce = 16;  // of receipts, in one statement

// In the table's own order: in any other SQLite copies each row once more.
std::string insert_of(std::size_t rows) {
  std::string sql =
      "INSERT INTO receipts (received_us, id, query, model, key, privacy, privacy_reasons, "
      "streamed, chosen, answered_by, predicted_quality, attempts, cost_nano_usd, decide_us, "
      "first_byte_us, total_us, ending, propensity, foreseen, redacted, cleared_list) VALUES ";
  for (std::size_t row = 0; row < rows; ++row) {
    sql += row == 0 ? "" : ", ";
    sql += "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  }
  return sql + " ON CONFLICT DO NOTHING";
}

// What of a receipt becomes text only for its row: kept until the statement has run.
struct ReceiptTexts {
  std::string privacy;
  std::string reasons;
  std::string redacted;
  std::string attempts;
  std::string ending;
};

// Which experts are cleared depends on the configuration and on a request's class: few lists.
constexpr std::size_t kListsKnownMax = 256;

struct NumberedList {
  NameList list;
  std::int64_t number = 0;
};

Question read_question(SQLite::Statement& statement) {
  Columns columns(statement);
  Question question;
  question.id = columns.text();
  question.benchmark = columns.text();
  question.split = columns.text();
  question.subject = columns.text();
  question.category = columns.text();
  question.question = columns.text();
  question.choices = list_of(columns.text());
  question.answer = columns.text();
  return question;
}

const std::string kSelectReceipts =
    "SELECT received_us, id, query, model, key, privacy, privacy_reasons, "
    "(SELECT names FROM expert_lists WHERE seq = cleared_list), streamed, "
    "chosen, answered_by, predicted_quality, attempts, cost_nano_usd, decide_us, first_byte_us, "
    "total_us, ending, propensity, foreseen, redacted FROM receipts ";

// Of a row of the above.
Receipt receipt_of(SQLite::Statement& select) {
  Columns columns(select);
  Receipt receipt;
  receipt.received = WallTime(columns.microseconds());
  receipt.id = columns.id<ReceiptId>();
  receipt.query = columns.id<QueryId>();
  receipt.model = columns.text();
  receipt.key = columns.text();
  receipt.privacy = parse_privacy_class(columns.text()).value_or(PrivacyClass::restricted);
  receipt.privacy_reasons = list_of(columns.text());
  receipt.cleared = NameList(list_of(columns.text()));
  receipt.streamed = columns.integer() != 0;
  receipt.chosen = columns.text();
  receipt.answered_by = columns.text();
  receipt.predicted_quality = columns.real();
  receipt.attempts = attempts_of(columns.text());
  receipt.cost = Usd{columns.integer()};
  receipt.decide = columns.microseconds();
  receipt.first_byte = columns.microseconds();
  receipt.total = columns.microseconds();
  receipt.ending = ending_of(columns.text());
  receipt.propensity = columns.real();
  receipt.foreseen = columns.blob();
  receipt.redacted = list_of(columns.text());
  return receipt;
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string path, std::unique_ptr<SQLite::Database> database)
      : path_(std::move(path)), owned_(std::move(database)), database_(*owned_), file_(path_) {}

  void wait_at_most(std::chrono::milliseconds patience) override {
    database_.setBusyTimeout(static_cast<int>(patience.count()));
  }
  [[nodiscard]] Result<void> put_questions(std::span<const Question> questions) override;
  [[nodiscard]] Result<std::vector<Question>> questions() override;
  [[nodiscard]] Result<std::size_t> put_answers(std::span<const Answer> answers,
                                                std::span<const Grade> grades) override;
  [[nodiscard]] Result<std::vector<AnswerKey>> answer_keys(std::string_view expert) override;
  [[nodiscard]] Result<std::vector<Outcome>> outcomes() override;
  [[nodiscard]] Result<std::vector<GradedText>> graded_texts(std::string_view expert) override;
  [[nodiscard]] Result<void> put_receipts(std::span<const Receipt> receipts) override;
  [[nodiscard]] Result<std::vector<Receipt>> receipts(std::int64_t count_max) override;
  [[nodiscard]] Result<void> each_receipt(WallTime from, WallTime to,
                                          const std::function<void(const Receipt&)>& each) override;
  [[nodiscard]] Result<std::vector<KeyDayCost>> cost_by_key_and_day(WallTime since) override;

 private:
  // Runs `work` in one transaction that takes the write lock at once: a lock taken half-way could
  // fail without waiting.
  template <class Work>
  Result<void> in_transaction(Work&& work) {
    if (auto there = file_.check(); !there) return there;
    return guarded(path_, [&]() -> Result<void> {
      SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
      if (auto done = work(); !done) return done;
      transaction.commit();
      return {};
    });
  }

  // Compiling a statement costs more than running it: those of the request path are kept.
  SQLite::Statement& kept(std::optional<SQLite::Statement>& insert, std::size_t rows) {
    if (!insert) insert.emplace(database_, insert_of(rows));
    return *insert;
  }

  Result<void> check_equal_on_record(const Question& question, const std::string& choices);

  // As many as `statement` has rows. Requires: a transaction.
  void insert(std::span<const Receipt> receipts, SQLite::Statement& statement);
  // Requires: a transaction.
  std::int64_t list_number(const NameList& list);
  void forget_lists_of_others();

  std::string path_;
  std::unique_ptr<SQLite::Database> owned_;
  SQLite::Database& database_;
  const OpenedFile file_;
  std::optional<SQLite::Statement> insert_many_;
  std::optional<SQLite::Statement> insert_one_;
  std::array<ReceiptTexts, kRowsAtOnce> texts_;  // of the statement that is being bound
  std::vector<NumberedList> known_lists_;        // of expert_lists
  std::optional<SQLite::Statement> data_version_;
  std::int64_t version_known_ = -1;  // of the database, when known_lists_ were read
};

Result<void> SqliteStore::put_questions(std::span<const Question> questions) {
  return in_transaction([&]() -> Result<void> {
    SQLite::Statement insert(database_,
                             std::string("INSERT INTO questions (") + kQuestionFields +
                                 ") VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
    for (const Question& question : questions) {
      const std::string choices = nlohmann::json(question.choices).dump();
      const bool is_new =
          (Row(insert) << question.id << question.benchmark << question.split << question.subject
                       << question.category << question.question << choices << question.answer)
              .run();
      if (is_new) continue;
      if (auto equal = check_equal_on_record(question, choices); !equal) return equal;
    }
    return {};
  });
}

Result<void> SqliteStore::check_equal_on_record(const Question& question,
                                                const std::string& choices) {
  SQLite::Statement same(database_,
                         "SELECT count(*) FROM questions WHERE id = ? AND benchmark = ? AND "
                         "split = ? AND subject = ? AND category = ? AND question = ? AND "
                         "choices = ? AND answer = ?");
  same.bind(1, question.id);
  same.bind(2, question.benchmark);
  same.bind(3, question.split);
  same.bind(4, question.subject);
  same.bind(5, question.category);
  same.bind(6, question.question);
  same.bind(7, choices);
  same.bind(8, question.answer);
  if (same.executeStep() && same.getColumn(0).getInt() == 1) return {};
  return fail(ErrorCode::invalid_argument,
              "{}: question '{}' is on record with another content, and so are the grades of its "
              "answers; use another database for the changed question",
              path_, question.id);
}

Result<std::vector<Question>> SqliteStore::questions() {
  return guarded(path_, [&]() -> Result<std::vector<Question>> {
    SQLite::Statement select(
        database_, std::string("SELECT ") + kQuestionFields + " FROM questions ORDER BY seq");
    std::vector<Question> questions;
    while (select.executeStep()) questions.push_back(read_question(select));
    return questions;
  });
}

Result<std::size_t> SqliteStore::put_answers(std::span<const Answer> answers,
                                             std::span<const Grade> grades) {
  std::size_t differ = 0;
  auto stored = in_transaction([&]() -> Result<void> {
    insert_answers(database_, answers);
    auto inserted = insert_grades(database_, grades);
    if (!inserted) return fail(inserted.error());
    differ = *inserted;
    return {};
  });
  if (!stored) return fail(stored.error());
  return differ;
}

Result<std::vector<AnswerKey>> SqliteStore::answer_keys(std::string_view expert) {
  return guarded(path_, [&]() -> Result<std::vector<AnswerKey>> {
    SQLite::Statement select(database_,
                             "SELECT prompt_hash, parameters_hash, sample FROM answers "
                             "WHERE expert = ? ORDER BY seq");
    select.bind(1, std::string(expert));
    std::vector<AnswerKey> keys;
    while (select.executeStep()) {
      Columns columns(select);
      AnswerKey& key = keys.emplace_back();
      key.expert = expert;
      key.prompt_hash = columns.text();
      key.parameters_hash = columns.text();
      key.sample = static_cast<std::int32_t>(columns.integer());
    }
    return keys;
  });
}

Result<std::vector<Outcome>> SqliteStore::outcomes() {
  return guarded(path_, [&]() -> Result<std::vector<Outcome>> {
    // With max() SQLite takes the other columns from the row that holds the maximum
    // (https://www.sqlite.org/lang_select.html, "bare columns").
    SQLite::Statement select(
        database_,
        "SELECT a.question_id, a.expert, g.score, a.input_tokens, a.cached_input_tokens, "
        "a.output_tokens, a.tokens_estimated, a.reasoning_tokens, a.cost_nano_usd, a.latency_ms, "
        "g.grader, "
        "max(g.version) FROM grades g JOIN answers a ON a.seq = g.answer "
        "GROUP BY g.answer, g.grader ORDER BY a.question_id, a.expert, a.seq, g.grader");
    std::vector<Outcome> outcomes;
    while (select.executeStep()) {
      Columns columns(select);
      Outcome& outcome = outcomes.emplace_back();
      outcome.question_id = columns.text();
      outcome.expert = columns.text();
      outcome.score = static_cast<float>(columns.real());
      outcome.tokens = columns.tokens();
      outcome.cost = columns.cost();
      outcome.latency_ms = columns.integer();
      const std::string grader = columns.text();
      outcome.grader = fmt::format("{}/{}", grader, columns.integer());
    }
    return outcomes;
  });
}

Result<std::vector<GradedText>> SqliteStore::graded_texts(std::string_view expert) {
  return guarded(path_, [&]() -> Result<std::vector<GradedText>> {
    SQLite::Statement select(
        database_,
        "SELECT a.question_id, g.score, a.text, a.text_zstd, max(g.version) FROM grades g "
        "JOIN answers a ON a.seq = g.answer WHERE a.expert = ? AND a.kept "
        "GROUP BY g.answer, g.grader ORDER BY a.question_id, a.seq, g.grader");
    Row(select) << std::string(expert);
    std::vector<GradedText> texts;
    while (select.executeStep()) {
      Columns columns(select);
      GradedText& graded = texts.emplace_back();
      graded.question_id = columns.text();
      graded.score = static_cast<float>(columns.real());
      auto text = stored_text(select, 2, 3);
      if (!text) return fail(text.error());
      graded.text = std::move(*text);
    }
    return texts;
  });
}

// A statement of many rows is begun and ended once, and stays at its place in the tree: a receipt
// costs a sixth less than in one of its own.
Result<void> SqliteStore::put_receipts(std::span<const Receipt> receipts) {
  const auto stored = in_transaction([&]() -> Result<void> {
    forget_lists_of_others();
    auto left = receipts;
    for (; left.size() >= kRowsAtOnce; left = left.subspan(kRowsAtOnce)) {
      insert(left.first<kRowsAtOnce>(), kept(insert_many_, kRowsAtOnce));
    }
    for (; !left.empty(); left = left.subspan(1)) insert(left.first(1), kept(insert_one_, 1));
    return {};
  });
  if (!stored) {
    insert_many_.reset();  // a statement that failed would say so again when it is reset
    insert_one_.reset();
    known_lists_.clear();  // what was rolled back has no number
  }
  return stored;
}

void SqliteStore::insert(std::span<const Receipt> receipts, SQLite::Statement& statement) {
  Row row(statement);
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const Receipt& receipt = receipts[i];
    ReceiptTexts& texts = texts_[i];
    texts.privacy = to_string(receipt.privacy);
    write_list(texts.reasons, receipt.privacy_reasons);
    write_list(texts.redacted, receipt.redacted);
    write_attempts(texts.attempts, receipt.attempts);
    texts.ending = to_string(receipt.ending);
    row << microseconds_of(receipt.received) << receipt.id << receipt.query << Text{receipt.model}
        << Text{receipt.key} << Text{texts.privacy} << Text{texts.reasons}
        << std::int64_t{receipt.streamed ? 1 : 0} << Text{receipt.chosen}
        << Text{receipt.answered_by} << receipt.predicted_quality << Text{texts.attempts}
        << receipt.cost.nano << std::int64_t{receipt.decide.count()}
        << std::int64_t{receipt.first_byte.count()} << std::int64_t{receipt.total.count()}
        << Text{texts.ending} << receipt.propensity << Bytes{receipt.foreseen}
        << Text{texts.redacted} << list_number(receipt.cleared);
  }
  row.run();
}

// A backup that is restored over the file, page by page, keeps its inode, and may have other lists.
// The version changes with what other connections write, and not with what this one does.
void SqliteStore::forget_lists_of_others() {
  if (!data_version_) data_version_.emplace(database_, "PRAGMA data_version");
  data_version_->executeStep();
  const std::int64_t version = data_version_->getColumn(0).getInt64();
  data_version_->reset();
  if (std::exchange(version_known_, version) != version) known_lists_.clear();
}

std::int64_t SqliteStore::list_number(const NameList& list) {
  const auto known = std::ranges::find(known_lists_, list, &NumberedList::list);
  if (known != known_lists_.end()) {
    known->list = list;  // after a reload the next receipts share this one
    return known->number;
  }
  std::string json;
  write_list(json, list.names());
  SQLite::Statement insert(database_,
                           "INSERT INTO expert_lists (names) VALUES (?) ON CONFLICT DO NOTHING");
  (Row(insert) << Text{json}).run();
  SQLite::Statement select(database_, "SELECT seq FROM expert_lists WHERE names = ?");
  select.bind(1, json);
  select.executeStep();
  const std::int64_t number = select.getColumn(0).getInt64();
  if (known_lists_.size() >= kListsKnownMax) known_lists_.clear();
  known_lists_.push_back({list, number});
  return number;
}

Result<std::vector<Receipt>> SqliteStore::receipts(std::int64_t count_max) {
  return guarded(path_, [&]() -> Result<std::vector<Receipt>> {
    SQLite::Statement select(database_,
                             kSelectReceipts + "ORDER BY received_us DESC, id DESC LIMIT ?");
    select.bind(1, std::max<std::int64_t>(count_max, 0));  // below zero SQLite means "all"
    std::vector<Receipt> receipts;
    while (select.executeStep()) receipts.push_back(receipt_of(select));
    return receipts;
  });
}

Result<void> SqliteStore::each_receipt(WallTime from, WallTime to,
                                       const std::function<void(const Receipt&)>& each) {
  return guarded(path_, [&]() -> Result<void> {
    SQLite::Statement select(
        database_,
        kSelectReceipts + "WHERE received_us >= ? AND received_us < ? ORDER BY received_us, id");
    select.bind(1, microseconds_of(from));
    select.bind(2, microseconds_of(to));
    while (select.executeStep()) each(receipt_of(select));
    return {};
  });
}

Result<std::vector<KeyDayCost>> SqliteStore::cost_by_key_and_day(WallTime since) {
  return guarded(path_, [&]() -> Result<std::vector<KeyDayCost>> {
    SQLite::Statement select(database_,
                             "SELECT key, received_us / 86400000000 AS day, sum(cost_nano_usd) "
                             "FROM receipts WHERE received_us >= ? AND key <> '' "
                             "GROUP BY key, day ORDER BY key, day");
    select.bind(1, microseconds_of(since));
    std::vector<KeyDayCost> costs;
    while (select.executeStep()) {
      Columns columns(select);
      KeyDayCost& cost = costs.emplace_back();
      cost.key = columns.text();
      cost.day = WallTime(std::chrono::days(columns.integer()));
      cost.cost = Usd{columns.integer()};
    }
    return costs;
  });
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path) {
  return guarded(path, [&]() -> Result<std::unique_ptr<Store>> {
    auto database = open_database(path);
    if (!database) return fail(database.error());
    return std::make_unique<SqliteStore>(path, std::move(*database));
  });
}

Result<std::unique_ptr<Store>> open_sqlite_store_to_read(const std::string& path) {
  return guarded(path, [&]() -> Result<std::unique_ptr<Store>> {
    auto database = open_database_to_read(path);
    if (!database) return fail(database.error());
    return std::make_unique<SqliteStore>(path, std::move(*database));
  });
}

}  // namespace ooe::store
