#include "store/interview_journal.h"

#include <map>
#include <optional>

#include "store/answer_rows.h"
#include "store/opened_file.h"
#include "store/run_locks.h"
#include "store/sqlite_row.h"

namespace ooe::store {
namespace {

constexpr std::string_view kKilled = "killed";
constexpr const char* kLockFileEnding = "-runs";

bool in_memory(std::string_view path) { return path == ":memory:"; }

AnswerKey read_key(Columns& columns) {
  AnswerKey key;
  key.expert = columns.text();
  key.prompt_hash = columns.text();
  key.parameters_hash = columns.text();
  key.sample = static_cast<std::int32_t>(columns.integer());
  return key;
}

}  // namespace

struct InterviewJournal::Impl {
  Impl(std::string at, std::unique_ptr<SQLite::Database> opened)
      : path(std::move(at)), database(std::move(opened)), file(path) {}

  Result<void> begin(const Clock& clock);
  void sweep();
  void tell(const NewsHandlers& news);
  void settle(std::span<const EndedCall> ended);
  void plan_calls(std::span<const PlannedCall> calls);
  std::vector<OpenCall> open_calls(const char* where);

  std::string path;
  std::unique_ptr<SQLite::Database> database;
  OpenedFile file;
  std::optional<RunLocks> locks;  // none for a database in memory
  std::int64_t run = 0;
  std::int64_t last_answer = 0;         // seq up to which answers were told
  std::optional<std::int64_t> version;  // PRAGMA data_version at the last step; none: tell all
  Killed killed;
};

// The byte is locked before anybody can see the run: a run on record without its lock is dead.
Result<void> InterviewJournal::Impl::begin(const Clock& clock) {
  if (!in_memory(path)) {
    auto opened = RunLocks::open(path + kLockFileEnding);
    if (!opened) return fail(opened.error());
    locks.emplace(std::move(*opened));
  }
  SQLite::Transaction transaction(*database, SQLite::TransactionBehavior::IMMEDIATE);
  SQLite::Statement insert(*database, "INSERT INTO runs (started_us) VALUES (?)");
  (Row(insert) << microseconds_of(clock.wall_now())).run();
  run = database->getLastInsertRowid();
  if (locks) {
    if (auto taken = locks->take(run); !taken) return taken;
  }
  transaction.commit();
  return {};
}

void InterviewJournal::Impl::sweep() {
  std::map<std::int64_t, bool> dead;
  SQLite::Statement runs(*database, "SELECT DISTINCT run FROM calls WHERE ended = ''");
  while (runs.executeStep()) {
    const std::int64_t other = runs.getColumn(0).getInt64();
    if (other != run) dead[other] = !locks || !locks->is_held(other);
  }
  for (const auto& [other, is_dead] : dead) {
    if (!is_dead) continue;
    const std::string where = fmt::format("ended = '' AND run = {}", other);
    for (OpenCall& call : open_calls(where.c_str())) {
      call.ended = kKilled;
      killed.reserved += call.reserved;
      killed.calls.push_back(std::move(call));
    }
    database->exec(fmt::format("UPDATE calls SET ended = '{}' WHERE {}", kKilled, where));
  }
}

std::vector<OpenCall> InterviewJournal::Impl::open_calls(const char* where) {
  SQLite::Statement select(
      *database, fmt::format("SELECT expert, prompt_hash, parameters_hash, sample, question_id, "
                             "reserved_nano_usd, asked_us, ended, run FROM calls WHERE {} "
                             "ORDER BY seq",
                             where));
  std::vector<OpenCall> calls;
  while (select.executeStep()) {
    Columns columns(select);
    OpenCall& call = calls.emplace_back();
    call.key = read_key(columns);
    call.question_id = columns.text();
    call.reserved = Usd{columns.integer()};
    call.asked = WallTime(columns.microseconds());
    call.ended = columns.text();
    call.mine = columns.integer() == run;
  }
  return calls;
}

void InterviewJournal::Impl::tell(const NewsHandlers& news) {
  SQLite::Statement answers(*database,
                            "SELECT expert, prompt_hash, parameters_hash, sample, question_id, "
                            "cost_nano_usd FROM answers WHERE seq > ? ORDER BY seq");
  answers.bind(1, last_answer);
  while (answers.executeStep()) {
    Columns columns(answers);
    const AnswerKey key = read_key(columns);
    const std::string question_id = columns.text();
    news.on_answer(key, question_id, columns.cost().value_or(Usd()));
  }
  news.on_calls(open_calls("true"));
}

void InterviewJournal::Impl::settle(std::span<const EndedCall> ended) {
  if (ended.empty()) return;
  SQLite::Statement remove(*database,
                           "DELETE FROM calls WHERE expert = ? AND prompt_hash = ? AND "
                           "parameters_hash = ? AND sample = ? AND ended = '' AND run = ?");
  SQLite::Statement keep(*database,
                         "UPDATE calls SET ended = ?, reserved_nano_usd = ? WHERE expert = ? AND "
                         "prompt_hash = ? AND parameters_hash = ? AND sample = ? AND ended = '' "
                         "AND run = ?");
  for (const EndedCall& call : ended) {
    if (call.unsettled.empty()) {
      (Row(remove) << call.key << run).run();
    } else {
      (Row(keep) << call.unsettled << call.charge.nano << call.key << run).run();
    }
  }
}

void InterviewJournal::Impl::plan_calls(std::span<const PlannedCall> calls) {
  if (calls.empty()) return;
  SQLite::Statement insert(*database,
                           "INSERT INTO calls (run, expert, prompt_hash, parameters_hash, sample, "
                           "question_id, reserved_nano_usd, asked_us, ended) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')");
  for (const PlannedCall& call : calls) {
    (Row(insert) << run << call.key << call.question_id << call.reserved.nano
                 << microseconds_of(call.asked))
        .run();
  }
}

InterviewJournal::InterviewJournal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
InterviewJournal::~InterviewJournal() = default;

Result<std::unique_ptr<InterviewJournal>> InterviewJournal::open(std::string_view url,
                                                                 const Clock& clock) {
  const auto path = sqlite_path(url);
  if (!path) return fail(path.error());
  return guarded(*path, [&]() -> Result<std::unique_ptr<InterviewJournal>> {
    auto database = open_database(*path);
    if (!database) return fail(database.error());
    auto impl = std::make_unique<Impl>(*path, std::move(*database));
    if (auto begun = impl->begin(clock); !begun) return fail(begun.error());
    return std::unique_ptr<InterviewJournal>(new InterviewJournal(std::move(impl)));
  });
}

Result<void> InterviewJournal::step(const NewsHandlers& news, const StepDone& done,
                                    const std::function<std::vector<PlannedCall>()>& plan,
                                    bool sweep) {
  Impl& impl = *impl_;
  if (auto there = impl.file.check(); !there) return there;
  return guarded(impl.path, [&]() -> Result<void> {
    SQLite::Transaction transaction(*impl.database, SQLite::TransactionBehavior::IMMEDIATE);
    // Changes only when another connection has committed.
    const std::int64_t version = impl.database->execAndGet("PRAGMA data_version").getInt64();
    const std::size_t killed_before = impl.killed.calls.size();
    if (sweep || !impl.version) impl.sweep();
    if (impl.version != version || impl.killed.calls.size() != killed_before) impl.tell(news);
    insert_answers(*impl.database, done.answers);
    if (auto graded = insert_grades(*impl.database, done.grades); !graded) {
      return fail(graded.error());
    }
    impl.settle(done.ended);
    impl.plan_calls(plan());
    const std::int64_t last =
        impl.database->execAndGet("SELECT ifnull(max(seq), 0) FROM answers").getInt64();
    transaction.commit();
    impl.version = version;
    impl.last_answer = last;
    return {};
  });
}

Result<void> InterviewJournal::put_grades(std::span<const Grade> grades) {
  if (auto there = impl_->file.check(); !there) return there;
  return guarded(impl_->path, [&]() -> Result<void> {
    SQLite::Transaction transaction(*impl_->database, SQLite::TransactionBehavior::IMMEDIATE);
    if (auto graded = insert_grades(*impl_->database, grades); !graded) return fail(graded.error());
    transaction.commit();
    return {};
  });
}

Result<std::vector<AnsweredQuestion>> InterviewJournal::answered(std::string_view expert) {
  return guarded(impl_->path, [&]() -> Result<std::vector<AnsweredQuestion>> {
    SQLite::Statement select(*impl_->database,
                             "SELECT expert, prompt_hash, parameters_hash, sample, question_id "
                             "FROM answers WHERE expert = ? ORDER BY seq");
    Row(select) << std::string(expert);
    std::vector<AnsweredQuestion> answers;
    while (select.executeStep()) {
      Columns columns(select);
      AnsweredQuestion& answer = answers.emplace_back();
      answer.key = read_key(columns);
      answer.question_id = columns.text();
    }
    return answers;
  });
}

Result<void> InterviewJournal::share(std::span<const SharedAnswer> answers) {
  if (auto there = impl_->file.check(); !there) return there;
  return guarded(impl_->path, [&]() -> Result<void> {
    SQLite::Transaction transaction(*impl_->database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement copy(
        *impl_->database,
        "INSERT INTO answers (expert, prompt_hash, parameters_hash, sample, question_id, "
        "benchmark, kept, text, text_zstd, input_tokens, cached_input_tokens, output_tokens, "
        "tokens_estimated, reasoning_tokens, cost_nano_usd, latency_ms, asked_us) "
        "SELECT ?, ?, ?, ?, ?, ?, kept, text, text_zstd, input_tokens, cached_input_tokens, "
        "output_tokens, tokens_estimated, reasoning_tokens, NULL, latency_ms, asked_us "
        "FROM answers WHERE expert = ? AND prompt_hash = ? AND parameters_hash = ? AND sample = ? "
        "ON CONFLICT DO NOTHING");
    SQLite::Statement grades(
        *impl_->database,
        "INSERT INTO grades (answer, grader, version, score) "
        "SELECT t.seq, g.grader, g.version, g.score FROM grades g "
        "JOIN answers f ON f.seq = g.answer JOIN questions fq ON fq.id = f.question_id "
        "JOIN answers t JOIN questions tq ON tq.id = t.question_id AND tq.answer = fq.answer "
        "WHERE f.expert = ? AND f.prompt_hash = ? AND f.parameters_hash = ? AND f.sample = ? "
        "AND t.expert = ? AND t.prompt_hash = ? AND t.parameters_hash = ? AND t.sample = ? "
        "ON CONFLICT DO NOTHING");
    for (const SharedAnswer& answer : answers) {
      (Row(copy) << answer.to << answer.question_id << answer.benchmark << answer.from).run();
      (Row(grades) << answer.from << answer.to).run();
    }
    transaction.commit();
    return {};
  });
}

void InterviewJournal::forget() {
  impl_->version.reset();
  impl_->last_answer = 0;
}

const InterviewJournal::Killed& InterviewJournal::killed() const { return impl_->killed; }

Result<std::vector<OpenCall>> InterviewJournal::unsettled() {
  if (auto there = impl_->file.check(); !there) return fail(there.error());
  return guarded(impl_->path, [&]() -> Result<std::vector<OpenCall>> {
    return impl_->open_calls("ended <> ''");
  });
}

Result<Usd> InterviewJournal::spent_on(const Wanted& wanted) {
  return guarded(impl_->path, [&]() -> Result<Usd> {
    SQLite::Statement select(
        *impl_->database,
        "SELECT expert, prompt_hash, parameters_hash, sample, question_id, ifnull(cost_nano_usd, "
        "0) FROM answers UNION ALL SELECT expert, prompt_hash, parameters_hash, sample, "
        "question_id, reserved_nano_usd FROM calls");
    Usd sum;
    while (select.executeStep()) {
      Columns columns(select);
      const AnswerKey key = read_key(columns);
      const std::string question_id = columns.text();
      const Usd cost{columns.integer()};
      if (wanted(key, question_id)) sum += cost;
    }
    return sum;
  });
}

Result<std::vector<UngradedAnswer>> InterviewJournal::ungraded(
    std::string_view expert, std::string_view grader, std::int32_t version, std::int64_t after_seq,
    std::size_t count_max, const KeyFilter& wanted) {
  return guarded(impl_->path, [&]() -> Result<std::vector<UngradedAnswer>> {
    SQLite::Statement select(
        *impl_->database,
        "SELECT seq, expert, prompt_hash, parameters_hash, sample, question_id, kept, text, "
        "text_zstd FROM answers a WHERE seq > ? AND expert = ? AND NOT EXISTS (SELECT 1 FROM "
        "grades g WHERE g.answer = a.seq AND g.grader = ? AND g.version = ?) ORDER BY seq");
    Row(select) << after_seq << std::string(expert) << std::string(grader) << std::int64_t{version};
    std::vector<UngradedAnswer> answers;
    while (answers.size() < count_max && select.executeStep()) {
      Columns columns(select);
      UngradedAnswer answer;
      answer.seq = columns.integer();
      answer.key = read_key(columns);
      if (wanted && !wanted(answer.key)) continue;
      answer.question_id = columns.text();
      answer.kept = columns.integer() != 0;
      auto text = stored_text(select, 7, 8);
      if (!text) return fail(text.error());
      answer.text = std::move(*text);
      answers.push_back(std::move(answer));
    }
    return answers;
  });
}

}  // namespace ooe::store
