// An examination: questions rendered, named and given a grader, and what can be done with it
// without asking anybody. In: questions. Out: tasks to ask, grades of answers on record.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "core/expert.h"
#include "core/question.h"
#include "interview/ask.h"
#include "interview/grade.h"
#include "interview/prompt.h"
#include "store/interview_journal.h"

namespace ooe::interview {

// A question that gets outcomes: one that is asked, or one whose prompt is that of one before it.
struct Item {
  const Question* question = nullptr;
  Grader grader;
  std::size_t task = 0;    // of its prompt
  std::string alias_hash;  // of the prompt, where the answer on record was another question's first
};

// The questions, rendered and named once: what is asked, and by whom it is graded.
struct Examination {
  Prompter prompter;
  std::vector<AskTask> tasks;      // with different prompts: questions with equal ones share one
  std::vector<Grader> graders;     // [tasks]
  std::vector<Item> items = {};    // at least [tasks]
  std::int64_t ungradable = 0;     // questions left out, because no grader can compare their answer
  std::string ungradable_why;      // of the first of them
  std::int64_t contradicting = 0;  // questions left out: what is asked is asked before, with
                                   // another answer

  // The task that a key on record belongs to; nothing when it is of another examination.
  [[nodiscard]] std::optional<std::size_t> task_of(const store::AnswerKey& key) const;
  // Whose answer this is; nothing where it is another question's: of another examination, or of
  // another id, by whose truth its grades are.
  [[nodiscard]] const Item* item_of(const store::AnswerKey& key,
                                    std::string_view question_id) const;
  // Of an answer that was another question's first; else nothing.
  [[nodiscard]] const Item* alias_of(const store::AnswerKey& key) const;
  // Whether item_of() finds one for some question.
  [[nodiscard]] bool may_hold(const store::AnswerKey& key) const {
    return alias_of(key) != nullptr || task_of(key).has_value();
  }

  std::unordered_map<std::string_view, std::size_t> by_prompt;      // tasks
  std::unordered_map<std::string_view, std::size_t> by_alias = {};  // items
  std::unordered_map<std::string_view, std::size_t> by_id = {};     // items
};

// Errors: those of Prompter. Requires: the questions outlive the examination.
[[nodiscard]] Result<Examination> make_examination(std::span<const Question> questions,
                                                   const PromptOptions& prompt, GraderKind grader);

struct RegradeSummary {
  std::int64_t graded = 0;    // answers on record that had no grade of their grader's version
  std::int64_t not_kept = 0;  // those that have none either, and no text: --no-answers
};

struct SharedSummary {
  std::int64_t shared = 0;     // answers that became another question's too
  std::int64_t on_record = 0;  // that ever did so, of this examination's questions
};

// A text may be on record under another id, or stand twice in an examination. It is asked once: its
// answer becomes one to each such question, at no cost, and is graded by that question's truth
// (here, where both have the same one; else by whoever grades next). Errors: the store's.
// Requires: the questions are on record.
[[nodiscard]] Result<SharedSummary> share_answers(store::InterviewJournal& journal,
                                                  std::span<const Expert> experts,
                                                  const Examination& examination);

// Grades answers on record that lack a grade of this version, for free; not those of graders that
// take their time (later_graders.h). Errors: the store's.
[[nodiscard]] Result<RegradeSummary> regrade(store::InterviewJournal& journal,
                                             std::span<const Expert> experts,
                                             const Examination& examination);

struct AnswersOnRecord {
  std::int64_t answers = 0;
  std::int64_t not_kept = 0;  // of these: without a text, which nobody can grade anew
};

// Answers to the examination's questions, whoever has graded them. Errors: the store's.
[[nodiscard]] Result<AnswersOnRecord> answers_on_record(store::InterviewJournal& journal,
                                                        std::span<const Expert> experts,
                                                        const Examination& examination);

}  // namespace ooe::interview
