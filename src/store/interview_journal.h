// The interview's side of the store: calls are on record before they are made, with the most they
// can cost, and settled when they end, in the same transaction as the answers. So money is never
// forgotten, an answer is never paid twice, and several processes share one store without asking
// anything twice.
//
//   in flight --answered--> gone, the answer has the cost
//             --no bill---> gone (refused, never connected)
//             --unsettled-> stays, with a reason, and its reservation counts as spent
//
// A run that was killed leaves calls in flight; whoever comes next finds that its lock is free
// (run_locks.h) and marks them unsettled, as "killed". Once the database's file has been moved, replaced
// or deleted, all that writes or sums up says so (opened_file.h). Threads: the calling thread's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/store.h"

namespace ooe::store {

// A call about to be made.
struct PlannedCall {
  AnswerKey key;
  std::string question_id;
  Usd reserved;  // the most it can cost
  WallTime asked;
};

// A call of this run that is over.
struct EndedCall {
  AnswerKey key;
  std::string unsettled;  // why its cost is not known; empty: it is, and the row goes
  Usd charge;             // with a reason: what it may have cost beyond its answer's cost
};

// A call whose cost is not known (yet).
struct OpenCall {
  AnswerKey key;
  std::string question_id;
  Usd reserved;
  WallTime asked;
  std::string ended;  // empty: in flight
  bool mine = false;  // of this run
};

// What others have done to the store since the last step; everything at the first one. One of
// on_answer for each answer, then on_calls with all open calls of everybody, this run's included.
struct NewsHandlers {
  // `question_id`: to whom it was an answer first.
  std::function<void(const AnswerKey& key, std::string_view question_id, Usd cost)> on_answer;
  std::function<void(std::span<const OpenCall> calls)> on_calls;
};

// What this run has done since the last step.
struct StepDone {
  std::span<const Answer> answers;
  std::span<const Grade> grades;
  std::span<const EndedCall> ended;
};

// An answer that a grader has not graded yet.
struct UngradedAnswer {
  std::int64_t seq = 0;  // for the next page
  AnswerKey key;
  std::string question_id;
  std::string text;
  bool kept = true;
};

// An answer on record, and the question that it was given to.
struct AnsweredQuestion {
  AnswerKey key;
  std::string question_id;
};

// An answer on record that is one to another question of the same prompt, too.
struct SharedAnswer {
  AnswerKey from;
  AnswerKey to;  // its name as the other's answer
  std::string question_id;
  std::string benchmark;
};

class InterviewJournal {
 public:
  // Begins a run. `url`: as open_store; a database in memory has no other runs to see. Errors:
  // those of open_store; unavailable when the lock file cannot be used.
  [[nodiscard]] static Result<std::unique_ptr<InterviewJournal>> open(std::string_view url,
                                                                      const Clock& clock);
  ~InterviewJournal();
  InterviewJournal(const InterviewJournal&) = delete;
  InterviewJournal& operator=(const InterviewJournal&) = delete;

  // One transaction, all or nothing, durable when it returns: tells the news, stores what is done,
  // asks `plan` for the calls to make next, and stores these. No other process steps in between, so
  // what `plan` sees is how things are. `sweep`: look for killed runs, too; the first step always
  // does. Errors: those of the store; nothing was stored then, and no call may be made.
  [[nodiscard]] Result<void> step(const NewsHandlers& news, const StepDone& done,
                                  const std::function<std::vector<PlannedCall>()>& plan,
                                  bool sweep = false);

  // Grades of answers on record; all or nothing, durable. Errors: those of the store.
  [[nodiscard]] Result<void> put_grades(std::span<const Grade> grades);

  // All answers of the expert on record, in the order in which they came. Errors: those of the store.
  [[nodiscard]] Result<std::vector<AnsweredQuestion>> answered(std::string_view expert);

  // Puts answers on record as other questions' too, as rows that cost nothing. Their grades go with
  // them where the right answers of both questions are the same. What is on record stays; all or
  // nothing, durable. Errors: those of the store; invalid_argument for a question that is not on
  // record.
  [[nodiscard]] Result<void> share(std::span<const SharedAnswer> answers);

  // The next step tells everything anew, as the first one did.
  void forget();

  // How many calls this run found to have been in flight in runs that were killed, and what they
  // may have cost.
  struct Killed {
    std::vector<OpenCall> calls;
    Usd reserved;
  };
  [[nodiscard]] const Killed& killed() const;

  // Every call whose cost will never be known, oldest first.
  [[nodiscard]] Result<std::vector<OpenCall>> unsettled();

  // What these answers have cost, and calls whose cost is not known may have.
  using Wanted = std::function<bool(const AnswerKey& key, std::string_view question_id)>;
  [[nodiscard]] Result<Usd> spent_on(const Wanted& wanted);

  // Of these keys only; empty: of all.
  using KeyFilter = std::function<bool(const AnswerKey& key)>;

  // At most `count_max` answers of `expert` after `after_seq` that have no grade of this grader and
  // version.
  [[nodiscard]] Result<std::vector<UngradedAnswer>> ungraded(
      std::string_view expert, std::string_view grader, std::int32_t version,
      std::int64_t after_seq, std::size_t count_max, const KeyFilter& wanted = {});

 private:
  struct Impl;
  explicit InterviewJournal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ooe::store
