// Asking: every expert every prompt that has no answer on record yet, with bounded money, bounded
// concurrency and patience. Calls go through the journal (store/interview_journal.h): on record
// before they are made, settled with their answers.
//
// Round by round, a few milliseconds apart: what has ended since the last round is stored, the
// calls that may start now are chosen and stored, all in one transaction; then they start. So one
// commit serves many calls, and no call starts that is not on record.
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
#include "experts/adaptive_limit.h"
#include "experts/backoff.h"
#include "experts/chat_client.h"
#include "http/loop.h"
#include "interview/prompt.h"
#include "store/interview_journal.h"

namespace ooe::interview {

struct AskOptions {
  experts::AdaptiveLimitOptions concurrency = {};  // calls in flight, for each expert
  int attempts_max = 5;                            // calls for one question
  int failures_max = 20;                           // calls in a row before an expert is given up
  int turned_away_max = 200;                       // 429s in a row, likewise
  std::chrono::seconds wait_max{3'600};        // as Retry-After says; who asks for more is given up
  std::optional<Usd> budget = std::nullopt;    // all that `in_scope` counts, on record or not
  bool keep_answers = true;                    // false: only scores, tokens and cost are stored
  std::chrono::milliseconds round{2};          // from an end to the next commit
  std::chrono::milliseconds others_poll{500};  // while another process asks what we want
  std::chrono::milliseconds stop_patience{5'000};    // for calls in flight, once told to stop
  std::chrono::milliseconds total_timeout{600'000};  // of one call, from its start to its end
  std::size_t answer_bytes_max = std::size_t{4} << 20U;
  experts::BackoffOptions backoff = {};
  experts::ChatDeadlines deadlines = {};
  std::uint64_t seed = 1;  // of the back-off's dice
};

// One prompt to ask, the same for every expert.
struct AskTask {
  const Question* question = nullptr;  // whose answer it will be
  PromptKey key;
  std::int64_t prompt_bytes = 0;
  std::int64_t input_tokens_max = 0;
};

// What an answer's text was found to be worth; nothing when it is graded later.
struct AskGrade {
  std::string grader;
  std::int32_t version = 1;
  float score = 0.0F;
  bool unread = false;  // no grader could read it
};

struct AskHooks {
  std::function<experts::ChatPrompt(std::size_t task)> render;
  std::function<std::optional<AskGrade>(std::size_t task, std::string_view text)> grade;
  // Whose money counts against the budget, whoever spent it and when.
  std::function<bool(const store::AnswerKey& key, std::string_view question_id)> in_scope;
};

// How far one expert is. total = on_record + done + failed + what is still to do or was left out
// because the run stopped, ran out of money or gave the expert up.
struct ExpertProgress {
  std::string expert;
  std::int64_t total = 0;      // different prompts
  std::int64_t on_record = 0;  // answered in an earlier run, or by another process
  std::int64_t done = 0;       // answered and stored in this run
  std::int64_t failed = 0;     // not answered in this run; a later run asks again
  std::int64_t errors = 0;     // calls that did not bring an answer
  std::int64_t unread = 0;     // of done: answers no grader could read, score 0
  std::int64_t estimated = 0;  // of done: token counts guessed, the expert gave none to believe
  double score_sum = 0.0;      // of done
  Usd spent;                   // in this run; calls whose cost is not known at their most
  Usd unsettled;               // of spent: not known for certain
  int in_flight = 0;
  int concurrency = 0;  // what the expert is thought to take
  bool given_up = false;
  std::string trouble;  // the last fault, empty when there was none
};

struct AskSummary {
  std::vector<ExpertProgress> experts;  // in the order given
  Usd spent;                            // in this run
  bool stopped = false;                 // by `stop`
  bool out_of_budget = false;           // the next call might have exceeded it
};

// Called on the calling thread whenever an expert's numbers have changed.
using OnProgress = std::function<void(const ExpertProgress& progress)>;

// What asking needs of its surroundings. Requires: all outlives the asking and belongs to the
// calling thread, but for `stop`, which any thread may set.
struct AskTools {
  http::Loop& loop;  // nothing else stops it
  experts::ChatClient& client;
  store::InterviewJournal& journal;
  const Clock& clock;
  const std::atomic<bool>& stop;
  OnProgress on_progress = {};  // may be empty
};

// Runs the loop until everything is answered or cannot be. Spent plus reserved money never exceeds
// the budget: a usage above what was reserved, which breaks that promise, gives its expert up.
// Errors: those of the journal, which end the asking: what was reported stays stored.
// Requires: unique prompt hashes.
[[nodiscard]] Result<AskSummary> ask(const AskTools& tools, std::span<const Expert> experts,
                                     std::span<const AskTask> tasks, std::int64_t max_tokens,
                                     const AskOptions& options, const AskHooks& hooks);

}  // namespace ooe::interview
