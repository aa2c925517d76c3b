#include "cli/selfplay_writing.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "selfplay/agreement.h"
#include "selfplay/writer.h"

namespace ooe::cli {
namespace {

constexpr std::size_t kSettlersMin = 2;
constexpr std::size_t kSettlers = 3;
constexpr std::size_t kTrials = 20;  // exam questions on which agreement is tried

// A prompt that nobody grades, and the question that its answers are on record under.
struct Prompted {
  Question question;
  experts::ChatPrompt prompt;
  interview::PromptKey key;
};

struct Words {
  std::map<std::pair<std::size_t, std::size_t>, std::string> texts;  // by prompt and expert
  Usd spent;
  bool stopped = false;
};

std::string draft_prefix(int round) {
  return fmt::format("{}draft-{}-", selfplay::kIdPrefix, round);
}

// Every expert every prompt; what is on record is not asked again.
Result<Words> ask_for_words(const SelfplayDesk::Tools& tools, std::span<const Expert> experts,
                            std::span<const Prompted> prompts, Usd budget,
                            const interview::OnProgress& on_progress) {
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
      .in_scope = [&](const store::AnswerKey& key) { return mine(key) && !before.contains(key); }};
  const auto asked =
      interview::ask(tools.loop, tools.client, tools.journal, tools.clock, experts, tasks,
                     *prompts.front().prompt.max_tokens, how, hooks, tools.stop, on_progress);
  if (!asked) return fail(asked.error());
  words.spent = asked->spent;
  words.stopped = asked->stopped;
  for (std::size_t j = 0; j < experts.size(); ++j) {
    auto answers = tools.journal.ungraded(experts[j].name, "", 0, 0, tasks.size(), mine);
    if (!answers) return fail(answers.error());
    for (store::UngradedAnswer& answer : *answers) {
      words.texts.emplace(std::pair(by_hash.at(answer.key.prompt_hash), j), std::move(answer.text));
    }
  }
  return words;
}

Result<Words> ask_writer(const WritingTools& tools, const selfplay::Round& round, Usd budget,
                         const interview::OnProgress& on_progress) {
  std::vector<Prompted> wishes;
  for (const selfplay::WritingSeed& seed : round.wishes) {
    Prompted& wish = wishes.emplace_back();
    wish.prompt = selfplay::writing_prompt(seed);
    const std::string& words = wish.prompt.messages.back().content;
    wish.key = {interview::hash_of_parts({wish.prompt.messages.front().content, words}),
                interview::hash_of_parts({"selfplay writer/1"})};
    wish.question.id = fmt::format("{}wish-{}", selfplay::kIdPrefix, wish.key.prompt_hash);
    wish.question.benchmark = "selfplay";
    wish.question.category = "wish";
    wish.question.question = words;
  }
  return ask_for_words(tools.desk.tools(), std::span(&tools.writer, 1), wishes, budget,
                       on_progress);
}

// What of the writer's words is well-formed and new.
std::vector<Question> candidates_of(const WritingTools& tools, const selfplay::Round& round,
                                    const Words& words, selfplay::Writing& writing) {
  selfplay::QuestionFilter screen = tools.filter;
  std::vector<Question> candidates;
  for (const auto& [place, text] : words.texts) {
    auto parsed = selfplay::parse_written(text, round.wishes[place.first]);
    if (!parsed) {
      ++writing.malformed;
      continue;
    }
    writing.malformed += static_cast<std::int64_t>(parsed->malformed);
    for (Question& question : parsed->questions) {
      if (screen.screen(question) != selfplay::Screening::admitted) continue;
      tools.filter.know(question);
      candidates.push_back(std::move(question));
    }
  }
  writing.screened = screen.counts();
  return candidates;
}

// The strongest answer the first exam questions, as they would if a model chose them: what they say
// counts there too.
Result<selfplay::Asked> try_settlers(const WritingTools& tools,
                                     std::span<const std::size_t> strongest, Usd budget,
                                     const interview::OnProgress& on_progress,
                                     selfplay::Writing& writing) {
  const std::size_t count = std::min(kTrials, tools.exam.size());
  std::vector<selfplay::Call> calls;
  for (std::size_t i = 0; i < count; ++i) {
    for (const std::size_t j : strongest) calls.push_back({i, j});
  }
  auto asked = tools.desk.ask(tools.exam, calls, budget, on_progress);
  if (!asked) return asked;
  std::map<std::string_view, std::size_t> place;
  std::vector<selfplay::AgreementTrial> trials(count);
  for (std::size_t i = 0; i < count; ++i) {
    trials[i].question = tools.exam[i];
    place.emplace(tools.exam[i].id, i);
  }
  const SelfplayDesk::Tools& all = tools.desk.tools();
  for (const std::size_t j : strongest) {
    const auto texts = all.store.graded_texts(all.experts[j].name);
    if (!texts) return fail(texts.error());
    std::set<std::string_view> seen;  // two graders may have graded one answer
    for (const store::GradedText& text : *texts) {
      const auto found = place.find(text.question_id);
      if (found == place.end() || !seen.insert(text.question_id).second) continue;
      trials[found->second].answers.push_back(text.text);
    }
  }
  std::erase_if(trials, [](const selfplay::AgreementTrial& trial) {
    return !interview::grader_of(trial.question).has_value();
  });
  writing.agreement = selfplay::try_agreement(trials);
  return asked;
}

// Puts drafts, which have no answer, to the settlers. Returns the words by candidate and settler.
Result<Words> ask_settlers(const WritingTools& tools, int round,
                           std::span<const Question> candidates, std::span<const Expert> settlers,
                           Usd budget, const interview::OnProgress& on_progress) {
  const auto prompter = interview::Prompter::make({});
  if (!prompter) return fail(prompter.error());
  std::vector<Prompted> drafts;
  for (const Question& question : candidates) {
    const interview::GraderKind grader = interview::grader_of(question)->kind;  // it was screened
    auto prompt = prompter->render(question, grader);
    if (!prompt) return fail(prompt.error());
    Prompted& draft = drafts.emplace_back();
    draft.key = prompter->key(*prompt, grader);
    draft.prompt = std::move(*prompt);
    draft.question = question;
    draft.question.id = draft_prefix(round) + question.id.substr(selfplay::kWrittenPrefix.size());
    draft.question.category = "draft";
    draft.question.answer.clear();
  }
  return ask_for_words(tools.desk.tools(), settlers, drafts, budget, on_progress);
}

}  // namespace

