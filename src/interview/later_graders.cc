#include "interview/later_graders.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/parallel.h"
#include "interview/budget.h"
#include "interview/thought.h"

namespace ooe::interview {
namespace {

constexpr std::size_t kProgramPage = 64;
constexpr std::size_t kJudgePage = 500;  // answers, twice as many calls

constexpr float as_score(bool right) { return right ? 1.0F : 0.0F; }

// What the judge is asked about one answer: the tasks of its two orders.
struct Case {
  const store::UngradedAnswer* answer = nullptr;
  std::size_t first = 0;
  std::size_t swapped = 0;
};

// One page of answers as tasks. Equal answers to one question make equal prompts, asked once.
class Docket {
 public:
  Docket(const std::vector<store::UngradedAnswer>& page, const Examination& examination,
         const JudgeOptions& options)
      : options_(options) {
    for (const store::UngradedAnswer& answer : page) {
      if (!answer.kept) continue;
      const Question& question = *examination.item_of(answer.key, answer.question_id)->question;
      const std::size_t first = add(question, answer, false);
      cases_.push_back({&answer, first, add(question, answer, true)});
    }
  }

  [[nodiscard]] std::span<const AskTask> tasks() const { return tasks_; }
  [[nodiscard]] std::span<const Case> cases() const { return cases_; }
  [[nodiscard]] experts::ChatPrompt render(std::size_t task) const {
    const auto& [question, text, swapped] = asked_[task];
    return judge_prompt(*question, text, options_, swapped);
  }
  [[nodiscard]] std::optional<std::size_t> task_of(const store::AnswerKey& key) const {
    const auto found = by_prompt_.find(key.prompt_hash);
    if (found == by_prompt_.end()) return std::nullopt;
    const bool same = tasks_[found->second].key.parameters_hash == key.parameters_hash;
    return same ? std::optional(found->second) : std::nullopt;
  }

 private:
  struct Asked {
    const Question* question;
    std::string_view text;
    bool swapped;
  };

  std::size_t add(const Question& question, const store::UngradedAnswer& answer, bool swapped) {
    const auto prompt = judge_prompt(question, answer.text, options_, swapped);
    AskTask task{&question, judge_key(prompt, options_), prompt_bytes(prompt),
                 input_tokens_max(prompt)};
    const auto [place, is_new] = by_prompt_.emplace(task.key.prompt_hash, tasks_.size());
    if (is_new) {
      tasks_.push_back(std::move(task));
      asked_.push_back({&question, answer.text, swapped});
    }
    return place->second;
  }

  JudgeOptions options_;
  std::vector<AskTask> tasks_;
  std::vector<Asked> asked_;  // [tasks_.size()]
  std::unordered_map<std::string, std::size_t> by_prompt_;
  std::vector<Case> cases_;
};

// The next page of this examination's answers that lack the grader's grade; what is left of it
// once answers to other questions of the same prompts are out may be empty: the last one has no
// place to go on from.
struct Page {
  std::vector<store::UngradedAnswer> answers;
  std::optional<std::int64_t> next;  // where to go on
};

Result<Page> page_of(store::InterviewJournal& journal, const Expert& expert,
                     std::string_view grader, std::int32_t version, std::int64_t after,
                     std::size_t count_max, const Examination& examination) {
  const auto wanted = [&](const store::AnswerKey& key) { return examination.may_hold(key); };
  auto answers = journal.ungraded(expert.name, grader, version, after, count_max, wanted);
  if (!answers) return fail(answers.error());
  Page page{std::move(*answers), std::nullopt};
  if (!page.answers.empty()) page.next = page.answers.back().seq;
  std::erase_if(page.answers, [&](const store::UngradedAnswer& answer) {
    return examination.item_of(answer.key, answer.question_id) == nullptr;
  });
  return page;
}

// The verdicts on record, by task; of this run or an earlier one.
Result<std::unordered_map<std::size_t, std::string>> verdicts_of(store::InterviewJournal& journal,
                                                                 const Expert& judge,
                                                                 const Docket& docket) {
  std::unordered_map<std::size_t, std::string> verdicts;
  const auto wanted = [&](const store::AnswerKey& key) { return docket.task_of(key).has_value(); };
  auto answers = journal.ungraded(judge.name, "", 0, 0, docket.tasks().size(), wanted);
  if (!answers) return fail(answers.error());
  for (store::UngradedAnswer& answer : *answers) {
    verdicts.emplace(*docket.task_of(answer.key), std::move(answer.text));
  }
  return verdicts;
}

}  // namespace

Result<ProgramSummary> grade_programs(store::InterviewJournal& journal,
                                      std::span<const Expert> experts,
                                      const Examination& examination, const SandboxOptions& sandbox,
                                      std::size_t threads, const std::atomic<bool>& stop) {
  ProgramSummary summary;
  for (const Expert& expert : experts) {
    GradedNow& now = summary.experts.emplace_back();
    std::int64_t after = 0;
    while (true) {  // to the end also when told to stop: what is left is counted
      const auto page = page_of(journal, expert, kProgramGrader.name, kProgramGrader.version, after,
                                kProgramPage, examination);
      if (!page) return fail(page.error());
      if (!page->next) break;
      after = *page->next;
      const std::vector<store::UngradedAnswer>& answers = page->answers;
      std::vector<std::optional<Result<ProgramRun>>> runs(answers.size());
      parallel_for(answers.size(), threads, [&](std::size_t i) {
        if (!answers[i].kept || stop) return;
        runs[i] = run_program(sandbox, program_in(without_thoughts(answers[i].text)));
      });
      std::vector<store::Grade> grades;
      for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!runs[i]) {
          ++(answers[i].kept ? summary.ungraded : summary.not_kept);
          continue;
        }
        if (!*runs[i]) return fail(runs[i]->error());
        const ProgramRun& run = **runs[i];
        const store::AnswerKey& key = answers[i].key;
        const Question& question = *examination.item_of(key, answers[i].question_id)->question;
        const bool right = !run.timed_out && !run.too_long && run.exit_code == 0 &&
                           same_output(run.output, question.answer);
        ++summary.graded;
        now.add(as_score(right));
        summary.right += right ? 1 : 0;
        summary.timed_out += run.timed_out ? 1 : 0;
        grades.push_back(
            {key, std::string(kProgramGrader.name), kProgramGrader.version, as_score(right)});
      }
      if (auto stored = journal.put_grades(grades); !stored) return fail(stored.error());
    }
  }
  return summary;
}

