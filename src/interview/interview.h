// The interview: asks every expert every question that has no answer on record yet, grades what
// comes back and stores it. Stop it any time, by kill -9 too, and go on later: what is stored is
// never asked, and never paid, again. Several processes may work on one database.
// In: experts, questions, a way to reach them. Out: answers and grades in the store, and a summary.
// Knows: experts, store, http.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/expert.h"
#include "core/question.h"
#include "interview/adaptive.h"
#include "interview/ask.h"
#include "interview/examination.h"
#include "interview/grade.h"
#include "interview/later_graders.h"
#include "interview/prompt.h"
#include "store/store.h"

namespace ooe::interview {

struct InterviewOptions {
  AskOptions ask = {};
  PromptOptions prompt = {};
  GraderKind grader = GraderKind::automatic;   // of every question
  SandboxOptions sandbox = {};                 // of the grader `program`, which needs it
  std::size_t sandbox_threads = 2;             // programs at a time
  std::optional<Expert> judge = std::nullopt;  // of the grader `judge`, which needs it
  JudgeOptions judging = {};
  // Ask each expert only until its mean score is known. Needs a grader that grades at once.
  std::optional<AdaptiveOptions> adaptive = std::nullopt;
};

struct InterviewSummary {
  AskSummary asked;
  RegradeSummary regraded;
  std::optional<ProgramSummary> programs;
  std::optional<JudgeSummary> judged;
  std::int64_t ungradable = 0;
  std::string ungradable_why;
  std::vector<PlacedExpert> placed;  // of an adaptive interview
  std::int64_t contradicting = 0;    // as in Examination
  std::int64_t shared = 0;           // answers that became another question's too, in this run
  // Of those of any run: to another truth than that of the question that was asked, and without a
  // text, by which they could be graded.
  std::int64_t without_outcome = 0;
};

// Errors: invalid_argument for options that no experts, questions or sandbox could make work.
[[nodiscard]] Result<void> check_options(const InterviewOptions& options);

// Runs the loop until the interview is over: puts the questions on record, grades what is on record
// and not graded, asks what is missing, and lets the graders that take their time go over it.
// Errors: invalid_argument for options or questions that cannot work, or a budget with an expert
// that has no price; those of the store, which end the interview: what was reported stays stored.
// Requires: as ask(); store and journal are of one database.
[[nodiscard]] Result<InterviewSummary> run_interview(const AskTools& tools, store::Store& store,
                                                     std::span<const Expert> experts,
                                                     std::span<const Question> questions,
                                                     const InterviewOptions& options);

}  // namespace ooe::interview
