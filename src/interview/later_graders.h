// Graders that take their time: they work on answers on record, page by page, after the asking, and
// can be stopped and gone on with like it. In: answers without a grade of theirs. Out: grades.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "interview/ask.h"
#include "interview/examination.h"
#include "interview/judge.h"
#include "interview/program_grader.h"
#include "store/interview_journal.h"

namespace ooe::interview {

// What one expert's answers were found to be worth, of those that were graded in this run.
struct GradedNow {
  std::int64_t graded = 0;
  double score_sum = 0.0;

  void add(float score) {
    ++graded;
    score_sum += double{score};
  }
};

struct ProgramSummary {
  std::int64_t graded = 0;
  std::int64_t right = 0;
  std::int64_t timed_out = 0;
  std::int64_t not_kept = 0;            // answers without a text
  std::int64_t ungraded = 0;            // not run because of `stop`; a later run does
  std::vector<GradedNow> experts = {};  // in the order given
};

// Runs every ungraded program, `threads` at a time; once told to stop, none but those that run.
// Errors: the store's; unavailable when the
// sandbox cannot be started: nothing is graded by a sandbox that is not there.
[[nodiscard]] Result<ProgramSummary> grade_programs(store::InterviewJournal& journal,
                                                    std::span<const Expert> experts,
                                                    const Examination& examination,
                                                    const SandboxOptions& sandbox,
                                                    std::size_t threads,
                                                    const std::atomic<bool>& stop);

struct JudgeSummary {
  std::int64_t judged = 0;
  std::int64_t disagreed = 0;  // of judged: the verdicts of the two orders differ, score 0.5
  std::int64_t unread = 0;     // no verdict could be read: no grade
  std::int64_t failed = 0;     // the judge did not answer; a later run asks again
  std::int64_t not_kept = 0;
  Usd spent;
  bool stopped = false;
  bool out_of_budget = false;
  std::vector<GradedNow> experts = {};  // in the order given
};

// What a judge is still to be asked.
struct JudgePrice {
  std::int64_t to_ask = 0;
  std::int64_t on_record = 0;  // verdicts that no grade has been made of
  Usd most;
  Usd about;
};

// Of answers on record without a grade of the judge's; asks nobody. Errors: the store's.
[[nodiscard]] Result<JudgePrice> price_of_judging(store::InterviewJournal& journal,
                                                  std::span<const Expert> experts,
                                                  const Examination& examination,
                                                  const Expert& judge, const JudgeOptions& options);

// Adds the two calls about an answer that is yet to come, of `tokens_max` at most and about
// `tokens`.
void add_judging(JudgePrice& price, const Question& question, std::int64_t tokens_max,
                 std::int64_t tokens, const Expert& judge, const JudgeOptions& options);

// Has `judge` grade every ungraded answer, twice each. Its calls go through the journal as all
// others: billed, never paid twice. `in_scope`: of the interview; the judge's own calls count too.
[[nodiscard]] Result<JudgeSummary> grade_by_judge(
    const AskTools& tools, std::span<const Expert> experts, const Examination& examination,
    const Expert& judge, const JudgeOptions& options, const AskOptions& ask_options,
    const std::function<bool(const store::AnswerKey&, std::string_view)>& in_scope);

}  // namespace ooe::interview
