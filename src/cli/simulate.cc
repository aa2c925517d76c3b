// ooe simulate: experts that are not real, as real HTTP servers on loopback, until Ctrl-C.
#include <cstdio>
#include <thread>

#include "base/file.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output_place.h"
#include "cli/questions_of_files.h"
#include "cli/simulation_config.h"
#include "cli/stop_signal.h"
#include "dataset/outcome_file.h"
#include "dataset/question_file.h"
#include "http/loop.h"
#include "simulate/simulation.h"

namespace ooe::cli {
namespace {

struct SimulateOptions {
  std::string config;
  std::vector<std::string> questions;
  std::optional<std::uint64_t> seed;
  std::string write_config;
  std::string write_outcomes;
};

// Puts them to those of the files before, and returns them.
Result<std::vector<Question>> load_all(const std::vector<std::string>& files,
                                       QuestionsOfFiles& known) {
  std::vector<Question> all;
  for (const std::string& file : files) {
    const auto questions = dataset::load_questions(file);
    if (!questions) return fail(questions.error());
    if (auto added = known.add(*questions, file); !added) return fail(added.error());
    all.insert(all.end(), questions->begin(), questions->end());
  }
  return all;
}

Result<int> write_outcomes(const std::string& path, const simulate::SimulationOptions& options,
                           std::span<const Question> questions) {
  auto matrix = simulate::direct_outcomes(options, questions);
  if (!matrix) return fail(matrix.error());
  dataset::OutcomeTable table;
  table.ids = std::move(matrix->question_ids);
  table.experts = std::move(matrix->experts);
  table.scores = std::move(matrix->score);
  if (auto ok = dataset::write_outcomes(path, table); !ok) return fail(ok.error());
  say("{}: {} questions, {} simulated experts, seed {}\n", path, table.ids.size(),
      table.experts.size(), options.seed);
  return 0;
}

Result<int> simulate(const SimulateOptions& options) {
  StopSignal signal;
  if (!options.write_config.empty()) {
    if (auto ok = check_may_overwrite_config(options.write_config); !ok) return fail(ok.error());
  }
  auto config = load_simulation_config(options.config);
  if (!config) return fail(config.error());
  if (options.seed) config->options.seed = *options.seed;
  const auto& files = options.questions.empty() ? config->questions : options.questions;
  Inputs inputs{options.config};
  inputs.insert(inputs.end(), files.begin(), files.end());
  inputs.insert(inputs.end(), config->to_write.begin(), config->to_write.end());
  const std::vector<Output> outputs{{"--write-config", options.write_config, Holds::configuration},
                                    {"--write-outcomes", options.write_outcomes}};
  if (auto ok = check_outputs(outputs, inputs); !ok) return fail(ok.error());
  QuestionsOfFiles questions;
  if (auto loaded = load_all(files, questions); !loaded) return fail(loaded.error());
  auto to_write = load_all(config->to_write, questions);
  if (!to_write) return fail(to_write.error());
  config->options.to_write = std::move(*to_write);
  if (!options.write_outcomes.empty()) {
    return write_outcomes(options.write_outcomes, config->options, questions.all());
  }
  http::Loop loop;
  http::Loop* const loops[] = {&loop};
  const std::size_t n_questions = questions.all().size();
  auto simulation = simulate::start_simulation(loops, config->options, std::move(questions.all()));
  if (!simulation) return fail(simulation.error());
  const auto ports = (*simulation)->ports();
  for (std::size_t i = 0; i < ports.size(); ++i) {
    say("simulated expert {} listens on http://{}:{}/v1\n", config->options.experts[i].name,
        config->options.host, ports[i]);
  }
  if (!options.write_config.empty()) {
    const auto ok = write_file_atomically(options.write_config, config_for(config->options, ports));
    if (!ok) return fail(ok.error());
    say("configuration written to {}\n", options.write_config);
  }
  say("{} simulated experts know {} questions; Ctrl-C ends them\n", ports.size(), n_questions);
  std::fflush(stdout);
  std::thread thread([&loop] { loop.run(); });
  signal.wait();
  loop.stop();
  thread.join();
  return 0;
}

}  // namespace

void add_simulate(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* command = app.add_subcommand(
      "simulate", "simulated experts as real HTTP servers on loopback, for trials and tests");
  command->add_option("--config", options->config, "the simulated world, .toml")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--questions", options->questions,
                   "what they know, .jsonl (default: the configuration's)")
      ->type_name("FILE");
  command->add_option("--seed", options->seed, "of the world, stronger than the configuration")
      ->check(whole_number());
  command
      ->add_option("--write-config", options->write_config, "write an ooe.toml for these experts")
      ->type_name("FILE");
  command
      ->add_option("--write-outcomes", options->write_outcomes,
                   "serve nothing; write what a perfect interview would find, .tsv")
      ->type_name("FILE");
  set_work(*command, options, runner,
           "ooe simulate --config examples/demo/simulate.toml --write-config ooe.toml", simulate);
}

}  // namespace ooe::cli
