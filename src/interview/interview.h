// The interview: asks every expert every question that has no answer on record yet, grades what
// comes back and stores it, batch by batch. Stop it any time and go on later: what is stored is
// never asked, and never paid, again.
// In: experts, questions, a way to reach them. Out: answers and grades in the store, and a summary.
// Knows: experts, store, http.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/expert.h"
#include "core/question.h"
#include "experts/backoff.h"
#include "experts/chat_client.h"
#include "http/loop.h"
#include "interview/grade.h"
#include "interview/prompt.h"
#include "store/store.h"

namespace ooe::interview {

struct InterviewOptions {
  int concurrency = 8;                       // calls in flight, for each expert
  int attempts_max = 5;                      // calls for one question
  int failures_max = 20;                     // calls in a row before an expert is given up
  std::optional<Usd> budget = std::nullopt;  // for this run, over all experts
  bool keep_answers = true;                  // false: only scores, tokens and cost are stored
  std::size_t batch_max = 32;                // answers in one transaction
  std::chrono::milliseconds batch_age{500};  // an answer waits at most this long for its batch
  std::chrono::milliseconds stop_patience{5'000};  // for calls in flight, once told to stop
  std::size_t answer_bytes_max = std::size_t{4} << 20U;
  experts::BackoffOptions backoff = {};
  experts::ChatDeadlines deadlines = {};
  PromptOptions prompt = {};
  GraderKind grader = GraderKind::automatic;  // of every question
  std::uint64_t seed = 1;                     // of the back-off's dice
};

// How far one expert is. asked = done + failed; the rest is still to do, or was left out when the
// run stopped, ran out of money or gave the expert up.
struct ExpertProgress {
  std::string expert;
  std::int64_t total = 0;      // different prompts among the questions
  std::int64_t on_record = 0;  // answered in an earlier run
  std::int64_t done = 0;       // answered, graded and stored in this run
  std::int64_t failed = 0;     // not answered in this run; a later run asks again
  std::int64_t unread = 0;     // of done: answers no grader could read, score 0
  std::int64_t estimated = 0;  // of done: token counts guessed, the expert gave none
  double score_sum = 0.0;      // of done
  Usd spent;                   // zero without a price; failed calls that may be billed included
  bool given_up = false;
  std::string trouble;  // the last fault, empty when there was none
};

struct InterviewSummary {
  std::vector<ExpertProgress> experts;  // in the order given
  std::int64_t ungradable = 0;  // questions left out, because no grader can compare their answer
  std::string ungradable_why;   // of the first of them
  Usd spent;
  bool stopped = false;        // by `stop`
  bool out_of_budget = false;  // the next call might have exceeded it
};

// Called on the calling thread whenever an expert's numbers have changed.
using OnProgress = std::function<void(const ExpertProgress& progress)>;

// Runs `loop` until the interview is over. Each answer is stored with its batch or not at all, and
// counts as done once it is durable. A call reserves the most it can cost before it starts, and
// spent plus reserved never exceeds the budget. Questions with equal prompts share one answer: the
// first one's.
// Errors: invalid_argument for options or questions that cannot work, or a budget with an expert
// that has no price; those of the store, which end the interview: what was reported stays stored.
// Requires: nothing else stops the loop; client and store belong to the calling thread.
[[nodiscard]] Result<InterviewSummary> run_interview(
    http::Loop& loop, experts::ChatClient& client, store::Store& store, const Clock& clock,
    std::span<const Expert> experts, std::span<const Question> questions,
    const InterviewOptions& options, const std::atomic<bool>& stop, const OnProgress& on_progress);

}  // namespace ooe::interview
