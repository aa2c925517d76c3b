// The subcommands: how they are registered and run.
#pragma once

#include <functional>

#include "base/result.h"

namespace CLI {
class App;
}

namespace ooe::cli {

// Set by the chosen subcommand while options are parsed, run afterwards by run_program().
//
// The exit codes of every command: 2 when the command line alone is wrong, whatever files hold and
// servers say (an option's own validator refuses it, or `check`); 1 when the work failed, or was
// done and the answer is "no"; else 0.
struct Runner {
  std::function<Result<void>()> check;  // options that contradict each other
  std::function<Result<int>()> work;    // returns the exit code of success: 0, or 1 for "no"
};

// The whole program: picks the subcommand, prints its error, returns the exit code.
[[nodiscard]] int run_program(int argc, const char* const* argv);

// One per subcommand file: adds the subcommand to `app`; when it is chosen, `runner` becomes its
// work.
void add_dedicated(CLI::App& app, Runner& runner);
void add_doctor(CLI::App& app, Runner& runner);
void add_evaluate(CLI::App& app, Runner& runner);
void add_export(CLI::App& app, Runner& runner);
void add_import(CLI::App& app, Runner& runner);
void add_init(CLI::App& app, Runner& runner);
void add_interview(CLI::App& app, Runner& runner);
void add_keys(CLI::App& app, Runner& runner);
void add_predict(CLI::App& app, Runner& runner);
void add_promote(CLI::App& app, Runner& runner);
void add_replay(CLI::App& app, Runner& runner);
void add_report(CLI::App& app, Runner& runner);
void add_route(CLI::App& app, Runner& runner);
void add_select(CLI::App& app, Runner& runner);
void add_selfplay(CLI::App& app, Runner& runner);
void add_serve(CLI::App& app, Runner& runner);
void add_simulate(CLI::App& app, Runner& runner);
void add_adapt(CLI::App& app, Runner& runner);
void add_train(CLI::App& app, Runner& runner);

}  // namespace ooe::cli
