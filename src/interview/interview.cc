#include "interview/interview.h"

#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "interview/program_grader.h"

namespace ooe::interview {
namespace {

Result<void> check_price(const Expert& expert) {
  if (expert.prices) return {};
  return fail(ErrorCode::invalid_argument,
              "expert '{}' has no price, so a budget cannot be kept; give it price = {{ input = "
              "..., output = ... }}, or leave it out with --experts",
              expert.name);
}

Result<void> check(const InterviewOptions& options, std::span<const Expert> experts) {
  if (experts.empty()) return fail(ErrorCode::invalid_argument, "there is no expert to interview");
  if (auto checked = check_options(options); !checked) return checked;
  if (options.grader == GraderKind::program) {
    if (auto ok = check_sandbox(options.sandbox); !ok) return ok;
  }
  if (!options.ask.budget) return {};
  for (const Expert& expert : experts) {
    if (auto priced = check_price(expert); !priced) return priced;
  }
  return options.judge ? check_price(*options.judge) : Result<void>();
}

// Of the judge that goes with these options: its answers are known by their parameters.
bool is_judges(const store::AnswerKey& key, const InterviewOptions& options) {
  return options.judge && key.expert == options.judge->name &&
         key.parameters_hash == judge_parameters_hash(options.judging);
}

// Answers become those of every question with the same prompt.
Result<void> share(const AskTools& tools, store::Store& store, std::span<const Expert> experts,
                   const Examination& examination, InterviewSummary& summary) {
  const auto shared = share_answers(tools.journal, experts, examination);
  if (!shared) return fail(shared.error());
  summary.shared = shared->shared;
  if (shared->on_record == 0) return {};
  const auto graded = regrade(tools.journal, experts, examination);
  if (!graded) return fail(graded.error());
  if (graded->not_kept == 0) return {};
  const auto outcomes = store.outcomes();
  if (!outcomes) return fail(outcomes.error());
  std::set<std::pair<std::string_view, std::string_view>> known;
  for (const Outcome& outcome : *outcomes) known.emplace(outcome.question_id, outcome.expert);
  for (const Expert& expert : experts) {
    const auto answered = tools.journal.answered(expert.name);
    if (!answered) return fail(answered.error());
    for (const store::AnsweredQuestion& answer : *answered) {
      if (examination.alias_of(answer.key) == nullptr) continue;
      if (!known.contains({answer.question_id, expert.name})) ++summary.without_outcome;
    }
  }
  return {};
}

}  // namespace

Result<void> check_options(const InterviewOptions& options) {
  const AskOptions& ask = options.ask;
  if (ask.concurrency.max < 1 || ask.attempts_max < 1 || ask.failures_max < 1) {
    return fail(ErrorCode::invalid_argument,
                "interview: concurrency {}, attempts_max {} and failures_max {} must be at least 1",
                ask.concurrency.max, ask.attempts_max, ask.failures_max);
  }
  const bool program = options.grader == GraderKind::program;
  const bool judge = options.grader == GraderKind::judge;
  if (program && options.sandbox.command.empty()) {
    return fail(ErrorCode::invalid_argument,
                "the grader 'program' runs what experts write, and only in a sandbox: name one "
                "with --sandbox 'COMMAND', which gets the program on its standard input");
  }
  if (judge && !options.judge) {
    return fail(ErrorCode::invalid_argument,
                "the grader 'judge' needs an expert that judges: name it with --judge");
  }
  if ((program || judge) && !options.ask.keep_answers) {
    return fail(ErrorCode::invalid_argument,
                "programs and judges read answers after they were stored; --no-answers keeps none");
  }
  if ((program || judge) && options.adaptive) {
    return fail(ErrorCode::invalid_argument,
                "--adaptive needs each score before it chooses the next questions; programs and "
                "judges grade afterwards");
  }
  if (options.adaptive && !(options.adaptive->precision > 0.0)) {
    return fail(ErrorCode::invalid_argument, "a precision of {} cannot be reached; try 0.05",
                options.adaptive->precision);
  }
  return {};
}

Result<InterviewSummary> run_interview(const AskTools& tools, store::Store& store,
                                       std::span<const Expert> experts,
                                       std::span<const Question> questions,
                                       const InterviewOptions& options) {
  if (auto checked = check(options, experts); !checked) return fail(checked.error());
  auto examination = make_examination(questions, options.prompt, options.grader);
  if (!examination) return fail(examination.error());
  if (auto stored = store.put_questions(questions); !stored) return fail(stored.error());
  const auto regraded = regrade(tools.journal, experts, *examination);
  if (!regraded) return fail(regraded.error());

  std::unordered_set<std::string_view> names;
  for (const Expert& expert : experts) names.insert(expert.name);
  std::unordered_set<std::string_view> ids;
  for (const Question& question : questions) ids.insert(question.id);
  const AskHooks hooks{
      .render =
          [&](std::size_t task) {
            // make_examination() has rendered this question before.
            return *examination->prompter.render(*examination->tasks[task].question,
                                                 examination->graders[task].kind);
          },
      .grade = [&](std::size_t task, std::string_view text) -> std::optional<AskGrade> {
        const Grader& grader = examination->graders[task];
        if (!is_instant(grader.kind)) return std::nullopt;
        const Graded graded = grade(grader, *examination->tasks[task].question, text);
        return AskGrade{std::string(grader.name), grader.version, graded.score,
                        !graded.reason.empty()};
      },
      .in_scope =
          [&](const store::AnswerKey& key, std::string_view question_id) {
            return (names.contains(key.expert) && examination->task_of(key).has_value()) ||
                   (is_judges(key, options) && ids.contains(question_id));
          }};
  InterviewSummary summary{{},
                           *regraded,
                           {},
                           {},
                           examination->ungradable,
                           std::move(examination->ungradable_why),
                           {},
                           examination->contradicting};
  if (options.adaptive) {
    auto asked = ask_adaptively(tools, store, experts, *examination, options.prompt.max_tokens,
                                options.ask, *options.adaptive, hooks);
    if (!asked) return fail(asked.error());
    summary.asked = std::move(asked->asked);
    summary.placed = std::move(asked->placed);
    if (auto ok = share(tools, store, experts, *examination, summary); !ok) return fail(ok.error());
    return summary;
  }
  auto asked =
      ask(tools, experts, examination->tasks, options.prompt.max_tokens, options.ask, hooks);
  if (!asked) return fail(asked.error());
  summary.asked = std::move(*asked);
  if (auto ok = share(tools, store, experts, *examination, summary); !ok) return fail(ok.error());
  if (options.grader == GraderKind::program) {
    const auto programs = grade_programs(tools.journal, experts, *examination, options.sandbox,
                                         options.sandbox_threads, tools.stop);
    if (!programs) return fail(programs.error());
    summary.programs = *programs;
  }
  if (options.grader == GraderKind::judge) {
    const auto judged = grade_by_judge(tools, experts, *examination, *options.judge,
                                       options.judging, options.ask, hooks.in_scope);
    if (!judged) return fail(judged.error());
    summary.judged = *judged;
  }
  return summary;
}

}  // namespace ooe::interview
