#include "selfplay/writing.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "interview/judge.h"
#include "selfplay/agreement.h"
#include "selfplay/ask_for_words.h"
#include "selfplay/writer.h"

namespace ooe::selfplay {
namespace {

constexpr std::size_t kSettlers = 3;
constexpr std::size_t kTrials = 20;  // exam questions on which agreement is tried

std::string prefix_of(int round) { return fmt::format("{}{}-", kWrittenPrefix, round); }

Result<Words> ask_writer(const WritingTools& tools, const Round& round, Usd budget,
                         const interview::OnProgress& on_progress) {
  std::vector<Prompted> wishes;
  for (const WritingSeed& seed : round.wishes) {
    Prompted& wish = wishes.emplace_back();
    wish.prompt = writing_prompt(seed);
    const std::string& words = wish.prompt.messages.back().content;
    wish.key = {interview::hash_of_parts({wish.prompt.messages.front().content, words}),
                interview::hash_of_parts({"selfplay writer/1"})};
    wish.question.id = fmt::format("{}wish-{}", kIdPrefix, wish.key.prompt_hash);
    wish.question.benchmark = "selfplay";
    wish.question.category = "wish";
    wish.question.question = words;
  }
  return ask_for_words(tools.desk, std::span(&tools.writer, 1), wishes, budget, on_progress);
}

// Why the writer gave nothing at all; empty: it gave something.
std::string silence_of(const WritingTools& tools, const Words& words, bool was_given_up) {
  if (!words.texts.empty() || words.stopped) return {};
  if (was_given_up) return fmt::format("the writer {} is asked no more", tools.writer.name);
  const auto failed = std::ranges::find(words.failures, tools.writer.name, &Failure::expert);
  if (failed != words.failures.end()) {
    return fmt::format("the writer {} could not be reached", tools.writer.name);
  }
  if (words.out_of_budget) {
    return fmt::format("what is left pays for no call to the writer {}", tools.writer.name);
  }
  return fmt::format("the writer {} said nothing", tools.writer.name);
}

// What of the writer's words is well-formed and new.
std::vector<Question> candidates_of(const WritingTools& tools, const Round& round,
                                    const Words& words, Writing& writing) {
  QuestionFilter screen = tools.filter;
  std::vector<Question> candidates;
  for (const auto& [place, text] : words.texts) {
    auto parsed = parse_written(text, round.wishes[place.first]);
    if (!parsed) {
      ++writing.malformed;
      continue;
    }
    writing.malformed += static_cast<std::int64_t>(parsed->malformed);
    for (Question& question : parsed->questions) {
      if (screen.screen(question) != Screening::admitted) continue;
      tools.filter.know(question);
      question.id = prefix_of(round.number) + question.id.substr(kWrittenPrefix.size());
      candidates.push_back(std::move(question));
    }
  }
  writing.screened = screen.counts();
  return candidates;
}

// What strong experts say to the first exam questions, as they would if a model chose them: it
// counts there too.
struct Tried {
  Asked asked;
  std::vector<AgreementTrial> trials;
};

Result<Tried> try_settlers(const WritingTools& tools, std::span<const std::size_t> strongest,
                           Usd budget, const interview::OnProgress& on_progress) {
  const std::size_t count = std::min(kTrials, tools.exam.size());
  std::vector<Call> calls;
  for (std::size_t i = 0; i < count; ++i) {
    for (const std::size_t j : strongest) calls.push_back({i, j});
  }
  auto asked = tools.desk.ask(tools.exam, calls, budget, on_progress);
  if (!asked) return fail(asked.error());
  Tried tried{.asked = std::move(*asked), .trials = {}};
  std::map<std::string_view, std::size_t> place;
  tried.trials.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    tried.trials[i].question = tools.exam[i];
    place.emplace(tools.exam[i].id, i);
  }
  const Desk::Tools& all = tools.desk.tools();
  for (const std::size_t j : strongest) {
    const auto texts = all.store.graded_texts(all.experts[j].name);
    if (!texts) return fail(texts.error());
    std::set<std::string_view> seen;  // two graders may have graded one answer
    for (const store::GradedText& text : *texts) {
      const auto found = place.find(text.question_id);
      if (found == place.end() || !seen.insert(text.question_id).second) continue;
      tried.trials[found->second].answers.push_back(text.text);
    }
  }
  std::erase_if(tried.trials, [](const AgreementTrial& trial) {
    return trial.answers.empty() || !interview::grader_of(trial.question).has_value();
  });
  return tried;
}

// An answer to be compared with a question's by the judge.
struct Case {
  Question question;
  std::string answer;
};

struct Verdicts {
  std::vector<std::optional<float>> score;  // [cases]
  Usd spent;
  bool stopped = false;
  std::vector<Failure> failures;
};

// Each case twice, the second time with reference and answer in the other order.
Result<Verdicts> judge_cases(const WritingTools& tools, std::span<const Case> cases, Usd budget,
                             const interview::OnProgress& on_progress) {
  const interview::JudgeOptions options;
  std::vector<Prompted> prompts;  // [2 * cases]
  for (const Case& one : cases) {
    for (const bool swapped : {false, true}) {
      auto prompt = interview::judge_prompt(one.question, one.answer, options, swapped);
      const auto key = interview::judge_key(prompt, options);
      prompts.push_back({one.question, std::move(prompt), key});
    }
  }
  const auto said = ask_for_words(tools.desk, std::span(&*tools.desk.tools().judge, 1), prompts,
                                  budget, on_progress);
  if (!said) return fail(said.error());
  Verdicts verdicts{
      .score = {}, .spent = said->spent, .stopped = said->stopped, .failures = said->failures};
  // Equal prompts were asked once, under the first one's place.
  std::map<std::string_view, const std::string*> by_hash;
  for (const auto& [place, text] : said->texts) {
    by_hash.emplace(prompts[place.first].key.prompt_hash, &text);
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto first = by_hash.find(prompts[2 * i].key.prompt_hash);
    const auto second = by_hash.find(prompts[2 * i + 1].key.prompt_hash);
    verdicts.score.emplace_back();
    if (first == by_hash.end() || second == by_hash.end()) continue;
    const auto judged = interview::read_verdicts(*first->second, *second->second, options.mode);
    if (!judged.unread) verdicts.score.back() = judged.score;
  }
  return verdicts;
}

// How the judge errs: on one answer to each exam question that was tried, whose truth is known.
Result<Verdicts> try_judge(const WritingTools& tools, std::span<const AgreementTrial> trials,
                           Usd budget, const interview::OnProgress& on_progress, Writing& writing) {
  std::vector<Case> cases;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const AgreementTrial& trial = trials[i];
    cases.push_back({trial.question, trial.answers[i % trial.answers.size()]});
  }
  auto verdicts = judge_cases(tools, cases, budget, on_progress);
  if (!verdicts) return verdicts;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (!verdicts->score[i]) continue;
    writing.judging.observe(double{*verdicts->score[i]},
                            is_right(cases[i].question, cases[i].answer));
  }
  return verdicts;
}