Result<JudgePrice> price_of_judging(store::InterviewJournal& journal,
                                    std::span<const Expert> experts, const Examination& examination,
                                    const Expert& judge, const JudgeOptions& options) {
  JudgePrice price;
  const std::string grader = judge_grader(judge.name, options.mode);
  std::unordered_set<std::string> prompts;  // equal ones are asked once
  for (const Expert& expert : experts) {
    std::int64_t after = 0;
    while (true) {
      const auto page =
          page_of(journal, expert, grader, kJudgeVersion, after, kJudgePage, examination);
      if (!page) return fail(page.error());
      if (!page->next) break;
      after = *page->next;
      const Docket docket(page->answers, examination, options);
      const auto verdicts = verdicts_of(journal, judge, docket);
      if (!verdicts) return fail(verdicts.error());
      for (std::size_t i = 0; i < docket.tasks().size(); ++i) {
        const AskTask& task = docket.tasks()[i];
        if (!prompts.insert(task.key.prompt_hash).second) continue;
        if (verdicts->contains(i)) {
          ++price.on_record;
          continue;
        }
        ++price.to_ask;
        price.most += cost_max_of(task.input_tokens_max, options.max_tokens, judge.prices);
        price.about +=
            cost_max_of(tokens_about(task.prompt_bytes), options.max_tokens, judge.prices);
      }
    }
  }
  return price;
}

void add_judging(JudgePrice& price, const Question& question, std::int64_t tokens_max,
                 std::int64_t tokens, const Expert& judge, const JudgeOptions& options) {
  const std::int64_t input_max =
      judge_input_tokens_max(question, tokens_max * kTokenBytesMax, options);
  const std::int64_t input =
      tokens + tokens_about(prompt_bytes(judge_prompt(question, "", options, false)));
  for (int order = 0; order < 2; ++order) {
    ++price.to_ask;
    price.most += cost_max_of(input_max, options.max_tokens, judge.prices);
    price.about += cost_max_of(input, options.max_tokens, judge.prices);
  }
}

Result<JudgeSummary> grade_by_judge(
    const AskTools& tools, std::span<const Expert> experts, const Examination& examination,
    const Expert& judge, const JudgeOptions& options, const AskOptions& ask_options,
    const std::function<bool(const store::AnswerKey&, std::string_view)>& in_scope) {
  JudgeSummary summary;
  const std::string grader = judge_grader(judge.name, options.mode);
  AskOptions how = ask_options;
  how.keep_answers = true;  // a verdict is read from the record
  for (const Expert& expert : experts) {
    GradedNow& now = summary.experts.emplace_back();
    std::int64_t after = 0;
    while (!summary.out_of_budget) {
      const auto page =
          page_of(tools.journal, expert, grader, kJudgeVersion, after, kJudgePage, examination);
      if (!page) return fail(page.error());
      if (!page->next) break;
      if (tools.stop) {
        summary.stopped = true;
        summary.failed += std::ranges::count(page->answers, true, &store::UngradedAnswer::kept);
        break;
      }
      after = *page->next;
      const Docket docket(page->answers, examination, options);
      summary.not_kept += static_cast<std::int64_t>(page->answers.size() - docket.cases().size());
      if (docket.cases().empty()) continue;
      const AskHooks hooks{
          .render = [&](std::size_t task) { return docket.render(task); },
          .grade = [](std::size_t, std::string_view) { return std::optional<AskGrade>(); },
          .in_scope = in_scope};
      const auto asked =
          ask(tools, std::span(&judge, 1), docket.tasks(), options.max_tokens, how, hooks);
      if (!asked) return fail(asked.error());
      summary.spent += asked->spent;
      summary.stopped = summary.stopped || asked->stopped;
      summary.out_of_budget = asked->out_of_budget;
      const auto verdicts = verdicts_of(tools.journal, judge, docket);
      if (!verdicts) return fail(verdicts.error());
      std::vector<store::Grade> grades;
      for (const Case& one : docket.cases()) {
        const auto first = verdicts->find(one.first);
        const auto swapped = verdicts->find(one.swapped);
        if (first == verdicts->end() || swapped == verdicts->end()) {
          ++summary.failed;
          continue;
        }
        const Judged judged = read_verdicts(first->second, swapped->second, options.mode);
        if (judged.unread) {
          ++summary.unread;
          continue;
        }
        ++summary.judged;
        now.add(judged.score);
        summary.disagreed += judged.disagreed ? 1 : 0;
        grades.push_back({one.answer->key, grader, kJudgeVersion, judged.score});
      }
      if (auto stored = tools.journal.put_grades(grades); !stored) return fail(stored.error());
    }
  }
  return summary;
}

}  // namespace ooe::interview
