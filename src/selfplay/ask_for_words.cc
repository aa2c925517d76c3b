#include "selfplay/ask_for_words.h"

#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace ooe::selfplay {

Result<Words> ask_for_words(Desk& desk, std::span<const Expert> experts,
                            std::span<const Prompted> prompts, Usd budget,
                            const interview::OnProgress& on_progress) {
  const Desk::Tools& tools = desk.tools();
  Words words;
  if (prompts.empty()) return words;
  std::vector<Question> questions;
  std::vector<interview::AskTask> tasks;
  std::map<std::string_view, std::size_t> by_hash;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const Prompted& one = prompts[i];
    if (!by_hash.emplace(one.key.prompt_hash, i).second) continue;  // equal wishes are one
    questions.push_back(one.question);
    tasks.push_back({&one.question, one.key, interview::prompt_bytes(one.prompt),
                     interview::input_tokens_max(one.prompt)});
  }
  if (auto stored = tools.store.put_questions(questions); !stored) return fail(stored.error());
  const auto mine = [&](const store::AnswerKey& key) {
    const auto found = by_hash.find(key.prompt_hash);
    return found != by_hash.end() &&
           prompts[found->second].key.parameters_hash == key.parameters_hash;
  };
  // The budget is what is left: what was paid before this run has been taken off it.
  std::set<store::AnswerKey> before;
  for (const Expert& expert : experts) {
    auto keys = tools.store.answer_keys(expert.name);
    if (!keys) return fail(keys.error());
    before.insert(keys->begin(), keys->end());
  }
  interview::AskOptions how;
  how.budget = budget;
  const interview::AskHooks hooks{
      .render =
          [&](std::size_t task) { return prompts[by_hash.at(tasks[task].key.prompt_hash)].prompt; },
      .grade = [](std::size_t, std::string_view) { return std::optional<interview::AskGrade>(); },
      .in_scope = [&](const store::AnswerKey& key,
                      std::string_view) { return mine(key) && !before.contains(key); }};
  std::vector<Expert> willing;
  for (const Expert& expert : experts) {
    const std::string* why = desk.given_up(expert.name);
    if (why == nullptr) {
      willing.push_back(expert);
      continue;
    }
    const auto missing = static_cast<std::int64_t>(tasks.size());
    words.failures.push_back({.expert = expert.name, .questions = missing, .why = *why});
  }
  const auto asked = interview::ask(desk.ask_tools(on_progress), willing, tasks,
                                    *prompts.front().prompt.max_tokens, how, hooks);
  if (!asked) return fail(asked.error());
  words.spent = asked->spent;
  words.stopped = asked->stopped;
  words.out_of_budget = asked->out_of_budget;
  if (!words.stopped) add_failures(desk.take_down(asked->experts), words.failures);
  for (std::size_t j = 0; j < experts.size(); ++j) {
    auto answers = tools.journal.ungraded(experts[j].name, "", 0, 0, tasks.size(), mine);
    if (!answers) return fail(answers.error());
    for (store::UngradedAnswer& answer : *answers) {
      words.texts.emplace(std::pair(by_hash.at(answer.key.prompt_hash), j), std::move(answer.text));
    }
  }
  return words;
}

}  // namespace ooe::selfplay