// What settlers say. They are asked as experts are in an interview, but nobody grades it: what
// comes to the writer's answer is right only once it is settled.
struct Said {
  std::vector<std::vector<std::optional<std::string>>> answers;  // [candidates][settlers]
  Usd spent;
  bool stopped = false;
  std::vector<Failure> failures;
};

Result<Said> ask_settlers(const WritingTools& tools, std::span<const Question> candidates,
                          std::span<const Expert> settlers, Usd budget,
                          const interview::OnProgress& on_progress) {
  const auto prompter = interview::Prompter::make({});
  if (!prompter) return fail(prompter.error());
  std::vector<Prompted> prompts;
  for (const Question& question : candidates) {
    const interview::GraderKind grader =
        is_open(question) ? interview::GraderKind::judge : interview::grader_of(question)->kind;
    auto prompt = prompter->render(question, grader);
    if (!prompt) return fail(prompt.error());
    const auto key = prompter->key(*prompt, grader);
    prompts.push_back({question, std::move(*prompt), key});
  }
  auto words = ask_for_words(tools.desk, settlers, prompts, budget, on_progress);
  if (!words) return fail(words.error());
  Said said{
      .answers = {}, .spent = words->spent, .stopped = words->stopped, .failures = words->failures};
  said.answers.resize(candidates.size(), std::vector<std::optional<std::string>>(settlers.size()));
  for (auto& [place, text] : words->texts) {
    said.answers[place.first][place.second] = std::move(text);
  }
  return said;
}

// Whether each settler's answer comes to the writer's, [candidates][settlers]: as a grader compares
// them, or as the judge does.
using Agreed = std::vector<std::vector<std::optional<bool>>>;

Result<Agreed> compare(const WritingTools& tools, std::span<const Question> candidates,
                       const Said& said, Usd budget, const interview::OnProgress& on_progress,
                       Writing& writing) {
  Agreed agreed;
  std::vector<Case> cases;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // [cases]
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    agreed.emplace_back(said.answers[i].size());
    for (std::size_t j = 0; j < said.answers[i].size(); ++j) {
      const auto& answer = said.answers[i][j];
      if (!answer) continue;
      if (is_open(candidates[i])) {
        cases.push_back({candidates[i], *answer});
        places.emplace_back(i, j);
      } else {
        agreed[i][j] = is_right(candidates[i], *answer);
      }
    }
  }
  if (cases.empty()) return agreed;
  const auto verdicts = judge_cases(tools, cases, budget, on_progress);
  if (!verdicts) return fail(verdicts.error());
  writing.spent += verdicts->spent;
  add_failures(verdicts->failures, writing.failures);
  writing.stopped = verdicts->stopped;
  for (std::size_t k = 0; k < cases.size(); ++k) {
    const auto [i, j] = places[k];
    if (verdicts->score[k]) agreed[i][j] = *verdicts->score[k] == 1.0F;
  }
  return agreed;
}

