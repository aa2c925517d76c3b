#include "cli/selfplay_start.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/fast_hash.h"
#include "base/rng.h"
#include "cli/chosen_experts.h"
#include "cli/selfplay_writing.h"
#include "dataset/dataset.h"
#include "dataset/question_file.h"
#include "selfplay/journal_file.h"

namespace ooe::cli {
namespace {

constexpr std::size_t kExamSize = 200;
constexpr std::size_t kTargets = 250;  // texts that stand for what users ask

Result<std::vector<Expert>> at_least_two(Result<std::vector<Expert>> experts) {
  if (!experts || experts->size() >= 2) return experts;
  return fail(ErrorCode::invalid_argument,
              "self-play learns whom to choose: it takes two experts at least, and there {}",
              experts->empty() ? "is none" : fmt::format("is only '{}'", experts->front().name));
}

std::uint64_t seed_of(const SelfplayOptions& options, std::string_view purpose, int round = 0) {
  return fast_hash(fmt::format("{} {}", purpose, round), options.seed);
}

// The questions no model is trained on: a file of the user's, or generated.
Result<std::vector<Question>> make_exam(const SelfplayOptions& options, const Families& families) {
  if (options.exam.empty()) {
    return selfplay::generate(families, seed_of(options, "exam"),
                              options.exam_size.value_or(kExamSize), selfplay::QuestionFilter({}))
        .questions;
  }
  auto exam = dataset::load_questions(options.exam);
  if (exam && exam->empty()) {
    return fail(ErrorCode::invalid_argument, "{}: there is no question in it", options.exam);
  }
  return exam;
}

// `unplanned_round`: a killed one, whose written questions are to be admitted again; 0: none.
Result<selfplay::QuestionFilter> make_filter(const SelfplayOptions& options,
                                             const std::vector<Question>& exam,
                                             const std::vector<Question>& on_record,
                                             int unplanned_round = 0) {
  selfplay::QuestionFilter filter({});
  for (const Question& question : exam) filter.know_test(question);
  for (const std::string& file : options.test_sets) {
    const auto tests = dataset::load_questions(file);
    if (!tests) return fail(tests.error());
    for (const Question& question : *tests) filter.know_test(question);
  }
  for (const Question& question : on_record) {
    if (!is_written_for(question, unplanned_round)) filter.know(question);
  }
  return filter;
}

// Who writes, when somebody does.
Result<std::optional<Expert>> writer_of(const SelfplayOptions& options, const Config& config,
                                        const std::vector<Expert>& experts) {
  if (options.writer.empty()) return std::optional<Expert>();
  const auto id = config.catalogue.find(options.writer);
  if (!id) {
    return fail(ErrorCode::invalid_argument, "{}: there is no expert named '{}' to write",
                options.config, options.writer);
  }
  const auto others =
      static_cast<std::size_t>(std::ranges::count_if(experts, [&](const Expert& expert) {
        return expert.name != options.writer && expert.name != options.judge;
      }));
  if (others < kExpertsBesideWriter) {
    return fail(ErrorCode::invalid_argument,
                "beside the writer '{}'{} there are {} experts; {} are needed: two to settle its "
                "answers, one to learn about",
                options.writer, options.judge.empty() ? "" : " and the judge", others,
                kExpertsBesideWriter);
  }
  return std::optional(config.catalogue[*id]);
}

// Who judges, when somebody does.
Result<std::optional<Expert>> judge_of(const SelfplayOptions& options, const Config& config) {
  if (options.judge.empty()) return std::optional<Expert>();
  const auto id = config.catalogue.find(options.judge);
  if (!id) {
    return fail(ErrorCode::invalid_argument, "{}: there is no expert named '{}' to judge",
                options.config, options.judge);
  }
  return std::optional(config.catalogue[*id]);
}

// What is written about: what the user says, else what users ask about.
Result<std::vector<std::string>> topics_of(const SelfplayOptions& options,
                                           std::span<const Question> targets) {
  if (!options.topics.empty()) return dataset::parse_expert_list(options.topics);
  std::set<std::string> topics;
  for (const Question& question : targets) {
    if (!question.subject.empty()) topics.insert(question.subject);
  }
  if (topics.empty()) {
    return fail(ErrorCode::invalid_argument,
                "no question of {} has a subject; say what to write about with --topics",
                options.traffic);
  }
  return std::vector<std::string>(topics.begin(), topics.end());
}

// What is given again must be what the rounds were begun with; what is not given is that.
Result<void> check_exam(const SelfplayOptions& options, const selfplay::Journal& journal,
                        const Families& families) {
  if (!options.exam.empty()) {
    const auto exam = make_exam(options, families);
    if (!exam) return fail(exam.error());
    if (dataset::questions_jsonl(*exam) == dataset::questions_jsonl(journal.exam)) return {};
    return fail(ErrorCode::invalid_argument,
                "--exam {}: these rounds were begun with another exam, of {} questions",
                options.exam, journal.exam.size());
  }
  if (!options.exam_size || *options.exam_size == journal.exam_size) return {};
  if (journal.exam_size == 0) {
    return fail(ErrorCode::invalid_argument,
                "--exam-size {}: these rounds were begun with an exam from a file",
                *options.exam_size);
  }
  return fail(ErrorCode::invalid_argument, "--exam-size {}: these rounds were begun with {}",
              *options.exam_size, journal.exam_size);
}

Result<void> check_begun(const SelfplayOptions& options, const selfplay::Journal& journal,
                         std::span<const std::string> experts, const Families& families,
                         const std::string& path) {
  if (!std::ranges::equal(journal.experts, experts) || journal.seed != options.seed) {
    return fail(ErrorCode::invalid_argument,
                "{}: these rounds were begun with seed {} and experts {}; give the same with "
                "--seed and --experts, or move the file away to begin anew",
                path, journal.seed, fmt::join(journal.experts, ","));
  }
  if (journal.focus != options.focus) {
    return fail(ErrorCode::invalid_argument,
                "{}: these rounds were begun {}; do so again, or move the file away to begin anew",
                path,
                journal.focus.empty() ? std::string("without --focus")
                                      : fmt::format("with --focus {}", journal.focus));
  }
  if (const auto same = check_exam(options, journal, families); !same) {
    return fail(same.error().code,
                "{}: {}; leave the option out, or move the file away to begin anew", path,
                same.error().message);
  }
  return {};
}

// The journal beside the database, or the first page of a new one.
Result<selfplay::Journal> open_journal(const SelfplayOptions& options, const std::string& path,
                                       const Families& families,
                                       const std::vector<Expert>& experts) {
  auto loaded = selfplay::load_journal(path);
  if (!loaded) return fail(loaded.error());
  std::vector<std::string> names;
  for (const Expert& expert : experts) names.push_back(expert.name);
  if (*loaded) {
    if (const auto same = check_begun(options, **loaded, names, families, path); !same) {
      return fail(same.error());
    }
    return std::move(**loaded);
  }
  auto exam = make_exam(options, families);
  if (!exam) return fail(exam.error());
  return selfplay::Journal{
      .seed = options.seed,
      .focus = options.focus,
      .experts = std::move(names),
      .exam = std::move(*exam),
      .exam_size = options.exam.empty() ? options.exam_size.value_or(kExamSize) : 0};
}

// What a killed process spent, and asked of the exam, for the round it did not finish is on record,
// not in the journal.
Result<void> count_unfinished(const SelfplayDesk& desk, selfplay::Journal& journal) {
  const auto spent = desk.spent(journal.exam);
  if (!spent) return fail(spent.error());
  const std::int64_t exam_answers = desk.exam_answers(journal.exam);
  if (journal.rounds.empty()) {
    journal.before = *spent;
    journal.exam_before = exam_answers;
  }
  if (journal.rounds.empty() || journal.rounds.back().finished) return {};
  selfplay::Round& round = journal.rounds.back();
  const Usd earlier = journal.before + journal.spent() - round.spent;
  round.spent = std::max(round.spent, *spent - earlier);
  if (journal.exam_before < 0) return {};  // begun by a program that did not count
  std::int64_t asked = exam_answers - journal.exam_before + round.exam_asked;
  for (const selfplay::Round& one : journal.rounds) asked -= one.exam_asked;
  round.exam_asked = std::max(round.exam_asked, asked);
  return {};
}

// The last round's number while nobody knows whom it asks what; else 0.
int unplanned_round(const selfplay::Journal& journal) {
  const auto& rounds = journal.rounds;
  return !rounds.empty() && rounds.back().calls.empty() && !rounds.back().finished
             ? rounds.back().number
             : 0;
}

// A round whose wishes were not fulfilled before a kill goes on with those who were to fulfil them.
Result<void> check_helpers(const selfplay::Journal& journal, bool has_writer, bool has_judge) {
  const int number = unplanned_round(journal);
  if (number == 0) return {};
  const auto& wishes = journal.rounds.back().wishes;
  const bool open = std::ranges::any_of(
      wishes, [](const selfplay::WritingSeed& wish) { return wish.form == selfplay::Form::words; });
  if ((wishes.empty() || has_writer) && (!open || has_judge)) return {};
  return fail(ErrorCode::invalid_argument,
              "round {} was begun with an expert that writes{}; give it with --writer{} again",
              number, open ? " and one that judges" : "", open ? " and --judge" : "");
}

// A model that knows none of the experts cannot choose among them, so none can be better than it,
// and somebody has trained it for others: it is neither compared with nor written over.
Result<std::optional<predictor::Model>> current_model(const Config& config,
                                                      std::span<const std::string> experts) {
  if (!std::filesystem::exists(config.predictor_file)) return std::optional<predictor::Model>();
  auto model = predictor::load_model(config.predictor_file);
  if (!model) return fail(model.error());
  const std::vector<std::string>& known = model->card().experts;
  if (std::ranges::find_first_of(known, experts) == known.end()) {
    return fail(ErrorCode::invalid_argument,
                "{}: the predictor knows none of these experts (it knows '{}' and {} more); "
                "interview them and train again, or move it away to begin without one",
                config.predictor_file, known.front(), known.size() - 1);
  }
  return std::optional(std::move(*model));
}

// What the command line says of the rounds, and who takes part in them.
Result<selfplay::LoopOptions> loop_options_of(const SelfplayOptions& options, Usd budget,
                                              const SelfplayCast& cast,
                                              std::span<const Question> targets) {
  selfplay::LoopOptions how = options.loop;
  how.budget = budget;
  for (const Expert& expert : cast.experts) how.own.push_back(expert.own);
  if (cast.writer) {
    auto topics = topics_of(options, targets);
    if (!topics) return fail(topics.error());
    how.writing.topics = std::move(*topics);
    how.writing.open = cast.judge.has_value();
  }
  return how;
}

}  // namespace

Result<SelfplayCast> cast_of(const SelfplayOptions& options, const Config& config) {
  auto experts = at_least_two(chosen_experts(options.experts, config, options.config));
  if (!experts) return fail(experts.error());
  auto writer = writer_of(options, config, *experts);
  if (!writer) return fail(writer.error());
  auto judge = judge_of(options, config);
  if (!judge) return fail(judge.error());
  return SelfplayCast{std::move(*experts), std::move(*writer), std::move(*judge)};
}

selfplay::Generated pool_of(const SelfplayOptions& options, const Families& families, int round,
                            std::size_t count, const selfplay::QuestionFilter& filter) {
  return selfplay::generate(families, seed_of(options, "pool", round), count, filter);
}

Result<std::vector<Question>> targets_of(const SelfplayOptions& options, const Families& families,
                                         std::span<const Question> on_record,
                                         const selfplay::HeldOut& exam) {
  std::vector<Question> targets;
  if (!options.traffic.empty()) {
    auto traffic = dataset::load_questions(options.traffic);
    if (!traffic) return fail(traffic.error());
    if (traffic->empty()) {
      return fail(ErrorCode::invalid_argument, "{}: there is no question in it", options.traffic);
    }
    targets = std::move(*traffic);
    std::erase_if(targets, [&](const Question& question) { return exam.has_text_of(question); });
    if (targets.empty()) {
      return fail(
          ErrorCode::invalid_argument,
          "{}: every question in it is the exam's, by which models are compared; give others",
          options.traffic);
    }
  } else if (options.focus.empty()) {
    // What earlier rounds asked of the exam is on record too.
    std::ranges::copy_if(on_record, std::back_inserter(targets), [&](const Question& question) {
      return !question.id.starts_with(selfplay::kIdPrefix) && !exam.contains(question);
    });
  }
  Rng rng(seed_of(options, "targets"));
  rng.shuffle(std::span(targets));
  const std::size_t real_max = options.traffic.empty() ? kTargets / 2 : kTargets;
  targets.resize(std::min(targets.size(), real_max));
  if (options.traffic.empty()) {
    const auto generated =
        selfplay::generate(families, seed_of(options, "targets"), kTargets - targets.size(),
                           selfplay::QuestionFilter({}));
    std::ranges::copy_if(generated.questions, std::back_inserter(targets),
                         [&](const Question& question) { return !exam.has_text_of(question); });
  }
  return targets;
}

Result<std::vector<Question>> all_to_choose_from(const SelfplayOptions& options,
                                                 const Families& families) {
  auto questions = make_exam(options, families);
  if (!questions) return fail(questions.error());
  const auto filter = make_filter(options, *questions, {});
  if (!filter) return fail(filter.error());
  for (int round = 1; round <= options.loop.rounds; ++round) {
    auto pool = pool_of(options, families, round, options.loop.pool, *filter);
    std::ranges::move(pool.questions, std::back_inserter(*questions));
  }
  return questions;
}

Result<SelfplayStart> start_of(const SelfplayOptions& options, Usd budget, const Families& families,
                               const Config& config, const SelfplayCast& cast,
                               const SelfplayDesk& desk, const std::string& journal_path) {
  auto journal = open_journal(options, journal_path, families, cast.experts);
  if (!journal) return fail(journal.error());
  const auto checked = check_helpers(*journal, cast.writer.has_value(), cast.judge.has_value());
  if (!checked) return fail(checked.error());
  if (auto counted = count_unfinished(desk, *journal); !counted) return fail(counted.error());
  auto targets = targets_of(options, families, desk.questions(), selfplay::HeldOut(journal->exam));
  if (!targets) return fail(targets.error());
  auto filter = make_filter(options, journal->exam, desk.questions(), unplanned_round(*journal));
  if (!filter) return fail(filter.error());
  auto current = current_model(config, journal->experts);
  if (!current) return fail(current.error());
  auto how = loop_options_of(options, budget, cast, *targets);
  if (!how) return fail(how.error());
  return SelfplayStart{std::move(*journal), std::move(*targets), std::move(*filter),
                       std::move(*current), std::move(*how)};
}

}  // namespace ooe::cli
