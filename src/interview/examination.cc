#include "interview/examination.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace ooe::interview {
namespace {

constexpr std::size_t kPage = 500;  // answers graded anew in one transaction

}  // namespace

std::optional<std::size_t> Examination::task_of(const store::AnswerKey& key) const {
  const auto found = by_prompt.find(key.prompt_hash);
  if (found == by_prompt.end() || key.sample != 0) return std::nullopt;
  if (tasks[found->second].key.parameters_hash != key.parameters_hash) return std::nullopt;
  return found->second;
}

Result<Examination> make_examination(std::span<const Question> questions,
                                     const PromptOptions& prompt, GraderKind kind) {
  auto prompter = Prompter::make(prompt);
  if (!prompter) return fail(prompter.error());
  Examination examination{.prompter = std::move(*prompter),
                          .tasks = {},
                          .graders = {},
                          .ungradable_why = {},
                          .contradicting = 0,
                          .by_prompt = {}};
  std::unordered_map<std::string, const Question*> prompts;
  for (const Question& question : questions) {
    const auto grader = grader_of(question, kind);
    if (!grader) {
      if (examination.ungradable++ == 0) examination.ungradable_why = grader.error().message;
      continue;
    }
    const auto chat = examination.prompter.render(question, grader->kind);
    if (!chat) return fail(chat.error());
    AskTask task{&question, examination.prompter.key(*chat, grader->kind), prompt_bytes(*chat),
                 input_tokens_max(*chat)};
    const auto [first, is_new] = prompts.emplace(task.key.prompt_hash, &question);
    if (!is_new) {
      if (first->second->answer != question.answer) ++examination.contradicting;
      continue;
    }
    examination.tasks.push_back(std::move(task));
    examination.graders.push_back(*grader);
  }
  for (std::size_t i = 0; i < examination.tasks.size(); ++i) {
    examination.by_prompt.emplace(examination.tasks[i].key.prompt_hash, i);
  }
  return examination;
}

Result<RegradeSummary> regrade(store::InterviewJournal& journal, std::span<const Expert> experts,
                               const Examination& examination) {
  RegradeSummary summary;
  std::map<std::string_view, Grader> graders;
  for (const Grader& grader : examination.graders) {
    if (is_instant(grader.kind)) graders.emplace(grader.name, grader);
  }
  for (const Expert& expert : experts) {
    for (const auto& [name, grader] : graders) {
      const auto wanted = [&, wanted_name = name](const store::AnswerKey& key) {
        const auto task = examination.task_of(key);
        return task && examination.graders[*task].name == wanted_name;
      };
      std::int64_t after = 0;
      while (true) {
        const auto page = journal.ungraded(expert.name, name, grader.version, after, kPage, wanted);
        if (!page) return fail(page.error());
        if (page->empty()) break;
        std::vector<store::Grade> grades;
        for (const store::UngradedAnswer& answer : *page) {
          after = answer.seq;
          if (!answer.kept) {
            ++summary.not_kept;
            continue;
          }
          const std::size_t task = *examination.task_of(answer.key);
          const Graded graded = grade(grader, *examination.tasks[task].question, answer.text);
          grades.push_back({answer.key, std::string(name), grader.version, graded.score});
        }
        summary.graded += static_cast<std::int64_t>(grades.size());
        const auto stored = journal.put_grades(grades);
        if (!stored) return fail(stored.error());
      }
    }
  }
  return summary;
}

Result<AnswersOnRecord> answers_on_record(store::InterviewJournal& journal,
                                          std::span<const Expert> experts,
                                          const Examination& examination) {
  const auto wanted = [&](const store::AnswerKey& key) {
    return examination.task_of(key).has_value();
  };
  constexpr std::string_view kNobody;  // a grader of this name has graded nothing
  AnswersOnRecord known;
  for (const Expert& expert : experts) {
    std::int64_t after = 0;
    while (true) {
      const auto page = journal.ungraded(expert.name, kNobody, 0, after, kPage, wanted);
      if (!page) return fail(page.error());
      if (page->empty()) break;
      after = page->back().seq;
      known.answers += static_cast<std::int64_t>(page->size());
      known.not_kept += std::ranges::count(*page, false, &store::UngradedAnswer::kept);
    }
  }
  return known;
}

}  // namespace ooe::interview
