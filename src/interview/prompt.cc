#include "interview/prompt.h"

#include <array>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/id.h"

namespace ooe::interview {
namespace {

constexpr std::array<std::pair<std::string_view, PromptStyle>, 3> kStyles{{
    {"free", PromptStyle::free},
    {"direct", PromptStyle::direct},
    {"cot", PromptStyle::cot},
}};

// What to do, and how to end. A template is put together from one of each, so that every grader has
// every style.
struct Task {
  GraderKind grader;
  std::string_view name;
  std::string_view task;
  std::string_view ending;
};
constexpr std::array<Task, 6> kTasks{{
    {GraderKind::choice, "choice", "Answer the multiple-choice question.",
     "\"Answer: \" and the letter of the right choice"},
    {GraderKind::number, "number", "Solve the problem.", "\"Answer: \" and the number"},
    {GraderKind::text, "text", "Answer the question.",
     "\"Answer: \" and the answer itself, as short as possible"},
    {GraderKind::json, "json", "Answer with JSON.", "a fenced block with one JSON value"},
    {GraderKind::program, "program", "Write a program that prints the result.",
     "a fenced block with the whole program"},
    {GraderKind::judge, "open", "Answer the question.", "your answer"},
}};

const Task& task_of(GraderKind grader) {
  for (const Task& task : kTasks) {
    if (task.grader == grader) return task;
  }
  return kTasks[2];  // exact and regex are asked for text too
}

PromptTemplate make_template(GraderKind grader, PromptStyle style) {
  const Task& task = task_of(grader);
  const bool json = task.grader == GraderKind::json;
  const bool bare = json || !is_instant(task.grader);
  const std::string_view line = bare ? "" : "one line that says ";
  PromptTemplate form;
  if (bare) form.shot = "{solution}\n{answer}";
  if (json) form.shot = "{solution}\n```json\n{answer}\n```";
  switch (style) {
    case PromptStyle::free:
      form.name = fmt::format("{}/1", task.name);
      form.system = fmt::format("{} Think as long as you need, then end with {}{}.", task.task,
                                line, task.ending);
      break;
    case PromptStyle::direct:
      form.name = fmt::format("{}-direct/1", task.name);
      form.system =
          fmt::format("{} Do not explain. Give nothing but {}{}.", task.task, line, task.ending);
      form.shot = json ? "```json\n{answer}\n```" : bare ? "{answer}" : "Answer: {answer}";
      break;
    case PromptStyle::cot:
      form.name = fmt::format("{}-cot/1", task.name);
      form.system =
          fmt::format("{} Let's think step by step: write every step down, then end with {}{}.",
                      task.task, line, task.ending);
      break;
  }
  return form;
}

using Slot = std::pair<std::string_view, std::string_view>;

// In one pass: what is filled in is not looked at again, whatever braces it holds.
std::string filled(std::string_view form, std::initializer_list<Slot> slots) {
  std::string text;
  while (!form.empty()) {
    std::size_t taken = 0;
    for (const auto& [slot, value] : slots) {
      if (!form.starts_with(slot)) continue;
      text += value;
      taken = slot.size();
      break;
    }
    if (taken == 0) {
      text += form.front();
      taken = 1;
    }
    form.remove_prefix(taken);
  }
  return text;
}

std::string shown_answer(const PromptTemplate& form, const WorkedExample& example) {
  if (example.solution.empty()) {
    return filled(
        form.shot,
        {{"{solution}\n", ""}, {"{solution}", ""}, {"{answer}", example.question.answer}});
  }
  return filled(form.shot,
                {{"{solution}", example.solution}, {"{answer}", example.question.answer}});
}

std::string subject_key(const Question& question) {
  return question.benchmark + '\n' + question.subject;
}

}  // namespace

Result<PromptStyle> parse_prompt_style(std::string_view name) {
  for (const auto& [word, style] : kStyles) {
    if (word == name) return style;
  }
  return fail(ErrorCode::invalid_argument,
              "there is no prompt style '{}'; give free, direct or cot", name);
}

std::string hash_of_parts(const std::vector<std::string_view>& parts) {
  // Sizes go before the parts, so that no two lists of parts run together to the same bytes.
  std::string bytes;
  for (const std::string_view part : parts) {
    bytes += fmt::format("{}:", part.size());
    bytes += part;
  }
  return to_hex(QueryId{blake2b_128(bytes)});
}

std::int64_t prompt_bytes(const experts::ChatPrompt& chat) {
  std::size_t bytes = 0;
  for (const experts::ChatMessage& message : chat.messages) bytes += message.content.size();
  return static_cast<std::int64_t>(bytes);
}

std::int64_t input_tokens_max(const experts::ChatPrompt& chat) {
  return prompt_bytes(chat) + kFrameTokensMax * static_cast<std::int64_t>(chat.messages.size());
}

Result<Prompter> Prompter::make(PromptOptions options) {
  if (options.custom) {
    for (const auto& [text, slot] :
         {std::pair{&options.custom->user, "{text}"}, {&options.custom->shot, "{answer}"}}) {
      if (text->find(slot) != std::string::npos) continue;
      return fail(ErrorCode::invalid_argument, "template '{}': there is no {} in '{}'; put it in",
                  options.custom->name, slot, *text);
    }
  }
  return Prompter(std::move(options));
}

Prompter::Prompter(PromptOptions options) : options_(std::move(options)) {
  parameters_hash_ = to_hex(QueryId{blake2b_128(
      fmt::format("max_tokens={} temperature={}", options_.max_tokens, options_.temperature))});
  for (std::size_t i = 0; i < options_.examples.size(); ++i) {
    const Question& question = options_.examples[i].question;
    if (question.answer.empty()) continue;
    by_subject_[subject_key(question)].push_back(i);
    by_benchmark_[question.benchmark].push_back(i);
  }
}

const PromptTemplate& Prompter::form(GraderKind grader) const {
  if (options_.custom) return *options_.custom;
  static const auto* forms = [] {
    auto* made = new std::map<std::pair<GraderKind, PromptStyle>, PromptTemplate>();
    for (const Task& task : kTasks) {
      for (const auto& [_, style] : kStyles) {
        made->emplace(std::pair(task.grader, style), make_template(task.grader, style));
      }
    }
    return made;
  }();
  return forms->at({task_of(grader).grader, options_.style});
}

Result<std::vector<const WorkedExample*>> Prompter::examples_for(const Question& question) const {
  std::vector<const WorkedExample*> chosen;
  const auto wanted = static_cast<std::size_t>(options_.shots);
  if (wanted == 0) return chosen;
  static const std::vector<std::size_t> kNone;
  const auto same_subject = by_subject_.find(subject_key(question));
  const auto same_benchmark = by_benchmark_.find(question.benchmark);
  const std::vector<std::size_t>& places = same_subject != by_subject_.end() ? same_subject->second
                                           : same_benchmark != by_benchmark_.end()
                                               ? same_benchmark->second
                                               : kNone;
  for (std::size_t i = 0; i < places.size() && chosen.size() < wanted; ++i) {
    const WorkedExample& example = options_.examples[places[i]];
    // Nobody is shown the answer to what is asked.
    if (example.question.question == question.question) continue;
    chosen.push_back(&example);
  }
  if (chosen.size() == wanted) return chosen;
  return fail(ErrorCode::invalid_argument,
              "question '{}': {} worked examples of benchmark '{}'{} are there, {} are asked for; "
              "lower --shots, or give examples (split 'dev')",
              question.id, chosen.size(), question.benchmark,
              question.subject.empty() ? "" : ", subject '" + question.subject + "',", wanted);
}

Result<experts::ChatPrompt> Prompter::render(const Question& question, GraderKind grader) const {
  const PromptTemplate& form = this->form(grader);
  const auto examples = examples_for(question);
  if (!examples) return fail(examples.error());
  experts::ChatPrompt chat;
  chat.max_tokens = options_.max_tokens;
  chat.temperature = options_.temperature;
  if (!form.system.empty()) chat.messages.push_back({"system", form.system});
  for (const WorkedExample* example : *examples) {
    chat.messages.push_back(
        {"user", filled(form.user, {{"{text}", presented_text(example->question)}})});
    chat.messages.push_back({"assistant", shown_answer(form, *example)});
  }
  chat.messages.push_back({"user", filled(form.user, {{"{text}", presented_text(question)}})});
  return chat;
}

PromptKey Prompter::key(const experts::ChatPrompt& chat, GraderKind grader) const {
  std::vector<std::string_view> parts{form(grader).name};
  for (const experts::ChatMessage& message : chat.messages) {
    parts.push_back(message.role);
    parts.push_back(message.content);
  }
  return {hash_of_parts(parts), parameters_hash_};
}

}  // namespace ooe::interview
