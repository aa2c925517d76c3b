// ooe selfplay: rounds of new questions, asked where that pays, until it no longer does.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "base/fast_hash.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/selfplay_desk.h"
#include "cli/selfplay_text.h"
#include "cli/selfplay_writing.h"
#include "cli/stop_signal.h"
#include "dataset/dataset.h"
#include "dataset/question_file.h"
#include "experts/http_chat_client.h"
#include "selfplay/family.h"
#include "selfplay/journal_file.h"
#include "store/holder_lock.h"

namespace ooe::cli {
namespace {

constexpr std::size_t kExamSize = 200;
constexpr std::size_t kTargets = 250;  // texts that stand for what users ask

struct Options {
  std::string config = "ooe.toml";
  std::string experts;
  std::string budget_usd;
  std::string focus;
  std::string exam;
  std::string traffic;
  std::vector<std::string> test_sets;
  std::string generate_only;
  std::string writer;
  std::string topics;
  std::string judge;
  std::optional<std::size_t> exam_size;  // nothing: kExamSize
  std::uint64_t seed = 1;
  bool json = false;
  selfplay::LoopOptions loop;
};

Result<std::vector<Expert>> chosen_experts(const Options& options, const Config& config) {
  const auto all = config.catalogue.experts();
  if (options.experts.empty()) return std::vector<Expert>(all.begin(), all.end());
  const auto names = dataset::parse_expert_list(options.experts);
  if (!names) return fail(names.error());
  std::vector<Expert> chosen;
  for (const std::string& name : *names) {
    const auto id = config.catalogue.find(name);
    if (!id) {
      return fail(ErrorCode::invalid_argument, "{}: there is no expert named '{}'", options.config,
                  name);
    }
    chosen.push_back(config.catalogue[*id]);
  }
  return chosen;
}

Result<std::vector<Expert>> at_least_two(Result<std::vector<Expert>> experts) {
  if (!experts || experts->size() >= 2) return experts;
  return fail(ErrorCode::invalid_argument,
              "self-play learns whom to choose: it takes two experts at least, and there {}",
              experts->empty() ? "is none" : fmt::format("is only '{}'", experts->front().name));
}

using Families = std::vector<const selfplay::Family*>;

std::uint64_t seed_of(const Options& options, std::string_view purpose, int round = 0) {
  return fast_hash(fmt::format("{} {}", purpose, round), options.seed);
}

// The questions no model is trained on: a file of the user's, or generated.
Result<std::vector<Question>> make_exam(const Options& options, const Families& families) {
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

// What users ask: a file of the user's; else what is on record and what is generated.
Result<std::vector<Question>> make_targets(const Options& options, const Families& families,
                                           const std::vector<Question>& on_record) {
  std::vector<Question> targets;
  if (!options.traffic.empty()) {
    auto traffic = dataset::load_questions(options.traffic);
    if (!traffic) return fail(traffic.error());
    targets = std::move(*traffic);
  } else if (options.focus.empty()) {
    std::ranges::copy_if(on_record, std::back_inserter(targets), [](const Question& question) {
      return !question.id.starts_with(selfplay::kIdPrefix);
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
    std::ranges::copy(generated.questions, std::back_inserter(targets));
  }
  if (targets.empty()) {
    return fail(ErrorCode::invalid_argument, "{}: there is no question in it", options.traffic);
  }
  return targets;
}

// `unplanned_round`: a killed one, whose written questions are to be admitted again; 0: none.
Result<selfplay::QuestionFilter> make_filter(const Options& options,
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

selfplay::Generated pool_of(const Options& options, const Families& families, int round,
                            std::size_t count, const selfplay::QuestionFilter& filter) {
  return selfplay::generate(families, seed_of(options, "pool", round), count, filter);
}

// Who writes, when somebody does.
Result<std::optional<Expert>> writer_of(const Options& options, const Config& config,
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
Result<std::optional<Expert>> judge_of(const Options& options, const Config& config) {
  if (options.judge.empty()) return std::optional<Expert>();
  const auto id = config.catalogue.find(options.judge);
  if (!id) {
    return fail(ErrorCode::invalid_argument, "{}: there is no expert named '{}' to judge",
                options.config, options.judge);
  }
  return std::optional(config.catalogue[*id]);
}

// What is written about: what the user says, else what users ask about.
Result<std::vector<std::string>> topics_of(const Options& options,
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

// All that rounds would choose from, for a question bank of simulated experts, or to look at.
Result<int> write_questions(const Options& options, const Families& families) {
  auto questions = make_exam(options, families);
  if (!questions) return fail(questions.error());
  const auto filter = make_filter(options, *questions, {});
  if (!filter) return fail(filter.error());
  for (int round = 1; round <= options.loop.rounds; ++round) {
    auto pool = pool_of(options, families, round, options.loop.pool, *filter);
    std::ranges::move(pool.questions, std::back_inserter(*questions));
  }
  if (auto written = dataset::write_questions(options.generate_only, *questions); !written) {
    return fail(written.error());
  }
  fmt::print("{}: {} questions; nobody was asked\n", options.generate_only, questions->size());
  return 0;
}

// What is given again must be what the rounds were begun with; what is not given is that.
Result<void> check_exam(const Options& options, const selfplay::Journal& journal,
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

Result<void> check_begun(const Options& options, const selfplay::Journal& journal,
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
Result<selfplay::Journal> open_journal(const Options& options, const std::string& path,
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

Result<std::optional<predictor::Model>> current_model(const Config& config) {
  if (!std::filesystem::exists(config.predictor_file)) return std::optional<predictor::Model>();
  auto model = predictor::load_model(config.predictor_file);
  if (!model) return fail(model.error());
  return std::optional(std::move(*model));
}

Result<void> check(const Options& options) {
  if (options.generate_only.empty() && options.budget_usd.empty()) {
    return fail(ErrorCode::invalid_argument,
                "say what all rounds together may cost, with --budget-usd");
  }
  return {};
}

Result<int> selfplay(const Options& options) {
  const auto families = selfplay::families_of(options.focus);
  if (!families) return fail(families.error());
  if (!options.generate_only.empty()) return write_questions(options, *families);
  const auto budget = parse_usd(options.budget_usd);
  if (!budget) return fail(budget.error());
  if (*budget == Usd{}) {
    fmt::print("a budget of 0 USD asks nobody; nothing was done\n");
    return 0;
  }
  StopSignal signal;
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  const auto experts = at_least_two(chosen_experts(options, *config));
  if (!experts) return fail(experts.error());
  const auto writer = writer_of(options, *config, *experts);
  if (!writer) return fail(writer.error());
  const auto judge = judge_of(options, *config);
  if (!judge) return fail(judge.error());
  const auto db = store::sqlite_path(config->store_url);
  if (!db) return fail(db.error());
  const std::string journal_path = selfplay::journal_path(*db);

  const std::string lock_path = *db + ".selfplay.lock";
  const auto lock = store::HolderLock::take(lock_path, fmt::format("process {}", ::getpid()));
  if (!lock) {
    return fail(lock.error().code, "{}; only one self-play at a time may play on with these rounds",
                lock.error().message);
  }

  auto endpoints = experts::resolve_endpoints(config->catalogue);
  if (!endpoints) return fail(endpoints.error());
  const SystemClock clock;
  auto store = store::open_store(config->store_url);
  if (!store) return fail(store.error());
  const auto calls = store::InterviewJournal::open(config->store_url, clock);
  if (!calls) return fail(calls.error());
  http::Loop loop;
  experts::HttpChatClient client(loop,
                                 std::make_shared<const experts::Endpoints>(std::move(*endpoints)));
  std::atomic<bool> stop = false;
  signal.on_signal([&stop] { stop = true; });
  auto desk = SelfplayDesk::open({loop, client, **store, **calls, clock, *experts, stop, *judge});
  if (!desk) return fail(desk.error());
  auto journal = open_journal(options, journal_path, *families, *experts);
  if (!journal) return fail(journal.error());
  const auto checked = check_helpers(*journal, writer->has_value(), judge->has_value());
  if (!checked) return fail(checked.error());
  if (auto counted = count_unfinished(*desk, *journal); !counted) return fail(counted.error());
  const auto targets = make_targets(options, *families, desk->questions());
  if (!targets) return fail(targets.error());
  auto filter = make_filter(options, journal->exam, desk->questions(), unplanned_round(*journal));
  if (!filter) return fail(filter.error());
  auto current = current_model(*config);
  if (!current) return fail(current.error());

  selfplay::LoopOptions how = options.loop;
  how.budget = *budget;
  for (const Expert& expert : *experts) how.own.push_back(expert.own);
  if (writer->has_value()) {
    auto topics = topics_of(options, *targets);
    if (!topics) return fail(topics.error());
    how.writing.topics = std::move(*topics);
    how.writing.open = judge->has_value();
  }
  SelfplayProgress progress(options.json, *budget);
  const auto show_call = [&](const interview::ExpertProgress& expert) { progress.called(expert); };
  // What rounds have asked is on record, as it will be for the next process.
  auto know_rounds = [&, known = std::size_t{0}]() mutable {
    const auto& rounds = journal->rounds;
    for (; known < rounds.size() && rounds[known].finished; ++known) {
      for (const Question& question : rounds[known].questions) filter->know(question);
    }
  };
  const selfplay::Seams seams{
      .usd_per_call = [&] { return desk->usd_per_call(); },
      .given_up =
          [&] {
            std::vector<std::size_t> who;
            for (std::size_t j = 0; j < experts->size(); ++j) {
              if (desk->given_up((*experts)[j].name) != nullptr) who.push_back(j);
            }
            return who;
          },
      .write =
          [&](const selfplay::Round& round, Usd left) {
            know_rounds();
            progress.begin_calls(round.wishes.size());
            return fulfil_wishes({*desk, **writer, journal->exam, *filter}, round, left, show_call);
          },
      .generate = [&](int round, std::size_t count) -> Result<selfplay::Generated> {
        know_rounds();
        return pool_of(options, *families, round, count, *filter);
      },
      .ask =
          [&](std::span<const Question> questions, std::span<const selfplay::Call> asked,
              Usd left) {
            progress.begin_calls(asked.size());
            return desk->ask(questions, asked, left, show_call);
          },
      .recall =
          [&](std::span<const Question> questions, std::span<const selfplay::Call> asked) {
            return desk->recall(questions, asked);
          },
      .save = [&](const selfplay::Journal& now) { return save_journal(journal_path, now); },
      .promote =
          [&](const predictor::Model& model) {
            return predictor::save_model(model, config->predictor_file);
          },
      .progress = [&](std::string_view phase,
                      const selfplay::Round& round) { progress.phase(phase, round); }};
  selfplay::Known known = desk->known_before(*journal);
  const auto played = selfplay::play(*journal, known, std::move(*current), *targets, how, seams);
  progress.clear();
  if (!played) return fail(played.error());
  fmt::print("{}", options.json ? summary_json(*journal, played->ending) + "\n"
                                : summary_text(*journal, played->ending, journal_path,
                                               config->predictor_file, stdout_terminal()));
  return played->ending == selfplay::Ending::nobody_answers ? 1 : 0;
}

}  // namespace

void add_selfplay(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "selfplay", "ask new questions where that pays, learn, and promote what is surely better");
  command->add_option("--rounds", options->loop.rounds, "to play now")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000));
  command
      ->add_option("--budget-usd", options->budget_usd,
                   "never spend more on all rounds together, earlier ones included")
      ->check(readable_by(parse_usd))
      ->type_name("USD");
  command
      ->add_option("--focus", options->focus,
                   "only questions about this: a subject or a family of questions")
      ->check(readable_by(selfplay::families_of))
      ->type_name("NAME");
  command->add_option("--seed", options->seed, "of everything but the answers")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--config", options->config, "the configuration")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--experts", options->experts, "only these: A,B or @file")
      ->check(some_names())
      ->type_name("NAMES");
  command
      ->add_option("--traffic", options->traffic,
                   "questions as users ask them, .jsonl: where better decisions count")
      ->type_name("FILE");
  auto* exam = command
                   ->add_option("--exam", options->exam,
                                "questions with answers by which models are compared, .jsonl; "
                                "never learned from (default: generated)")
                   ->type_name("FILE");
  command->add_option("--exam-size", options->exam_size, "of a generated exam [200]")
      ->check(CLI::Range(20, 10'000))
      ->excludes(exam);
  command
      ->add_option("--test-set", options->test_sets,
                   "questions never to be asked, nor any close to them, .jsonl; may be several")
      ->type_name("FILE");
  command->add_option("--calls", options->loop.calls_per_round, "a round, beside the exam's")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  command
      ->add_option("--patience", options->loop.patience,
                   "rounds in a row without a better model before it stops")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000));
  command->add_flag("--random", options->loop.random, "choose at random: what to compare with");
  command
      ->add_option("--generate-only", options->generate_only,
                   "write the questions that rounds choose from, ask nobody")
      ->type_name("FILE");
  auto* writer = command
                     ->add_option("--writer", options->writer,
                                  "an expert that writes questions as well, where they are "
                                  "needed; strong ones settle its answers")
                     ->type_name("NAME");
  command
      ->add_option("--topics", options->topics,
                   "what it writes about: A,B or @file (default: the subjects users ask about)")
      ->needs(writer)
      ->type_name("NAMES");
  command
      ->add_option("--judge", options->judge,
                   "an expert that compares answers, so that open questions can be written too")
      ->type_name("NAME")
      ->needs(writer);
  command
      ->add_option("--wishes", options->loop.writing.wishes,
                   "a round: calls to the writer, for five questions each")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000))
      ->needs(writer);
  command->add_option("--threads", options->loop.threads, "0: all cores; the result is the same")
      ->capture_default_str();
  command->add_flag("--json", options->json, "print rounds and summary as JSON lines");
  set_work(*command, options, runner, "ooe selfplay --rounds 3 --budget-usd 5", selfplay, check);
}

}  // namespace ooe::cli
