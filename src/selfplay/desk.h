// Self-play's outside in a workspace: questions and answers in the store, calls over HTTP. What is
// on record is never asked, and never paid, again. In: questions, calls, a budget. Out: answers, and
// what they cost. Errors: those of the store and of interviews. Threads: one, the loop's.
// Knows: store, interview.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "core/expert.h"
#include "experts/chat_client.h"
#include "http/loop.h"
#include "interview/interview.h"
#include "selfplay/loop.h"
#include "store/interview_journal.h"
#include "store/store.h"

namespace ooe::selfplay {

class Desk {
 public:
  // Requires: all outlive the desk.
  struct Tools {
    http::Loop& loop;
    experts::ChatClient& client;
    store::Store& store;
    store::InterviewJournal& journal;
    const Clock& clock;
    const std::vector<Expert>& experts;
    const std::atomic<bool>& stop;
    std::optional<Expert> judge = std::nullopt;  // of answers to open questions
  };
  // Reads what is on record. Errors: the store's.
  [[nodiscard]] static Result<Desk> open(const Tools& tools);

  [[nodiscard]] const Tools& tools() const { return tools_; }
  // Those that asking takes.
  [[nodiscard]] interview::AskTools ask_tools(const interview::OnProgress& on_progress) const {
    return {tools_.loop, tools_.client, tools_.journal, tools_.clock, tools_.stop, on_progress};
  }

  // Every question that was on record at the beginning.
  [[nodiscard]] const std::vector<Question>& questions() const { return questions_; }

  // What is on record of these experts, but for the exam and for what the journal's rounds asked.
  [[nodiscard]] Known known_before(const Journal& journal) const;

  // What a call is expected to cost, [n_experts], in USD: as on record, or by the expert's price
  // and the tokens there; else of a middling answer.
  [[nodiscard]] std::vector<double> usd_per_call() const;

  // What answers to self-play's questions and to the exam's have cost, or may have.
  [[nodiscard]] Result<Usd> spent(std::span<const Question> exam) const;

  // The exam's answers on record that a known answer graded, of these experts.
  [[nodiscard]] std::int64_t exam_answers(std::span<const Question> exam) const;

  // Why the expert is asked no more in this run; nothing while it is. Once an interview has given
  // an expert up, no later one of the run begins anew with it.
  [[nodiscard]] const std::string* given_up(const std::string& expert) const;

  // Takes down who was given up. Returns who left questions unanswered.
  std::vector<Failure> take_down(std::span<const interview::ExpertProgress> experts);

  // All experts, the highest mean score by known answers first. Those to the exam do not count: a
  // round that is gone on with may have asked more of them.
  [[nodiscard]] std::vector<std::size_t> strongest_first(std::span<const Question> exam) const;

  // As Seams::recall.
  [[nodiscard]] std::vector<std::optional<Answered>> recall(std::span<const Question> questions,
                                                            std::span<const Call> calls) const;

  // As Seams::ask. Answers to open questions are judged; without a judge they are not
  // asked for. Errors: those of the interview.
  [[nodiscard]] Result<Asked> ask(std::span<const Question> questions, std::span<const Call> calls,
                                  Usd budget, const interview::OnProgress& on_progress);

 private:
  // One interview; what came of it is added to `asked`.
  [[nodiscard]] Result<void> put_to(const Expert& expert, std::span<const Question> questions,
                                    bool open, Usd budget, const interview::OnProgress& on_progress,
                                    Asked& asked);
  // One expert's answer on record.
  struct Record {
    std::optional<double> exact;   // by a known answer
    std::optional<double> judged;  // by another expert
    std::optional<Usd> cost;       // nothing: nobody knows
    AnswerUsage usage;             // its tokens, and the cost above
  };
  using Key = std::pair<std::string, std::string>;  // question, expert

  explicit Desk(const Tools& tools) : tools_(tools) {}
  [[nodiscard]] Result<void> read_outcomes();
  [[nodiscard]] static Answered answered(const Question& question, const Record& record);

  Tools tools_;
  std::vector<Question> questions_;
  std::map<Key, Record> records_;
  std::map<std::string, std::string, std::less<>> given_up_;  // why
};

// What a killed process spent, and asked of the exam, for the round it did not finish is on record,
// not in the journal: it is added there. Errors: the store's.
[[nodiscard]] Result<void> count_unfinished(const Desk& desk, Journal& journal);

}  // namespace ooe::selfplay