// Keeps what is settled, and which answers count as outcomes.
void settle(std::vector<Question> candidates, const Agreed& agreed,
            std::span<const std::size_t> settlers, Writing& writing) {
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto settlement = settlement_of(agreed[i]);
    if (!settlement.settled) {
      ++writing.unsettled;
      continue;
    }
    for (const std::size_t k : settlement.free_to_err) {
      writing.answered.push_back({writing.questions.size(), settlers[k]});
    }
    writing.questions.push_back(std::move(candidates[i]));
  }
}

// Who neither settles nor is asked: the writer, who knows the answers, and the judge, who would
// have to judge its own.
std::vector<std::size_t> partial_to(const WritingTools& tools) {
  const Desk::Tools& all = tools.desk.tools();
  std::vector<std::size_t> partial;
  for (std::size_t j = 0; j < all.experts.size(); ++j) {
    const std::string& name = all.experts[j].name;
    if (name == tools.writer.name || (all.judge && name == all.judge->name)) partial.push_back(j);
  }
  return partial;
}

}  // namespace

bool is_written_for(const Question& question, int round) {
  return question.id.starts_with(prefix_of(round));
}

Result<Writing> fulfil_wishes(const WritingTools& tools, const Round& round, Usd budget,
                              const interview::OnProgress& on_progress) {
  Writing writing;
  const bool was_given_up = tools.desk.given_up(tools.writer.name) != nullptr;
  const auto written = ask_writer(tools, round, budget, on_progress);
  if (!written) return fail(written.error());
  writing.spent += written->spent;
  writing.stopped = written->stopped;
  writing.note = silence_of(tools, *written, was_given_up);
  writing.failures = written->failures;
  std::vector<Question> candidates = candidates_of(tools, round, *written, writing);
  if (writing.note.empty() && candidates.empty()) {
    writing.note =
        fmt::format("the writer {} gave nothing that is new and can be read", tools.writer.name);
  }
  if (writing.stopped || candidates.empty()) return writing;

  const std::vector<Expert>& experts = tools.desk.tools().experts;
  const std::vector<std::size_t> partial = partial_to(tools);
  std::vector<std::size_t> strongest;
  for (const std::size_t j : tools.desk.strongest_first(tools.exam)) {
    if (strongest.size() < kSettlers && std::ranges::find(partial, j) == partial.end()) {
      strongest.push_back(j);
    }
  }
  auto left = [&] { return budget - writing.spent; };
  const auto tried = try_settlers(tools, strongest, left(), on_progress);
  if (!tried) return fail(tried.error());
  writing.agreement = try_agreement(tried->trials);
  writing.spent += tried->asked.spent;
  writing.stopped = tried->asked.stopped;
  add_failures(tried->asked.failures, writing.failures);
  for (std::size_t i = 0; i < tried->asked.answers.size(); ++i) {
    const auto& answer = tried->asked.answers[i];
    if (answer && answer->basis == Basis::exact && !tried->asked.on_record[i]) {
      ++writing.exam_asked;
    }
  }
  if (writing.stopped) return writing;
  if (tools.desk.tools().judge) {
    const auto judged = try_judge(tools, tried->trials, left(), on_progress, writing);
    if (!judged) return fail(judged.error());
    writing.spent += judged->spent;
    add_failures(judged->failures, writing.failures);
    writing.stopped = judged->stopped;
    if (writing.stopped) return writing;
  }

  std::vector<Expert> settlers;
  for (const std::size_t j : strongest) settlers.push_back(experts[j]);
  const auto said = ask_settlers(tools, candidates, settlers, left(), on_progress);
  if (!said) return fail(said.error());
  writing.spent += said->spent;
  add_failures(said->failures, writing.failures);
  writing.stopped = said->stopped;
  if (writing.stopped) return writing;
  const auto agreed = compare(tools, candidates, *said, left(), on_progress, writing);
  if (!agreed) return fail(agreed.error());
  settle(std::move(candidates), *agreed, strongest, writing);
  writing.insiders = partial;
  std::ranges::copy(strongest, std::back_inserter(writing.insiders));
  return writing;
}

}  // namespace ooe::selfplay
