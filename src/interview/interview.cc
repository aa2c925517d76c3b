#include "interview/interview.h"

#include <map>
#include <unordered_set>
#include <utility>

namespace ooe::interview {
namespace {

constexpr std::size_t kPage = 500;  // answers graded anew in one transaction

Result<void> check(const InterviewOptions& options, std::span<const Expert> experts) {
  if (experts.empty()) return fail(ErrorCode::invalid_argument, "there is no expert to interview");
  const AskOptions& ask = options.ask;
  if (ask.concurrency.max < 1 || ask.attempts_max < 1 || ask.failures_max < 1) {
    return fail(ErrorCode::invalid_argument,
                "interview: concurrency {}, attempts_max {} and failures_max {} must be at least 1",
                ask.concurrency.max, ask.attempts_max, ask.failures_max);
  }
  if (!ask.budget) return {};
  for (const Expert& expert : experts) {
    if (expert.prices) continue;
    return fail(ErrorCode::invalid_argument,
                "expert '{}' has no price, so a budget cannot be kept; give it price = {{ input = "
                "..., output = ... }}, or leave it out with --experts",
                expert.name);
  }
  return {};
}

}  // namespace

std::optional<std::size_t> Examination::task_of(const store::AnswerKey& key) const {
  const auto found = by_prompt.find(key.prompt_hash);
  if (found == by_prompt.end() || key.sample != 0) return std::nullopt;
  if (tasks[found->second].key.parameters_hash != key.parameters_hash) return std::nullopt;
  return found->second;
}

Result<Examination> make_examination(std::span<const Question> questions,
                                     const InterviewOptions& options) {
  auto prompter = Prompter::make(options.prompt);
  if (!prompter) return fail(prompter.error());
  Examination examination{.prompter = std::move(*prompter),
                          .tasks = {},
                          .graders = {},
                          .ungradable_why = {},
                          .by_prompt = {}};
  std::unordered_set<std::string> prompts;
  for (const Question& question : questions) {
    const auto grader = grader_of(question, options.grader);
    if (!grader) {
      if (examination.ungradable++ == 0) examination.ungradable_why = grader.error().message;
      continue;
    }
    const auto chat = examination.prompter.render(question, grader->kind);
    if (!chat) return fail(chat.error());
    AskTask task{&question, examination.prompter.key(*chat, grader->kind), prompt_bytes(*chat),
                 input_tokens_max(*chat)};
    if (!prompts.insert(task.key.prompt_hash).second) continue;
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
  for (const Grader& grader : examination.graders) graders.emplace(grader.name, grader);
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

Result<InterviewSummary> run_interview(http::Loop& loop, experts::ChatClient& client,
                                       store::Store& store, store::InterviewJournal& journal,
                                       const Clock& clock, std::span<const Expert> experts,
                                       std::span<const Question> questions,
                                       const InterviewOptions& options,
                                       const std::atomic<bool>& stop,
                                       const OnProgress& on_progress) {
  if (auto checked = check(options, experts); !checked) return fail(checked.error());
  auto examination = make_examination(questions, options);
  if (!examination) return fail(examination.error());
  if (auto stored = store.put_questions(questions); !stored) return fail(stored.error());
  const auto regraded = regrade(journal, experts, *examination);
  if (!regraded) return fail(regraded.error());

  std::unordered_set<std::string_view> names;
  for (const Expert& expert : experts) names.insert(expert.name);
  const AskHooks hooks{
      .render =
          [&](std::size_t task) {
            // make_examination() has rendered this question before.
            return *examination->prompter.render(*examination->tasks[task].question,
                                                 examination->graders[task].kind);
          },
      .grade = [&](std::size_t task, std::string_view text) -> std::optional<AskGrade> {
        const Grader& grader = examination->graders[task];
        const Graded graded = grade(grader, *examination->tasks[task].question, text);
        return AskGrade{std::string(grader.name), grader.version, graded.score,
                        !graded.reason.empty()};
      },
      .in_scope =
          [&](const store::AnswerKey& key) {
            return names.contains(key.expert) && examination->task_of(key).has_value();
          }};
  auto asked = ask(loop, client, journal, clock, experts, examination->tasks,
                   options.prompt.max_tokens, options.ask, hooks, stop, on_progress);
  if (!asked) return fail(asked.error());
  return InterviewSummary{std::move(*asked), *regraded, examination->ungradable,
                          std::move(examination->ungradable_why)};
}

}  // namespace ooe::interview
