// ooe selfplay: rounds of new questions, asked where that pays, until it no longer does.
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/config.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/selfplay_start.h"
#include "cli/selfplay_text.h"
#include "cli/serving.h"
#include "cli/stop_signal.h"
#include "cli/workspace.h"
#include "dataset/question_file.h"
#include "experts/http_chat_client.h"
#include "selfplay/desk.h"
#include "selfplay/family.h"
#include "selfplay/journal_file.h"
#include "selfplay/question_sources.h"
#include "selfplay/writing.h"
#include "store/holder_lock.h"

namespace ooe::cli {
namespace {

Result<int> write_questions(const SelfplayOptions& options, const selfplay::Families& families) {
  const auto questions = selfplay::all_to_choose_from(options.sources, families,
                                                      options.loop.rounds, options.loop.pool);
  if (!questions) return fail(questions.error());
  if (auto written = dataset::write_questions(options.generate_only, *questions); !written) {
    return fail(written.error());
  }
  say("{}: {} questions; nobody was asked\n", options.generate_only, questions->size());
  return 0;
}

// What rounds work with. It stays in its place: what stands below refers to what stands above.
struct Workshop {
  std::atomic<bool> stop = false;  // the user wants it
  StopSignal signal;               // from here on that is heard
  std::optional<Config> config;
  SelfplayCast cast;
  std::string journal_path;
  std::optional<store::HolderLock> lock;  // of the rounds
  SystemClock clock;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<store::InterviewJournal> calls;
  http::Loop loop;
  std::optional<experts::HttpChatClient> client;
  std::optional<selfplay::Desk> desk;
};

Result<std::unique_ptr<Workshop>> open_workshop(const SelfplayOptions& options) {
  auto shop = std::make_unique<Workshop>();
  auto config = load_config(options.config);
  if (!config) return fail(config.error());
  shop->config.emplace(std::move(*config));
  auto cast = cast_of(options, *shop->config);
  if (!cast) return fail(cast.error());
  shop->cast = std::move(*cast);
  const std::string& store_url = shop->config->store_url;
  const auto db = store::sqlite_path(store_url);
  if (!db) return fail(db.error());
  shop->journal_path = selfplay::journal_path(*db);

  auto lock =
      store::HolderLock::take(*db + ".selfplay.lock", fmt::format("process {}", ::getpid()));
  if (!lock) {
    return fail(lock.error().code,
                "{}; by this file one self-play at a time plays on with these rounds",
                lock.error().message);
  }
  shop->lock.emplace(std::move(*lock));

  auto endpoints = experts::resolve_endpoints(shop->config->catalogue);
  if (!endpoints) return fail(placed(shop->config->places, endpoints.error()));
  auto store = store::open_store(store_url);
  if (!store) return fail(store.error());
  shop->store = std::move(*store);
  auto calls = store::InterviewJournal::open(store_url, shop->clock);
  if (!calls) return fail(calls.error());
  shop->calls = std::move(*calls);
  shop->client.emplace(shop->loop, shop->clock,
                       std::make_shared<const experts::Endpoints>(std::move(*endpoints)),
                       http::ClientOptions{.ca_file = shop->config->gateway.expert_ca_file});
  shop->signal.on_signal([&stop = shop->stop] { stop = true; });
  auto desk = selfplay::Desk::open({shop->loop, *shop->client, *shop->store, *shop->calls,
                                    shop->clock, shop->cast.experts, shop->stop, shop->cast.judge});
  if (!desk) return fail(desk.error());
  shop->desk.emplace(std::move(*desk));
  return shop;
}

// The rounds that are being played.
struct Play {
  const SelfplayOptions& options;
  const selfplay::Families& families;
  Workshop& shop;
  SelfplayStart& start;
  SelfplayProgress progress;
  std::size_t known_rounds = 0;  // whose questions the filter knows
};

// What rounds have asked is on record, as it will be for the next process.
void know_rounds(Play& play) {
  const auto& rounds = play.start.journal.rounds;
  for (; play.known_rounds < rounds.size() && rounds[play.known_rounds].finished;
       ++play.known_rounds) {
    for (const Question& question : rounds[play.known_rounds].questions) {
      play.start.filter.know(question);
    }
  }
}

// Requires: `play` outlives them.
selfplay::Seams seams_of(Play& play) {
  selfplay::Desk& desk = *play.shop.desk;
  const auto show_call = [&play](const interview::ExpertProgress& expert) {
    play.progress.called(expert);
  };
  return {.usd_per_call = [&desk] { return desk.usd_per_call(); },
          .given_up =
              [&play, &desk] {
                const auto& experts = play.shop.cast.experts;
                std::vector<std::size_t> who;
                for (std::size_t j = 0; j < experts.size(); ++j) {
                  if (desk.given_up(experts[j].name) != nullptr) who.push_back(j);
                }
                return who;
              },
          .write =
              [&play, &desk, show_call](const selfplay::Round& round, Usd left) {
                know_rounds(play);
                play.progress.begin_calls(round.wishes.size());
                return selfplay::fulfil_wishes(
                    {desk, *play.shop.cast.writer, play.start.journal.exam, play.start.filter},
                    round, left, show_call);
              },
          .generate = [&play](int round, std::size_t count) -> Result<selfplay::Generated> {
            know_rounds(play);
            return selfplay::pool_of(play.options.sources, play.families, round, count,
                                     play.start.filter);
          },
          .ask =
              [&play, &desk, show_call](std::span<const Question> questions,
                                        std::span<const selfplay::Call> asked, Usd left) {
                play.progress.begin_calls(asked.size());
                return desk.ask(questions, asked, left, show_call);
              },
          .recall =
              [&desk](std::span<const Question> questions, std::span<const selfplay::Call> asked) {
                return desk.recall(questions, asked);
              },
          .save =
              [&play](const selfplay::Journal& now) {
                return selfplay::save_journal(play.shop.journal_path, now);
              },
          .fits = [&play](const predictor::Model& model) -> Result<void> {
            const auto serves =
                make_orchestrator(*play.shop.config, predictor::Model(model.impl()));
            if (!serves) return fail(serves.error());
            return {};
          },
          .promote =
              [&play](const predictor::Model& model) {
                return predictor::save_model(model, play.shop.config->predictor_file);
              },
          .progress = [&play](std::string_view phase,
                              const selfplay::Round& round) { play.progress.phase(phase, round); }};
}

Result<void> check_selfplay(const SelfplayOptions& options) {
  if (options.generate_only.empty() && options.budget_usd.empty()) {
    return fail(ErrorCode::invalid_argument,
                "say what all rounds together may cost, with --budget-usd");
  }
  return {};
}

// What is read, and the database with what belongs to it.
Inputs inputs_of(const SelfplayOptions& options) {
  Inputs inputs = files_of(WorkspaceOptions{.db = {}, .config = options.config});
  inputs.insert(inputs.end(), options.sources.test_sets.begin(), options.sources.test_sets.end());
  inputs.insert(inputs.end(), {options.sources.exam, options.sources.traffic,
                               list_file(options.experts), list_file(options.topics)});
  return inputs;
}

Result<int> selfplay(const SelfplayOptions& options) {
  const Inputs inputs = inputs_of(options);
  const std::vector<Output> outputs{{"--generate-only", options.generate_only},
                                    json_output(options.json)};
  if (auto ok = check_outputs(outputs, inputs); !ok) return fail(ok.error());
  const auto families = selfplay::families_of(options.sources.focus);
  if (!families) return fail(families.error());
  if (!options.generate_only.empty()) return write_questions(options, *families);
  const auto budget = parse_usd(options.budget_usd);
  if (!budget) return fail(budget.error());
  if (*budget == Usd{}) {
    say("a budget of 0 USD asks nobody; nothing was done\n");
    return 0;
  }
  const auto opened = open_workshop(options);
  if (!opened) return fail(opened.error());
  Workshop& shop = **opened;
  auto start =
      start_of(options, *budget, *families, *shop.config, shop.cast, *shop.desk, shop.journal_path);
  if (!start) return fail(start.error());
  selfplay::Journal& journal = start->journal;
  Play play{options, *families, shop, *start, SelfplayProgress(prints_json(options.json), *budget)};
  selfplay::Known known = shop.desk->known_before(journal);
  const auto played = selfplay::play(journal, known, std::move(start->current), start->targets,
                                     start->how, seams_of(play));
  play.progress.clear();
  if (!played) return fail(played.error());
  const auto printed = print_result(options.json,
                                    summary_text(journal, played->ending, shop.journal_path,
                                                 shop.config->predictor_file, stdout_terminal()),
                                    [&] { return summary_json(journal, played->ending); });
  if (!printed) return fail(printed.error());
  return played->ending == selfplay::Ending::nobody_answers ? 1 : 0;
}

// Of the expert that writes questions, and of the one that judges answers to them.
void add_writer_options(CLI::App& command, SelfplayOptions& options) {
  auto* writer = command
                     .add_option("--writer", options.writer,
                                 "an expert that writes questions as well, where they are "
                                 "needed; strong ones settle its answers")
                     ->type_name("NAME");
  command
      .add_option("--topics", options.topics,
                  "what it writes about: A,B or @file (default: the subjects users ask about)")
      ->needs(writer)
      ->type_name("NAMES");
  command
      .add_option("--judge", options.judge,
                  "an expert that compares answers, so that open questions can be written too")
      ->type_name("NAME")
      ->needs(writer);
  command
      .add_option("--wishes", options.loop.writing.wishes,
                  "a round: calls to the writer, for five questions each")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000))
      ->needs(writer);
}

}  // namespace