bool is_draft_of(const Question& question, int round) {
  return question.id.starts_with(draft_prefix(round));
}

Result<selfplay::Writing> fulfil_wishes(const WritingTools& tools, const selfplay::Round& round,
                                        Usd budget, const interview::OnProgress& on_progress) {
  selfplay::Writing writing;
  const auto written = ask_writer(tools, round, budget, on_progress);
  if (!written) return fail(written.error());
  writing.spent += written->spent;
  writing.stopped = written->stopped;
  std::vector<Question> candidates = candidates_of(tools, round, *written, writing);
  if (writing.stopped || candidates.empty()) return writing;

  const std::vector<Expert>& experts = tools.desk.tools().experts;
  std::vector<std::size_t> strongest = tools.desk.strongest_but(tools.writer.name);
  const std::size_t others = strongest.size();
  strongest.resize(std::min(kSettlers, others));
  const auto tried = try_settlers(tools, strongest, budget - writing.spent, on_progress, writing);
  if (!tried) return fail(tried.error());
  writing.spent += tried->spent;
  writing.stopped = tried->stopped;
  if (writing.stopped) return writing;

  // As many are left to be asked as settle, since who settles is not.
  strongest.resize(std::clamp(others / 2, kSettlersMin, kSettlers));
  std::vector<Expert> settlers;
  for (const std::size_t j : strongest) settlers.push_back(experts[j]);
  const auto said =
      ask_settlers(tools, round.number, candidates, settlers, budget - writing.spent, on_progress);
  if (!said) return fail(said.error());
  writing.spent += said->spent;
  writing.stopped = said->stopped;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    std::vector<std::string> answers;
    for (std::size_t j = 0; j < settlers.size(); ++j) {
      const auto found = said->texts.find({i, j});
      if (found != said->texts.end()) answers.push_back(found->second);
    }
    if (selfplay::settles(candidates[i], answers)) {
      writing.questions.push_back(std::move(candidates[i]));
    } else {
      ++writing.unsettled;
    }
  }
  writing.insiders = std::move(strongest);
  const auto self = std::ranges::find(experts, tools.writer.name, &Expert::name);
  if (self != experts.end()) {
    writing.insiders.push_back(static_cast<std::size_t>(self - experts.begin()));
  }
  return writing;
}

}  // namespace ooe::cli
