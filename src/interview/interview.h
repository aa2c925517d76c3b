// The interview: asks every expert every question that has no answer on record yet, grades what
// comes back and stores it. Stop it any time, by kill -9 too, and go on later: what is stored is
// never asked, and never paid, again. Several processes may work on one database.
// In: experts, questions, a way to reach them. Out: answers and grades in the store, and a summary.
// Knows: experts, store, http.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/expert.h"
#include "core/question.h"
#include "experts/chat_client.h"
#include "http/loop.h"
#include "interview/ask.h"
#include "interview/grade.h"
#include "interview/prompt.h"
#include "store/interview_journal.h"
#include "store/store.h"

namespace ooe::interview {

struct InterviewOptions {
  AskOptions ask = {};
  PromptOptions prompt = {};
  GraderKind grader = GraderKind::automatic;  // of every question
};

// The questions, rendered and named once: what is asked, and by whom it is graded.
struct Examination {
  Prompter prompter;
  std::vector<AskTask> tasks;   // with different prompts; questions with equal ones share the
                                // first one's answer
  std::vector<Grader> graders;  // [tasks]
  std::int64_t ungradable = 0;  // questions left out, because no grader can compare their answer
  std::string ungradable_why;   // of the first of them

  // The task that a key on record belongs to; nothing when it is of another examination.
  [[nodiscard]] std::optional<std::size_t> task_of(const store::AnswerKey& key) const;
  std::unordered_map<std::string_view, std::size_t> by_prompt;
};

// Errors: those of Prompter. Requires: the questions outlive the examination.
[[nodiscard]] Result<Examination> make_examination(std::span<const Question> questions,
                                                   const InterviewOptions& options);

struct RegradeSummary {
  std::int64_t graded = 0;    // answers on record that had no grade of their grader's version
  std::int64_t not_kept = 0;  // those that have none either, and no text: --no-answers
};

// Grades answers on record that lack a grade of this version, for free. Errors: the store's.
[[nodiscard]] Result<RegradeSummary> regrade(store::InterviewJournal& journal,
                                             std::span<const Expert> experts,
                                             const Examination& examination);

struct InterviewSummary {
  AskSummary asked;
  RegradeSummary regraded;
  std::int64_t ungradable = 0;
  std::string ungradable_why;
};

// Runs `loop` until the interview is over: puts the questions on record, grades what is on record
// and not graded, asks what is missing.
// Errors: invalid_argument for options or questions that cannot work, or a budget with an expert
// that has no price; those of the store, which end the interview: what was reported stays stored.
// Requires: as ask(); store and journal are of one database.
[[nodiscard]] Result<InterviewSummary> run_interview(
    http::Loop& loop, experts::ChatClient& client, store::Store& store,
    store::InterviewJournal& journal, const Clock& clock, std::span<const Expert> experts,
    std::span<const Question> questions, const InterviewOptions& options,
    const std::atomic<bool>& stop, const OnProgress& on_progress);

}  // namespace ooe::interview
