#include "cli/selfplay_start.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "cli/chosen_experts.h"
#include "dataset/dataset.h"
#include "dataset/question_file.h"
#include "selfplay/exam.h"
#include "selfplay/journal_file.h"
#include "selfplay/writing.h"

namespace ooe::cli {
namespace {

Result<std::vector<Expert>> at_least_two(Result<std::vector<Expert>> experts) {
  if (!experts || experts->size() >= 2) return experts;
  return fail(ErrorCode::invalid_argument,
              "self-play learns whom to choose: it takes two experts at least, and there {}",
              experts->empty() ? "is none" : fmt::format("is only '{}'", experts->front().name));
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
  if (others < selfplay::kExpertsBesideWriter) {
    return fail(ErrorCode::invalid_argument,
                "beside the writer '{}'{} there are {} experts; {} are needed: two to settle its "
                "answers, one to learn about",
                options.writer, options.judge.empty() ? "" : " and the judge", others,
                selfplay::kExpertsBesideWriter);
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
                options.sources.traffic);
  }
  return std::vector<std::string>(topics.begin(), topics.end());
}

// What is given again must be what the rounds were begun with; what is not given is that.
Result<void> check_exam(const SelfplayOptions& options, const selfplay::Journal& journal,
                        const selfplay::Families& families) {
  if (!options.sources.exam.empty()) {
    const auto exam = selfplay::make_exam(options.sources, families);
    if (!exam) return fail(exam.error());
    if (dataset::questions_jsonl(*exam) == dataset::questions_jsonl(journal.exam)) return {};
    return fail(ErrorCode::invalid_argument,
                "--exam {}: these rounds were begun with another exam, of {} questions",
                options.sources.exam, journal.exam.size());
  }
  if (!options.sources.exam_size || *options.sources.exam_size == journal.exam_size) return {};
  if (journal.exam_size == 0) {
    return fail(ErrorCode::invalid_argument,
                "--exam-size {}: these rounds were begun with an exam from a file",
                *options.sources.exam_size);
  }
  return fail(ErrorCode::invalid_argument, "--exam-size {}: these rounds were begun with {}",
              *options.sources.exam_size, journal.exam_size);
}

Result<void> check_begun(const SelfplayOptions& options, const selfplay::Journal& journal,
                         std::span<const std::string> experts, const selfplay::Families& families,
                         const std::string& path) {
  if (!std::ranges::equal(journal.experts, experts) || journal.seed != options.sources.seed) {
    return fail(ErrorCode::invalid_argument,
                "{}: these rounds were begun with seed {} and experts {}; give the same with "
                "--seed and --experts, or move the file away to begin anew",
                path, journal.seed, fmt::join(journal.experts, ","));
  }
  if (journal.focus != options.sources.focus) {
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
                                       const selfplay::Families& families,
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
  auto exam = selfplay::make_exam(options.sources, families);
  if (!exam) return fail(exam.error());
  return selfplay::Journal{
      .seed = options.sources.seed,
      .focus = options.sources.focus,
      .experts = std::move(names),
      .exam = std::move(*exam),
      .exam_size = options.sources.exam.empty()
                       ? options.sources.exam_size.value_or(selfplay::kExamSize)
                       : 0};
}

// A round whose wishes were not fulfilled before a kill goes on with those who were to fulfil them.
Result<void> check_helpers(const selfplay::Journal& journal, bool has_writer, bool has_judge) {
  const int number = journal.unplanned_round();
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

Result<SelfplayStart> start_of(const SelfplayOptions& options, Usd budget,
                               const selfplay::Families& families, const Config& config,
                               const SelfplayCast& cast, const selfplay::Desk& desk,
                               const std::string& journal_path) {
  auto journal = open_journal(options, journal_path, families, cast.experts);
  if (!journal) return fail(journal.error());
  const auto checked = check_helpers(*journal, cast.writer.has_value(), cast.judge.has_value());
  if (!checked) return fail(checked.error());
  const auto counted = selfplay::count_unfinished(desk, *journal);
  if (!counted) return fail(counted.error());
  auto targets = selfplay::targets_of(options.sources, families, desk.questions(),
                                      selfplay::HeldOut(journal->exam));
  if (!targets) return fail(targets.error());
  auto filter = selfplay::make_filter(options.sources, journal->exam, desk.questions(),
                                      journal->unplanned_round());
  if (!filter) return fail(filter.error());
  auto current = current_model(config, journal->experts);
  if (!current) return fail(current.error());
  auto how = loop_options_of(options, budget, cast, *targets);
  if (!how) return fail(how.error());
  return SelfplayStart{std::move(*journal), std::move(*targets), std::move(*filter),
                       std::move(*current), std::move(*how)};
}

}  // namespace ooe::cli