void add_selfplay(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<SelfplayOptions>();
  CLI::App* command = app.add_subcommand(
      "selfplay", "ask new questions where that pays, learn, and promote what is surely better");
  command->add_option("--rounds", options->loop.rounds, "to play now")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000));
  command
      ->add_option("--budget-usd", options->budget_usd,
                   "never spend more on all rounds together, earlier ones included; required, but "
                   "not with --generate-only")
      ->check(readable_by(parse_usd))
      ->type_name("USD");
  command
      ->add_option("--focus", options->sources.focus,
                   "only questions about this: a subject or a family of questions")
      ->check(readable_by(selfplay::families_of))
      ->type_name("NAME");
  command->add_option("--seed", options->sources.seed, "of everything but the answers")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--config", options->config, "the configuration")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--experts", options->experts, "only these: A,B or @file")
      ->check(some_names())
      ->type_name("NAMES");
  command
      ->add_option("--traffic", options->sources.traffic,
                   "questions as users ask them, .jsonl: where better decisions count")
      ->type_name("FILE");
  auto* exam = command
                   ->add_option("--exam", options->sources.exam,
                                "questions with answers by which models are compared, .jsonl; "
                                "never learned from (default: generated)")
                   ->type_name("FILE");
  command->add_option("--exam-size", options->sources.exam_size, "of a generated exam [200]")
      ->check(CLI::Range(20, 10'000))
      ->excludes(exam);
  command
      ->add_option("--test-set", options->sources.test_sets,
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
  add_writer_options(*command, *options);
  add_threads_option(*command, options->loop.threads);
  add_json_option(*command, options->json);
  set_work(*command, options, runner, "ooe selfplay --rounds 3 --budget-usd 5", selfplay,
           check_selfplay);
}

}  // namespace ooe::cli
