#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string_view>

#include "base/log.h"
#include "base/system_words.h"
#include "base/version.h"
#include "cli/command.h"
#include "cli/help_layout.h"
#include "cli/note.h"

namespace ooe::cli {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitWrongUse = 2;

// A full disk behind `>` is a failure; a reader that has seen enough (`| head`) is not worth a
// word.
bool all_is_written() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return true;
  const int error = errno;
  if (error != EPIPE) {
    note("ooe: standard output cannot be written: {}\n", system_words(error));
  }
  return false;
}

// "ooe trian", "ooe --bogus": CLI11 only says that a subcommand is missing.
bool names_no_command(const CLI::App& app, int argc, const char* const* argv) {
  if (argc < 2) return false;
  if (argv[1][0] == '-') {
    const std::string_view flag = argv[1];
    if (flag.size() < 2 || app.get_option_no_throw(std::string(flag)) != nullptr) return false;
    note("ooe: there is no option '{}' before a command; see `ooe --help`\n", printable(flag));
    return true;
  }
  std::string known;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == argv[1]) return false;
    known += (known.empty() ? "" : ", ") + command->get_name();
  }
  note("ooe: there is no command '{}'; there are: {}\n", printable(argv[1]), known);
  return true;
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed socket or pipe is an error value, not the end
  CLI::App app{
      "Orchestration of Experts: one endpoint that is better, cheaper and more private "
      "than any of its LLMs"};
  app.name("ooe");
  app.formatter(std::make_shared<HelpLayout>());  // of the commands too, which inherit it
  app.set_version_flag("--version", fmt::format("ooe {}", kVersion));
  app.require_subcommand(1);
  app.footer(
      "`ooe COMMAND --help` shows a command's options and an example.\n"
      "No data yet? `make demo` runs the whole loop offline.");
  Runner runner;
  for (const auto add :
       {add_init, add_doctor, add_simulate, add_interview, add_import, add_export, add_select,
        add_train, add_adapt, add_predict, add_evaluate, add_report, add_route, add_replay,
        add_dedicated, add_selfplay, add_promote, add_serve, add_keys}) {
    add(app, runner);
  }
  if (argc < 2) {
    note("{}", app.help());
    return kExitWrongUse;
  }
  if (std::string_view(argv[1]) == "help") {
    say("{}", app.help());
    return 0;
  }
  if (names_no_command(app, argc, argv)) return kExitWrongUse;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream said;
    const int code = app.exit(error, std::cout, said);
    note("{}", printable(said.str()));
    return code == 0 ? 0 : kExitWrongUse;
  }
  if (auto ok = runner.check(); !ok) {
    note("ooe: {}\nRun with --help for more information.\n", printable(ok.error().message));
    return kExitWrongUse;
  }
  if (auto ok = start_log("info"); !ok) return kExitFailed;
  const Result<int> result = runner.work();
  if (result) return all_is_written() ? *result : kExitFailed;
  std::fflush(stdout);
  note("ooe: {}\n", printable(result.error().message));
  return kExitFailed;
}

}  // namespace ooe::cli
