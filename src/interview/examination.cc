#include "interview/examination.h"

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

const Item* Examination::alias_of(const store::AnswerKey& key) const {
  const auto found = by_alias.find(key.prompt_hash);
  if (found == by_alias.end() || key.sample != 0) return nullptr;
  const Item& item = items[found->second];
  return tasks[item.task].key.parameters_hash == key.parameters_hash ? &item : nullptr;
}

const Item* Examination::item_of(const store::AnswerKey& key, std::string_view question_id) const {
  if (const Item* item = alias_of(key)) return item;
  const auto task = task_of(key);
  const auto found = by_id.find(question_id);
  if (!task || found == by_id.end() || items[found->second].task != *task) return nullptr;
  return &items[found->second];
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
  std::unordered_map<std::string, std::size_t> prompts;  // tasks
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
    const auto [first, is_new] = prompts.emplace(task.key.prompt_hash, examination.tasks.size());
    if (!is_new && examination.tasks[first->second].question->answer != question.answer) {
      ++examination.contradicting;
      continue;
    }
    examination.items.push_back(
        {&question, *grader, first->second,
         hash_of_parts({"another question's", task.key.prompt_hash, question.id})});
    if (!is_new) continue;
    examination.tasks.push_back(std::move(task));
    examination.graders.push_back(*grader);
  }
  for (std::size_t i = 0; i < examination.tasks.size(); ++i) {
    examination.by_prompt.emplace(examination.tasks[i].key.prompt_hash, i);
  }
  for (std::size_t i = 0; i < examination.items.size(); ++i) {
    examination.by_alias.emplace(examination.items[i].alias_hash, i);
    examination.by_id.emplace(examination.items[i].question->id, i);
  }
  return examination;
}

Result<SharedSummary> share_answers(store::InterviewJournal& journal,
                                    std::span<const Expert> experts,
                                    const Examination& examination) {
  SharedSummary summary;
  for (const Expert& expert : experts) {
    const auto answered = journal.answered(expert.name);
    if (!answered) return fail(answered.error());
    std::vector<const store::AnswerKey*> of_task(examination.tasks.size(), nullptr);
    std::vector<bool> has_one(examination.items.size(), false);
    for (const store::AnsweredQuestion& answer : *answered) {
      if (const auto task = examination.task_of(answer.key)) of_task[*task] = &answer.key;
      const Item* item = examination.item_of(answer.key, answer.question_id);
      if (item == nullptr) continue;
      has_one[static_cast<std::size_t>(item - examination.items.data())] = true;
      if (examination.alias_of(answer.key) != nullptr) ++summary.on_record;
    }
    std::vector<store::SharedAnswer> shared;
    for (std::size_t i = 0; i < examination.items.size(); ++i) {
      const Item& item = examination.items[i];
      const store::AnswerKey* from = of_task[item.task];
      if (has_one[i] || from == nullptr) continue;
      store::AnswerKey to = *from;
      to.prompt_hash = item.alias_hash;
      shared.push_back({*from, std::move(to), item.question->id, item.question->benchmark});
    }
    if (shared.empty()) continue;
    if (auto stored = journal.share(shared); !stored) return fail(stored.error());
    summary.shared += static_cast<std::int64_t>(shared.size());
    summary.on_record += static_cast<std::int64_t>(shared.size());
  }
  return summary;
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
        if (const Item* item = examination.alias_of(key)) return item->grader.name == wanted_name;
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
          const Item* item = examination.item_of(answer.key, answer.question_id);
          if (item == nullptr) continue;
          if (!answer.kept) {
            ++summary.not_kept;
            continue;
          }
          const Graded graded = grade(grader, *item->question, answer.text);
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
  const auto wanted = [&](const store::AnswerKey& key) { return examination.may_hold(key); };
  constexpr std::string_view kNobody;  // a grader of this name has graded nothing
  AnswersOnRecord known;
  for (const Expert& expert : experts) {
    std::int64_t after = 0;
    while (true) {
      const auto page = journal.ungraded(expert.name, kNobody, 0, after, kPage, wanted);
      if (!page) return fail(page.error());
      if (page->empty()) break;
      after = page->back().seq;
      for (const store::UngradedAnswer& answer : *page) {
        if (examination.item_of(answer.key, answer.question_id) == nullptr) continue;
        ++known.answers;
        known.not_kept += answer.kept ? 0 : 1;
      }
    }
  }
  return known;
}

}  // namespace ooe::interview
